"""The tables that a copy of a database consists of, their rows in the order of their keys, and checksums of these."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Boolean, Table

from db.engines.base import SqlParams
from db.engines.readers import DatabaseReader
from db.events.tables import Event

ROWS_PER_GROUP = 50_000
BYTES_PER_GROUP = 16_000_000
# They change without a new revision of an event. A copy that goes on after an interruption copies them again.
_VOLATILE = (
    "place_choice", "place_answer", "api_key", "answered", "import_job", "rejected_part", "wrong_keys", "data_version",
)  # fmt: skip
# The column of each table whose values may be large.
_LARGE_VALUES = {
    "encoded": "feature", "history": "fields", "edited": "fields", "place_text": "text", "place_answer": "place",
    "place_choice": "place", "answered": "events", "import_job": "report",
    "rejected_part": "content",
}  # fmt: skip
# A job that runs belongs to a process of the servers that use the source.
_CONDITIONS = {
    "import_job": "finished IS NOT NULL",
    "rejected_part": "job IN (SELECT id FROM import_job WHERE finished IS NOT NULL)",
}
# The indexes of these have the first and the last second of the event as well.
_EVENT_OF = {
    "place": "JOIN event e ON e.pk = t.event",
    "place_country": "JOIN place p ON p.pk = t.place JOIN event e ON e.pk = p.event",
}
_NO_CHECKSUM = bytes(16).hex()


class CopiedTable(NamedTuple):
    """A table, its columns and those of its key; `booleans` are positions of columns, `large` of the widest one."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    booleans: tuple[int, ...]
    large: int | None

    @property
    def is_volatile(self) -> bool:
        """Return whether its rows change without a new revision of an event."""
        return self.name in _VOLATILE

    def query(self, after: Sequence[Any] = ()) -> tuple[str, SqlParams]:
        """Return the query for the rows whose key follows `after`, in the order of the key, and its parameters.

        The rows of pins and of their countries end with the first and the last second of their event.
        """
        extra = ", e.start_min, e.end_max" if self.name in _EVENT_OF else ""
        source = f"{self.name} t {_EVENT_OF.get(self.name, '')}"
        key = ", ".join(f"t.{column}" for column in self.key)
        conditions = [_CONDITIONS[self.name]] if self.name in _CONDITIONS else []
        if after:
            conditions.append(f"({key}) > ({', '.join('?' * len(self.key))})")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        columns = ", ".join(f"t.{column}" for column in self.columns)
        return f"SELECT {columns}{extra} FROM {source}{where} ORDER BY {key}", tuple(after)

    def count(self, reader: DatabaseReader) -> int:
        """Count the rows to copy."""
        where = f" WHERE {_CONDITIONS[self.name]}" if self.name in _CONDITIONS else ""
        ((count,),) = reader.rows(f"SELECT count(*) FROM {self.name}{where}")
        return int(count)

    def key_of(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return the key of a row."""
        return tuple(row[self.columns.index(column)] for column in self.key)

    def groups(self, rows: Iterable[Any]) -> Iterator[list[tuple[Any, ...]]]:
        """Yield rows in groups, which depend on nothing but the rows; truth values become `bool`."""
        group: list[tuple[Any, ...]] = []
        size = 0
        for row in rows:
            group.append(self._normal(row) if self.booleans else row)
            if self.large is not None:
                size += len(row[self.large] or "")
            if len(group) >= ROWS_PER_GROUP or size >= BYTES_PER_GROUP:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _normal(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for position in self.booleans:
            values[position] = bool(values[position])
        return tuple(values)


class Copied(NamedTuple):
    """How many rows of a table are copied, the key of the last one, and the checksum of all of them."""

    rows: int = 0
    last: tuple[Any, ...] = ()
    checksum: str = _NO_CHECKSUM

    def followed_by(self, table: CopiedTable, group: Sequence[Sequence[Any]]) -> "Copied":
        """Return the same after one more group of rows."""
        hasher = blake2b(bytes.fromhex(self.checksum), digest_size=16)
        hasher.update(msgspec.msgpack.encode(group))
        return Copied(self.rows + len(group), table.key_of(group[-1]), hasher.hexdigest())


@cache
def copied_tables() -> tuple[CopiedTable, ...]:
    """Return all tables in an order in which no row refers to a later one, the volatile ones last."""
    tables = [_copied(table) for table in Event.metadata.sorted_tables]
    # Every transaction looks for the last number of the feed, which takes long in a full table without an index.
    return tuple(sorted(tables, key=lambda table: (table.is_volatile, table.name == "change")))


def _copied(table: Table) -> CopiedTable:
    columns = tuple(column.name for column in table.columns)
    booleans = tuple(
        number for number, column in enumerate(table.columns) if isinstance(column.type, Boolean)
    )
    large = _LARGE_VALUES.get(table.name)
    key = tuple(column.name for column in table.primary_key)
    return CopiedTable(table.name, columns, key, booleans, None if large is None else columns.index(large))
