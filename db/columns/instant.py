"""One connection that stays open beside the others, for what takes a few microseconds and cannot wait for a thread."""

import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from db.columns import pages
from db.columns.filtering import needs_database
from db.columns.snapshot import Columns
from db.engines import backend_of
from db.engines.base import Reader
from db.errors import StoreUnavailable
from db.query.filter import Filter
from db.query.results import Page
from db.sql import queries, visibility

Found = TypeVar("Found")


class Watch:
    """Answers, each out of one snapshot; None where the database cannot be read just now."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader: Reader | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._drop()

    def version(self) -> int | None:
        """Read the data version alone."""
        return self._ask(_version)

    def event(self, id_: str) -> tuple[bytes, int] | None:
        """Read the Feature and the revision of a published event."""
        return self._ask(lambda reader: next(iter(reader.rows(queries.EVENT, (id_,))), None))

    def page(self, columns: Columns, filter_: Filter, limit: int) -> Page | None:
        """Make the first page, newest first; None when the columns are older, or do not know all that is asked."""
        if needs_database(filter_) or not set(filter_.categories).issubset(columns.categories):
            return None

        def make(reader: Reader) -> Page | None:
            with reader.snapshot():
                fresh = _version(reader) == columns.stamp.version
                return pages.page(columns, reader.rows, filter_, limit, None) if fresh else None

        return self._ask(make)

    def _ask(self, ask: Callable[[Reader], Found | None]) -> Found | None:
        with self._lock:
            try:
                if self._reader is None:
                    self._reader = backend_of(self._engine).instant_reader(self._engine)
                return ask(self._reader) if self._reader else None
            except StoreUnavailable:
                # The usual path of the store meets the same error and reports it.
                self._drop()
                return None

    def _drop(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def _version(reader: Reader) -> int:
    return int(reader.rows(visibility.VERSION)[0][0])
