"""One page of events out of the columns: the same page as db.read's, without a search of the database.

The newest come first, as nearly everybody asks; other orders are the database's affair.
"""

import numpy as np
from sqlalchemy import Connection

from db.chosen import choose
from db.columns import EVERY, Columns, Ints, Small
from db.filter import Cursor, Filter, Page, Sort

_BATCH = 1000


def page(
    columns: Columns, connection: Connection, filter_: Filter, limit: int, at: Cursor | None
) -> Page | None:
    """Give up to `limit` matching events after a cursor, newest first; None where the columns cannot tell."""
    after = _rank(columns, connection, at) if at else -1
    if after is None:
        return None
    events = choose(columns, filter_, connection).events
    whole = events is EVERY
    ranks: Ints | Small = columns.rank_by_date[events]
    if whole:
        ranks = np.arange(after + 1, min(after + limit + 2, len(columns)))
    matched = len(columns) if whole else len(ranks)
    firsts = columns.newest[_smallest(ranks[ranks > after], limit + 1)]
    features = _features(connection, columns.pk[firsts[:limit]].tolist())
    following = _cursor(columns, connection, int(firsts[limit - 1])) if len(firsts) > limit else None
    return Page(
        features=features,
        matched=matched,
        next=following.encode(filter_, Sort.NEWEST) if following else None,
        stamp=columns.stamp,
    )


def _cursor(columns: Columns, connection: Connection, event: int) -> Cursor:
    """Make the cursor that stands after an event."""
    id_ = connection.exec_driver_sql("SELECT id FROM event WHERE pk = ?", (int(columns.pk[event]),)).scalar()
    return Cursor(int(columns.start_min[event]) if columns.dated[event] else None, str(id_))


def _rank(columns: Columns, connection: Connection, at: Cursor) -> int | None:
    """Find where a cursor stands; None when its event is gone, or has another date by now."""
    pk = connection.exec_driver_sql("SELECT pk FROM event WHERE id = ?", (at.id,)).scalar()
    if pk is None:
        return None
    event = int(np.searchsorted(columns.pk, pk))
    if event == len(columns) or columns.pk[event] != pk:
        return None
    key = int(columns.start_min[event]) if columns.dated[event] else None
    return int(columns.rank_by_date[event]) if key == at.key else None


def _smallest(ranks: Ints | Small, count: int) -> Ints | Small:
    return np.sort(np.partition(ranks, count)[:count] if len(ranks) > count else ranks)


def _features(connection: Connection, pks: list[int]) -> list[bytes]:
    """Read Features in the order of `pks`."""
    found: dict[int, bytes] = {}
    for start in range(0, len(pks), _BATCH):
        batch = tuple(pks[start : start + _BATCH])
        marks = ", ".join("?" * len(batch))
        sql = f"SELECT event, feature FROM encoded WHERE event IN ({marks})"
        found.update(tuple(row) for row in connection.exec_driver_sql(sql, batch))
    return [found[pk] for pk in pks]
