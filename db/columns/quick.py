"""Answers that an event loop waits for, without a thread: from a file at once, from a server as soon as it answers."""

from typing import Any

from sqlalchemy import Engine

from db.columns import pages
from db.columns.cache import ColumnCache
from db.columns.instant import InstantReader, answers_alone
from db.engines import backend_of
from db.engines.reports import CommitState
from db.query.filter import Filter
from db.query.results import Page
from db.sql import queries, visibility

_STAMP = f"SELECT s.version, s.moment FROM ({visibility.STAMP}) AS s (version, moment)"
_EVENT = (
    "SELECT s.version, s.moment, e.feature, e.revision"
    f" FROM ({visibility.STAMP}) AS s (version, moment) LEFT JOIN ({queries.EVENT}) e ON TRUE"
)
_FEATURES = (
    "SELECT s.version, s.moment, f.event, f.feature,"
    " CASE WHEN f.event = ? THEN (SELECT e.id FROM event e WHERE e.pk = f.event) END"
    f" FROM ({visibility.STAMP}) AS s (version, moment) LEFT JOIN encoded f ON "
)


class QuickAnswers:
    """Each answer is of one snapshot; every method returns None if there is no answer within a quarter of a second."""

    def __init__(self, engine: Engine, columns: ColumnCache) -> None:
        self._engine = engine
        self._columns = columns
        self.instant = InstantReader(engine, columns)
        self._remote = backend_of(engine).remote_reader(engine)

    def close(self) -> None:
        """Close the connections."""
        self.instant.close()
        if self._remote is not None:
            self._remote.close()

    async def version(self) -> int | None:
        """Return the data version."""
        if self._remote is None:
            return self.instant.version()
        row = await self._remote.newest(_STAMP)
        return int(row[0]) if row else None

    async def commits(self) -> CommitState | None:
        """Return whether synchronous replicas confirm commits; None if there are none."""
        return None if self._remote is None else await self._remote.commits()

    async def event(self, id_: str) -> tuple[bytes, int] | None:
        """Return the Feature and the revision of a published event."""
        if self._remote is None:
            return self.instant.event(id_)
        rows = await self._remote.rows(_EVENT, (id_,), _STAMP)
        return rows[0][2:] if rows and rows[0][2] is not None else None

    async def page(self, filter_: Filter, limit: int = 100) -> Page | None:
        """Return the first page, newest first; None if the columns are outdated or cannot answer the filter."""
        if self._remote is None:
            return self.instant.page(filter_, limit)
        columns = self._columns.at_once()
        if columns is None or not answers_alone(columns, filter_):
            return None
        matching = pages.find(columns, filter_, limit)
        pks: list[int] = columns.pk[matching.events].tolist()
        of_events = backend_of(self._engine).any_of("f.event", pks)
        last = pks[-1] if matching.has_more else 0
        rows = await self._remote.rows(_FEATURES + of_events.sql, (last, *of_events.params), _STAMP)
        if not rows or rows[0][:2] != (columns.stamp.version, columns.stamp.moment):
            return None
        return matching.page(
            columns, filter_, _in_order(rows, pks), next((row[4] for row in rows if row[4]), None)
        )


def _in_order(rows: list[Any], pks: list[int]) -> list[bytes]:
    """Return the Features of rows in the order of their events' row numbers."""
    features = {event: feature for _, _, event, feature, _ in rows}
    return [features[pk] for pk in pks]
