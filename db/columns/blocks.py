"""Blocks of time: 64 days each, by which counts are precomputed.

The events of a period are those that begin in its whole blocks, which need no look at single events, and a few others:
those that begin in the blocks at its two edges, and those that began before it and last into it.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from db.columns.arrays import Codes, Ints, Mask, Small
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS, FOREVER
from db.query.filter import Filter

if TYPE_CHECKING:
    from db.columns.snapshot import Columns

UNDATED, NO_BEGINNING, FIRST_DAY = 0, 1, 2
"""The first two rows of counts by day or block: undated events, and those without a beginning."""
SECONDS = 64 * DAY
_FIRST, _LAST = (
    -60_000,
    60_000,
)  # these two blocks, in the years -8,500 and 12,500, also contain all days beyond
_END = _LAST - _FIRST + FIRST_DAY + 1
BLOCK_BITS = 17
"""A block is a number of so many bits."""


def blocks(seconds: Ints, dated: Mask) -> Small:
    """Return the block that contains each time (seconds of UTC): UNDATED, NO_BEGINNING or a larger number."""
    block = np.clip(seconds // SECONDS, _FIRST, _LAST) + (FIRST_DAY - _FIRST)
    block[seconds == ALWAYS] = NO_BEGINNING
    block[~dated] = UNDATED
    return block.astype(np.int32)


def _block(seconds: int) -> int:
    return min(max(seconds // SECONDS, _FIRST), _LAST) + FIRST_DAY - _FIRST


def first_second(block: int) -> int:
    """Return the first second of a block: ALWAYS for NO_BEGINNING, FOREVER after the last."""
    if block <= FIRST_DAY:
        return ALWAYS + block - NO_BEGINNING
    if block >= _END:
        return FOREVER
    return (block + _FIRST - FIRST_DAY) * SECONDS


def irregular(events: dict[str, Any]) -> dict[str, Any]:
    """Return the irregular columns of Columns, from those of all events."""
    start_min, start_max, end_max, dated = (
        events[name] for name in ("start_min", "start_max", "end_max", "dated")
    )
    lasting = blocks(start_min, dated) != blocks(end_max, dated)
    vague = dated & (events["doubtful"] | (start_min // DAY != start_max // DAY))
    numbers = np.flatnonzero(lasting | vague)
    return {
        "irregular": numbers.astype(np.int32),
        "irregular_start_min": start_min[numbers],
        "irregular_start_max": start_max[numbers],
        "irregular_end_max": end_max[numbers],
        "irregular_category": events["category"][numbers],
        "irregular_doubtful": events["doubtful"][numbers],
    }


@dataclass(frozen=True, slots=True)
class PeriodParts:
    """The events of a period: those that begin in the blocks from `first` to before `end`, and single ones.

    `undated` says whether undated events match too. `running` are the numbers of events that began before the period,
    `edges` of those that begin in the blocks at its edges; both in any order.
    """

    first: int
    end: int
    undated: bool
    running: Small
    edges: Small

    @property
    def singles(self) -> Small:
        """Return the single events of both kinds."""
        return np.concatenate([self.running, self.edges])

    def of_categories(self, category: Codes, wanted: Mask) -> "PeriodParts":
        """Return the parts with only those single events that have one of the wanted categories."""
        running, edges = (numbers[wanted[category[numbers]]] for numbers in (self.running, self.edges))
        return replace(self, running=running, edges=edges)


_NONE: Small = np.empty(0, dtype=np.int32)


def divide(columns: "Columns", filter_: Filter) -> PeriodParts:
    """Return the parts of the events that match the `datetime` and `undated` of a filter (not its `match=certain`)."""
    undated = filter_.undated != "exclude"
    if filter_.undated == "only":
        return PeriodParts(NO_BEGINNING, NO_BEGINNING, undated, _NONE, _NONE)
    if filter_.interval is None:
        return PeriodParts(NO_BEGINNING, _END, undated, _NONE, _NONE)
    first, last = filter_.interval
    if first == ALWAYS and last == FOREVER:
        return PeriodParts(NO_BEGINNING, _END, undated, _NONE, _NONE)
    low, high = _block(first), _block(last)
    running, edges = _NONE, []
    if first != ALWAYS:
        running = _running(columns, first, first_second(low))
        # The events of the first block, and of the last one if it is another.
        edges.append(begun_between(columns, first, last if low == high else first_second(low + 1) - 1))
    if last != FOREVER and (low != high or first == ALWAYS):
        edges.append(begun_between(columns, first_second(high), last))
    begin = NO_BEGINNING if first == ALWAYS else low + 1
    end = _END if last == FOREVER else high
    return PeriodParts(begin, max(begin, end), undated, running, np.concatenate(edges))


def _running(columns: "Columns", first: int, opening: int) -> Small:
    """Return the events that begin before `first` and last until then; `opening` is the first second of its block."""
    running = (columns.irregular_start_min < opening) & (columns.irregular_end_max >= first)
    early = columns.irregular[running]
    same_block = begun_between(columns, opening, first - 1)
    return np.concatenate([early, same_block[columns.end_max[same_block] >= first]])


def begun_between(columns: "Columns", first: int, last: int) -> Small:
    """Return the events that begin from `first` to `last` (seconds of UTC, inclusive)."""
    return columns.newest[_rank(columns, last) : _rank(columns, first - 1)]


def in_block_of(columns: "Columns", seconds: int) -> Small:
    """Return the events that begin in the block that contains a time."""
    block = _block(seconds)
    return begun_between(columns, first_second(block), first_second(block + 1) - 1)


def ranks_in_block(columns: "Columns", block: int) -> tuple[int, int]:
    """Return begin and end of the indexes in `newest` of the events of a block."""
    if block == UNDATED:
        return len(columns) - columns.undated_count, len(columns)
    if block == NO_BEGINNING:
        return _rank(columns, ALWAYS), len(columns) - columns.undated_count
    return _rank(columns, first_second(block + 1) - 1), _rank(columns, first_second(block) - 1)


def _rank(columns: "Columns", seconds: int) -> int:
    """Return how many events begin later."""
    dated = len(columns) - columns.undated_count

    def descending(rank: int) -> int:
        return -int(columns.start_min[columns.newest[rank]])

    return bisect_left(range(dated), -seconds, key=descending)
