"""Statements and expressions: shared SQL in PostgreSQL's dialect, and rows with as little work as possible."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, Protocol

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection

from db.engines.base import Clause, CursorRows, SqlParams
from db.engines.postgres.drivers import Driver, driver_of
from db.engines.postgres.schema import TITLE_INDEX_CHARACTERS, column_types

LEFT_FIRST_JOIN = "JOIN"
# The collation "C" of the column makes `lower` change the letters A to Z alone, as SQLite's NOCASE does.
TITLE_KEY = "lower(e.title)"
TITLE_VALUE = "lower(?)"
# A row of an index has room for 2,704 bytes, and titles may be longer: the index has their beginning.
TITLE_PREFIX: tuple[str, str] | None = (
    f"left({TITLE_KEY}, {TITLE_INDEX_CHARACTERS})",
    f"left({TITLE_VALUE}, {TITLE_INDEX_CHARACTERS})",
)
_MAX_FOLDS = 8  # casei and accenti by turns change nothing after that
_ROWS_BEFORE_COPY = 50
_MAX_SORTED_EVENTS = 20_000  # sorting them takes 20 ms
_FIRST_ROWS, _MAX_ROWS, _BYTES_PER_STEP = 50, 10_000, 1_000_000
# By the path of a text in a Feature: nothing before it has a member of its name, and the one after it is always there.
_FOLLOWING_MEMBER: dict[tuple[str, ...], str] = {("properties", "summary"): "category"}
_MARK = re.compile(r"\?")
_PARAMETER_OR_PERCENT = re.compile("[?%]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_cursor_numbers = count(1)


class Deferred(Protocol):
    """A parameter whose value depends on the snapshot: it is computed right before its statement runs."""

    def value(self, connection: Driver) -> Any:
        """Return the value for the statement."""


@lru_cache(maxsize=4096)
def translated(sql: str) -> str:
    """Return shared SQL with psycopg's marks for parameters, `%s`."""
    return _PARAMETER_OR_PERCENT.sub(lambda match: "%s" if match[0] == "?" else "%%", sql)


@lru_cache(maxsize=256)
def numbered(sql: str) -> bytes:
    """Return shared SQL with PostgreSQL's own marks for parameters, `$1`."""
    numbers = count(1)
    return _MARK.sub(lambda _: f"${next(numbers)}", sql).encode()


def written(value: Any) -> bytes | None:
    """Return a text, a whole number or a list of whole numbers in PostgreSQL's text format."""
    if value is None:
        return None
    if isinstance(value, str):
        return str(comparable(value)).encode()
    if isinstance(value, list):
        return f"{{{','.join(map(str, value))}}}".encode()
    return str(value).encode()


def bound(driver: Driver, params: SqlParams) -> tuple[Any, ...]:
    """Return the parameters of one statement as PostgreSQL accepts them."""
    return tuple(_bound(driver, value) for value in params)


def comparable(params: Any) -> Any:
    """Return parameters, also nested in lists and dictionaries, with texts that PostgreSQL can compare with.

    No stored text contains NUL or half of a surrogate pair, which PostgreSQL refuses: such a text becomes one that no
    row has.
    """
    if isinstance(params, str):
        return _UNSTORABLE.sub("\x01", params) if _UNSTORABLE.search(params) else params
    if isinstance(params, dict):
        return {name: comparable(value) for name, value in params.items()}
    if isinstance(params, list | tuple):
        return type(params)(comparable(value) for value in params)
    return params


def _bound(driver: Driver, value: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, list) and value and isinstance(value[0], str)):
        return comparable(value)
    if not hasattr(value, "value"):
        return value
    computed = value.value(driver)
    driver.check_deadline()  # the server does not know how long this has taken
    return computed


def run(connection: Connection, sql: str, params: SqlParams = ()) -> CursorRows:
    """Run one statement; a list of tuples runs it once for each."""
    driver = driver_of(connection)
    if isinstance(params, list):
        return connection.exec_driver_sql(translated(sql), [bound(driver, row) for row in params])
    return connection.exec_driver_sql(translated(sql), bound(driver, params))


def rows(connection: Connection, sql: str, params: SqlParams = ()) -> list[Any]:
    """Return all rows of a query as plain tuples, straight from the driver."""
    driver = driver_of(connection)
    return driver.execute(translated(sql), bound(driver, params)).fetchall()


def stream(connection: Connection, sql: str, params: SqlParams = ()) -> Iterator[Any]:
    """Yield the rows of a query as PostgreSQL finds them; more at once while they are small."""
    return stream_of(driver_of(connection), sql, params)


