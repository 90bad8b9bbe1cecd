"""What a purge does to tables in PostgreSQL, and what it cannot reach."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from db.engines.postgres.statements import rows
from db.engines.reports import Leftovers
from db.errors import StoreUnavailable
from db.query.search_words import searchable


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
