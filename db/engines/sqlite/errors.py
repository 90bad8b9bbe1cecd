"""What SQLite's errors mean to the people who run Dateline."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from db.errors import ConnectionsInUse, DatabaseDamaged, DbError, ReadTimeout, StoreUnavailable

BUSY_SECONDS = 15.0  # how long a write waits for another one

_MEANINGS = (
    ("locked", f"is locked by another program (waited {BUSY_SECONDS:g} seconds)"),
    ("readonly", "is read-only; check the permissions of the file and its folder"),
    ("unable to open", "cannot be opened; check that the folder exists and may be written"),
    (
        "disk is full",
        "cannot grow because the disk is full; earlier writes are complete, nothing of this write was stored",
    ),
    ("no such table", "is not a Dateline database, or an old one; run 'timeline migrate'"),
    ("disk I/O error", "cannot be read or written (disk error)"),
)
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
    for sign, text in _DAMAGES:
        if sign in message:
            return DatabaseDamaged(f"the database {name} {text}")
    for sign, text in _MEANINGS:
        if sign in message:
            return StoreUnavailable(f"the database {name} {text}")
    return None
