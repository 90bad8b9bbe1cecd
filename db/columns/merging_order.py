"""Merge the order of a list, which is by date and then by id, into that of older columns."""

from collections.abc import Callable
from typing import Any

import numpy as np

from db.columns.arrays import Ints, Mask
from db.columns.snapshot import Columns
from db.columns.splice import Splice

Predecessor = Callable[[int], int | None]
"""Returns the row number of the event before one, among those that begin in the same second, in the order of a list."""


def merged_order(old: Columns, part: Columns, events: Splice, predecessor: Predecessor) -> dict[str, Any]:
    """Return `newest` and `rank_by_date`."""
    before = _ranks_before(old, part, predecessor)
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


def _ranks_before(old: Columns, part: Columns, predecessor: Predecessor) -> list[int]:
    """Return the rank in the old order before which each event of the part belongs, in the order of the part."""
    pks, inserted = part.pk[part.newest].tolist(), set(part.pk.tolist())
    begins, ends = _equal_ranks(old, part.start_min[part.newest], part.dated[part.newest])
    return [
        begin if begin == end else _rank_among_equals(old, (begin, end), predecessor(pk), inserted)
        for pk, begin, end in zip(pks, begins, ends, strict=True)
    ]


def _rank_among_equals(old: Columns, ranks: tuple[int, int], pk: int | None, inserted: set[int]) -> int:
    """Return the rank, among those of one second [begin, end), after the event with row number `pk`."""
    begin, end = ranks
    if pk is None or pk in inserted:
        # A predecessor that is inserted as well has a place of its own; its number may have been another event's.
        return begin
    at = int(np.searchsorted(old.pk, pk))
    is_stored = at < len(old) and old.pk[at] == pk
    rank = int(old.rank_by_date[at]) if is_stored else -1
    return rank + 1 if begin <= rank < end else begin


def _equal_ranks(old: Columns, start: Ints, dated: Mask) -> tuple[list[int], list[int]]:
    """Return begin and end of the ranks of the events that begin in each second; of the undated ones if not `dated`."""
    count = len(old) - old.undated_count
    begins = np.where(dated, _bisected(old, count, start, before_equals=True), count)
    ends = np.where(dated, _bisected(old, count, start, before_equals=False), len(old))
    return begins.tolist(), ends.tolist()


def _bisected(old: Columns, count: int, start: Ints, *, before_equals: bool) -> Ints:
    """Return, for each second, how many of the first `count` ranks begin later, or not earlier."""
    low, high = np.zeros(len(start), dtype=np.int64), np.full(len(start), count)
    # All searches make each step together. Sorting out the seconds of all events would take longer.
    while (low < high).any():
        middle = np.minimum((low + high) // 2, count - 1)
        other = old.start_min[old.newest[middle]]
        after = (other > start if before_equals else other >= start) & (low < high)
        before = ~after & (low < high)
        low, high = np.where(after, middle + 1, low), np.where(before, middle, high)
    return low
