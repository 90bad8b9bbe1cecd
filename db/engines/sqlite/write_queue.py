"""The queue of processes that wait to write.

SQLite lets a waiting process sleep for up to 100 ms and try again, so a process that writes one transaction after the
other nearly always wins. Here a process that waits holds the lock of a file next to the database until it has begun
its transaction. A process that has just written finds that lock taken, so it comes after the one that waits. The file
exists only while a process waits, or after one was killed.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from db.engines.sqlite.errors import BUSY_SECONDS
from db.private_files import open_private

try:
    import fcntl
except ImportError:  # Windows: processes write in no certain order
    fcntl = None  # type: ignore[assignment]

_SUFFIX = "-queue"
_SECONDS_BETWEEN_ATTEMPTS = 0.002


class WriteQueue:
    """The queue of one database; it has none in memory, or in a folder that is read-only."""

    def __init__(self, database: Path | None) -> None:
        path = database and Path(os.path.realpath(database))
        self._file = path and path.with_name(path.name + _SUFFIX)

    def begin(self, driver: sqlite3.Connection, end: float) -> bool:
        """Begin a write transaction when it is this process's turn; return whether it had to wait.

        Raises sqlite3.OperationalError at `end` (time.monotonic()) while another process writes.
        """
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            if not self._exists() and _begin(driver, end):
                return False
            place = self._place(end)
            try:
                while not _begin(driver, end):  # which raises at `end`
                    time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
            finally:
                self._leave(place)
            return True
        finally:
            driver.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")

    def is_waiting(self) -> bool:
        """Return whether a process waits to write."""
        if not self._exists():
            return False
        place = self._open(os.O_RDONLY)
        try:
            return place is not None and not _lock(place)
        finally:
            if place is not None:
                os.close(place)

    def _exists(self) -> bool:
        return fcntl is not None and self._file is not None and self._file.exists()

    def _place(self, end: float) -> int | None:
        """Return the file's descriptor with its lock; None at `end`, or if the file cannot be opened."""
        place: int | None = None

        def is_first() -> bool:
            nonlocal place
            if place is not None and not self._is_current(place):
                os.close(place)  # the process that was first has deleted it
                place = None
            if place is None:
                place = self._open(os.O_RDONLY | os.O_CREAT)
            return place is None or (_lock(place) and self._is_current(place))

        if _repeat(is_first, end):
            return place
        if place is not None:
            os.close(place)
        return None

    def _open(self, flags: int) -> int | None:
        if fcntl is None or self._file is None:
            return None
        try:
            return open_private(self._file, flags)
        except OSError:  # of another user, or in a folder that SQLite cannot write either
            return None

    def _is_current(self, place: int) -> bool:
        """Return whether the file still has its name."""
        try:
            return self._file is not None and os.path.samestat(os.fstat(place), self._file.stat())
        except FileNotFoundError:
            return False

    def _leave(self, place: int | None) -> None:
        """Delete the file and give its lock back."""
        if place is not None and self._file is not None:
            with suppress(OSError):
                self._file.unlink()
            os.close(place)


def _lock(place: int) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _begin(driver: sqlite3.Connection, end: float) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
            raise
        return False
    return True


def _repeat(attempt: Callable[[], bool], end: float) -> bool:
    """Repeat an attempt until it succeeds, or until `end`; return whether it did."""
    while not attempt():
        if time.monotonic() >= end:
            return False
        time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
    return True
