"""Connections for reading alone, without SQLAlchemy: for answers within microseconds, and for files of backups."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from db.engines.base import SqlParams
from db.engines.sqlite.connections import MAP_FILE, database_file
from db.engines.sqlite.errors import BUSY_SECONDS, meaning
from db.errors import DatabaseDamaged, DbError, StoreUnavailable


class FileReader:
    """A connection to a database file that only reads; `name` is what errors call the file."""

    def __init__(self, file: Path, timeout: float, name: object = None) -> None:
        self.name = name or file
        address = f"{file.resolve().as_uri()}?mode=ro"
        try:
            self.driver = sqlite3.connect(
                address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise self._explained(error) from None
        self.driver.create_function("moment", 0, lambda: int(time.time()), deterministic=True)

    def rows(self, sql: str, params: SqlParams = ()) -> list[Any]:
        """Return all rows of a query."""
        try:
            return self.driver.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def stream(self, sql: str, params: SqlParams = ()) -> Iterator[Any]:
        """Yield the rows of a query as the database finds them."""
        try:
            # No `yield from`: it would close the cursor of a query that is given up, perhaps after its connection.
            for row in self.driver.execute(sql, params):  # noqa: UP028  # see above
                yield row
        except sqlite3.Error as error:
            raise self._explained(error) from None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Hold one snapshot of the database for all queries of the block."""
        self.rows("BEGIN")
        try:
            yield
        finally:
            if self.driver.in_transaction:
                self.rows("COMMIT")

    def tables(self) -> set[str]:
        """Return the names of the tables."""
        return {name for (name,) in self.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    def identity(self) -> str:
        """Return the device and the number of the file."""
        ((_, _, file),) = self.rows("PRAGMA database_list")
        status = Path(file).stat()
        return f"sqlite {status.st_dev} {status.st_ino}"

    def close(self) -> None:
        """Close the connection."""
        self.driver.close()

    def _explained(self, error: sqlite3.Error) -> DbError:
        return meaning(error, self.name) or DatabaseDamaged(
            f"the database {self.name} cannot be read: {error}"
        )


def instant_reader(engine: Engine) -> FileReader:
    """Open a reader that never waits for a lock; raise StoreUnavailable if there is no file."""
    file = database_file(engine)
    if file is None or not file.exists():
        raise StoreUnavailable(f"there is no database {file}")
    reader = FileReader(file, timeout=0)
    reader.rows(MAP_FILE)
    return reader


def open_reader(engine: Engine, name: object = None) -> FileReader:
    """Open a database for reading alone; raise StoreUnavailable if there is none, DatabaseDamaged if it is broken."""
    file = database_file(engine)
    if file is None:
        raise StoreUnavailable(f"{engine.url} is in memory; expected a file, such as sqlite:///timeline.db")
    if not file.exists():
        raise StoreUnavailable(f"there is no file {file}")
    if file.is_dir():
        raise StoreUnavailable(f"{file} is a folder; expected a file")
    reader = FileReader(file, BUSY_SECONDS, name)
    try:
        reader.rows("SELECT count(*) FROM sqlite_schema")
    except DbError:
        reader.close()
        raise
    return reader


def remote_reader(_engine: Engine) -> None:
    """Return None: a file needs no wait."""
