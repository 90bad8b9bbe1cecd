"""Answers within microseconds, from one connection that stays open: too quick to be worth a thread."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Engine

from db.columns import pages
from db.columns.cache import ColumnCache
from db.columns.filtering import needs_database
from db.columns.snapshot import Columns
from db.engines import backend_of
from db.engines.base import Backend
from db.engines.readers import DatabaseReader
from db.errors import StoreUnavailable
from db.query.filter import Filter
from db.query.results import Page
from db.sql import queries, visibility

Result = TypeVar("Result")


class _SnapshotRows:
    """Reads rows in the snapshot of a reader."""

    connection = None

    def __init__(self, reader: DatabaseReader, backend: Backend) -> None:
        self.backend = backend
        self._reader = reader

    def __call__(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        return self._reader.rows(sql, params)


class InstantReader:
    """Reads each answer in one snapshot; every method returns None if the database cannot be read now."""

    def __init__(self, engine: Engine, columns: ColumnCache) -> None:
        self._engine = engine
        self._columns = columns
        self._reader: DatabaseReader | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._drop()

    def version(self) -> int | None:
        """Return the data version."""
        return self._read(_version)

    def event(self, id_: str) -> tuple[bytes, int] | None:
        """Return the Feature and the revision of a published event."""
        return self._read(lambda reader: next(iter(reader.rows(queries.EVENT, (id_,))), None))

    def page(self, filter_: Filter, limit: int = 100) -> Page | None:
        """Return the first page, newest first; None if the columns are outdated or cannot answer the filter."""
        columns = self._columns.at_once()
        if columns is None or not answers_alone(columns, filter_):
            return None

        backend = backend_of(self._engine)

        def read_page(reader: DatabaseReader) -> Page | None:
            with reader.snapshot():
                fresh = reader.rows(visibility.STAMP)[0] == (columns.stamp.version, columns.stamp.moment)
                return (
                    pages.page(columns, _SnapshotRows(reader, backend), filter_, limit, None)
                    if fresh
                    else None
                )

        return self._read(read_page)

    def _read(self, read: Callable[[DatabaseReader], Result | None]) -> Result | None:
        with self._lock:
            try:
                if self._reader is None:
                    self._reader = backend_of(self._engine).instant_reader(self._engine)
                return read(self._reader) if self._reader else None
            except StoreUnavailable:
                # The usual path of the store meets the same error and reports it.
                self._drop()
                return None

    def _drop(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def answers_alone(columns: Columns, filter_: Filter) -> bool:
    """Return whether columns can find the events of a filter without the database."""
    return not needs_database(filter_) and set(filter_.categories).issubset(columns.categories)


def _version(reader: DatabaseReader) -> int:
    return int(reader.rows(visibility.VERSION)[0][0])
