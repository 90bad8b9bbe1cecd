"""Reads for an event loop: a few connections that wait without a thread, to the primary or to a current replica.

With replicas, a read goes to one of them while the primary is asked for its data version; the answer counts if both
have the same version.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import URL, Engine

from db.engines.base import SqlParams
from db.engines.postgres.pipeline import PipelinedConnection
from db.engines.postgres.replicas import Replicas
from db.engines.postgres.synchronous import QUERY, commit_state
from db.engines.reports import CommitState

_SECONDS = 0.25  # until the usual path answers instead
_SECONDS_OF_REST = 1.0  # after a failure
_CONNECTIONS = 4
_QUERIES_IN_TURN = 4  # may wait on one connection while another one can be opened


class _Server:
    """Connections to one server, opened as they are needed."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._connections: list[PipelinedConnection] = []
        self._connecting: asyncio.Task[None] | None = None
        self._rest_until = 0.0

    async def rows(self, sql: str, params: SqlParams) -> list[Any] | None:
        """Return the rows of a query; None if the server does not answer in time."""
        if time.monotonic() < self._rest_until:
            return None
        try:
            connection = self._least_busy()
            if connection is None:
                async with asyncio.timeout(_SECONDS):
                    await asyncio.shield(self._connected())
                connection = self._least_busy()
            if connection is None:
                raise psycopg.OperationalError("the server cannot be reached")
            return await connection.rows(sql, params)
        except (TimeoutError, psycopg.Error):
            self._rest_until = time.monotonic() + _SECONDS_OF_REST
            return None

    def _least_busy(self) -> PipelinedConnection | None:
        """Return the connection on which the fewest queries wait, and open another one if they are many."""
        self._connections = [connection for connection in self._connections if connection.is_open]
        best = min(self._connections, key=lambda connection: connection.waiting, default=None)
        if best is not None and best.waiting >= _QUERIES_IN_TURN and len(self._connections) < _CONNECTIONS:
            self._connected()
        return best

    def _connected(self) -> "asyncio.Task[None]":
        """Return the task that opens a connection; all who need one share it."""
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._connect())
        return self._connecting

    async def _connect(self) -> None:
        with suppress(psycopg.Error):
            self._connections.append(await PipelinedConnection.connect(self._url, _SECONDS))

    def close(self) -> None:
        """Close the connections."""
        while self._connections:
            self._connections.pop().close()


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
