"""Search a file for byte strings in a separate process: `python -m db.engines.sqlite.grep_process FILE`.

A process that closes a database's file loses every lock that its own SQLite has on that file, and then another process
may remove the log that is in use (https://www.sqlite.org/howtocorrupt.html, "POSIX advisory locks canceled"). So a
process with an open database must not read its files itself.
"""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

_CHUNK_BYTES = 1 << 22


def grep(path: Path, wanted: Collection[bytes]) -> set[bytes]:
    """Return those byte strings that a file contains, without opening it in this process; raise OSError."""
    if not wanted:
        return set()
    command = [sys.executable, "-m", __spec__.name, str(path)]
    request = json.dumps([text.hex() for text in wanted])
    done = subprocess.run(command, input=request, capture_output=True, text=True, check=False)  # noqa: S603  # ourselves
    if done.returncode:
        reason = done.stderr.strip().rpartition(chr(10))[2]
        raise OSError(f"{path} cannot be searched: {reason}")
    return {bytes.fromhex(text) for text in json.loads(done.stdout)}


def _contained(path: Path, wanted: set[bytes]) -> set[bytes]:
    longest = max(map(len, wanted), default=0)
    matches: set[bytes] = set()
    with path.open("rb") as stream:
        tail = b""
        while matches != wanted and (chunk := stream.read(_CHUNK_BYTES)):
            matches |= {text for text in wanted - matches if text in tail + chunk}
            tail = chunk[-longest:]
    return matches


if __name__ == "__main__":
    texts = {bytes.fromhex(text) for text in json.load(sys.stdin)}
    json.dump([text.hex() for text in _contained(Path(sys.argv[1]), texts)], sys.stdout)
