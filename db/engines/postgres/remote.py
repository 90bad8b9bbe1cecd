"""Reads for an event loop: a few connections that wait without a thread, to the primary or to a current replica.

With replicas, a read goes to one of them while the primary is asked for its data version; the answer counts if both
have the same version.
"""

import asyncio
import time
from collections.abc import Sequence
from itertools import count
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import Format
from psycopg.waiting import wait_async
from sqlalchemy import URL, Engine

from db.engines.base import SqlParams
from db.engines.postgres.addresses import libpq_parameters
from db.engines.postgres.replicas import Replicas
from db.engines.postgres.statements import translated
from db.engines.postgres.synchronous import QUERY, commit_state
from db.engines.reports import CommitState

T = TypeVar("T")
_SECONDS = 0.25  # until the usual path answers instead
_SECONDS_OF_REST = 1.0  # after a failure
_CONNECTIONS = 4


class AsyncDriver(psycopg.AsyncConnection[Any]):
    """A connection that closes itself when nobody uses it any more, as after a request that was given up."""

    async def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for the answer to a message; close the connection if the wait is given up.

        psycopg would ask the server to stop the query and wait for its answer: ten seconds if the server hangs.
        """
        try:
            return await wait_async(gen, self.pgconn.socket, interval=interval, timeout=timeout)
        except asyncio.CancelledError:
            self.pgconn.finish()
            raise

    def __del__(self, _warn: Any = None) -> None:
        if hasattr(self, "pgconn"):
            self.pgconn.finish()


class _Server:
    """Connections to one server, opened as they are needed."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._idle: list[AsyncDriver] = []
        self._free = asyncio.Semaphore(_CONNECTIONS)
        self._rest_until = 0.0

    async def rows(self, sql: str, params: SqlParams) -> list[Any] | None:
        """Return the rows of a query; None if the server does not answer in time."""
        if time.monotonic() < self._rest_until:
            return None
        try:
            async with asyncio.timeout(_SECONDS), self._free:
                return await self._run(sql, params)
        except (TimeoutError, psycopg.Error):
            self._rest_until = time.monotonic() + _SECONDS_OF_REST
            return None

    async def _run(self, sql: str, params: SqlParams) -> list[Any]:
        driver = self._idle.pop() if self._idle else await self._connected()
        healthy = False
        try:
            cursor = driver.cursor()
            cursor.format = Format.BINARY
            await cursor.execute(translated(sql), params)
            rows = await cursor.fetchall()
            healthy = True
            return rows
        finally:
            if healthy:
                self._idle.append(driver)
            else:
                driver.pgconn.finish()  # an answer may still be on its way

    async def _connected(self) -> AsyncDriver:
        return await AsyncDriver.connect(**libpq_parameters(self._url), autocommit=True)

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().pgconn.finish()


class EventLoopReader:
    """The primary and its replicas, for one event loop at a time."""

    def __init__(self, primary: URL, replicas: Sequence[URL]) -> None:
        self._urls = (primary, *replicas)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._servers: list[_Server] = []
        self._numbers = count()
        self._under_way: asyncio.Task[Any] | None = None
        self._next: asyncio.Task[Any] | None = None

    async def rows(self, sql: str, params: SqlParams, stamp: str) -> list[Any] | None:
        """Return the rows of one query as of now; the first values of each are those of the query `stamp`."""
        primary, *replicas = self._of_this_loop()
        if not replicas:
            return await primary.rows(sql, params)
        replica = replicas[next(self._numbers) % len(replicas)]
        newest, rows = await asyncio.gather(self.newest(stamp), replica.rows(sql, params))
        if newest is None:
            return None
        is_current = bool(rows) and rows[0][: len(newest)] == newest
        return rows if is_current else await primary.rows(sql, params)

    async def newest(self, sql: str) -> Any:
        """Return the only row of a query of the primary that begins from now on; None if there is no answer.

        All who come while such a query is under way share the next one.
        """
        primary = self._of_this_loop()[0]
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._after(self._under_way, primary, sql))
        return await asyncio.shield(self._next)  # who gives up must not end it for the others

    async def _after(self, previous: "asyncio.Task[Any] | None", primary: _Server, sql: str) -> Any:
        if previous is not None:
            await asyncio.wait((previous,))  # whatever became of it
        self._under_way, self._next = self._next, None
        rows = await primary.rows(sql, ())
        return rows[0] if rows else None

    async def commits(self) -> CommitState | None:
        """Return whether synchronous replicas confirm commits; None if there are none, or the primary is away."""
        rows = await self._of_this_loop()[0].rows(QUERY, ())
        return commit_state(rows[0]) if rows else None

    def close(self) -> None:
        """Close the connections."""
        for server in self._servers:
            server.close()

    def _of_this_loop(self) -> list[_Server]:
        """Return the primary and the replicas; connections of a loop that has ended are of no use."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self.close()
            self._loop, self._under_way, self._next = loop, None, None
            self._servers = [_Server(url) for url in self._urls]
        return self._servers


def remote_reader(engine: Engine) -> EventLoopReader:
    """Return a reader for an event loop."""
    replicas: Replicas | None = engine.get_execution_options().get("replicas")
    return EventLoopReader(engine.url, replicas.urls if replicas else ())
