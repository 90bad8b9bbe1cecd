"""The parts of the schema that only SQLite has."""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, Index, text

from db.engines.sqlite.connections import driver_of
from db.engines.sqlite.statements import TITLE_KEY, rows, run
from db.events.tables import PUBLISHED, Event

# Titles are ordered without regard to case.
_EVENT = Event.metadata.tables["event"]
Index("ix_event_title", text(TITLE_KEY.removeprefix("e.")), sqlite_where=PUBLISHED, _table=_EVENT)


def event_indexes() -> Mapping[str, Index]:
    """Return the indexes of `event` by name."""
    return {str(index.name): index for index in _EVENT.indexes}


def prepare(engine: Engine, *, log: bool = True) -> None:
    """Set the page size and the write-ahead log, which stay with the file and cannot change in a transaction.

    Five events fill a page of 8 kB; of 4 kB, a quarter would stay empty. An existing database keeps its page size.
    """
    with engine.connect() as connection:
        driver_of(connection).execute("PRAGMA page_size = 8192")
        if log:
            driver_of(connection).execute("PRAGMA journal_mode = WAL")


def create_schema(_connection: Connection) -> bool:
    """Return False: the migrations create the tables."""
    return False


def expect_pauses(_connection: Connection) -> None:
    """Do nothing: a transaction may stay open as long as its process lives."""


def drop_indexes(connection: Connection) -> list[str]:
    """Drop the indexes that statements have made, and return these statements; those of keys stay."""
    indexes = rows(
        connection,
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
    )
    for name, _ in indexes:
        run(connection, f'DROP INDEX "{name}"')
    return [statement for _, statement in indexes]


def finish_load(_engine: Engine) -> None:
    """Do nothing: SQLite finds the next number of a row itself, and the queries need no statistics."""
