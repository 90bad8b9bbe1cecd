"""Which byte strings a file holds, as told by a process of its own: `python -m db.upkeep.grep_process FILE`.

A process that closes a database's file loses every lock that its own SQLite has on it, and then another process may
take the log away from under it (https://www.sqlite.org/howtocorrupt.html, "POSIX advisory locks canceled"). So nothing
that has a database open may read its files itself.
"""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

_CHUNK = 1 << 22


def grep(path: Path, wanted: Collection[bytes]) -> set[bytes]:
    """Tell which byte strings a file holds, without opening it in this process."""
    if not wanted:
        return set()
    told = json.dumps([form.hex() for form in wanted])
    command = [sys.executable, "-m", __spec__.name, str(path)]
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=False)  # noqa: S603  # ourselves
    if done.returncode:
        raise OSError(f"{path} cannot be looked through: {done.stderr.strip().rpartition(chr(10))[2]}")
    return {bytes.fromhex(form) for form in json.loads(done.stdout)}


def _held(path: Path, wanted: set[bytes]) -> set[bytes]:
    longest = max(map(len, wanted), default=0)
    held: set[bytes] = set()
    with path.open("rb") as stream:
        tail = b""
        while held != wanted and (chunk := stream.read(_CHUNK)):
            held |= {form for form in wanted - held if form in tail + chunk}
            tail = chunk[-longest:]
    return held


if __name__ == "__main__":
    forms = {bytes.fromhex(form) for form in json.load(sys.stdin)}
    json.dump([form.hex() for form in _held(Path(sys.argv[1]), forms)], sys.stdout)
