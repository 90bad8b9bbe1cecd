"""The parts of the schema that only SQLite has."""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, Index, text

from db.engines.sqlite.connections import driver_of
from db.engines.sqlite.statements import TITLE_KEY
from db.events.tables import PUBLISHED, Event

# Titles are ordered without regard to case.
_EVENT = Event.metadata.tables["event"]
Index("ix_event_title", text(TITLE_KEY.removeprefix("e.")), sqlite_where=PUBLISHED, _table=_EVENT)


def event_indexes() -> Mapping[str, Index]:
    """Return the indexes of `event` by name."""
    return {str(index.name): index for index in _EVENT.indexes}


def prepare(engine: Engine) -> None:
    """Set the page size and the write-ahead log, which stay with the file and cannot change in a transaction.

    Five events fill a page of 8 kB; of 4 kB, a quarter would stay empty. An existing database keeps its page size.
    """
    with engine.connect() as connection:
        for pragma in ("page_size = 8192", "journal_mode = WAL"):
            driver_of(connection).execute(f"PRAGMA {pragma}")


def create_schema(_connection: Connection) -> bool:
    """Return False: the migrations create the tables."""
    return False
