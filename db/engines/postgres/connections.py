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

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

import db.engines.postgres.catalog  # noqa: F401  # registers types
from db.engines.base import SqlParams
from db.engines.postgres.addresses import libpq_parameters
from db.engines.postgres.drivers import Driver, driver_of
from db.engines.postgres.errors import BUSY_SECONDS, explained
from db.engines.postgres.replicas import PRIMARY_SECONDS, Replicas
from db.engines.postgres.shared_query import SharedQuery
from db.engines.postgres.statements import comparable, numbered, rows, written
from db.engines.postgres.transactions import (
    WRITE_LOCK,
    Losses,
    begin_read,
    begin_write,
    begun_read,
    without_transaction,
)
from db.engines.reports import ReplicaState
from db.engines.write_turns import write_turn

_IDLE_CONNECTIONS = 10  # stay open; the others are closed after use
CONNECTION_WAIT_SECONDS = 2.0
FIRST_ANSWER_SECONDS = 2.0
"""A server that does not answer the first statement of a transaction for so long counts as gone."""
REPLICA_FIRST_ANSWER_SECONDS, REPLICA_CONNECT_SECONDS = 1.0, 2
_SECONDS_OF_REST = 1.0  # after a shared query without an answer
LONG_STATEMENT_SECONDS = 900.0
"""How long a statement of a large import may take, such as the creation of an index."""


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
        url, read_timeout, connections, REPLICA_FIRST_ANSWER_SECONDS, connect_timeout=REPLICA_CONNECT_SECONDS
    )


def _engine(
    url: URL,
    read_timeout: float,
    connections: int,
    first_answer_seconds: float = FIRST_ANSWER_SECONDS,
    **parameters: int,
) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=QueuePool,
        pool_size=min(_IDLE_CONNECTIONS, connections),
        max_overflow=max(0, connections - _IDLE_CONNECTIONS),
        pool_timeout=CONNECTION_WAIT_SECONDS,
        pool_use_lifo=True,
    )
    losses = Losses(first_answer_seconds)

    @event.listens_for(engine, "do_connect")
    def _connect(*_: object) -> Driver:
        return Driver.connect(**(libpq_parameters(url) | parameters))

    @event.listens_for(engine, "checkout")
    def _checkout(driver: Driver, *_: object) -> None:
        losses.check(driver)

    @event.listens_for(engine, "reset")
    def _reset(driver: Driver, *_: object) -> None:
        driver.end, driver.silent_seconds = None, first_answer_seconds  # for the rollback now

    _listen(engine, losses)
    engine.update_execution_options(
        read_timeout=read_timeout, write_turn=threading.Lock(), losses=losses, shared_queries={}
    )
    return engine


def _listen(engine: Engine, losses: Losses) -> None:
    """Begin transactions as they are meant, and let texts be compared that no row has."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        end = connection.get_execution_options().get("write_end")
        if end is None:
            begin_read(connection, losses)
        else:
            begin_write(connection, end, losses)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _bind(
        _: Connection, _cursor: object, sql: str, params: Any, context: Any, _many: bool
    ) -> tuple[str, Any]:
        """Let a text that no row has be compared with; one that is written must be stored as it is, or refused."""
        writes = context is not None and (context.isinsert or context.isupdate)
        return sql, params if writes else comparable(params)


def close(engine: Engine) -> None:
    """Close every connection, also those to replicas."""
    replicas = _replicas(engine)
    if replicas:
        replicas.close()
    for query in engine.get_execution_options()["shared_queries"].values():
        query.close()
    engine.dispose()


def _replicas(engine: Engine) -> Replicas | None:
    replicas: Replicas | None = engine.get_execution_options().get("replicas")
    return replicas


def read_transaction(
    engine: Engine, seconds: float | None, *, from_primary: bool = False
) -> AbstractContextManager[Connection]:
    """Read in one snapshot, on a replica that has all that is committed now, else on the primary."""
    replicas = None if from_primary else _replicas(engine)
    return replicas.transaction(seconds) if replicas else begun_read(engine, seconds)


def newest_row(engine: Engine, sql: str) -> tuple[Any, ...] | None:
    """Return the only row of a query of the primary that begins from now on; None if it does not answer soon."""
    replicas = _replicas(engine)
    if replicas and replicas.seconds_without_primary() is not None:
        return None
    shared: dict[str, SharedQuery] = engine.get_execution_options()["shared_queries"]
    query = shared.get(sql) or shared.setdefault(sql, SharedQuery(engine.url, sql, _SECONDS_OF_REST))
    return query.row(PRIMARY_SECONDS, connect=True)


def single_query(engine: Engine, sql: str, params: SqlParams, seconds: float) -> list[Any]:
    """Return the rows of one query, without a transaction unless a replica answers: it needs the primary's moment."""
    if _replicas(engine):
        with read_transaction(engine, seconds) as connection:
            return rows(connection, sql, params)
    losses: Losses = engine.get_execution_options()["losses"]
    values = [written(value) for value in params]
    return without_transaction(engine, losses, seconds, lambda driver: driver.look_up(numbered(sql), values))


def replica_states(engine: Engine) -> list[ReplicaState]:
    """Return how far each replica is."""
    replicas = _replicas(engine)
    return replicas.states() if replicas else []


def seconds_without_primary(engine: Engine, since: float | None = None) -> float | None:
    """Return for how long replicas have been answering alone, or did since a moment; None otherwise."""
    replicas = _replicas(engine)
    return replicas.seconds_without_primary(since) if replicas else None


def check_driver() -> None:
    """Do nothing: the driver is complete when it can be imported."""


def database_file(_engine: Engine) -> Path | None:
    """Return None: there is no file."""
    return None


def guarded(engine: Engine) -> AbstractContextManager[None]:
    """Turn the driver's errors within a block into one clear line."""
    return explained(engine.url.database)


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
        return bool(connection.exec_driver_sql(sql).scalar_one())
