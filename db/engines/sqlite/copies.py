"""Copies of a database file, made from one snapshot, and the checks that a copy is complete."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from db.engines.base import DatabaseReader, OnCopyProgress
from db.engines.files import flush
from db.engines.sqlite.errors import BUSY_SECONDS, explained
from db.engines.sqlite.readers import FileReader
from db.errors import DatabaseDamaged
from db.private_files import create_private

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


def check_integrity(reader: DatabaseReader, name: object) -> None:
    """Raise DatabaseDamaged if a page, an index or a reference between tables is broken."""
    ((report,),) = reader.rows("PRAGMA integrity_check(1)")
    if report != "ok":
        raise DatabaseDamaged(f"{name} is damaged: {report.splitlines()[-1]}")
    for table, _, parent, _ in reader.rows("PRAGMA foreign_key_check")[:1]:
        raise DatabaseDamaged(
            f"{name} is damaged: a row of {table} refers to a row of {parent} that is missing"
        )


def search_counts(reader: DatabaseReader) -> tuple[int, int]:
    """Count the events in the full text and the pins in the R*Tree.

    The full text stores no content; its number of rows is the first number of its first record. Source: SQLite's
    fts5_index.c, "Averages record"; a variable-length integer as in the file format, 1.6.
    """
    records = reader.rows("SELECT block FROM event_text_data WHERE id = 1")
    texts = 0
    for byte in records[0][0] if records else b"":
        texts = texts << 7 | byte & 0x7F
        if byte < 0x80:
            break
    ((pins,),) = reader.rows("SELECT count(*) FROM pin_index")
    return texts, pins


def compact(engine: Engine) -> None:
    """Rewrite a database that nobody else uses without its free pages."""
    with closing(sqlite3.connect(engine.url.database or "", isolation_level=None)) as driver:
        driver.execute("VACUUM")
