"""A page of events from the columns: the page that db.sql.queries returns, without a search in the database.

Only newest first, which nearly all requests want; the database sorts the other orders.
"""

from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import EVERY, Ints, Small
from db.columns.filtering import matching
from db.columns.snapshot import Columns
from db.columns.version_rows import ReadRows
from db.query.cursor import Cursor
from db.query.filter import Filter, Sort
from db.query.results import Page

# The id is that of the last event of a page, which the cursor of the next page contains.
FEATURES = (
    "SELECT f.event, f.feature, CASE WHEN f.event = ? THEN (SELECT e.id FROM event e WHERE e.pk = f.event) END AS id"
    " FROM encoded f"
)


def page(columns: Columns, read: ReadRows, filter_: Filter, limit: int, at: Cursor | None) -> Page | None:
    """Return up to `limit` matching events after a cursor, newest first; None if the columns do not know the cursor.

    Without a connection of `read` the columns must be able to find the events alone.
    """
    after = _rank(columns, read, at) if at else -1
    if after is None:
        return None
    events = find(columns, filter_, limit, after, read.connection)
    pks = columns.pk[events.events].tolist()
    return events.page(columns, filter_, *_features(read, pks, events.has_more))


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


def _rank(columns: Columns, read: ReadRows, at: Cursor) -> int | None:
    """Return the rank of a cursor's event by date; None if it is gone or has another date now."""
    pks = [pk for (pk,) in read("SELECT pk FROM event WHERE id = ?", (at.id,))]
    event = int(np.searchsorted(columns.pk, pks[0])) if pks else len(columns)
    if event == len(columns) or columns.pk[event] != pks[0]:
        return None
    key = int(columns.start_min[event]) if columns.dated[event] else None
    return int(columns.rank_by_date[event]) if key == at.key else None


def _smallest(ranks: Ints | Small, count: int) -> Ints | Small:
    return np.sort(np.partition(ranks, count)[:count] if len(ranks) > count else ranks)


def _features(read: ReadRows, pks: list[int], has_more: bool) -> tuple[list[bytes], str | None]:
    """Return Features in the order of `pks`, and the id of the last event if there are more.

    Reading them in the order of the table is faster.
    """
    if not pks:
        return [], None
    of_events = read.backend.any_of("f.event", sorted(pks))
    rows = read(f"{FEATURES} WHERE {of_events.sql}", (pks[-1] if has_more else 0, *of_events.params))
    features = {pk: feature for pk, feature, _ in rows}
    return [features[pk] for pk in pks], next((id_ for _, _, id_ in rows if id_ is not None), None)
