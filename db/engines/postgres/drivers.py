"""psycopg's own connections: answers in the binary format, and no wait without an end."""

import math
import os
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any, TypeVar, cast

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection

T = TypeVar("T")
SILENT_SECONDS = 30.0
"""A server that does not answer a statement for so long counts as gone, unless the connection has another limit."""
COMMIT_SECONDS = 15.0
"""How long a commit may take, which waits for the synchronous replicas."""
READ_END_SECONDS = 1.0
"""How long the end of a transaction that only read may take: nothing depends on it."""


class ServerSilent(psycopg.OperationalError):
    """Raised for a server that does not answer: it is stopped, or the network between is gone."""


class CommitUnsure(psycopg.OperationalError):
    """Raised for a commit without an answer: it may have been carried out or not."""


class BinaryCursor(psycopg.Cursor[Any]):
    """A cursor that receives values in PostgreSQL's binary format: Features are bytes, not hexadecimal text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format = Format.BINARY


class Driver(psycopg.Connection[Any]):
    """A connection that ends a wait at `end` (monotonic seconds); without an `end`, after `silent_seconds`.

    A server that hangs ends no statement itself. The connection is closed then: its state is unknown. Before that, at
    `deadline`, the server ends a statement, and `check_deadline` what this process computes for one.
    """

    end: float | None = None
    deadline: float | None = None
    silent_seconds: float | None = SILENT_SECONDS
    used_at = 0.0  # when it was last taken from the pool (monotonic seconds)
    is_new = True  # until it is taken from the pool again

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = BinaryCursor
        self._lookups: dict[bytes, bytes] = {}
        self._lookup_numbers = count()  # a name is never used again: its query may still be prepared

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> "Driver":
        """Connect; a wrong option of the address is an error like an address at which nobody answers."""
        try:
            return super().connect(*args, **kwargs)
        except psycopg.ProgrammingError as error:
            raise psycopg.OperationalError(str(error)) from None

    def set_deadline(self, deadline: float | None, grace: float) -> None:
        """Set the time limit of the next statements, in monotonic seconds, and for how long the server may be late."""
        self.deadline, self.end = deadline, None if deadline is None else deadline + grace

    def check_deadline(self) -> None:
        """Raise QueryCanceled if the time limit of the statements is over."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise errors.QueryCanceled("the time limit is over")

    def __del__(self, _warn: Any = None) -> None:
        # The pool of a store that nobody closed; psycopg would warn instead.
        if hasattr(self, "pgconn"):
            self.pgconn.finish()

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for the answer to a message; raise ServerSilent if it does not come in time."""
        own = self.silent_seconds if self.end is None else max(0.0, self.end - time.monotonic())
        limits = [limit for limit in (timeout, own) if limit is not None]
        try:
            return super().wait(gen, interval, timeout=min(limits, default=None))
        except errors._WaitTimeout:
            self.pgconn.finish()
            raise ServerSilent("the server does not answer") from None

    def run_together(self, statements: str) -> PGresult:
        """Run statements without parameters in one message, and return the last result, whose values are texts.

        psycopg sends a message for each statement, also for BEGIN, and waits for its answer.
        """
        self.pgconn.send_query(statements.encode())
        return self._complete_result()

    def look_up(self, sql: bytes, values: Sequence[bytes | None] = ()) -> list[Any]:
        """Return the rows of a query with PostgreSQL's own marks, prepared once, outside a transaction.

        For queries that take no longer than what psycopg does for each of its own. The values are in text format.
        psycopg removes all prepared statements with each rollback, and after statements such as ALTER TABLE.
        """
        try:
            return self._look_up(sql, values)
        except errors.InvalidSqlStatementName:
            self._lookups.clear()
            return self._look_up(sql, values)

    def _look_up(self, sql: bytes, values: Sequence[bytes | None]) -> list[Any]:
        if self.prepare_threshold is None:
            self.pgconn.send_query_params(sql, values, result_format=Format.BINARY)
        else:
            self.pgconn.send_query_prepared(self._lookup_name(sql), values, result_format=Format.BINARY)
        result = self._complete_result()
        transformer = Transformer(self)
        transformer.set_pgresult(result, format=Format.BINARY)
        return transformer.load_rows(0, result.ntuples, tuple)

    def _lookup_name(self, sql: bytes) -> bytes:
        """Return the name of a query, which is prepared before its first use."""
        name = self._lookups.get(sql)
        if name is None:
            name = b"lookup%d" % next(self._lookup_numbers)
            self.pgconn.send_prepare(name, sql)
            self._complete_result()
            self._lookups[sql] = name
        return name

    def _complete_result(self) -> PGresult:
        """Return the last result of what was sent; raise its error."""
        results: list[PGresult] = self.wait(execute(self.pgconn))
        if results[-1].status == ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(results[-1], self.info.encoding)
        return results[-1]

    def commit(self) -> None:
        """Commit; raise CommitUnsure if the answer does not arrive.

        Raise InFailedSqlTransaction if a statement has failed: PostgreSQL would roll back, and answer without an error.
        A commit that waits for a synchronous replica is not cancelled: then it would be visible without being safe.
        """
        status = self.info.transaction_status
        if status == psycopg.pq.TransactionStatus.INERROR:
            self.rollback()
            raise errors.InFailedSqlTransaction("a statement of this transaction has failed")
        in_write = status != psycopg.pq.TransactionStatus.IDLE and not self.read_only
        self.end = time.monotonic() + (COMMIT_SECONDS if in_write else READ_END_SECONDS)
        try:
            super().commit()
        except psycopg.OperationalError as error:
            if self.read_only and self.closed:
                return  # all rows have been read
            if in_write and (error.sqlstate is None or error.sqlstate.startswith(("57P", "08"))):
                raise CommitUnsure(str(error)) from None
            raise
        finally:
            self.end = None

    def hang_up(self) -> None:
        """Close the socket, from another thread: a wait for the server ends now, as if the server had closed it."""
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.pgconn.socket)) as shared:
            shared.shutdown(socket.SHUT_RDWR)

    def rollback(self) -> None:
        """Roll back; a connection that was lost has nothing to roll back, and its loss is reported already."""
        self.end = None  # the time limit of the statements may be over
        if not self.closed and self.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            super().rollback()


def driver_of(connection: Connection) -> Driver:
    """Return psycopg's own connection under SQLAlchemy's."""
    return cast(Driver, connection.connection.driver_connection)


def milliseconds(seconds: float) -> int:
    """Return a time limit as PostgreSQL takes it, at least 1, since 0 means no limit."""
    return max(1, math.ceil(seconds * 1000))
