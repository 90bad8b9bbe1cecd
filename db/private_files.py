"""Files and folders that only the user of this process may read, because they contain drafts and history.

The mode does not depend on the umask. What exists keeps its mode: an operator may have opened it to a group.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def open_private(path: str | Path, flags: int = os.O_WRONLY | os.O_CREAT) -> int:
    """Open a file as an `opener` of `open` does; a file that this call creates has the mode 0600."""
    try:
        descriptor = os.open(path, flags | os.O_EXCL, _FILE_MODE) if flags & os.O_CREAT else -1
    except FileExistsError:
        descriptor = -1
    if descriptor == -1:
        return os.open(path, flags)
    with suppress(PermissionError):  # file systems without modes
        os.fchmod(descriptor, _FILE_MODE)
    return descriptor


def create_private(file: Path) -> None:
    """Create an empty file with the mode 0600, unless it exists."""
    os.close(open_private(file))


def create_private_folder(folder: Path) -> None:
    """Create a folder with the mode 0700, and the folders above it, unless they exist."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another process was faster
            path.mkdir(_FOLDER_MODE)
            with suppress(PermissionError):  # file systems without modes
                path.chmod(_FOLDER_MODE)


def keep_mode(existing: Path, replacement: Path) -> None:
    """Set on the replacement of a file the mode of that file, if it exists."""
    with suppress(FileNotFoundError, PermissionError):
        replacement.chmod(stat.S_IMODE(existing.stat().st_mode))


def make_private(file: Path) -> None:
    """Set the mode 0600 of a file."""
    with suppress(PermissionError):  # file systems without modes
        file.chmod(_FILE_MODE)
