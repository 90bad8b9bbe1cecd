"""SQLite's connections, transactions and time limits.

Both R*Tree and FTS5 are compiled into SQLite; GeoAlchemy2 and SpatiaLite are not needed.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from db.engines.base import SqlParams
from db.engines.reports import ReplicaState
from db.engines.sqlite.errors import BUSY_SECONDS, explained
from db.engines.sqlite.functions import add_functions
from db.engines.sqlite.write_queue import WriteQueue
from db.engines.write_turns import write_turn
from db.errors import StoreUnavailable
from db.private_files import create_private

# The most that SQLite maps (https://www.sqlite.org/mmap.html); the rest of a larger file is read.
MAP_FILE = "PRAGMA mmap_size = 2147418112"
_IDLE_CONNECTIONS = 10  # stay open; the others are closed after use
CONNECTION_WAIT_SECONDS = 2.0
_MAX_LOG_PAGES = 32_000  # of a log that grows fast, until it is copied into the database
_STEPS_BETWEEN_CHECKS = 20_000  # of SQLite's virtual machine, until the time limit is looked at again


def connect(url: URL, read_timeout: float, replicas: Sequence[URL], connections: int) -> Engine:
    """Return an engine whose reads are interrupted after `read_timeout` seconds.

    Raises StoreUnavailable for replicas, which a file does not have.
    """
    if replicas:
        raise StoreUnavailable(
            "TIMELINE_REPLICA_URLS needs a database in PostgreSQL; expected TIMELINE_DATABASE_URL=postgresql://…, not"
            f" {url}"
        )
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        poolclass=QueuePool,
        pool_size=min(_IDLE_CONNECTIONS, connections),
        max_overflow=max(0, connections - _IDLE_CONNECTIONS),
        pool_timeout=CONNECTION_WAIT_SECONDS,
    )

    event.listen(engine, "connect", _prepare)
    queue = WriteQueue(database_file(engine))

    @event.listens_for(engine, "do_connect")
    def _create(*_: object) -> None:
        # SQLite would create the file with the umask. The log and its index get the mode of the database.
        file = database_file(engine)
        if file and not file.exists():
            with suppress(OSError):  # SQLite explains it
                create_private(file)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # All statements of a transaction see embargoes as of one moment, however long it takes. A write takes that
        # moment after it has waited for the lock: readers may have seen an embargo end in the meantime.
        end = connection.get_execution_options().get("write_end")
        if end is None:
            connection.exec_driver_sql("BEGIN")
        else:
            connection.info["waited"] = queue.begin(driver_of(connection), end)
        connection.info["clock"][0] = int(time.time())

    engine.update_execution_options(read_timeout=read_timeout, write_turn=threading.Lock(), write_queue=queue)
    return engine


def close(engine: Engine) -> None:
    """Close every connection."""
    engine.dispose()


@contextmanager
def read_transaction(
    engine: Engine, seconds: float | None, *, from_primary: bool = False
) -> Iterator[Connection]:
    """Read in one snapshot; there is one server, the file."""
    del from_primary
    with (
        engine.connect() as connection,
        nullcontext() if seconds is None else deadline(connection, seconds),
        connection.begin(),
    ):
        yield connection


def newest_row(_engine: Engine, _sql: str) -> None:
    """Return None: a query takes no longer inside the transaction that needs its answer."""


def single_query(engine: Engine, sql: str, params: SqlParams, seconds: float) -> list[Any]:
    """Return the rows of one query."""
    with read_transaction(engine, seconds) as connection:
        return driver_of(connection).execute(sql, params).fetchall()


def replica_states(_engine: Engine) -> list[ReplicaState]:
    """Return none: a file has no replicas."""
    return []


def seconds_without_primary(_engine: Engine, _since: float | None = None) -> float | None:
    """Return None: there is no server that could be away."""
    return None


def _prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    """Set up a new connection."""
    # SQLAlchemy begins transactions itself; the driver must not begin them as well.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(MAP_FILE)
    add_functions(connection)
    record.info["clock"] = clock = [0]
    connection.create_function("moment", 0, lambda: clock[0], deterministic=True)


def check_driver() -> None:
    """Raise StoreUnavailable when this Python's SQLite lacks R*Tree or FTS5."""
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    for option, name in (("ENABLE_RTREE", "R*Tree"), ("ENABLE_FTS5", "FTS5")):
        if option not in options:
            raise StoreUnavailable(f"this Python's SQLite is built without {name}, which Dateline needs")


