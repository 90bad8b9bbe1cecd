"""Files that appear under their name only when they are complete and on the disk."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO

from db.private_files import open_private


@contextmanager
def scratch(target: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `target`, and remove it at the end.

    Also removes the temporary files that a killed process left there.
    """
    for old in target.parent.glob(f".{escape(target.name)}.*.part*"):
        process = old.name.removeprefix(f".{target.name}.").partition(".")[0]
        if process.isdigit() and not _alive(int(process)):
            old.unlink(missing_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        for path in part.parent.glob(f"{escape(part.name)}*"):
            path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def flush(file: Path) -> None:
    """Wait until a file and its name are on the disk."""
    for path, flags in ((file, os.O_RDWR), (file.parent, os.O_RDONLY)):
        with suppress(PermissionError):  # some systems do not open folders
            descriptor = os.open(path, flags)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock of a file, which need not exist, among all processes of this machine; wait for it."""
    descriptor = open_private(_beside(file, "lock"))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def replacement(file: Path) -> Iterator[BinaryIO]:
    """Yield a new private file, which replaces `file` at the end of the block; the caller holds the lock of `file`."""
    part = _beside(file, "part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "wb", opener=open_private) as stream:
            yield stream
        flush(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def discard(file: Path) -> None:
    """Remove a file that `replacement` made, and its unfinished successor; wait for the process that makes one."""
    # A file that was moved along with its database has no lock yet.
    if file.exists() or _beside(file, "lock").exists():
        with locked(file):
            file.unlink(missing_ok=True)
            _beside(file, "part").unlink(missing_ok=True)


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(f".{file.name}.{suffix}")
