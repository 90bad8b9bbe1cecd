"""All rows of a database in a form that does not depend on its engine."""

from typing import Any

from databases import run_sql

from db.upkeep.copied_tables import copied_tables


def rows_of(url: str) -> dict[str, list[str]]:
    """Return the rows of every table that a copy has, in the order of their text."""
    contents = {}
    for table in copied_tables():
        rows = run_sql(url, f"SELECT {', '.join(table.columns)} FROM {table.name}")
        contents[table.name] = sorted(repr([_plain(value) for value in row]) for row in rows)
    return contents


def _plain(value: Any) -> Any:
    """Return truth values as SQLite has them, and bytes as such."""
    if isinstance(value, bool):
        return int(value)
    return bytes(value) if isinstance(value, memoryview) else value
