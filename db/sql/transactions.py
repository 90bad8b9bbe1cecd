"""Transactions: reading within a time limit, and writing, one at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from db.engines import backend_of
from db.sql import visibility

# When writes must stop waiting (time.monotonic). Threads that a request starts have it as well.
_WRITE_END: ContextVar[float | None] = ContextVar("write_end", default=None)

AroundCommit = Callable[[Connection], AbstractContextManager[None]]
"""A context manager around the commit of a write; at its beginning, the connection already sees what was written."""
_AROUND_COMMITS: WeakKeyDictionary[Engine, AroundCommit] = WeakKeyDictionary()


def surround_commits(engine: Engine, around: AroundCommit) -> None:
    """Enter a context manager before each commit of the engine, and leave it after the commit."""
    _AROUND_COMMITS[engine] = around


def moment(connection: Connection) -> int:
    """Return the moment of a transaction, in seconds of UTC: the value of `moment()` in SQL."""
    return backend_of(connection).moment(connection)


def clock(connection: Connection) -> int:
    """Return the time of the database's clock now, in seconds of UTC: later than `moment` in a long transaction."""
    return backend_of(connection).clock(connection)


@contextmanager
def reading(engine: Engine, seconds: float) -> Iterator[Connection]:
    """Read in one snapshot; raise ReadTimeout for a statement that runs more than `seconds` from now.

    In a block of `shared_wait` read from the primary, else from a replica if that is possible.
    """
    backend = backend_of(engine)
    # While the primary is away, a replica may lack the event that a change is about.
    is_for_change = _WRITE_END.get() is not None
    with (
        backend.guarded(engine),
        backend.read_transaction(engine, seconds, from_primary=is_for_change) as connection,
    ):
        yield connection


@contextmanager
def writing(engine: Engine, *, durable: bool = False, wait: bool = True) -> Iterator[Connection]:
    """Write, all or nothing, while nobody else writes; embargoes that have ended are recorded first.

    `durable` waits until the disk has the commit. Raise StoreUnavailable if others are writing: without `wait` at once,
    else at the end of the block of `shared_wait`, if there is one.
    """
    end = _WRITE_END.get()
    seconds = None if end is None else max(0.0, end - time.monotonic())
    backend, around = backend_of(engine), _AROUND_COMMITS.get(engine)
    with backend.write_transaction(engine, durable=durable, wait=seconds if wait else 0) as connection:
        visibility.record_lapsed(connection)
        yield connection
        if around is not None and connection.in_transaction():
            with around(connection):
                connection.commit()


@contextmanager
def shared_wait(seconds: float) -> Iterator[None]:
    """Let all writes of the block wait for other writes no longer than `seconds` from now, together.

    The reads of the block are from the primary.
    """
    token = _WRITE_END.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _WRITE_END.reset(token)
