"""The splice of arrays that are sorted by event, as events are removed and inserted."""

import numpy as np

from db.columns.arrays import Small
from db.columns.runs import rows_of, sizes_of
from db.columns.splice import Splice


class RowSplice:
    """The change of the rows of events, given where those of each event begin in the old columns and in the part."""

    def __init__(self, begins: Small, part_begins: Small, events: Splice) -> None:
        self._begins = begins
        self._events = events
        self._part_sizes = np.diff(part_begins)
        at = np.repeat(begins[events.inserted], self._part_sizes).astype(np.int64)
        self.splice = Splice(int(begins[-1]), rows_of(begins, events.removed), at)
        self.events: Small = events.new_positions.astype(np.int32)
        """The new number of each event of the part."""

    def begins(self) -> Small:
        """Return where the rows of each event begin afterwards, and the number of rows."""
        events, old = self._events, self._begins
        if events.in_place and np.array_equal(sizes_of(old, events.removed), self._part_sizes):
            return old
        sizes = events.apply(np.diff(old), self._part_sizes)
        begins: Small = np.zeros(len(sizes) + 1, dtype=np.int32)
        np.cumsum(sizes, out=begins[1:])
        return begins
