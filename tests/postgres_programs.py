"""Where the programs of a PostgreSQL server are, how tests run them, and what ends them with the tests.

The server refuses to run as root; then its programs run as the user `postgres`, or `nobody` where there is none.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from typing import Any

_PACKAGES = "Debian's postgresql and postgresql-15-postgis-3"
_LOCK = "tests-run.lock"
_MEMORY, _MIN_MEMORY_BYTES = Path("/dev/shm"), 4 * 2**30
# Kept until this process ends: a lock would be released, and a process without a parent's object is a warning.
_LOCKS: list[TextIOWrapper] = []
_WATCHDOGS: list[subprocess.Popen[bytes]] = []


@cache
def program_folder() -> Path | None:
    """Return the folder with `initdb` and `postgres`; None if PostgreSQL's server is not installed."""
    for folder in _folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _folders() -> Iterator[Path]:
    """Yield where the programs may be. Debian does not put them into PATH; the newest version comes first."""
    initdb = shutil.which("initdb")
    if initdb:
        yield Path(initdb).resolve().parent
    if shutil.which("pg_config"):
        done = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield Path(done.stdout.strip())
    versions = (path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit())
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)


@cache
def missing() -> str | None:
    """Return in a few words what tests on PostgreSQL need and do not find; None if nothing is missing."""
    if importlib.util.find_spec("psycopg") is None:
        return "the package psycopg is not installed; install dateline[test]"
    folder = program_folder()
    if folder is None:
        return f"no initdb; install {_PACKAGES}"
    done = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
    if done.returncode == 0 and not (Path(done.stdout.strip()) / "extension" / "postgis.control").exists():
        return f"{folder} has no PostGIS; install {_PACKAGES}"
    return None


@cache
def server_user() -> dict[str, Any]:
    """Return the arguments of `subprocess` for the user who runs the server: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def run_program(name: str, *arguments: object, folder: Path) -> None:
    """Run a program of PostgreSQL in a folder; raise RuntimeError with its output if it fails."""
    programs = program_folder()
    assert programs, missing()
    # A server that the program leaves running would hold a pipe open; a file does not have to be closed.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [programs / name, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **server_user(),
        )  # fmt: skip
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{name} failed: {output.read()}")


def new_cluster_folder(*, in_memory: bool = False) -> Path:
    """Create a folder for clusters; they end, and the folder goes, when no process that uses it is left.

    A path of a Unix socket has at most 107 bytes, and pytest's folders belong to root: so it is directly in /tmp; or
    in memory if there is enough, where a database is created in a quarter of the time.
    """
    in_memory = in_memory and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MIN_MEMORY_BYTES
    parent = _MEMORY if in_memory else Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-", dir=parent))
    if server_user():
        os.chown(folder, server_user()["user"], server_user()["group"])
    (folder / _LOCK).touch()
    use_cluster_folder(folder)
    watchdog = Path(__file__).with_name("postgres_watchdog.py")
    # It outlives this process, even if somebody kills the whole process group of the tests.
    command = [sys.executable, "-S", watchdog, folder / _LOCK]
    null = subprocess.DEVNULL
    _WATCHDOGS.append(subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True))
    return folder


def use_cluster_folder(folder: Path) -> bool:
    """Keep the clusters of a folder running until this process ends; False if they have ended already."""
    with contextlib.suppress(FileNotFoundError):
        lock = (folder / _LOCK).open()
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits while the watchdog removes the folder
        if (folder / _LOCK).exists():
            _LOCKS.append(lock)
            return True
        lock.close()
    return False
