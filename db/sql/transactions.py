"""Transactions: reading within a time limit, and writing, one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db.engines import backend_of
from db.sql import visibility


def moment(connection: Connection) -> int:
    """Return the moment of a transaction, in seconds of UTC: the value of `moment()` in SQL."""
    return backend_of(connection).moment(connection)


@contextmanager
def reading(engine: Engine, seconds: float) -> Iterator[Connection]:
    """Read in one snapshot; raise ReadTimeout for a statement that runs more than `seconds` from now."""
    backend = backend_of(engine)
    with (
        backend.guarded(engine),
        engine.connect() as connection,
        backend.deadline(connection, seconds),
        connection.begin(),
    ):
        yield connection


@contextmanager
def writing(engine: Engine, *, durable: bool = False, wait: bool = True) -> Iterator[Connection]:
    """Write, all or nothing, while nobody else writes; embargoes that have ended are recorded first.

    `durable` waits until the disk has the commit. Without `wait`, raise StoreUnavailable at once if another process is
    writing.
    """
    with backend_of(engine).write_transaction(engine, durable=durable, wait=wait) as connection:
        visibility.record_lapsed(connection)
        yield connection
