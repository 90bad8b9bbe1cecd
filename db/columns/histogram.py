"""The histogram: counts of events by the day that they begin, in intervals from days to millennia."""

from dataclasses import replace

import numpy as np

from db.columns.arrays import Ints
from db.dates.calendar import DAY, days, iso_date, months_later, year_month_day
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.interval import Interval
from db.errors import BadFilter
from db.query.results import Bucket

MAX_BUCKETS = 1000
MAX_AUTO_BUCKETS = 120

# The lengths in months, finest first; "day" and "week" come before them. Only "auto" chooses one above a year.
_MONTHS: dict[str, int] = {
    "month": 1,
    "quarter": 3,
    "year": 12,
    "decade": 120,
    "century": 1200,
    "millennium": 12_000,
} | {f"P{10**power}Y": 12 * 10**power for power in range(4, 9)}
_STEPS = ("day", "week", *_MONTHS)


def histogram(
    days: Ints, counts: Ints, early: int, window: Interval | None, interval: str, reach: int | None = None
) -> tuple[str, list[Bucket]]:
    """Return the interval's name, and buckets without gaps with the counts of the events that begin in them.

    `days` are days since 1970 in ascending order, `counts` the events of each. `early` counts the events that began
    before the window, or have no beginning; they count in the first bucket, whose start is then None. The last bucket
    contains the day `reach`, or the last of `days`.
    Raises BadFilter if the interval would give more than MAX_BUCKETS buckets.
    """
    opening = window.first // DAY if window and window.first != ALWAYS else None
    if not len(days) and not early:
        return ("day" if interval == "auto" else interval), []
    first = opening if early and opening is not None else int(days[0]) if len(days) else None
    if first is None:
        return ("day" if interval == "auto" else interval), [
            Bucket(start=None, end=_last_day(window), count=early, last=_last(window))
        ]
    last = max(int(days[-1]) if len(days) else first, first if reach is None else reach)
    interval = _auto(first, last) if interval == "auto" else _checked(interval, first, last)
    return interval, _buckets(days, counts, early, (first, last), interval)


def _last(window: Interval | None) -> int | None:
    return window.last // DAY if window and window.last != FOREVER else None


def _last_day(window: Interval | None) -> str | None:
    last = _last(window)
    return None if last is None else iso_date(last * DAY)


def _index(day: int, interval: str) -> int:
    """Return the number of the bucket that contains a day (weeks start on Monday)."""
    if interval == "day":
        return day
    if interval == "week":
        return (day + 3) // 7
    year, month, _ = year_month_day(day)
    return (year * 12 + month - 1) // _MONTHS[interval]


def _first_day(index: int, interval: str) -> int:
    if interval == "day":
        return index
    if interval == "week":
        return index * 7 - 3
    return days(*months_later(0, 1, index * _MONTHS[interval]))


def _count(first: int, last: int, interval: str) -> int:
    return _index(last, interval) - _index(first, interval) + 1


def _auto(first: int, last: int) -> str:
    return next(step for step in _STEPS if _count(first, last, step) <= MAX_AUTO_BUCKETS)


def _checked(interval: str, first: int, last: int) -> str:
    count = _count(first, last, interval)
    if count > MAX_BUCKETS:
        raise BadFilter(
            "interval",
            f"{interval!r} would give {count:,} buckets; expected at most {MAX_BUCKETS:,}, such as with interval=auto",
        )
    return interval


def _buckets(days: Ints, counts: Ints, early: int, span: tuple[int, int], interval: str) -> list[Bucket]:
    low, high = (_index(day, interval) for day in span)
    edges = [_first_day(low + i, interval) for i in range(high - low + 2)]
    total = np.concatenate(([0], np.cumsum(counts)))[np.searchsorted(days, edges)]
    buckets = [
        Bucket(
            start=iso_date(edges[i] * DAY),
            end=iso_date((edges[i + 1] - 1) * DAY),
            count=int(count),
            last=edges[i + 1] - 1,
        )
        for i, count in enumerate(np.diff(total))
    ]
    if early:
        buckets[0] = replace(buckets[0], start=None, count=buckets[0].count + early)
    return buckets
