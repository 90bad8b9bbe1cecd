"""One connection that stays open beside the others, for what takes a few microseconds and cannot wait for a thread."""

import sqlite3
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from db.columns import pages
from db.columns.filtering import needs_database
from db.columns.snapshot import Columns
from db.engines.sqlite.engine import watcher
from db.errors import StoreUnavailable
from db.query.filter import Filter
from db.query.results import Page
from db.sql import queries, visibility

Found = TypeVar("Found")


class Watch:
    """Answers, each out of one snapshot; None where the database cannot be read just now."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._driver is not None:
                self._driver.close()
                self._driver = None

    def version(self) -> int | None:
        """Read the data version alone."""
        return self._ask(_version)

    def event(self, id_: str) -> tuple[bytes, int] | None:
        """Read the Feature and the revision of a published event."""
        return self._ask(lambda driver: driver.execute(queries.EVENT, (id_,)).fetchone())

    def page(self, columns: Columns, filter_: Filter, limit: int) -> Page | None:
        """Make the first page, newest first; None when the columns are older, or do not know all that is asked."""
        if needs_database(filter_) or not set(filter_.categories).issubset(columns.categories):
            return None

        def make(driver: sqlite3.Connection) -> Page | None:
            driver.execute("BEGIN")
            fresh = _version(driver) == columns.stamp.version
            found = pages.page(columns, driver, filter_, limit, None) if fresh else None
            driver.execute("COMMIT")
            return found

        return self._ask(make)

    def _ask(self, ask: Callable[[sqlite3.Connection], Found]) -> Found | None:
        with self._lock:
            try:
                if self._driver is None:
                    self._driver = watcher(self._engine)
                return ask(self._driver)
            except (sqlite3.Error, StoreUnavailable):
                # What is wrong is found, and said, by whoever asks the store in the usual way.
                if self._driver is not None:
                    self._driver.close()
                    self._driver = None
                return None


def _version(driver: sqlite3.Connection) -> int:
    return int(driver.execute(visibility.VERSION).fetchone()[0])
