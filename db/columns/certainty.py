"""How sure the bars of a histogram are: many dates are a month, a year or doubtful, and their bar is only the first.

`certain` counts the events of a bar that begin in it, whatever the true date is. `spread` shares out each of the others
over the days on which it may begin.
"""

import numpy as np

from db.columns.arrays import Floats, Ints
from db.columns.snapshot import Columns
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.interval import Interval

_UNITS = 1_000  # three decimals
_MAX_TABLE = 100_000  # days


def last_day(columns: Columns, irregular: Ints, window: Interval | None) -> int | None:
    """Return the last day on which one of the events may begin, if that is finite and in the window."""
    latest = columns.irregular_start_max[irregular]
    latest = latest[latest != FOREVER]
    last = int(latest.max(initial=ALWAYS))
    if last == ALWAYS:
        return None
    return min(last, window.last if window else FOREVER) // DAY


def certainty(
    columns: Columns, irregular: Ints, window: Interval | None, lasts: Ints, counts: Ints
) -> tuple[list[int], list[float]]:
    """Return what is certain of each bar, and the spread.

    `irregular` are indexes of the matching events in those columns; `lasts` are the last days of the bars, and `counts`
    the events of each. There is at least one bar.
    """
    first, last = (columns.irregular_start_min[irregular], columns.irregular_start_max[irregular])
    open_start = first == ALWAYS
    first, last = first // DAY, last // DAY
    bar = _bars(lasts, first)
    certain = (last <= lasts[bar]) & ~columns.irregular_doubtful[irregular]
    uncertain = np.bincount(bar[~certain], minlength=len(lasts))
    # The days of the window on which an event may begin.
    first = np.maximum(first, window.first // DAY if window else ALWAYS)
    last = np.minimum(last, min(window.last // DAY if window else FOREVER, int(lasts[-1])))
    several = ~open_start & (_bars(lasts, last) > bar)
    shares = _shares(lasts, first[several], last[several])
    whole = counts - np.bincount(bar[several], minlength=len(lasts))
    sure = counts - uncertain
    # Rounded apart from the certain events, so that no bar has a smaller share than it has certain events.
    uncertain_units = _rounded(whole - sure + shares, int(uncertain.sum()))
    return sure.tolist(), ((sure * _UNITS + uncertain_units) / _UNITS).tolist()


def _bars(lasts: Ints, days: Ints) -> Ints:
    """Return the number of the bar that contains each day: the first for earlier days, the last for later ones."""
    if len(lasts) == 1 or lasts[-2] - lasts[0] > _MAX_TABLE:
        return np.searchsorted(lasts[:-1], days)
    # A table of all days is faster than a search.
    lengths = np.concatenate(([1], np.diff(lasts[:-1]), [1]))
    bar: Ints = np.repeat(np.arange(len(lasts)), lengths)[
        np.clip(days - lasts[0], 0, lasts[-2] - lasts[0] + 1)
    ]
    return bar


def _shares(lasts: Ints, first: Ints, last: Ints) -> Floats:
    """Return the sum, for each bar, of the shares of spans of days (inclusive) that lie in it.

    `lasts` are the last days of the bars.
    """
    per_day = 1 / (last - first + 1)
    begin, end = (_bars(lasts, day) for day in (first, last))
    shares: Floats = np.zeros(len(lasts))
    shares += np.bincount(begin, per_day * (lasts[begin] - first + 1), len(lasts))
    shares += np.bincount(end, per_day * (last - lasts[end - 1]), len(lasts))
    # The bars between the first and the last of a span lie in it entirely.
    rates = np.bincount(begin + 1, per_day, len(lasts) + 1) - np.bincount(end, per_day, len(lasts) + 1)
    shares[1:] += np.cumsum(rates)[1:-1] * np.diff(lasts)
    return shares


def _rounded(shares: Floats, total: int) -> Ints:
    """Return shares in thousandths, with exactly this sum; the last one takes the rest of rounding."""
    units = np.rint(shares * _UNITS).astype(np.int64)
    units[-1] = total * _UNITS - units[:-1].sum()
    if units[-1] < 0:
        # The others were rounded up to more than the total: round the sums up to each bar instead.
        sums = np.rint(np.cumsum(shares) * _UNITS).astype(np.int64)
        sums[-1] = total * _UNITS
        units = np.diff(sums, prepend=0)
    return units
