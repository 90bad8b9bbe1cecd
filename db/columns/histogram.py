"""The bars of a histogram of events by the day that they begin, in intervals from days to millennia."""

from typing import NamedTuple

import numpy as np

from db.dates.calendar import DAY, days, iso_date, months_later, year_month_day
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.interval import Interval
from db.errors import BadFilter

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
_YEAR_0, _YEAR_10000 = days(0, 1, 1), days(10_000, 1, 1)  # in between, numpy writes days faster
_STEPS = ("day", "week", *_MONTHS)


class Bars(NamedTuple):
    """The bars of a histogram, without gaps: first and last day (ISO) of each, and the last as days since 1970.

    `starts` has None for "and before", `ends` and `lasts` for an open end.
    """

    starts: list[str | None]
    ends: list[str | None]
    lasts: list[int | None]


_NO_BARS = Bars([], [], [])


def bars(
    days: tuple[int, int] | None, early: int, window: Interval | None, interval: str, reach: int | None = None
) -> tuple[str, Bars]:
    """Return the interval's name, and the bars that contain events.

    `days` are the first and the last day on which events begin, as days since 1970; `early` is the number of events
    that began before the window, or have no beginning: they count in the first bar, whose start is then None. The
    last bar contains the day `reach`, or the last of `days`.
    Raises BadFilter if the interval would give more than MAX_BUCKETS bars.
    """
    opening = window.first // DAY if window and window.first != ALWAYS else None
    if days is None and not early:
        return ("day" if interval == "auto" else interval), _NO_BARS
    first = opening if early and opening is not None else days[0] if days else None
    if first is None:
        return ("day" if interval == "auto" else interval), Bars([None], [_last_day(window)], [_last(window)])
    last = max(days[1] if days else first, first, first if reach is None else reach)
    interval = _auto(first, last) if interval == "auto" else _checked(interval, first, last)
    starts, ends, lasts = _bars((first, last), interval)
    return interval, Bars([None, *starts[1:]] if early else starts, ends, lasts)


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


def _bars(span: tuple[int, int], interval: str) -> Bars:
    low, high = (_index(day, interval) for day in span)
    edges = [_first_day(low + i, interval) for i in range(high - low + 2)]
    lasts = [edge - 1 for edge in edges[1:]]
    return Bars(list(_iso_dates(edges[:-1])), list(_iso_dates(lasts)), list(lasts))


def _iso_dates(days: list[int]) -> list[str]:
    if days and days[0] >= _YEAR_0 and days[-1] < _YEAR_10000:
        dates: list[str] = np.datetime_as_string(np.array(days, dtype="datetime64[D]")).tolist()
        return dates
    return [iso_date(day * DAY) for day in days]