def database_file(engine: Engine) -> Path | None:
    """Return the database file; None for a database in memory."""
    name = engine.url.database
    return Path(name) if name and name != ":memory:" else None


def columns_file(engine: Engine) -> Path | None:
    """Return the path of the file in which servers store columns, next to the database, whatever links lead to it."""
    file = database_file(engine)
    real = file and Path(os.path.realpath(file))
    return real.with_name(f"{real.name}-columns") if real else None


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return sqlite3's own connection under SQLAlchemy's."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def guarded(engine: Engine) -> AbstractContextManager[None]:
    """Turn the driver's errors within a block into one clear line."""
    return explained(engine.url.database)


@contextmanager
def deadline(connection: Connection, seconds: float) -> Iterator[None]:
    """Interrupt every statement of the block that runs more than `seconds` from now."""
    driver = driver_of(connection)
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_CHECKS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def interrupt(connection: Connection) -> None:
    """Stop the statement that another thread runs on a connection."""
    driver_of(connection).interrupt()


@contextmanager
def write_transaction(engine: Engine, *, durable: bool, wait: float | None = None) -> Iterator[Connection]:
    """Open the one write transaction; commit at the end of the block, roll back when it raises.

    In WAL mode a commit survives the end of the process; with `durable` it also survives the end of the machine
    (https://www.sqlite.org/pragma.html#pragma_synchronous), at the price of waiting for the disk. Raise
    StoreUnavailable after `wait` seconds (BUSY_SECONDS if None) in which others were writing.
    """
    seconds = BUSY_SECONDS if wait is None else wait
    end = time.monotonic() + seconds
    with (
        write_turn(engine, seconds),
        guarded(engine),
        engine.connect().execution_options(write_end=end) as connection,
    ):
        driver = driver_of(connection)
        (log_pages,) = driver.execute("PRAGMA wal_autocheckpoint").fetchone()
        if durable:
            driver.execute("PRAGMA synchronous = FULL")
        try:
            with connection.begin():
                if connection.info["waited"]:
                    # The process that wrote before is likely to write again. Leave it to that one to copy its long
                    # log into the database, so that a small change does not take as long.
                    driver.execute(f"PRAGMA wal_autocheckpoint = {_MAX_LOG_PAGES}")
                yield connection
        finally:
            driver.execute(f"PRAGMA wal_autocheckpoint = {log_pages}")
            if durable:
                driver.execute("PRAGMA synchronous = NORMAL")


def moment(connection: Connection) -> int:
    """Return the moment of the transaction, in seconds of UTC."""
    return int(connection.info["clock"][0])


def clock(_connection: Connection) -> int:
    """Return the time now, in seconds of UTC: that of this machine, on which all workers of a SQLite database run."""
    return int(time.time())


def expect_many_writes(connection: Connection) -> None:
    """Let a connection hold 24 MB of pages from now on, and the log grow to 32,000 pages in this transaction.

    The events of a file come in any order of time and place, so that each one touches other pages of the indexes. A
    page that leaves a small cache, or a short log, is written again for the next event.
    """
    driver = driver_of(connection)
    driver.execute("PRAGMA cache_size = -24000")
    driver.execute(f"PRAGMA wal_autocheckpoint = {_MAX_LOG_PAGES}")


def writers_wait(engine: Engine) -> bool:
    """Return whether another process waits to write."""
    queue: WriteQueue = engine.get_execution_options()["write_queue"]
    return queue.is_waiting()
