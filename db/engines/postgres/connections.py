"""PostgreSQL's connections, transactions and time limits.

Readers see one snapshot (REPEATABLE READ). Writers wait for one lock, in the order in which they came, and then see the
newest data (READ COMMITTED): a snapshot from before the wait would be too old to write on.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from db.engines.postgres.addresses import libpq_parameters
from db.engines.postgres.drivers import SILENT_SECONDS, Driver, driver_of, milliseconds
from db.engines.postgres.errors import BUSY_SECONDS, explained
from db.engines.postgres.promotions import check_promotion
from db.engines.postgres.replicas import Replicas
from db.engines.postgres.statements import comparable
from db.engines.reports import ReplicaState
from db.engines.write_turns import write_turn

_IDLE_CONNECTIONS = 10  # stay open; the others are closed after use
CONNECTION_WAIT_SECONDS = 2.0
GRACE_SECONDS = 1.0
"""How much longer than its limit a statement may take until its server counts as gone."""
PING_SECONDS = 2.0
"""A server that does not answer for so long between two uses of a connection counts as gone."""
REPLICA_PING_SECONDS, REPLICA_CONNECT_SECONDS = 1.0, 2
LONG_STATEMENT_SECONDS = 900.0
"""How long a statement of a large import may take, such as the creation of an index."""
_WRITER_IDLE_SECONDS = 120  # after which the server ends the transaction of a writer that has stopped
WRITE_LOCK = 0x4461_7465  # of pg_advisory_xact_lock: "Date" in ASCII
_MOMENT = "set_config('dateline.moment', floor(extract(epoch FROM clock_timestamp()))::text, true)"
_GIVEN_MOMENT = "set_config('dateline.moment', %s, true)"
# Rows of a write that was rolled back leave gaps in a sequence, but the numbers of the feed have none.
_NEXT_CHANGE = (
    "SELECT setval(pg_get_serial_sequence('change', 'seq'),"
    " coalesce((SELECT max(seq) FROM change), 0) + 1, false)"
)


def connect(url: URL, read_timeout: float, replicas: Sequence[URL], connections: int) -> Engine:
    """Return an engine whose reads are interrupted after `read_timeout` seconds, and may go to replicas."""
    engine = _engine(url, read_timeout, connections)
    if replicas:
        engine.update_execution_options(
            replicas=Replicas(engine, [_replica_engine(url, read_timeout, connections) for url in replicas])
        )
    return engine


def _replica_engine(url: URL, read_timeout: float, connections: int) -> Engine:
    """Return an engine that gives up soon: another server can answer instead."""
    return _engine(
        url, read_timeout, connections, REPLICA_PING_SECONDS, connect_timeout=REPLICA_CONNECT_SECONDS
    )


def _engine(
    url: URL, read_timeout: float, connections: int, ping_seconds: float = PING_SECONDS, **parameters: int
) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=QueuePool,
        pool_size=min(_IDLE_CONNECTIONS, connections),
        max_overflow=max(0, connections - _IDLE_CONNECTIONS),
        pool_timeout=CONNECTION_WAIT_SECONDS,
        pool_pre_ping=True,
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "do_connect")
    def _connect(*_: object) -> Driver:
        return Driver.connect(**(libpq_parameters(url) | parameters))

    @event.listens_for(engine, "reset")
    def _reset(driver: Driver, *_: object) -> None:
        # For the rollback now, and for the question whether the server is there before the next use.
        driver.end, driver.silent_seconds = None, ping_seconds

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        end = connection.get_execution_options().get("write_end")
        if end is None:
            _begin_read(connection)
        else:
            _begin_write(connection, end)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _bind(
        _: Connection, _cursor: object, sql: str, params: Any, context: Any, _many: bool
    ) -> tuple[str, Any]:
        """Let a text that no row has be compared with; one that is written must be stored as it is, or refused."""
        writes = context is not None and (context.isinsert or context.isupdate)
        return sql, params if writes else comparable(params)

    engine.update_execution_options(read_timeout=read_timeout, write_turn=threading.Lock())
    return engine


def close(engine: Engine) -> None:
    """Close every connection, also those to replicas."""
    replicas = _replicas(engine)
    if replicas:
        replicas.close()
    engine.dispose()


def _replicas(engine: Engine) -> Replicas | None:
    replicas: Replicas | None = engine.get_execution_options().get("replicas")
    return replicas


def read_connection(engine: Engine) -> AbstractContextManager[Connection]:
    """Connect to a replica that has all that is committed now, else to the primary."""
    replicas = _replicas(engine)
    return replicas.connection() if replicas else engine.connect()


def replica_states(engine: Engine) -> list[ReplicaState]:
    """Return how far each replica is."""
    replicas = _replicas(engine)
    return replicas.states() if replicas else []


def seconds_without_primary(engine: Engine) -> float | None:
    """Return for how long replicas have been answering alone; None while the primary answers."""
    replicas = _replicas(engine)
    return replicas.seconds_without_primary() if replicas else None


def _begin_read(connection: Connection) -> None:
    driver = driver_of(connection)
    _set_kind(driver, psycopg.IsolationLevel.REPEATABLE_READ, read_only=True)
    end = connection.info.get("deadline")
    driver.set_deadline(end, GRACE_SECONDS)
    driver.silent_seconds = SILENT_SECONDS
    limit = 0 if end is None else milliseconds(end - time.monotonic())
    given = connection.get_execution_options().get("moment")
    sql = f"SELECT {_MOMENT if given is None else _GIVEN_MOMENT}, set_config('statement_timeout', %s, true)"
    values = (str(limit),) if given is None else (str(given), str(limit))
    (first_row,) = driver.execute(sql, values).fetchall()
    connection.info["moment"] = int(first_row[0])


def _set_kind(driver: Driver, level: psycopg.IsolationLevel, *, read_only: bool) -> None:
    """Set the kind of the next transaction; psycopg takes as long for an equal value as for another one."""
    if driver.isolation_level != level:
        driver.isolation_level = level
    if driver.read_only != read_only:
        driver.read_only = read_only


def _begin_write(connection: Connection, end: float) -> None:
    """Begin a write, and wait for the lock; the moment of the transaction is after the wait, as readers may be."""
    driver = driver_of(connection)
    _set_kind(driver, psycopg.IsolationLevel.READ_COMMITTED, read_only=False)
    driver.set_deadline(None, GRACE_SECONDS)
    driver.silent_seconds = SILENT_SECONDS
    settings = {
        "lock_timeout": milliseconds(end - time.monotonic()),
        "statement_timeout": 0,
        "idle_in_transaction_session_timeout": _WRITER_IDLE_SECONDS * 1000,
        "synchronous_commit": connection.get_execution_options()["synchronous_commit"],
    }
    listed = ", ".join("set_config(%s, %s, true)" for _ in settings)
    values = [str(value) for setting in settings.items() for value in setting]
    driver.execute(f"SELECT {listed}", values)
    driver.execute("SELECT pg_advisory_xact_lock(%s)", (WRITE_LOCK,))
    sql = f"SELECT {_MOMENT}, set_config('lock_timeout', '0', true), to_regclass('change') IS NOT NULL"
    ((now, _, has_feed),) = driver.execute(sql).fetchall()
    connection.info["moment"] = int(now)
    if has_feed:
        driver.execute(_NEXT_CHANGE)
        check_promotion(connection)


def check_driver() -> None:
    """Do nothing: the driver is complete when it can be imported."""


def database_file(_engine: Engine) -> Path | None:
    """Return None: there is no file."""
    return None


def guarded(engine: Engine) -> AbstractContextManager[None]:
    """Turn the driver's errors within a block into one clear line."""
    return explained(engine.url.database)


