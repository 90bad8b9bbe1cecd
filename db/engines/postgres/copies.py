"""Copies of a database in PostgreSQL: as SQLite files, and back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from db.engines.base import DatabaseReader, OnCopyProgress
from db.engines.postgres.connections import guarded
from db.engines.postgres.statements import rows
from db.engines.reports import Leftovers
from db.errors import StoreUnavailable
from db.query.search_words import searchable

T = TypeVar("T")


def write_copy(reader: DatabaseReader, target: Path, on_progress: OnCopyProgress) -> None:
    """Copy one snapshot of a database into a new SQLite file, and wait until the disk has it."""
    raise StoreUnavailable("a database in PostgreSQL cannot be copied into a file yet; use pg_dump")


def check_integrity(_reader: DatabaseReader, _name: object) -> None:
    """Do nothing: PostgreSQL checks its references itself."""


def search_counts(reader: DatabaseReader) -> tuple[int, int]:
    """Count the events in the full text and the pins in the spatial index."""
    ((texts, pins),) = reader.rows(
        "SELECT (SELECT count(*) FROM event_text), (SELECT count(*) FROM pin_index)"
    )
    return texts, pins


def compact(_engine: Engine) -> None:
    """Do nothing: the server reuses free pages itself."""


def replace_data(
    engine: Engine, copy: Path, merge: Callable[[DatabaseReader], T], on_progress: OnCopyProgress
) -> T:
    """Put a verified copy in the place of the data in one transaction."""
    raise StoreUnavailable("a backup cannot be restored into PostgreSQL yet")


def has_data(engine: Engine) -> bool:
    """Return whether the database has any table of Dateline."""
    with guarded(engine), engine.connect() as connection:
        return bool(rows(connection, "SELECT to_regclass('alembic_version') IS NOT NULL")[0][0])


def put_in_place(engine: Engine, copy: Path, keep: Path | None) -> None:
    """Put a verified copy where no database can be read."""
    raise StoreUnavailable("a backup cannot be restored into PostgreSQL yet")


def own_files(_engine: Engine) -> list[Path]:
    """Return no path: the files belong to the server."""
    return []


def overwrite_deleted(_connection: Connection) -> None:
    """Do nothing: PostgreSQL cannot overwrite what it deletes."""


def purge_search(_connection: Connection) -> None:
    """Do nothing: rebuilding the tables rebuilds their indexes."""


def unindexed_words(connection: Connection, words: Sequence[str]) -> list[str]:
    """Return those words that no event's full text contains, in their order."""
    return [word for word in words if not _is_indexed(connection, word)]


def _is_indexed(connection: Connection, word: str) -> bool:
    term = searchable(word).strip()
    if not word.isalnum() or " " in term:
        return False
    return bool(
        rows(connection, "SELECT 1 FROM event_text WHERE words @@ ?::tsquery LIMIT 1", (f"'{term}'",))
    )


def purge_files(_engine: Engine, _words: Sequence[str], _wait: float) -> Leftovers:
    """Rebuild the tables without deleted rows."""
    raise StoreUnavailable("the tables in PostgreSQL cannot be rebuilt yet; run VACUUM FULL")
