"""Copies of a database file, page by page in one snapshot, and how a verified copy takes the place of a database."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from db.engines.file_copies import OnCopyProgress
from db.engines.files import flush
from db.engines.readers import DatabaseReader
from db.engines.sqlite.database_files import empty_log, own_files
from db.engines.sqlite.errors import BUSY_SECONDS, explained
from db.engines.sqlite.readers import FileReader, open_reader
from db.errors import StoreUnavailable
from db.private_files import create_private, keep_mode, make_private

T = TypeVar("T")
_SECONDS_TO_EMPTY_LOG = 1
_PAGES_BETWEEN_REPORTS = 2000
_PAGES_PER_STEP = 2000


def write_copy(reader: DatabaseReader, target: Path, on_progress: OnCopyProgress) -> None:
    """Copy one snapshot of a database into a new file, while others may write, and wait until the disk has it."""
    end = time.monotonic() + BUSY_SECONDS
    source = driver_of_reader(reader)

    def progress(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > end:
            raise sqlite3.OperationalError("database is locked")
        on_progress(total - remaining, total)

    create_private(target)
    with explained(target), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        # Its own transaction keeps the source at one snapshot from page to page.
        source.execute("BEGIN")
        try:
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            source.backup(copy, pages=_PAGES_PER_STEP, progress=progress)
        finally:
            source.execute("ROLLBACK")
        # One file without a log, readable where nothing can be written.
        copy.execute("PRAGMA journal_mode = DELETE")
    flush(target)


def driver_of_reader(reader: DatabaseReader) -> sqlite3.Connection:
    """Return the sqlite3 connection of a reader."""
    assert isinstance(reader, FileReader)  # noqa: S101  # the only class that this backend makes
    return reader.driver


def compact(engine: Engine) -> None:
    """Rewrite a database that nobody else uses without its free pages."""
    with closing(sqlite3.connect(engine.url.database or "", isolation_level=None)) as driver:
        driver.execute("VACUUM")


def replace_data(
    engine: Engine, copy: Path, merge: Callable[[DatabaseReader], T], on_progress: OnCopyProgress
) -> T:
    """Copy page by page into the live database, within one transaction of its write-ahead log.

    Readers see the old pages until the last one is written. From the first page on nobody else can write; only then
    `merge` is called, so that it sees every acknowledged write.
    """
    database = engine.url.database or ""
    with explained(database), closing(open_reader(engine)) as live:
        _match_page_size(copy, live)
        with (
            closing(sqlite3.connect(copy, isolation_level=None)) as source,
            closing(sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)) as target,
        ):
            (mode,) = target.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                raise StoreUnavailable(f"the database {database} cannot have a write-ahead log in its folder")
            target.execute("PRAGMA synchronous = FULL")
            results: list[T] = []

            def on_locked() -> None:
                results.append(merge(live))
                # One snapshot from here on; if `merge` changed the copy, SQLite copies the first page again.
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM event").fetchone()

            # One page at a time: after the first we have the write lock, and a small database is not complete yet.
            source.backup(target, pages=1, progress=_progress(on_locked, on_progress))
            with suppress(sqlite3.DatabaseError):
                empty_log(target, _SECONDS_TO_EMPTY_LOG)
    return results[0]


def _progress(on_locked: Callable[[], None], on_progress: OnCopyProgress) -> Callable[[int, int, int], None]:
    """Return a callback for a backup: calls `on_locked` after the first page; raises when a writer does not end."""
    end = time.monotonic() + BUSY_SECONDS
    begun = False

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal begun
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if time.monotonic() > end:
                raise sqlite3.OperationalError("database is locked")
            return
        if not begun:
            begun = True
            on_locked()
        if remaining % _PAGES_BETWEEN_REPORTS == 0:
            on_progress(total - remaining, total)

    return step


def _match_page_size(copy: Path, live: DatabaseReader) -> None:
    """Rewrite the copy with the live database's page size, which cannot change in WAL mode (sqlite.org/backup.html)."""
    (size,) = driver_of_reader(live).execute("PRAGMA page_size").fetchone()
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        if connection.execute("PRAGMA page_size").fetchone() != (size,):
            connection.execute(f"PRAGMA page_size = {int(size)}")
            connection.execute("VACUUM")


def put_in_place(engine: Engine, copy: Path, keep: Path | None) -> None:
    """Move a verified copy to where no database can be read; first move what exists, log and all, to `keep`."""
    database, *companions = own_files(engine)
    if database.exists():
        keep_mode(database, copy)
    flush(copy)
    for old in companions:
        if old.exists() and keep:
            moved = keep.with_name(keep.name + old.name.removeprefix(database.name))
            old.replace(moved)
            make_private(moved)
        # SQLite would read the log of the old database into the new one.
        old.unlink(missing_ok=True)
    if keep and database.exists():
        keep.hardlink_to(database)
    copy.replace(database)
    if keep and keep.exists():
        make_private(keep)
    flush(database)
    with explained(database), closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
