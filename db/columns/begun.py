"""The days on which matching events begin, by category: counted by day and category, or with precomputed totals.

Tables have an axis for the category and one for the row, where the row is UNDATED, NO_BEGINNING, or FIRST_DAY + an
index into `days` (days since 1970).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from db.columns.arrays import EVERY, Ints, Mask, Numbers, Small
from db.columns.blocks import FIRST_DAY, NO_BEGINNING, UNDATED

if TYPE_CHECKING:
    from db.columns.snapshot import Columns

Table = npt.NDArray[np.signedinteger]


def running_totals(begun: npt.NDArray[np.integer], rows: int, width: int) -> Small:
    """Return how many events begin in the rows before each row and before the end, by category, as one array.

    `begun` has, for each event, row * width + category, where `width` is the number of categories.
    """
    counts = np.bincount(begun, minlength=rows * width).reshape(rows, width)
    totals = np.zeros((width, rows + 1), dtype=np.int32)
    np.cumsum(counts.T, axis=1, out=totals[:, 1:])
    return totals.ravel()


@dataclass(frozen=True, slots=True)
class WholeDays:
    """The events of wanted categories that begin in the rows from `first` to before `end`, and perhaps undated ones."""

    first: int
    end: int
    undated: bool
    wanted: Mask


@dataclass(frozen=True, slots=True)
class Begun:
    """How many matching events begin on each day, by category: those of whole days, and single ones.

    `totals` are the running totals of all events, `singles` those of the single events (None: there are none).
    """

    days: Ints
    totals: Table
    whole: WholeDays
    singles: Table | None

    @classmethod
    def of_events(cls, columns: "Columns", events: Numbers | Small) -> "Begun":
        """Return the counts of these events."""
        every = isinstance(events, slice) and events == EVERY
        rows, width = len(columns.days) + FIRST_DAY, len(columns.categories)
        whole = WholeDays(0, rows if every else 0, undated=False, wanted=np.ones(width, dtype=bool))
        return cls(columns.days, columns.begun_table, whole, None if every else _singles(columns, events))

    @classmethod
    def of_whole_days(cls, columns: "Columns", whole: WholeDays, events: Small) -> "Begun":
        """Return the counts of whole days and of single events, which begin on others."""
        singles = _singles(columns, events) if len(events) else None
        return cls(columns.days, columns.begun_table, whole, singles)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return int(self.totals.shape[1]) - 1

    def before_rows(self, rows: Sequence[int] | Ints) -> Ints:
        """Return how many events have a row before each of these (axis 0), by category (axis 1)."""
        whole, ends = self.whole, np.asarray(rows, dtype=np.int64)
        counts = self.totals[:, np.clip(ends, whole.first, whole.end)] - self.totals[:, [whole.first]]
        if whole.undated:
            counts = counts + (ends > UNDATED) * self.totals[:, [UNDATED + 1]]
        counts = counts.T.astype(np.int64) * whole.wanted
        if self.singles is not None:
            counts += self.singles[:, ends].T
        result: Ints = counts
        return result

    def before_days(self, days: Sequence[int] | Ints) -> Ints:
        """Return how many dated events begin before each of these days (axis 0), by category (axis 1)."""
        rows = np.searchsorted(self.days, days) + FIRST_DAY
        counts = self.before_rows(np.append(rows, NO_BEGINNING))
        dated: Ints = counts[:-1] - counts[-1]
        return dated

    def by_category(self) -> Ints:
        """Return the number of events of each category."""
        counts: Ints = self.before_rows([self.rows])[0]
        return counts

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last day on which events begin; None if there are none."""
        spans = [self.whole_span()]
        if self.singles is not None:
            every = np.ones(len(self.singles), dtype=bool)
            spans.append(_span(self.singles, FIRST_DAY, self.rows, every))
        firsts, lasts = zip(*(span for span in spans if span), strict=True) if any(spans) else ((), ())
        if not firsts:
            return None
        return int(self.days[min(firsts) - FIRST_DAY]), int(self.days[max(lasts) - FIRST_DAY])

    def whole_span(self) -> tuple[int, int] | None:
        """Return the first and the last row of a whole day on which events begin; None if there are none."""
        whole = self.whole
        return _span(self.totals, max(whole.first, FIRST_DAY), whole.end, whole.wanted)


def _singles(columns: "Columns", events: Numbers | Small) -> Table:
    width = len(columns.categories)
    rows, category = np.divmod(columns.begun[events], np.int32(width))
    length = len(columns.days) + FIRST_DAY + 1
    # Each event counts from the row after its own.
    counts = np.bincount(category * np.int32(length) + rows + 1, minlength=width * length)
    totals: Table = counts.reshape(width, length)
    return np.cumsum(totals, axis=1, out=totals)


def _span(totals: Table, first: int, end: int, wanted: Mask) -> tuple[int, int] | None:
    """Return the first and the last row from `first` to before `end` that has events."""
    firsts, lasts = [], []
    for category in np.flatnonzero(wanted).tolist():
        row = totals[category]
        low, high = row[first], row[max(first, end)]
        if low < high:
            firsts.append(int(np.searchsorted(row, low, side="right")) - 1)
            lasts.append(int(np.searchsorted(row, high)) - 1)
    return (min(firsts), max(lasts)) if firsts else None
