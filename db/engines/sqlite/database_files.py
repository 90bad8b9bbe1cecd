"""The files of a SQLite database: the file itself, its write-ahead log, the log's index, a rollback journal."""

import sqlite3
import time
from pathlib import Path

from sqlalchemy import Engine

from db.engines.sqlite.connections import database_file
from db.errors import StoreUnavailable

_SUFFIXES = ("", "-wal", "-shm", "-journal")


def own_files(engine: Engine) -> list[Path]:
    """Return the paths that belong to the database, whether they exist or not; the database itself first.

    Raises StoreUnavailable for a database in memory.
    """
    file = database_file(engine)
    if file is None:
        raise StoreUnavailable(f"{engine.url} is in memory; expected a file, such as sqlite:///timeline.db")
    return [file.with_name(file.name + suffix) for suffix in _SUFFIXES]


def has_data(engine: Engine) -> bool:
    """Return whether the database exists and it or its log has any bytes."""
    database, log, *_ = own_files(engine)
    return database.exists() and any(path.exists() and path.stat().st_size for path in (database, log))


def empty_log(driver: sqlite3.Connection, wait: float) -> bool:
    """Move the write-ahead log into the database and truncate it; False if a reader uses it for `wait` seconds."""
    # Short attempts: while SQLite waits for readers, nobody can write.
    driver.execute("PRAGMA busy_timeout = 200")
    end = time.monotonic() + wait
    while driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
