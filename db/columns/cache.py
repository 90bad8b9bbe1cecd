"""The cache of columns: one snapshot in memory, which follows the feed of changes."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db.columns.memory import trim_heap
from db.columns.reading import read_columns
from db.columns.refresh import refreshed
from db.columns.snapshot import Columns
from db.engines import backend_of
from db.errors import DbError, ReadTimeout
from db.sql import queries


class ColumnCache:
    """A cache of one snapshot; several threads may use it at once, and share what one of them reads.

    The snapshot is never replaced by an older one. With `ahead`, a request that finds no current snapshot starts a
    thread that reads one.
    """

    def __init__(self, engine: Engine, read_timeout: float, ahead: bool) -> None:
        self._engine = engine
        self._read_timeout = read_timeout
        self._ahead = ahead
        self.columns: Columns | None = None
        self._refresh_lock = threading.Lock()
        self._full_reading: _FullReading | None = None
        self._ahead_lock = threading.Lock()

    @contextmanager
    def snapshot(self) -> Iterator[tuple[Columns, Connection]]:
        """Yield the columns of the data version that the connection sees, and the connection.

        Raises ReadTimeout when bringing the columns up to date, or a query of the block, takes too long.
        """
        backend, end = backend_of(self._engine), time.monotonic() + self._read_timeout
        while True:
            with backend.guarded(self._engine), self._engine.connect() as connection, connection.begin():
                columns = self.columns
                if columns is not None and columns.stamp == queries.stamp(connection):
                    with backend.deadline(connection, max(end - time.monotonic(), 0)):
                        yield columns, connection
                        return
            self._bring_up_to_date(end)

    def current(self, connection: Connection) -> Columns | None:
        """Return the columns if they have the data version that the connection sees; else None, and read ahead."""
        columns = self.columns
        if columns is not None and columns.stamp == queries.stamp(connection):
            return columns
        if self._ahead and self._ahead_lock.acquire(blocking=False):
            threading.Thread(target=self._read_ahead, name="columns", daemon=True).start()
        return None

    def _read_ahead(self) -> None:
        try:
            self._bring_up_to_date(time.monotonic() + self._read_timeout)
        except DbError:
            # The next request meets the same error and reports it.
            return
        finally:
            self._ahead_lock.release()

    def _bring_up_to_date(self, end: float) -> None:
        """Replace the columns by those of the newest data version; raise ReadTimeout at `end` (monotonic seconds)."""
        if not self._refresh_lock.acquire(timeout=max(end - time.monotonic(), 0)):
            raise _timeout()
        try:
            if self._full_reading is None and not self._refreshed(end):
                self._full_reading = _FullReading(self)
            reading = self._full_reading
        finally:
            self._refresh_lock.release()
        if reading is not None:
            reading.wait(end)

    def _refreshed(self, end: float) -> bool:
        """Merge the changed events into the columns; return False if the columns must be read in full."""
        if self.columns is None:
            return False
        backend = backend_of(self._engine)
        seconds = max(end - time.monotonic(), 0)
        with (
            backend.guarded(self._engine),
            self._engine.connect() as connection,
            connection.begin(),
            backend.deadline(connection, seconds),
        ):
            # The transaction began after the columns were set: it sees their version or a newer one.
            columns = refreshed(self.columns, connection)
        if columns is None:
            return False
        self.columns = columns
        return True

    def read_in_full(self) -> None:
        """Read the columns of the newest data version, without a time limit."""
        backend = backend_of(self._engine)
        with backend.guarded(self._engine), self._engine.connect() as connection, connection.begin():
            columns = read_columns(connection)
        with self._refresh_lock:
            self.columns = columns
        trim_heap()

    def full_reading_ended(self) -> None:
        """Let the next request bring the columns up to date itself."""
        with self._refresh_lock:
            self._full_reading = None


class _FullReading:
    """A thread that reads all columns, while requests wait for it as long as they may."""

    def __init__(self, cache: ColumnCache) -> None:
        self._cache = cache
        self._done = threading.Event()
        self._error: Exception | None = None
        threading.Thread(target=self._read, name="columns in full", daemon=True).start()

    def _read(self) -> None:
        try:
            self._cache.read_in_full()
        except Exception as error:  # every request that waits raises it
            self._error = error
        finally:
            self._cache.full_reading_ended()
            self._done.set()

    def wait(self, end: float) -> None:
        """Wait for the end of the reading; raise its error, or ReadTimeout at `end` (monotonic seconds)."""
        if not self._done.wait(max(end - time.monotonic(), 0)):
            raise _timeout()
        if self._error is not None:
            raise self._error


def _timeout() -> ReadTimeout:
    return ReadTimeout("the counts were not up to date within the configured limit; repeat the request")
