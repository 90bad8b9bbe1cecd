"""Every matching event of one data version, read while it is written: what an export consists of."""

import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, nullcontext
from itertools import chain, islice
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from db.engines import backend_of
from db.query.filter import Filter, Sort
from db.query.results import Stamp
from db.sql import queries

_ROWS_PER_STEP = 50  # of up to 256 kB each


class FeatureStream(Iterator[bytes]):
    """An iterator over the Features of every matching event; it occupies a connection until it ends or is closed.

    With `step_seconds`, raise ReadTimeout when the database takes longer to find the next events. `stamp` is
    the data version that it reads; it does not see later writes.
    """

    def __init__(self, engine: Engine, filter_: Filter, sort: Sort, step_seconds: float | None) -> None:
        self._snapshot = _Snapshot()
        # The generator must not refer to this object: an abandoned stream would be a cycle, and keep its connection.
        self._steps = _steps(engine, _EventsToRead(filter_, sort, step_seconds), self._snapshot)
        next(self._steps)
        self.stamp = self._snapshot.stamp
        self._features = chain.from_iterable(self._steps)

    def __next__(self) -> bytes:
        return next(self._features)

    def close(self) -> None:
        """Release the connection; the iterator ends. Do not call it while another thread waits for an event."""
        self._steps.close()

    def interrupt(self) -> None:
        """Let the thread that waits for the next event stop waiting: it raises ReadTimeout."""
        self._snapshot.interrupt()


class _EventsToRead(NamedTuple):
    filter_: Filter
    sort: Sort
    step_seconds: float | None


class _Snapshot:
    """The data version that a stream reads, and its connection for as long as it occupies one."""

    stamp: Stamp

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    @contextmanager
    def on(self, connection: Connection) -> Iterator[None]:
        self._connection = connection
        try:
            yield
        finally:
            # From here on the connection may be another request's, which an interrupt must not reach.
            with self._lock:
                self._connection = None

    def interrupt(self) -> None:
        with self._lock:
            if self._connection is not None:
                backend_of(self._connection).interrupt(self._connection)


def _steps(
    engine: Engine, selection: _EventsToRead, snapshot: _Snapshot
) -> Generator[list[bytes], None, None]:
    """Set the data version and yield an empty list, then yield lists of up to fifty Features."""
    backend, seconds = backend_of(engine), selection.step_seconds
    with (
        backend.guarded(engine),
        backend.read_transaction(engine, None) as connection,
        snapshot.on(connection),
    ):
        snapshot.stamp = queries.stamp(connection)
        yield []
        # Closed before the transaction: SQLite interrupts a rollback as well while an interrupted query is open.
        with closing(queries.features(connection, selection.filter_, selection.sort)) as rows:
            while True:
                with backend.deadline(connection, seconds) if seconds else nullcontext():
                    features = list(islice(rows, _ROWS_PER_STEP))
                if not features:
                    return
                yield features
