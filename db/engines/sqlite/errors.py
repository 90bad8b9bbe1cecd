"""What SQLite's errors mean to the people who run Dateline."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from db.errors import ConnectionsInUse, DatabaseDamaged, DbError, DiskFull, ReadTimeout, StoreUnavailable

BUSY_SECONDS = 15.0  # how long a write waits for another one

_MEANINGS = (
    ("locked", f"is locked by another program (waited {BUSY_SECONDS:g} seconds)"),
    ("readonly", "is read-only; check the permissions of the file and its folder"),
    ("unable to open", "cannot be opened; check that the folder exists and may be written"),
    ("no such table", "is not a Dateline database, or an old one; run 'timeline migrate'"),
    ("disk I/O error", "cannot be read or written (disk error)"),
)
_NOT_STORED = "earlier writes are complete, nothing of this write was stored"
_DISK_FULL = f"cannot grow because the disk is full; {_NOT_STORED}"
_CANNOT_WRITE = (
    f"cannot be written: the disk is full, a quota is used up, or the disk is broken; {_NOT_STORED}"
)
# Full disks that SQLite does not call full: a quota, a limit on the size of files, the index of the log.
_FAILED_WRITES = ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")
_DAMAGES = (
    ("not a database", "is not a SQLite database"),
    ("malformed", "is damaged; restore a backup"),
)


@contextmanager
def explained(name: object) -> Iterator[None]:
    """Turn the driver's errors into one clear line about the database `name`; re-raise those without a meaning.

    Raises ReadTimeout for an interrupted read, ConnectionsInUse if none became free, DatabaseDamaged or
    StoreUnavailable otherwise.
    """
    try:
        yield
    except NoFreeConnection:
        raise ConnectionsInUse("the server answers too many requests at the moment; try again soon") from None
    except (DatabaseError, sqlite3.DatabaseError) as error:
        explanation = meaning(error, name)
        if explanation is None:
            raise
        raise explanation from None


def meaning(error: Exception, name: object) -> DbError | None:
    """Return the error to raise for the driver's error about the database `name`; None if it has no known meaning."""
    message = str(getattr(error, "orig", error))
    if "interrupted" in message:
        return ReadTimeout("the read took longer than the configured limit; ask for less")
    if "disk is full" in message:
        return DiskFull(f"the database {name} {_DISK_FULL}")
    if getattr(getattr(error, "orig", error), "sqlite_errorname", "") in _FAILED_WRITES:
        return DiskFull(f"the database {name} {_CANNOT_WRITE}")
    for sign, text in _DAMAGES:
        if sign in message:
            return DatabaseDamaged(f"the database {name} {text}")
    for sign, text in _MEANINGS:
        if sign in message:
            return StoreUnavailable(f"the database {name} {text}")
    return None
