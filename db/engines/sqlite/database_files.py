"""The files of a SQLite database: the file itself, its write-ahead log, the log's index, a rollback journal."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from db.engines.files import discard
from db.engines.sqlite.connections import columns_file, database_file
from db.engines.sqlite.errors import explained
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


def delete_database(engine: Engine) -> None:
    """Delete the files of the database; raise StoreUnavailable while other programs use it."""
    database, *companions = own_files(engine)
    if database.exists():
        with explained(database), closing(sqlite3.connect(database, timeout=0)) as driver:
            try:
                # SQLite removes the log only when nobody else has the database open.
                driver.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                raise StoreUnavailable(
                    f"the database {database} is in use; stop the servers that use it first"
                ) from None
    columns = columns_file(engine)
    if columns is not None:
        discard(columns)
    # The database itself goes last: SQLite would read the log of an old database into a new one.
    for path in (*companions, database):
        path.unlink(missing_ok=True)
