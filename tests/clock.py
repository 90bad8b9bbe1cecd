"""A clock that tests set, for Dateline and for the database server."""

import importlib.util
import time
from collections.abc import Callable

import pytest


class _Moment:
    """The expression for the moment of a transaction in PostgreSQL, as of a clock of Python."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def __format__(self, _: str) -> str:
        return f"set_config('dateline.moment', '{int(self._clock())}', true)"


def set_clock(patch: pytest.MonkeyPatch, clock: Callable[[], float]) -> None:
    """Let this process, and the transactions that it begins, take the time from a function, in seconds of UTC."""
    patch.setattr(time, "time", clock)
    # SQLite asks this process for the time, PostgreSQL its own clock.
    if importlib.util.find_spec("psycopg"):
        patch.setattr("db.engines.postgres.transactions._MOMENT", _Moment(clock))
        # Outside a transaction, the server's own clock would count.
        patch.setattr("db.engines.postgres.newest_row", lambda _engine, _sql: None)
        patch.setattr("db.engines.postgres.clock", lambda _connection: int(clock()))
