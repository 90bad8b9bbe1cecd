"""Statements and expressions: shared SQL in SQLite's dialect, and rows with as little work as possible."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from db.engines.base import Clause, CursorRows, SqlParams
from db.engines.sqlite.connections import driver_of

# CROSS JOIN keeps the order of its tables (https://www.sqlite.org/optoverview.html, 8.2).
LEFT_FIRST_JOIN = "CROSS JOIN"
TITLE_KEY = "e.title COLLATE NOCASE"
TITLE_VALUE = "?"
TITLE_PREFIX: tuple[str, str] | None = None


def run(connection: Connection, sql: str, params: SqlParams = ()) -> CursorRows:
    """Run one statement; SQLite marks parameters with `?` itself. A list of tuples runs it once for each."""
    return connection.exec_driver_sql(sql, params)


def rows(connection: Connection, sql: str, params: SqlParams = ()) -> list[Any]:
    """Return all rows of a query as plain tuples, straight from the driver."""
    return driver_of(connection).execute(sql, params).fetchall()


def stream(connection: Connection, sql: str, params: SqlParams = ()) -> Iterator[Any]:
    """Yield the rows of a query as SQLite finds them."""
    cursor = driver_of(connection).execute(sql, params)
    try:
        yield from cursor
    finally:
        cursor.close()


def batches(connection: Connection, sql: str, params: SqlParams, size: int) -> Iterator[list[Any]]:
    """Yield the rows of a query in lists of up to `size`."""
    cursor = driver_of(connection).execute(sql, params)
    while batch := cursor.fetchmany(size):
        yield batch


def put_rows(connection: Connection, table: str, columns: Sequence[str], rows: SqlParams) -> None:
    """Insert rows as they are: SQLAlchemy's own work for each row takes longer than SQLite's."""
    if rows:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def index_names(connection: Connection) -> set[str]:
    """Return the names of all indexes that exist."""
    return {name for (name,) in rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'index'")}


def any_of(column: str, values: Sequence[str | int]) -> Clause:
    """Return the condition that a column has one of the values.

    As JSON: one parameter however many there are, and SQLAlchemy's lists of parameters keep their values in memory
    until Python looks for cycles.
    """
    return Clause(f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(values),))


def feature_text(column: str, path: Sequence[str]) -> str:
    """Return the expression for a text inside a column of encoded JSON, by its path of member names."""
    return f"json_extract(CAST({column} AS TEXT), '$.{'.'.join(path)}')"


def folded(functions: Sequence[str], expression: str) -> str:
    """Return the expression for a text with `casei` and `accenti` applied, the first function first.

    One call replaces a chain of them, because SQLite's parser refuses 30 nested calls.
    """
    if len(functions) == 1:
        return f"{functions[0]}({expression})"
    return f"folded({expression}, '{' '.join(functions)}')"


def like_clause(expression: str, pattern: str) -> Clause:
    """Return the condition that a text matches a pattern of CQL2.

    LIKE is case-sensitive in CQL2 (OGC 21-065r2, 7.1). SQLite's LIKE is not, but its GLOB is.
    """
    return Clause(f"{expression} GLOB ?", (glob_pattern(pattern),))


def glob_pattern(pattern: str) -> str:
    r"""Turn a pattern of CQL2 (`%`, `_`, `\` before either) into one of SQLite's GLOB."""
    parts, characters = [], iter(pattern)
    for character in characters:
        if character == "\\":
            character = next(characters, "\\")
        elif character in "%_":
            parts.append("*" if character == "%" else "?")
            continue
        parts.append(f"[{character}]" if character in "*?[" else character)
    return "".join(parts)


def matching_events(condition: str, _matched: int) -> str:
    """Return what follows FROM in a query for events that satisfy a condition."""
    return f"event e WHERE {condition}"


def features_in_order(rows: str, columns: Sequence[str]) -> str:
    """Return a query for the Feature and some columns of an inner query that ends in ORDER BY and LIMIT.

    The LIMIT keeps the inner query separate, so that SQLite sorts it without the Features; CROSS JOIN keeps its order.
    """
    listed = "".join(f", r.{column}" for column in columns)
    return f"SELECT f.feature{listed} FROM ({rows}) r {LEFT_FIRST_JOIN} encoded f ON f.event = r.pk"
