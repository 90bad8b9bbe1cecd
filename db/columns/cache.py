"""The cache of columns: one snapshot in memory, which follows the feed of changes."""

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from db.columns import stored
from db.columns.filtering import needs_database
from db.columns.memory import trim_heap
from db.columns.reading import read_columns
from db.columns.refresh import refreshed
from db.columns.snapshot import Columns
from db.columns.version_rows import Outdated, VersionRows
from db.engines import backend_of
from db.errors import DbError, ReadTimeout
from db.query.filter import Filter
from db.query.results import Stamp
from db.sql import queries
from db.sql.transactions import surround_commits

T = TypeVar("T")
MAX_COMPUTATIONS = max(2, os.cpu_count() or 1)
"""How many requests compute from the columns at once, without the database."""
SAVE_SECONDS = 600
"""How often columns that follow writes are saved, so that a server that starts has little to read."""

COMMIT_SECONDS = 0.25
"""For so long readers wait for a commit whose columns are prepared; then they update the columns themselves."""
READ_SECONDS = 10
"""For so long after a reader, writes of the same process bring the columns up to date."""


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
        # More threads would not compute more, but would keep the one that brings the columns up to date from its turn.
        self._turns = threading.BoundedSemaphore(MAX_COMPUTATIONS)
        self._refresh_lock = threading.Lock()
        self._lock_change = threading.Lock()
        self._commit_began: float | None = None  # of a commit that holds the lock (monotonic seconds)
        self._full_reading: _FullReading | None = None
        self._ahead_lock = threading.Lock()
        self._saved_at = time.monotonic()  # when the columns were last read from the file or written to it
        self._read_at = -math.inf  # when a reader last had the columns (monotonic seconds)
        if ahead:
            surround_commits(engine, self._ahead_of_commit)

    def answer(self, compute: Callable[[Columns, VersionRows], T], filter_: Filter | None = None) -> T:
        """Return what `compute` returns for the columns of the newest data version, and the rows that belong to them.

        `filter_` is what it applies to them. Raises ReadTimeout when bringing the columns up to date, or a query,
        takes too long.
        """
        end = time.monotonic() + self._read_timeout
        while True:
            with suppress(Outdated):
                return self._answer_at_once(compute, filter_, end)
            self._bring_up_to_date(end)

    def quick_answer(
        self, compute: Callable[[Columns, VersionRows], T], filter_: Filter | None = None
    ) -> T | None:
        """Return the same as `answer`; None if the columns must be read in full, or are being read."""
        end = time.monotonic() + self._read_timeout
        while True:
            with suppress(Outdated):
                return self._answer_at_once(compute, filter_, end)
            if not self.follow():
                return None

    def _answer_at_once(
        self, compute: Callable[[Columns, VersionRows], T], filter_: Filter | None, end: float
    ) -> T:
        """Raise Outdated if the columns do not have the newest data version."""
        alone = filter_ is None or not needs_database(filter_)
        newest = queries.newest_stamp(self._engine) if alone else None
        if newest is None:
            with self._turn(end) if alone else nullcontext(), self._transaction(end) as connection:
                columns = self._current(queries.stamp(connection))
                return compute(columns, VersionRows(self._engine, columns.stamp, end, connection))
        columns = self._current(newest)
        with self._turn(end):
            return compute(columns, VersionRows(self._engine, newest, end))

    def _current(self, newest: Stamp) -> Columns:
        columns = self.columns
        if columns is None or columns.stamp != newest:
            raise Outdated
        self._read_at = time.monotonic()
        return columns

    @contextmanager
    def _turn(self, end: float) -> Iterator[None]:
        """Wait for one of the turns to compute from the columns alone; raise ReadTimeout at `end`."""
        if not self._turns.acquire(timeout=max(end - time.monotonic(), 0)):
            raise _timeout()
        try:
            yield
        finally:
            self._turns.release()

    def follow(self) -> bool:
        """Merge what has changed since; return False if the columns must be read in full, or are being read."""
        end = time.monotonic() + self._read_timeout
        if self.columns is None:
            return False
        with self._refreshing(end):
            return self._full_reading is None and self._refreshed(end)

    def at_once(self) -> Columns | None:
        """Return the columns in memory, which may be outdated."""
        self._read_at = time.monotonic()
        return self.columns

    @contextmanager
    def _ahead_of_commit(self, connection: Connection) -> Iterator[None]:
        """Merge what a transaction of this process has written before it commits, and replace the columns right after.

        Otherwise every reader would wait after the commit. Does nothing while nobody reads. A commit that waits for a
        synchronous replica loses the lock to a reader.
        """
        columns, lock = self.columns, self._refresh_lock
        unread = time.monotonic() > self._read_at + READ_SECONDS
        if columns is None or unread or not lock.acquire(blocking=False):
            yield
            return
        try:
            merged = None if self._full_reading else self._merged_ahead(columns, connection)
            self._commit_began = time.monotonic()
            yield
            if merged is not None and lock is self._refresh_lock:
                self.columns = merged
        finally:
            self._commit_began = None
            lock.release()

    @contextmanager
    def _refreshing(self, end: float) -> Iterator[None]:
        """Hold the lock during the block; raise ReadTimeout if it is not free at `end` (monotonic seconds)."""
        while True:
            lock = self._refresh_lock
            if lock.acquire(timeout=max(0, min(COMMIT_SECONDS, end - time.monotonic()))):
                if lock is self._refresh_lock:
                    break
                lock.release()
            elif time.monotonic() > end:
                raise _timeout()
            else:
                self._leave_lock_to_commit(lock)
        try:
            yield
        finally:
            lock.release()

    def _leave_lock_to_commit(self, lock: threading.Lock) -> None:
        """Let readers use another lock, if a commit that hangs holds this one."""
        with self._lock_change:
            began = self._commit_began
            if began is not None and time.monotonic() > began + COMMIT_SECONDS and lock is self._refresh_lock:
                self._refresh_lock, self._commit_began = threading.Lock(), None

    def _merged_ahead(self, columns: Columns, connection: Connection) -> Columns | None:
        try:
            # An error of the database inside a savepoint leaves the write as it was.
            with connection.begin_nested():
                return refreshed(columns, connection)
        except (
            Exception
        ):  # a write never fails because of readers; the next one meets the same error and reports it
            return None

    def read_ahead(self, connection: Connection) -> None:
        """Start a thread that brings the columns up to date, unless they have the version that the connection sees."""
        columns = self.columns
        if columns is not None and columns.stamp == queries.stamp(connection):
            return
        if self._ahead and self._ahead_lock.acquire(blocking=False):
            threading.Thread(target=self._read_ahead, name="columns", daemon=True).start()

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
        with self._refreshing(end):
            if self._full_reading is None and not self._refreshed(end):
                self._full_reading = _FullReading(self, self._engine)
            reading = self._full_reading
        if reading is not None:
            reading.wait(end)
        elif self._ahead and time.monotonic() > self._saved_at + SAVE_SECONDS:
            self._saved_at = time.monotonic()
            threading.Thread(target=self._save_soon, name="columns to disk", daemon=True).start()

    def _refreshed(self, end: float) -> bool:
        """Merge the changed events into the columns; return False if the columns must be read in full."""
        if self.columns is None:
            return False
        with self._transaction(end) as connection:
            # The transaction began after the columns were set: it sees their version or a newer one.
            columns = refreshed(self.columns, connection)
        if columns is None:
            return False
        self.columns = columns
        return True

    @contextmanager
    def _transaction(self, end: float | None = None) -> Iterator[Connection]:
        backend = backend_of(self._engine)
        seconds = None if end is None else max(end - time.monotonic(), 0)
        with backend.guarded(self._engine), backend.read_transaction(self._engine, seconds) as connection:
            yield connection

    def read_in_full(self, file: Path | None) -> None:
        """Read the columns of the newest data version, without a time limit; from the file, if it has most of them.

        The caller holds the lock of the file. Raises StoreUnavailable if the database cannot be read.
        """
        try:
            with self._transaction() as connection:
                mapped = stored.load(file, connection) if file else None
                columns = refreshed(mapped, connection) if mapped else None
                if columns is None:
                    columns = read_columns(connection)
                    self._saved_at = -math.inf
            self.columns = columns
        finally:
            with self._refresh_lock:
                self._full_reading = None
        trim_heap()

    def must_be_saved(self) -> bool:
        """Return whether the columns of a server were read in full and are not saved."""
        return self._ahead and self._saved_at == -math.inf

    def _save_soon(self) -> None:
        with stored.columns_lock(self._engine) as file:
            if file is not None:
                self.save(file)

    def save(self, file: Path) -> None:
        """Write the newest columns to the file, and map it in place of those in memory.

        The caller holds the lock of the file. Does nothing for few events, and if the disk cannot take them.
        """
        self._saved_at = time.monotonic()
        with suppress(DbError, OSError):
            with self._refresh_lock:
                # After a purge, older columns may contain the name of a figure that nobody may read any more.
                current = self._full_reading is None and self._refreshed(self._saved_at + self._read_timeout)
            columns = self.columns
            if not current or columns is None or len(columns) < stored.MIN_STORED_EVENTS:
                return
            with self._transaction() as connection:
                stored.save(columns, file, connection)
                mapped = stored.load(file, connection)
            with self._refresh_lock:
                if mapped is not None and self.columns is not None:
                    self.columns = self.columns.with_arrays_of(mapped, columns)
            del columns
            trim_heap()


class _FullReading:
    """A thread that reads all columns, while requests wait for it as long as they may, and then saves them."""

    def __init__(self, cache: ColumnCache, engine: Engine) -> None:
        self._cache = cache
        self._engine = engine
        self._done = threading.Event()
        self._error: Exception | None = None
        threading.Thread(target=self._read, name="columns in full", daemon=True).start()

    def _read(self) -> None:
        # A worker that waits here for another one maps what that one has read.
        with stored.columns_lock(self._engine) as file:
            try:
                self._cache.read_in_full(file)
            except Exception as error:  # every request that waits raises it
                self._error = error
            self._done.set()
            if file is not None and self._cache.must_be_saved():
                self._cache.save(file)

    def wait(self, end: float) -> None:
        """Wait for the end of the reading; raise its error, or ReadTimeout at `end` (monotonic seconds)."""
        if not self._done.wait(max(end - time.monotonic(), 0)):
            raise _timeout()
        if self._error is not None:
            raise self._error


def _timeout() -> ReadTimeout:
    return ReadTimeout("the counts were not up to date within the configured limit; repeat the request")
