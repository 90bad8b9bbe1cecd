"""A page of events from the columns: the page that db.sql.queries returns, without a search in the database.

Only newest first, which nearly all requests want; the database sorts the other orders.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import EVERY, Ints, Small
from db.columns.filtering import matching
from db.columns.snapshot import Columns
from db.query.cursor import Cursor
from db.query.filter import Filter, Sort
from db.query.results import Page

ReadRows = Callable[[str, Any], list[Any]]
"""A function that returns the rows of a query, given its SQL and parameters."""
_ROWS_PER_QUERY = 1000


def page(
    columns: Columns,
    rows: ReadRows,
    filter_: Filter,
    limit: int,
    at: Cursor | None,
    connection: Connection | None = None,
) -> Page | None:
    """Return up to `limit` matching events after a cursor, newest first; None if the columns do not know the cursor.

    `rows` reads from the same snapshot as `connection`; without a connection the columns must be able to answer alone.
    """
    after = _rank(columns, rows, at) if at else -1
    if after is None:
        return None
    events = find(columns, filter_, limit, after, connection)
    pks = columns.pk[events.events]
    id_ = None
    if events.has_more:
        ((id_,),) = rows("SELECT id FROM event WHERE pk = ?", (int(pks[-1]),))
    return events.page(columns, filter_, _features(rows, pks), id_)


class FoundEvents(NamedTuple):
    """The events of a page by their numbers in the columns, in order, before their Features are read."""

    events: Small
    matched: int
    has_more: bool

    def page(self, columns: Columns, filter_: Filter, features: list[bytes], last_id: str | None) -> Page:
        """Return the page with these Features; `last_id` is the id of its last event, if there are more."""
        following = None
        if self.has_more:
            event = int(self.events[-1])
            key = int(columns.start_min[event]) if columns.dated[event] else None
            following = Cursor(key, str(last_id)).encode(filter_, Sort.NEWEST)
        return Page(features=features, matched=self.matched, next=following, stamp=columns.stamp)


def find(
    columns: Columns, filter_: Filter, limit: int, after: int = -1, connection: Connection | None = None
) -> FoundEvents:
    """Return the first `limit` matching events after a rank in the order of dates."""
    events = matching(columns, filter_, connection)
    all_match = events is EVERY
    ranks: Ints | Small = columns.rank_by_date[events]
    if all_match:
        ranks = np.arange(after + 1, min(after + limit + 2, len(columns)))
    matched = len(columns) if all_match else len(ranks)
    firsts = columns.newest[_smallest(ranks[ranks > after], limit + 1)]
    return FoundEvents(firsts[:limit], matched, len(firsts) > limit)


def _rank(columns: Columns, rows: ReadRows, at: Cursor) -> int | None:
    """Return the rank of a cursor's event by date; None if it is gone or has another date now."""
    pks = [pk for (pk,) in rows("SELECT pk FROM event WHERE id = ?", (at.id,))]
    event = int(np.searchsorted(columns.pk, pks[0])) if pks else len(columns)
    if event == len(columns) or columns.pk[event] != pks[0]:
        return None
    key = int(columns.start_min[event]) if columns.dated[event] else None
    return int(columns.rank_by_date[event]) if key == at.key else None


def _smallest(ranks: Ints | Small, count: int) -> Ints | Small:
    return np.sort(np.partition(ranks, count)[:count] if len(ranks) > count else ranks)


def _features(rows: ReadRows, pks: Ints) -> list[bytes]:
    """Return Features in the order of `pks`; reading them in the order of the table is faster."""
    order = np.argsort(pks)
    sorted_pks, features = pks[order].tolist(), []
    for start in range(0, len(sorted_pks), _ROWS_PER_QUERY):
        batch = sorted_pks[start : start + _ROWS_PER_QUERY]
        marks = ", ".join("?" * len(batch))
        sql = f"SELECT feature FROM encoded WHERE event IN ({marks}) ORDER BY event"
        features += [feature for (feature,) in rows(sql, batch)]
    return [features[at] for at in np.argsort(order).tolist()]