def stream_of(driver: Driver, sql: str, params: SqlParams) -> Iterator[Any]:
    """Yield the rows of a query of psycopg's own connection, inside a transaction."""
    size = _FIRST_ROWS
    with _cursor(driver, sql, params) as fetch:
        while found_rows := fetch(size):
            yield from found_rows
            bytes_per_row = sum(len(value) for value in found_rows[-1] if isinstance(value, bytes | str)) + 8
            size = min(2 * size, _MAX_ROWS, max(_FIRST_ROWS, _BYTES_PER_STEP // bytes_per_row))


def batches(connection: Connection, sql: str, params: SqlParams, size: int) -> Iterator[list[Any]]:
    """Yield the rows of a query in lists of up to `size`."""
    with _cursor(driver_of(connection), sql, params) as fetch:
        while batch := fetch(size):
            yield batch


@contextmanager
def _cursor(driver: Driver, sql: str, params: SqlParams) -> Iterator[Callable[[int], list[Any]]]:
    """Yield a function that returns the next rows of a query, up to a number; the server holds the others.

    psycopg's own cursor of this kind warns of a connection that was lost, which is reported already.
    """
    name = f"rows{next(_cursor_numbers)}"
    driver.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {translated(sql)}", bound(driver, params))
    try:
        yield lambda size: driver.execute(f"FETCH FORWARD {size} FROM {name}").fetchall()
    finally:
        if driver.info.transaction_status == TransactionStatus.INTRANS:
            # The limit of the last rows may be over, as after a client that was slow.
            limit, driver.end = driver.end, None
            driver.execute(f"CLOSE {name}")
            driver.end = limit


def put_rows(connection: Connection, table: str, columns: Sequence[str], rows: SqlParams) -> None:
    """Insert rows; many of them by COPY in PostgreSQL's binary format, which takes a tenth of the time."""
    if not rows:
        return
    driver = driver_of(connection)
    names = ", ".join(columns)
    if len(rows) < _ROWS_BEFORE_COPY:
        marks = ", ".join(["%s"] * len(columns))
        with driver.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        return
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT BINARY)") as copy,
    ):
        copy.set_types(column_types(table, columns))
        for row in rows:
            copy.write_row(row)


def index_names(connection: Connection) -> set[str]:
    """Return the names of all indexes that exist."""
    sql = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    return {name for (name,) in rows(connection, sql)}


def any_of(column: str, values: Sequence[str | int]) -> Clause:
    """Return the condition that a column has one of the values, as one parameter however many there are."""
    kind = "text[]" if values and isinstance(values[0], str) else "bigint[]"
    return Clause(f"{column} = ANY(?::{kind})" if values else "FALSE", (list(values),) if values else ())


def feature_text(column: str, path: Sequence[str]) -> str:
    """Return the expression for a text inside a column of encoded JSON, by its path of member names.

    To parse a whole Feature takes three times as long as to cut out a text whose neighbours are known. Inside a text,
    quotes are escaped, so that its end and its name are never found in one.
    """
    text, following = f"convert_from({column}, 'UTF8')", _FOLLOWING_MEMBER.get(tuple(path))
    if following is None:
        members = "".join(f" ->> '{name}'" if name == path[-1] else f" -> '{name}'" for name in path)
        return f'({text}::json{members}) COLLATE "C"'
    from_text_on = f"split_part({text}, ',\"{path[-1]}\":', 2)"
    value = f"nullif(split_part({from_text_on}, ',\"{following}\":', 1), '')"
    return f"({value}::json #>> '{{}}') COLLATE \"C\""


def folded(functions: Sequence[str], expression: str) -> str:
    """Return the expression for a text with `casei` and `accenti` applied, the first function first."""
    turns: list[str] = []
    for function in functions:
        if function not in turns[-1:]:  # applied twice in a row, a fold changes nothing
            turns.append(function)
    for function in turns[:_MAX_FOLDS]:
        expression = f"{function}({expression})"
    return expression


def like_clause(expression: str, pattern: str) -> Clause:
    r"""Return the condition that a text matches a pattern of CQL2, whose signs `%`, `_` and `\` are PostgreSQL's."""
    backslashes = len(pattern) - len(pattern.rstrip("\\"))
    return Clause(f"{expression} LIKE ?", (pattern + "\\" * (backslashes % 2),))


def matching_events(condition: str, matched: int) -> str:
    """Return what follows FROM in a query for the first events of an order that satisfy a condition.

    OFFSET makes PostgreSQL find all of them before it sorts them. If it walked the index of an order, it would look at
    nearly all events until it has found some that are few, or all far back.
    """
    if matched > _MAX_SORTED_EVENTS:
        return f"event e WHERE {condition}"
    return f"(SELECT e.* FROM event e WHERE {condition} OFFSET 0) e"


def features_in_order(rows: str, columns: Sequence[str]) -> str:
    """Return a query for the Feature and some columns of an inner query that ends in ORDER BY and LIMIT.

    A join would not keep the order, and a second sort would move the Features.
    """
    listed = "".join(f", r.{column}" for column in columns)
    return f"SELECT (SELECT f.feature FROM encoded f WHERE f.event = r.pk){listed} FROM ({rows}) r"
