"""What PostgreSQL's errors mean to the people who run Dateline."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from db.engines.postgres.drivers import CommitUnsure
from db.errors import (
    BadEvent,
    ConnectionsInUse,
    DbError,
    DiskFull,
    ReadTimeout,
    StoreAway,
    StoreUnavailable,
    WriteUnsure,
)

BUSY_SECONDS = 15.0  # how long a write waits for another one

# By SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html); a class of two characters for all of it.
_MEANINGS = {
    "55P03": "is busy with other changes",
    "42P01": "has no events table; run 'timeline migrate'",
    "42883": "has no Dateline functions; run 'timeline migrate'",
    "3D000": "does not exist; create it with 'createdb'",
    "28": "does not accept this user or password",
    "42501": "does not give this user the rights that it needs",
    "25P02": "undid this change because one of its statements failed; repeat it",
    "40": "interrupted this transaction, because it was in the way of another one or of the primary; repeat it",
    "58P01": "has no PostGIS on its server; install it there, such as postgresql-15-postgis-3 of Debian",
    "0A000": "lacks a feature that Dateline needs: PostgreSQL 15 or newer, with PostGIS 3 installed on its server",
    "25006": "is read-only: it is a replica, or set so",
    "53300": "has no free connections; raise max_connections or run fewer workers",
    "57P": "is starting, stopping or has lost its connections; try again soon",
    "08": "cannot be reached",
    "25P03": "ended a transaction that was idle for too long",
    "58": "cannot be read or written (disk error)",
    "XX": "is damaged, or met an error of its own; see its log",
}
_CLASS_LENGTHS = (5, 3, 2)
# The driver reports refused connections without a state. A server may write other languages than English; then the
# message contains its own words.
_REFUSALS = {
    "password authentication failed": "28",
    "no password supplied": "28",
    "no pg_hba.conf entry": "28",
    'FATAL:  role "': "28",
    'FATAL:  database "': "3D000",
    "too many clients": "53300",
    "connection slots": "53300",
    "too many connections": "53300",
    "the database system is ": "57P",
}
_AWAY = ("53300", "57P", "08")  # until the server is running again or has free connections


@contextmanager
def explained(name: object) -> Iterator[None]:
    """Turn the driver's errors into one clear line about the database `name`; re-raise those without a meaning.

    Raises ReadTimeout for an interrupted read, ConnectionsInUse if none became free, BadEvent for a text that is too
    long for an index, StoreUnavailable otherwise.
    """
    try:
        yield
    except NoFreeConnection:
        raise ConnectionsInUse("the server answers too many requests at the moment; try again soon") from None
    except PendingRollbackError:  # the connection was lost in this transaction; nothing of it is stored
        raise StoreAway(f"the database {name} {_MEANINGS['57P']}") from None
    except (DBAPIError, psycopg.Error) as error:
        explanation = meaning(error, name)
        if explanation is None:
            raise
        raise explanation from None


def meaning(error: Exception, name: object) -> DbError | None:
    """Return the error to raise for an error of the driver; None if its meaning is unknown."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None) or _state_of_refusal(cause)
    if isinstance(cause, errors.QueryCanceled):
        return ReadTimeout("the read took longer than the configured limit; ask for less")
    if isinstance(cause, CommitUnsure):
        return WriteUnsure(
            f"the database {name} did not confirm this change in time, so it may have been stored or not; read it again"
            " before you repeat it, or repeat it with the same Idempotency-Key"
        )
    if isinstance(cause, errors.DiskFull):
        return DiskFull(
            f"the database {name} cannot grow because the disk is full; earlier writes are complete, nothing of this"
            " write was stored"
        )
    if isinstance(cause, errors.ProgramLimitExceeded):
        return BadEvent(
            "",
            "a text is too long for an index; expected at most 2,000 bytes in a name or the text of a place",
        )
    for length in _CLASS_LENGTHS:
        if state and state[:length] in _MEANINGS:
            kind = StoreAway if state[:length] in _AWAY else StoreUnavailable
            reason = f": {_line(cause)}" if isinstance(cause, errors.InsufficientPrivilege) else ""
            return kind(f"the database {name} {_MEANINGS[state[:length]]}{reason}")
    if state is None and isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreAway(f"the database {name} cannot be reached: {_line(cause)}")
    return None


def _state_of_refusal(error: Exception) -> str | None:
    if not isinstance(error, psycopg.OperationalError):
        return None
    return next((state for words, state in _REFUSALS.items() if words in str(error)), None)


def _line(error: Exception) -> str:
    """Return the first line of an error; of a list of addresses that were tried, the last one."""
    lines = str(error).strip().splitlines()
    if not lines:
        return type(error).__name__
    return lines[-1].removeprefix("- ") if lines[0].endswith(":") else lines[0]