@contextmanager
def deadline(connection: Connection, seconds: float) -> Iterator[None]:
    """Interrupt every statement of the block that runs more than `seconds` from now.

    The limit of a transaction that has begun stays until it ends; it is set for each statement alone.
    """
    end = connection.info["deadline"] = time.monotonic() + seconds
    try:
        if connection.in_transaction():
            driver_of(connection).set_deadline(end, GRACE_SECONDS)
            driver_of(connection).execute(
                "SELECT set_config('statement_timeout', %s, true)", (str(milliseconds(seconds)),)
            )
        yield
    finally:
        # A connection that was lost has no info any more.
        if not connection.closed and not connection.invalidated:
            connection.info.pop("deadline", None)
            # A reader of an export may come back later than the limit of a step: that is no silence of the server.
            driver_of(connection).set_deadline(None, GRACE_SECONDS)


def interrupt(connection: Connection) -> None:
    """Stop the statement that another thread runs on a connection."""
    driver_of(connection).cancel_safe(timeout=CONNECTION_WAIT_SECONDS)


@contextmanager
def write_transaction(engine: Engine, *, durable: bool, wait: float | None = None) -> Iterator[Connection]:
    """Open the one write transaction; commit at the end of the block, roll back when it raises.

    A commit survives the end of the server and has reached the synchronous replicas, if there are any; with `durable`
    it is also visible there. Raise StoreUnavailable after `wait` seconds (BUSY_SECONDS if None) in which others were
    writing.
    """
    seconds = BUSY_SECONDS if wait is None else wait
    end = time.monotonic() + seconds
    options = {"write_end": end, "synchronous_commit": "remote_apply" if durable else "on"}
    with (
        write_turn(engine, seconds),
        guarded(engine),
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        yield connection
    replicas = _replicas(engine)
    if replicas:
        replicas.primary_has_written()


def moment(connection: Connection) -> int:
    """Return the moment of the transaction, in seconds of UTC, by the clock of the database server."""
    if not connection.in_transaction():
        connection.begin()
    return int(connection.info["moment"])


def clock(connection: Connection) -> int:
    """Return the time now, in seconds of UTC, by the clock of the database server."""
    sql = "SELECT floor(extract(epoch FROM clock_timestamp()))::bigint"
    return int(connection.exec_driver_sql(sql).scalar_one())


def expect_many_writes(connection: Connection) -> None:
    """Let statements of this transaction take minutes, and use 256 MB for building indexes."""
    driver_of(connection).silent_seconds = LONG_STATEMENT_SECONDS
    driver_of(connection).execute("SET LOCAL maintenance_work_mem = '256MB'")


def writers_wait(engine: Engine) -> bool:
    """Return whether another process waits to write."""
    sql = (
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        f" AND objid = {WRITE_LOCK} AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    with guarded(engine), engine.connect() as connection:
        row = driver_of(connection).execute(sql).fetchone()
    return bool(row and row[0])
