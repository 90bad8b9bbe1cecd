"""The lease of an import on its own machine: a lock on a file in its folder, held by its process while it lives.

The kernel releases the lock when the process ends, however it ends. The number of a process proves less: after a
restart, above all of a container, another process may have the same number. All processes on the machine see the lock,
also from other containers that mount the same folder. SQLite has the same reach: in WAL mode its database belongs to
one machine. For other machines, which share another database, the import has a second lease there: see
db.editing.import_jobs.
"""

import fcntl
import os
from pathlib import Path

_FILE = "lease"


def take(folder: Path) -> int:
    """Return a descriptor that holds the lease of an import until it and its copies in other processes are closed."""
    descriptor = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def exists(folder: Path) -> bool:
    """Return whether somebody has ever taken the lease of this import."""
    return (folder / _FILE).exists()


def is_held(folder: Path) -> bool:
    """Return whether a living process holds the lease of this import."""
    try:
        descriptor = os.open(folder / _FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
