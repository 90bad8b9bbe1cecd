"""A connection of an event loop: queries are sent as they come, and their answers read as they arrive.

psycopg's own connections wait for the answer to each message, and register their socket with the loop for each wait.
That takes longer than most of our queries.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult
from sqlalchemy import URL

from db.engines.postgres.addresses import libpq_parameters
from db.engines.postgres.statements import numbered, written


class _Request(NamedTuple):
    answer: "asyncio.Future[list[Any]]"
    end: float  # by the clock of the loop


class PipelinedConnection:
    """Sends each query at once, and returns the rows of each; the server answers them in turn, `seconds` at most.

    After an error or a query without an answer it is closed, and all that wait get the error: its statements may be
    out of date.
    """

    def __init__(self, driver: psycopg.AsyncConnection[Any], seconds: float) -> None:
        self._driver = driver  # closes its socket when nobody uses it any more
        self._pgconn = driver.pgconn
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._socket = self._pgconn.socket
        self._names: dict[str, bytes] = {}
        self._waiting: deque[_Request] = deque()
        self._results: list[PGresult] = []  # of the first that waits
        self._transformer = Transformer(driver)
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = self._writes = False
        self._pgconn.nonblocking = 1
        self._pgconn.enter_pipeline_mode()
        self._loop.add_reader(self._socket, self._read)

    @classmethod
    async def connect(cls, url: URL, seconds: float) -> "PipelinedConnection":
        """Connect to the server that an address names."""
        driver = await _AsyncDriver.connect(**libpq_parameters(url), autocommit=True)
        return cls(driver, seconds)

    @property
    def waiting(self) -> int:
        """How many queries have no answer yet."""
        return len(self._waiting)

    @property
    def is_open(self) -> bool:
        """Whether it can send queries."""
        return not self._is_closed and self._pgconn.status == ConnStatus.OK

    async def rows(self, sql: str, params: Sequence[Any]) -> list[Any]:
        """Return the rows of a query; raise OperationalError for a server that does not answer in time."""
        request = _Request(self._loop.create_future(), self._loop.time() + self._seconds)
        try:
            self._send(sql, [written(value) for value in params])
        except psycopg.Error as error:
            self.close(error)
            raise
        self._waiting.append(request)
        if self._timer is None:
            self._timer = self._loop.call_at(request.end, self._check_time)
        self._flush()
        return await request.answer

    def close(self, error: Exception | None = None) -> None:
        """Close the connection; those that wait get the error."""
        if self._is_closed:
            return
        self._is_closed = True
        if not self._loop.is_closed():
            if self._timer is not None:
                self._timer.cancel()
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            for answer, _ in self._waiting:
                if not answer.done():
                    answer.set_exception(error or psycopg.OperationalError("the connection is closed"))
        self._waiting.clear()
        self._pgconn.finish()

    def _send(self, sql: str, values: list[bytes | None]) -> None:
        if self._driver.prepare_threshold is None:
            self._pgconn.send_query_params(numbered(sql), values, result_format=Format.BINARY)
        else:
            name = self._names.get(sql)
            if name is None:
                name = self._names[sql] = b"q%d" % len(self._names)
                self._pgconn.send_prepare(name, numbered(sql))
            self._pgconn.send_query_prepared(name, values, result_format=Format.BINARY)
        self._pgconn.pipeline_sync()

    def _flush(self) -> None:
        """Write what the socket takes; the loop writes the rest when it takes more."""
        try:
            more = self._pgconn.flush()
        except psycopg.Error as error:
            self.close(error)
            return
        if more:
            self._loop.add_writer(self._socket, self._flush)
        elif self._writes:
            self._loop.remove_writer(self._socket)
        self._writes = bool(more)

    def _read(self) -> None:
        """Read what has arrived, and answer those whose results are complete."""
        try:
            self._pgconn.consume_input()
            while self._waiting and not self._pgconn.is_busy():
                result = self._pgconn.get_result()
                if result is None:
                    continue  # between the results of two messages
                if result.status == ExecStatus.PIPELINE_SYNC:
                    self._answer()
                elif result.status == ExecStatus.FATAL_ERROR:
                    raise psycopg.errors.error_from_result(result)
                else:
                    self._results.append(result)
        except psycopg.Error as error:
            self.close(error)

    def _answer(self) -> None:
        """Pass its rows to the first that waits; nobody waits for a query that was given up."""
        answer, result = self._waiting.popleft().answer, self._results[-1]
        self._results = []
        if not answer.done():
            self._transformer.set_pgresult(result, format=Format.BINARY)
            answer.set_result(self._transformer.load_rows(0, result.ntuples, tuple))

    def _check_time(self) -> None:
        """Close the connection if the first query that waits has no answer in time."""
        self._timer = None
        if self._is_closed:
            return
        self._read()  # the loop itself may have been late
        if not self._waiting:
            return
        end = self._waiting[0].end
        if self._loop.time() >= end:
            self.close(psycopg.OperationalError("the server does not answer"))
        else:
            self._timer = self._loop.call_at(end, self._check_time)


class _AsyncDriver(psycopg.AsyncConnection[Any]):
    """A connection that closes itself when nobody uses it any more, without a warning."""

    def __del__(self, _warn: Any = None) -> None:
        if hasattr(self, "pgconn"):
            self.pgconn.finish()
