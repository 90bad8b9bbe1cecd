"""The columns that are held in memory: those of the data version that is asked for, read anew when it moves."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db.columns.memory import give_back
from db.columns.snapshot import Columns
from db.engines import backend_of
from db.errors import StoreUnavailable
from db.sql import queries

_REST = 10


class Shelf:
    """Holds one set of columns; safe to use from several threads.

    With `ahead` they are read by a thread of its own as soon as somebody asks whether they are ready.
    """

    def __init__(self, engine: Engine, read_timeout: float, ahead: bool) -> None:
        self._engine = engine
        self._read_timeout = read_timeout
        self._ahead = ahead
        self.columns: Columns | None = None
        self._reading = threading.Lock()
        self._going = threading.Lock()
        self._closed = threading.Event()

    def close(self) -> None:
        """Read no more ahead."""
        self._closed.set()

    @contextmanager
    def counting(self) -> Iterator[tuple[Columns, Connection]]:
        """Give the columns of the data version that the connection sees; reading them has no time limit."""
        backend = backend_of(self._engine)
        with backend.guarded(self._engine), self._engine.connect() as connection, connection.begin():
            columns = self._at(connection)
            with backend.deadline(connection, self._read_timeout):
                yield columns, connection

    def _at(self, connection: Connection) -> Columns:
        now = queries.stamp(connection)
        found = self.columns
        if found is None or found.stamp != now:
            with self._reading:
                # Another thread may have read them meanwhile, and one that looks at an older version keeps its own.
                found = self.columns
                if found is None or found.stamp != now:
                    found = Columns(connection)
                    self.columns = found
                    give_back()
        return found

    def ready(self, connection: Connection) -> Columns | None:
        """Give columns of the data version that the connection sees; else None, and have them read meanwhile."""
        found = self.columns
        if found is not None and found.stamp == queries.stamp(connection):
            return found
        if self._ahead and self._going.acquire(blocking=False):
            threading.Thread(target=self._read_ahead, name="columns", daemon=True).start()
        return None

    def _read_ahead(self) -> None:
        """Read the columns anew, then rest for as long as ten readings take: writes may follow each other quickly."""
        begun = time.monotonic()
        try:
            with self.counting():
                pass
            self._closed.wait(_REST * (time.monotonic() - begun))
        except StoreUnavailable:
            # Whoever asks next is told.
            return
        finally:
            self._going.release()
