"""Purging: erase events, rebuild the file without their pages, empty the log, and look whether a word is left."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine

from db.engines.sqlite.engine import BUSY_SECONDS, database_file, guarded
from db.errors import BadEvent, StoreUnavailable
from db.events.draft import Author
from db.sql.transactions import moment, writing
from db.upkeep import leftovers
from db.upkeep.erase import Erased, erase
from db.writing.history import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge did. `pinned`: a reader held the log; `left` counts words that are still in a file, by its name.

    `sought` counts the words that only the events had and that were looked for; `undone` is what stopped it.
    """

    erased: Erased
    pinned: bool = False
    sought: int = 0
    files: tuple[str, ...] = ()
    left: dict[str, int]
    undone: str | None = None

    @property
    def complete(self) -> bool:
        """Tell whether nothing of the text is left in the files."""
        return not (self.pinned or self.left or self.undone)


def purge(engine: Engine, ids: Sequence[str], author: Author, wait: float) -> Purged:
    """Remove the text of events for good, and verify it; wait so many seconds for readers that hold the log.

    Raises NoSuchEvent for an id that never was, BadEvent for a reason that quotes the events.
    """
    with writing(engine, durable=True) as connection:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        erased = erase(connection, ids, Ledger(moment(connection), author))
        driver = cast(sqlite3.Connection, connection.connection.driver_connection)
        own, reasons = map(leftovers.words, (erased.said, erased.reasons))
        wanted = leftovers.distinctive(driver, dict.fromkeys((*own, *reasons)))
        for quote in leftovers.quoted(author.why or "", leftovers.distinctive(driver, own)):
            raise BadEvent("why", f"it would keep {quote!r} of the event's own text; give the reason without")
    try:
        with _alone(engine) as driver:
            rebuild(driver)
            pinned = not empty_log(driver, wait)
            return _verified(driver, database_file(engine), erased, wanted, pinned)
    except (StoreUnavailable, OSError) as error:
        return Purged(erased=erased, left={}, undone=str(error))


def rebuild(driver: sqlite3.Connection) -> None:
    """Write the database anew without its free pages and what deleted rows left in others."""
    # A copy in memory, as for other temporary tables, could be too large for it.
    driver.execute("PRAGMA temp_store = FILE")
    driver.execute("VACUUM")


def empty_log(driver: sqlite3.Connection, wait: float) -> bool:
    """Take the write-ahead log into the database and cut it to nothing; False when a reader holds it for `wait` s."""
    # Short tries: while SQLite waits for readers, nobody can write.
    driver.execute("PRAGMA busy_timeout = 200")
    end = time.monotonic() + wait
    while driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def _alone(engine: Engine) -> Any:
    """Give a connection of its own, outside any transaction, that is not used again afterwards."""
    with guarded(engine):
        driver = sqlite3.connect(engine.url.database or "", timeout=BUSY_SECONDS, isolation_level=None)
        try:
            driver.execute("PRAGMA secure_delete = ON")
            yield driver
        finally:
            driver.close()


def _verified(
    driver: sqlite3.Connection, database: Path | None, erased: Erased, wanted: Sequence[str], pinned: bool
) -> Purged:
    """Look for the words in the files; those that stand in rows still there are not the events' own."""
    if database is None:
        return Purged(erased=erased, left={}, pinned=pinned)
    held = leftovers.files(database)
    wanted = leftovers.enough(wanted, (path.stat().st_size for path in held))
    where = {path.name: leftovers.found(path, wanted) for path in held}
    shared = leftovers.used(driver, set().union(*where.values()))
    left = {name: len(words - shared) for name, words in where.items() if words - shared}
    return Purged(
        erased=erased, pinned=pinned, sought=len(set(wanted) - shared), files=tuple(where), left=left
    )
