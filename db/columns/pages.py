"""One page of events out of the columns: the same page as db.read's, without a search of the database.

The newest come first, as nearly everybody asks; other orders are the database's affair.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import EVERY, Ints, Small
from db.columns.filtering import matching
from db.columns.snapshot import Columns
from db.query.cursor import Cursor
from db.query.filter import Filter, Sort
from db.query.results import Page

Rows = Callable[[str, Any], list[Any]]
"""A function that returns the rows of a query, given its SQL and parameters."""
_BATCH = 1000


def page(
    columns: Columns,
    rows: Rows,
    filter_: Filter,
    limit: int,
    at: Cursor | None,
    connection: Connection | None = None,
) -> Page | None:
    """Give up to `limit` matching events after a cursor, newest first; None where the columns cannot tell.

    `rows` reads from the same snapshot as `connection`; without a connection the columns must be able to answer alone.
    """
    after = _rank(columns, rows, at) if at else -1
    if after is None:
        return None
    events = matching(columns, filter_, connection)
    whole = events is EVERY
    ranks: Ints | Small = columns.rank_by_date[events]
    if whole:
        ranks = np.arange(after + 1, min(after + limit + 2, len(columns)))
    matched = len(columns) if whole else len(ranks)
    firsts = columns.newest[_smallest(ranks[ranks > after], limit + 1)]
    features = _features(rows, columns.pk[firsts[:limit]])
    following = _cursor(columns, rows, int(firsts[limit - 1])) if len(firsts) > limit else None
    return Page(
        features=features,
        matched=matched,
        next=following.encode(filter_, Sort.NEWEST) if following else None,
        stamp=columns.stamp,
    )


def _cursor(columns: Columns, rows: Rows, event: int) -> Cursor:
    """Make the cursor that stands after an event."""
    ((id_,),) = rows("SELECT id FROM event WHERE pk = ?", (int(columns.pk[event]),))
    return Cursor(int(columns.start_min[event]) if columns.dated[event] else None, str(id_))


def _rank(columns: Columns, rows: Rows, at: Cursor) -> int | None:
    """Find where a cursor stands; None when its event is gone, or has another date by now."""
    pks = [pk for (pk,) in rows("SELECT pk FROM event WHERE id = ?", (at.id,))]
    event = int(np.searchsorted(columns.pk, pks[0])) if pks else len(columns)
    if event == len(columns) or columns.pk[event] != pks[0]:
        return None
    key = int(columns.start_min[event]) if columns.dated[event] else None
    return int(columns.rank_by_date[event]) if key == at.key else None


def _smallest(ranks: Ints | Small, count: int) -> Ints | Small:
    return np.sort(np.partition(ranks, count)[:count] if len(ranks) > count else ranks)


def _features(rows: Rows, pks: Ints) -> list[bytes]:
    """Read Features in the order of `pks`; the database gives them soonest in its own."""
    rising = np.argsort(pks)
    sorted_, found = pks[rising].tolist(), []
    for start in range(0, len(sorted_), _BATCH):
        batch = sorted_[start : start + _BATCH]
        marks = ", ".join("?" * len(batch))
        sql = f"SELECT feature FROM encoded WHERE event IN ({marks}) ORDER BY event"
        found += [feature for (feature,) in rows(sql, batch)]
    return [found[at] for at in np.argsort(rising).tolist()]
