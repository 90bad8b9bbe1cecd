"""Merge the order of a list, which is by date and then by id, into that of older columns."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any

import numpy as np

from db.columns.snapshot import Columns
from db.columns.splice import Splice, contained

Predecessor = Callable[[int], int | None]
"""Returns the row number of the event before one, among those that begin in the same second, in the order of a list."""


def merged_order(old: Columns, part: Columns, events: Splice, predecessor: Predecessor) -> dict[str, Any]:
    """Return `newest` and `rank_by_date`."""
    before = [_rank_before(old, part, number, predecessor) for number in part.newest.tolist()]
    for at in range(1, len(before)):
        # The predecessor of an event may be one that is inserted as well.
        before[at] = max(before[at], before[at - 1])
    removed = np.sort(old.rank_by_date[events.removed]).astype(np.int64)
    inserted = np.array(before, dtype=np.int64)
    ranks = Splice(len(old), removed, inserted)
    numbers = events.new_positions[part.newest].astype(np.int32)
    newest = ranks.apply(events.renumber(old.newest), numbers)
    new_ranks = np.empty(len(part), dtype=np.int32)
    new_ranks[part.newest] = ranks.new_positions
    return {
        "newest": newest,
        "rank_by_date": events.apply(ranks.renumber(old.rank_by_date), new_ranks),
    }


def _rank_before(old: Columns, part: Columns, number: int, predecessor: Predecessor) -> int:
    """Return the rank in the old order before which an event of the part belongs."""
    begin, end = _equal_ranks(old, int(part.start_min[number]) if part.dated[number] else None)
    if begin == end:
        return begin
    pk = predecessor(int(part.pk[number]))
    if pk is None or contained(part.pk, np.array([pk]))[0]:
        # A predecessor that is inserted as well has a place of its own; its number may have been another event's.
        return begin
    at = int(np.searchsorted(old.pk, pk))
    is_stored = at < len(old) and old.pk[at] == pk
    rank = int(old.rank_by_date[at]) if is_stored else -1
    return rank + 1 if begin <= rank < end else begin


def _equal_ranks(old: Columns, start: int | None) -> tuple[int, int]:
    """Return the ranks [begin, end) of the events that begin in a second, or of the undated ones for None."""
    dated = len(old) - old.undated_count
    if start is None:
        return dated, len(old)

    def descending(rank: int) -> int:
        return -int(old.start_min[old.newest[rank]])

    ranks = range(dated)
    return bisect_left(ranks, -start, key=descending), bisect_right(ranks, -start, key=descending)
