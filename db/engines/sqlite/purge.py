"""The files of a database after a purge: rebuilt without free pages, the log emptied, the bytes searched."""

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from db.engines.reports import Leftovers
from db.engines.sqlite.connections import database_file, driver_of, guarded
from db.engines.sqlite.database_files import empty_log, own_files
from db.engines.sqlite.errors import BUSY_SECONDS
from db.engines.sqlite.leftovers import affordable, words_in_file, words_in_rows
from db.engines.sqlite.statements import rows, run

_CELL_BYTES = 32  # of a pin in a node of the R*Tree: its number, and two bounds each of three dimensions


def overwrite_deleted(connection: Connection) -> None:
    """Overwrite what this transaction deletes with zeros."""
    driver_of(connection).execute("PRAGMA secure_delete = ON")


def purge_search(connection: Connection) -> None:
    """Merge the full text, whose old segments keep words of deleted rows, and overwrite deleted pins of the R*Tree.

    An R*Tree removes a pin from its node by moving the last one there, and leaves the last one's bytes.
    """
    run(connection, "INSERT INTO event_text (event_text) VALUES ('optimize')")
    for number, node in rows(connection, "SELECT nodeno, data FROM pin_index_node"):
        end = 4 + _CELL_BYTES * struct.unpack(">H", node[2:4])[0]
        if any(node[end:]):
            blank = node[:end] + bytes(len(node) - end)
            run(connection, "UPDATE pin_index_node SET data = ? WHERE nodeno = ?", (blank, number))


def purge_files(engine: Engine, words: Sequence[str], wait: float) -> Leftovers:
    """Rebuild the file, empty the log, and search both for words of erased events."""
    with _own_connection(engine) as driver:
        rebuild(driver)
        pinned = not empty_log(driver, wait)
        if database_file(engine) is None:
            return Leftovers(pinned, 0, (), {})
        files = [path for path in own_files(engine) if path.exists()]
        wanted = affordable(words, (path.stat().st_size for path in files))
        matches = {path.name: words_in_file(path, wanted) for path in files}
        # Words in rows that still exist are not the erased events' own.
        shared = words_in_rows(driver, set().union(*matches.values()))
        remaining = {name: len(own) for name, contained in matches.items() if (own := contained - shared)}
        return Leftovers(pinned, len(set(wanted) - shared), tuple(matches), remaining)


def rebuild(driver: sqlite3.Connection) -> None:
    """Rewrite the database without its free pages and without what deleted rows left in others."""
    # In memory, as other temporary tables are, the copy could be too large.
    driver.execute("PRAGMA temp_store = FILE")
    driver.execute("VACUUM")


@contextmanager
def _own_connection(engine: Engine) -> Iterator[sqlite3.Connection]:
    """Yield a connection outside any transaction and outside the pool."""
    with guarded(engine):
        driver = sqlite3.connect(engine.url.database or "", timeout=BUSY_SECONDS, isolation_level=None)
        try:
            driver.execute("PRAGMA secure_delete = ON")
            yield driver
        finally:
            driver.close()
