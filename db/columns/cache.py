"""The cache of columns: one snapshot in memory, which is read again when the data version has changed."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db.columns.memory import trim_heap
from db.columns.snapshot import Columns
from db.engines import backend_of
from db.errors import StoreUnavailable
from db.sql import queries

_PAUSE_FACTOR = 10  # the pause after reading ahead, as a multiple of the time that the reading took


class ColumnCache:
    """A cache of one snapshot; several threads may use it at once.

    With `ahead`, a request that finds no current snapshot starts a thread that reads one.
    """

    def __init__(self, engine: Engine, read_timeout: float, ahead: bool) -> None:
        self._engine = engine
        self._read_timeout = read_timeout
        self._ahead = ahead
        self.columns: Columns | None = None
        self._read_lock = threading.Lock()
        self._ahead_lock = threading.Lock()
        self._closed = threading.Event()

    def close(self) -> None:
        """Stop reading ahead."""
        self._closed.set()

    @contextmanager
    def snapshot(self) -> Iterator[tuple[Columns, Connection]]:
        """Yield the columns of the data version that the connection sees, and the connection.

        Reading the columns has no time limit; what the block reads has.
        """
        backend = backend_of(self._engine)
        with backend.guarded(self._engine), self._engine.connect() as connection, connection.begin():
            columns = self._at(connection)
            with backend.deadline(connection, self._read_timeout):
                yield columns, connection

    def _at(self, connection: Connection) -> Columns:
        current = queries.stamp(connection)
        columns = self.columns
        if columns is None or columns.stamp != current:
            with self._read_lock:
                # Another thread may have read them meanwhile. A thread that sees an older version keeps its own.
                columns = self.columns
                if columns is None or columns.stamp != current:
                    columns = Columns(connection)
                    self.columns = columns
                    trim_heap()
        return columns

    def current(self, connection: Connection) -> Columns | None:
        """Return the columns if they have the data version that the connection sees; else None, and read ahead."""
        columns = self.columns
        if columns is not None and columns.stamp == queries.stamp(connection):
            return columns
        if self._ahead and self._ahead_lock.acquire(blocking=False):
            threading.Thread(target=self._read_ahead, name="columns", daemon=True).start()
        return None

    def _read_ahead(self) -> None:
        """Read the columns, then pause, so that a series of writes does not cause a series of readings."""
        start = time.monotonic()
        try:
            with self.snapshot():
                pass
            self._closed.wait(_PAUSE_FACTOR * (time.monotonic() - start))
        except StoreUnavailable:
            # The next request meets the same error and reports it.
            return
        finally:
            self._ahead_lock.release()
