"""Readers on replicas: a replica is used for a request if it has replayed all that the primary has committed by then.

So no reader sees an older version after a newer one, on whatever machine, and an editor reads their own writes. The
moment of a transaction is the primary's. While the primary is away, the replica that is furthest ahead answers.
"""

import itertools
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from db.engines.postgres.addresses import shown
from db.engines.postgres.drivers import Driver, driver_of
from db.engines.postgres.shared_query import SharedQuery
from db.engines.postgres.transactions import begun_read
from db.engines.reports import ReplicaState

PRIMARY_SECONDS = 1.0
"""How long a reader waits for the primary's position before it takes a replica's word."""
REPLAY_SECONDS = 0.05
"""How long a reader waits for a replica that is about to be up to date."""
PROBE_SECONDS = 0.5
"""How often every server is asked how it is."""
_PROBE_LIMIT = 1.0
HANG_SECONDS = 3.0
"""After so long without an answer to a probe, the readers of a replica are ended instead of waiting for it."""
_POSITION = "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint, floor(extract(epoch FROM clock_timestamp()))::bigint"
_REPLAYED = (
    "SELECT (coalesce(pg_last_wal_replay_lsn(), '0/0') - '0/0')::bigint, pg_is_in_recovery(),"
    " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8"
)


_log = logging.getLogger("dateline")


class LogPosition(NamedTuple):
    """How far the primary has written its log (bytes), and its clock (seconds of UTC)."""

    log: int
    moment: int


