"""Rows of the database that belong to the columns in memory: of the same data version, or of none."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from db.engines import backend_of
from db.engines.base import Backend
from db.query.results import Stamp
from db.sql import visibility

# A row without the flag is that of the data version alone.
_CHECKED = (
    "SELECT s.version, s.moment, r.* FROM ({stamp}) AS s (version, moment)"
    " LEFT JOIN (SELECT TRUE AS is_row, q.* FROM ({sql}) AS q) AS r ON TRUE"
)


class ReadRows(Protocol):
    """A function that returns the rows of a query of the data version that the columns have."""

    @property
    def backend(self) -> Backend:
        """The functions of the database product."""

    @property
    def connection(self) -> Connection | None:
        """The connection of the transaction that reads; None without one: then only columns select events."""

    def __call__(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        """Return the rows of a query."""


class Outdated(Exception):
    """Raised when the database has another data version than the columns."""


@dataclass(frozen=True)
class VersionRows:
    """Reads rows of one data version: in the transaction of `connection`, or without one by queries of their own.

    `end` is the time limit of those, in monotonic seconds.
    """

    engine: Engine
    stamp: Stamp
    end: float
    connection: Connection | None = None

    @property
    def backend(self) -> Backend:
        """The functions of the database product."""
        return backend_of(self.engine)

    def __call__(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        """Return the rows of a query; raise Outdated if the database has another data version by now."""
        if self.connection is not None:
            return self.backend.rows(self.connection, sql, params)
        checked = _CHECKED.format(stamp=visibility.STAMP, sql=sql)
        seconds = max(0.0, self.end - time.monotonic())
        with self.backend.guarded(self.engine):
            rows = self.backend.single_query(self.engine, checked, params, seconds)
        if not rows or rows[0][:2] != (self.stamp.version, self.stamp.moment):
            raise Outdated
        return [row[3:] for row in rows if row[2]]
