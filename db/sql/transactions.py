"""Transactions: reading within a time limit, and writing, one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db.engines.sqlite.engine import BUSY_SECONDS, deadline, guarded
from db.sql import visibility


def moment(connection: Connection) -> int:
    """Tell the moment of a transaction, in seconds of UTC: the one that `moment()` gives in SQL."""
    return int(connection.info["clock"][0])


@contextmanager
def reading(engine: Engine, seconds: float) -> Iterator[Connection]:
    """Read in one snapshot; raise ReadTimeout for what takes longer."""
    with (
        guarded(engine),
        engine.connect() as connection,
        deadline(connection, seconds),
        connection.begin(),
    ):
        yield connection


@contextmanager
def writing(engine: Engine, *, durable: bool = False, wait: bool = True) -> Iterator[Connection]:
    """Write, all or nothing, with nobody else writing meanwhile; what has lapsed by now is taken in first.

    In WAL mode a process may end at any moment and nothing written is lost; with `durable` the same holds for the
    machine (https://www.sqlite.org/pragma.html#pragma_synchronous), at the price of waiting for the disk. Without
    `wait` it raises StoreUnavailable at once where somebody else is writing.
    """
    with guarded(engine), engine.connect().execution_options(writing=True) as connection:
        driver = connection.connection.driver_connection
        if durable:
            driver.execute("PRAGMA synchronous = FULL")  # type: ignore[union-attr]  # sqlite3's own connection
        if not wait:
            driver.execute("PRAGMA busy_timeout = 0")  # type: ignore[union-attr]  # as above
        try:
            with connection.begin():
                visibility.fold(connection)
                yield connection
        finally:
            if not wait:
                driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")  # type: ignore[union-attr]  # as above
            if durable:
                driver.execute("PRAGMA synchronous = NORMAL")  # type: ignore[union-attr]  # as above