class _Replica:
    """One replica: whether it answers, and how far it has replayed the log."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.answers = False
        self.replayed = 0
        self.seconds: float | None = None
        self.in_recovery = True
        self._answered_at = time.monotonic()
        self._readers: set[Driver] = set()
        self._query = SharedQuery(engine.url, _REPLAYED)

    def probe(self, seconds: float, *, connect: bool) -> None:
        """Ask how far it is."""
        row = self._query.row(seconds, connect=connect)
        self.answers = row is not None
        if row is not None:
            self.replayed, self.in_recovery, self.seconds = row
            self._answered_at = time.monotonic()

    @contextmanager
    def reader(self, driver: Driver) -> Iterator[None]:
        """Let `end_readers` end the reads of a connection during the block."""
        self._readers.add(driver)
        try:
            yield
        finally:
            self._readers.discard(driver)

    def end_readers(self) -> None:
        """End the reads that wait for a replica that hangs; their clients may repeat them elsewhere."""
        if not self.answers and time.monotonic() > self._answered_at + HANG_SECONDS:
            for driver in tuple(self._readers):
                driver.hang_up()

    def reaches(self, log: int) -> bool:
        """Return whether it has replayed the log up to a position, or does so within REPLAY_SECONDS."""
        end = time.monotonic() + REPLAY_SECONDS
        while self.answers and self.replayed < log and time.monotonic() < end:
            self.probe(REPLAY_SECONDS, connect=False)
        return self.answers and self.replayed >= log

    def close(self) -> None:
        self._query.close()
        self.engine.dispose()


class Replicas:
    """The replicas of one primary, and a thread that asks all of them how they are."""

    def __init__(self, primary: Engine, engines: Sequence[Engine]) -> None:
        self._primary = primary
        self.urls = [engine.url for engine in engines]
        self._replicas = [_Replica(engine) for engine in engines]
        self._query = SharedQuery(primary.url, _POSITION)
        self._position: LogPosition | None = None
        self._reached_at = time.monotonic()  # when the primary last answered
        self._answers = True
        self._stale_read: tuple[float, float] = (
            -math.inf,
            0.0,
        )  # when one began last, and when the primary answered
        self._next = itertools.count()
        self._behind: set[_Replica] = set()
        self._closed = threading.Event()
        probes: list[Callable[[], None]] = [
            self._probe_primary,
            *(partial(_probe_replica, replica) for replica in self._replicas),
        ]
        for probe in probes:
            probe()
            # A thread for each server: to connect to one that hangs takes seconds.
            threading.Thread(target=self._repeat, args=(probe,), name="replicas", daemon=True).start()

    @contextmanager
    def transaction(self, seconds: float | None) -> Iterator[Connection]:
        """Read on a server that has all that is committed now; on the best one without a primary."""
        position = self._current()
        if position is None:
            self._stale_read = time.monotonic(), self._reached_at
        for replica in self._candidates(position):
            with ExitStack() as stack:
                read = begun_read(replica.engine, seconds, self._moment())
                try:
                    connection = stack.enter_context(read)
                except NoFreeConnection:
                    continue
                except (DBAPIError, psycopg.OperationalError):
                    replica.answers = False
                    continue
                driver = driver_of(connection)
                try:
                    with replica.reader(driver):
                        yield connection
                except (DBAPIError, psycopg.Error):
                    replica.answers &= not driver.closed
                    raise
                return
        with begun_read(self._primary, seconds) as connection:
            yield connection

    def _moment(self) -> int:
        """Return the time of the primary's clock, also while it is away: the clocks of workers may differ."""
        if self._position is None:
            return int(time.time())
        return self._position.moment + int(time.monotonic() - self._reached_at)

    def seconds_without_primary(self, since: float | None = None) -> float | None:
        """Return for how long the primary has not answered; None while it does.

        With `since` (monotonic seconds), also if a read that began later was without it, although it answers by now.
        """
        if not self._answers:
            return time.monotonic() - self._reached_at
        read_at, reached_at = self._stale_read
        return None if since is None or read_at < since else time.monotonic() - reached_at

    def primary_has_written(self) -> None:
        """Let the next readers ask the primary again if it was away: the author of a write reads it now."""
        if not self._answers:
            self._ask_primary(_PROBE_LIMIT, connect=True)

    def states(self) -> list[ReplicaState]:
        """Return how far each replica is."""
        log = self._position.log if self._position else 0
        return [
            ReplicaState(
                name=shown(replica.engine.url),
                answers=replica.answers,
                current=replica.answers and replica.replayed >= log,
                behind_bytes=max(0, log - replica.replayed) if replica.answers else None,
                behind_seconds=replica.seconds if replica.answers and replica.replayed < log else None,
            )
            for replica in self._replicas
        ]

    def close(self) -> None:
        """Stop the thread, and close all connections."""
        self._closed.set()
        self._query.close()
        for replica in self._replicas:
            replica.close()

    def _current(self) -> LogPosition | None:
        """Return the primary's position as of now; None if it does not answer."""
        if not self._answers:
            return None  # the thread asks it
        self._ask_primary(PRIMARY_SECONDS, connect=False)
        return self._position if self._answers else None

    def _ask_primary(self, seconds: float, *, connect: bool) -> None:
        row = self._query.row(seconds, connect=connect)
        if row is not None:
            self._position, self._reached_at = LogPosition(*row), time.monotonic()
        self._answers = row is not None

    def _candidates(self, position: LogPosition | None) -> Iterator[_Replica]:
        if position is None:
            answering = [replica for replica in self._replicas if replica.answers]
            yield from sorted(answering, key=lambda replica: -replica.replayed)
            return
        first = next(self._next)
        for number in range(len(self._replicas)):
            replica = self._replicas[(first + number) % len(self._replicas)]
            if replica.in_recovery and self._is_current(replica, position.log):
                yield replica

    def _is_current(self, replica: _Replica, log: int) -> bool:
        """Return whether a replica has the log up to a position; wait a little for one that has kept up so far."""
        if replica.replayed >= log:
            self._behind.discard(replica)
            return replica.answers
        if replica in self._behind or not replica.reaches(log):
            # Nobody waits for it again before it has caught up.
            self._behind.add(replica)
            return False
        return True

    def _repeat(self, probe: Callable[[], None]) -> None:
        while not self._closed.wait(PROBE_SECONDS):
            try:
                probe()
            except Exception:  # the server is asked again soon, whatever went wrong
                _log.exception("a database server could not be asked how it is")

    def _probe_primary(self) -> None:
        self._ask_primary(_PROBE_LIMIT, connect=True)


def _probe_replica(replica: _Replica) -> None:
    replica.probe(_PROBE_LIMIT, connect=True)
    replica.end_readers()
