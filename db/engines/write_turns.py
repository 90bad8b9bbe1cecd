"""The turns of the writers within one process: databases queue no threads, or only those of several processes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from db.errors import StoreUnavailable


@contextmanager
def write_turn(engine: Engine, seconds: float) -> Iterator[None]:
    """Wait for the other writers of this process before taking a connection.

    Raise StoreUnavailable after `seconds`. The engine has the lock as execution option `write_turn`.
    """
    turn: threading.Lock = engine.get_execution_options()["write_turn"]
    if not turn.acquire(timeout=seconds):
        raise StoreUnavailable(
            f"the database {engine.url.database} is busy with other changes (waited {seconds:g} seconds)"
        )
    try:
        yield
    finally:
        turn.release()
