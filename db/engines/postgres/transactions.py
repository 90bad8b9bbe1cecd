"""How transactions begin: a read with one message, and on another connection if theirs was lost since its last use."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar, cast

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError

from db.engines.postgres.drivers import SILENT_SECONDS, Driver, ServerSilent, driver_of, milliseconds
from db.engines.postgres.promotions import check_promotion

T = TypeVar("T")
GRACE_SECONDS = 1.0
"""How much longer than its limit a statement may take until its server counts as gone."""
WRITE_LOCK = 0x4461_7465  # of pg_advisory_xact_lock: "Date" in ASCII
_WRITER_IDLE_SECONDS = 120  # after which the server ends the transaction of a writer that has stopped
_MOMENT = "set_config('dateline.moment', floor(extract(epoch FROM clock_timestamp()))::text, true)"
# The best plan depends on the values: an area is a street or a continent.
_PLAN_MODE = "force_custom_plan"
# Rows of a write that was rolled back leave gaps in a sequence, but the numbers of the feed have none.
_NEXT_CHANGE = (
    "SELECT setval(pg_get_serial_sequence('change', 'seq'),"
    " coalesce((SELECT max(seq) FROM change), 0) + 1, false)"
)


class Losses:
    """When a connection of a pool was lost: all that were used before then count as lost, such as after a restart."""

    def __init__(self, first_answer_seconds: float) -> None:
        self.first_answer_seconds = first_answer_seconds
        self._last = 0.0

    def record(self) -> None:
        """Let the pool replace every connection that was used before now."""
        self._last = time.monotonic()

    def check(self, driver: Driver) -> None:
        """Raise InvalidatePoolError, so that the pool connects again, if a connection counts as lost."""
        if driver.closed or 0 < driver.used_at <= self._last:
            raise InvalidatePoolError("the connection is lost")
        driver.is_new = not driver.used_at
        driver.used_at = time.monotonic()


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


@contextmanager
def begun_read(engine: Engine, seconds: float | None, moment: int | None = None) -> Iterator[Connection]:
    """Read in one snapshot on a server, as of a moment if there is one, within some seconds if they are limited."""
    with engine.connect() as connection:
        if moment is not None:
            connection.execution_options(moment=moment)
        with nullcontext() if seconds is None else deadline(connection, seconds), connection.begin():
            yield connection


def without_transaction(engine: Engine, losses: Losses, seconds: float, run: Callable[[Driver], T]) -> T:
    """Run one statement outside a transaction; if the connection was lost since its last use, run it on another one."""
    end = time.monotonic() + seconds
    while True:
        pooled = engine.raw_connection()
        driver = cast(Driver, pooled.driver_connection)
        try:
            driver.set_deadline(end, GRACE_SECONDS)
            return run(driver)
        except ServerSilent:
            raise
        except psycopg.OperationalError:
            if not driver.closed or driver.is_new:
                raise
            losses.record()
        finally:
            driver.set_deadline(None, GRACE_SECONDS)
            pooled.close()


def begin_read(connection: Connection, losses: Losses) -> None:
    """Begin a read in one snapshot, with the moment and the time limit of its statements."""
    end = connection.info.get("deadline")
    limit = 0 if end is None else milliseconds(end - time.monotonic())
    given = connection.get_execution_options().get("moment")
    moment = f"{_MOMENT}" if given is None else f"set_config('dateline.moment', '{int(given)}', true)"
    statements = (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
        f"SELECT {moment}, set_config('statement_timeout', '{limit}', true),"
        f" set_config('plan_cache_mode', '{_PLAN_MODE}', true)"
    )

    def begin(driver: Driver) -> bytes | None:
        _set_kind(driver, psycopg.IsolationLevel.REPEATABLE_READ, read_only=True)
        return driver.run_together(statements).get_value(0, 0)

    value = _first_statement(connection, losses, begin)
    driver = driver_of(connection)
    driver.set_deadline(end, GRACE_SECONDS)
    driver.silent_seconds = SILENT_SECONDS
    connection.info["moment"] = int(value or b"0")


def begin_write(connection: Connection, end: float, losses: Losses) -> None:
    """Begin a write, and wait for the lock; the moment of the transaction is after the wait, as readers may be."""
    settings = {
        "lock_timeout": milliseconds(end - time.monotonic()),
        "statement_timeout": 0,
        "plan_cache_mode": _PLAN_MODE,
        "idle_in_transaction_session_timeout": _WRITER_IDLE_SECONDS * 1000,
        "synchronous_commit": connection.get_execution_options()["synchronous_commit"],
    }
    listed = ", ".join("set_config(%s, %s, true)" for _ in settings)
    values = [str(value) for setting in settings.items() for value in setting]

    def begin(driver: Driver) -> None:
        _set_kind(driver, psycopg.IsolationLevel.READ_COMMITTED, read_only=False)
        driver.execute(f"SELECT {listed}", values)

    _first_statement(connection, losses, begin)
    driver = driver_of(connection)
    driver.set_deadline(None, GRACE_SECONDS)
    driver.silent_seconds = SILENT_SECONDS
    driver.execute("SELECT pg_advisory_xact_lock(%s)", (WRITE_LOCK,))
    sql = f"SELECT {_MOMENT}, set_config('lock_timeout', '0', true), to_regclass('change') IS NOT NULL"
    ((now, _, has_feed),) = driver.execute(sql).fetchall()
    connection.info["moment"] = int(now)
    if has_feed:
        driver.execute(_NEXT_CHANGE)
        check_promotion(connection)


def _first_statement(connection: Connection, losses: Losses, begin: Callable[[Driver], T]) -> T:
    """Run the first statement of a transaction; if the connection was lost since its last use, run it on another one.

    So no message has to find out before each transaction whether the server is there. The statement waits for nothing,
    so a server that does not answer it soon is gone.
    """
    driver = driver_of(connection)
    try:
        driver.end = time.monotonic() + losses.first_answer_seconds
        return begin(driver)
    except psycopg.OperationalError as error:
        if not driver.closed:
            raise
        losses.record()
        deadline = connection.info.get("deadline")
        connection.invalidate(error)
        other = driver_of(connection)
        if deadline is not None:
            connection.info["deadline"] = deadline
        other.end = time.monotonic() + losses.first_answer_seconds
        return begin(other)


def _set_kind(driver: Driver, level: psycopg.IsolationLevel, *, read_only: bool) -> None:
    """Set the kind of the next transaction; psycopg takes as long for an equal value as for another one."""
    if driver.isolation_level != level:
        driver.isolation_level = level
    if driver.read_only != read_only:
        driver.read_only = read_only
