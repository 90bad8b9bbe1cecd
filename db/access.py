"""Transactions: reading within a time limit, and writing, one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db import visibility
from db.sqlite import deadline, guarded


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
def writing(engine: Engine, *, durable: bool = False) -> Iterator[Connection]:
    """Write, all or nothing, with nobody else writing meanwhile; what has lapsed by now is taken in first.

    In WAL mode a process may end at any moment and nothing written is lost; with `durable` the same holds for the
    machine (https://www.sqlite.org/pragma.html#pragma_synchronous), at the price of waiting for the disk.
    """
    with guarded(engine), engine.connect().execution_options(writing=True) as connection:
        driver = connection.connection.driver_connection
        if durable:
            driver.execute("PRAGMA synchronous = FULL")  # type: ignore[union-attr]  # sqlite3's own connection
        try:
            with connection.begin():
                visibility.fold(connection)
                yield connection
        finally:
            if durable:
                driver.execute("PRAGMA synchronous = NORMAL")  # type: ignore[union-attr]  # as above
