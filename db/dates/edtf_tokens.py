"""Single EDTF dates as spans of seconds: days, months, seasons, X digits, long years and times."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from db.dates.calendar import DAY, days, month_length, months_later

MAX_YEAR = 10**9

# ISO 8601-2:2019, 4.8: sub-year groupings as (first month, months, precision). Seasons of the Library of
# Congress: 21-24 and 25-28 northern, 29-32 southern; a winter ends in the next year.
GROUPINGS = {
    **{21 + i: (3 + 3 * i, 3, "season") for i in range(4)},
    **{25 + i: (3 + 3 * i, 3, "season") for i in range(4)},
    29: (9, 3, "season"), 30: (12, 3, "season"), 31: (3, 3, "season"), 32: (6, 3, "season"),
    **{33 + i: (1 + 3 * i, 3, "quarter") for i in range(4)},
    **{37 + i: (1 + 4 * i, 4, "year") for i in range(3)},
    **{40 + i: (1 + 6 * i, 6, "year") for i in range(2)},
}  # fmt: skip

_Q = "[?~%]?"
_QUALIFIED = re.compile(
    rf"(?P<qy>{_Q})(?P<year>-?[\dX]{{4}})(?:S(?P<significant>[1-9]\d?))?(?P<q1>{_Q})"
    rf"(?:-(?P<qm>{_Q})(?P<month>[\dX]{{2}})(?P<q2>{_Q})(?:-(?P<qd>{_Q})(?P<day>[\dX]{{2}})(?P<q3>{_Q}))?)?",
    re.ASCII,
)
_LONG = re.compile(r"Y(-?\d+)(?:E(\d+))?(?:S(\d+))?([?~%]?)", re.ASCII)
_TIMED = re.compile(
    r"(-?\d{4})-(\d\d)-(\d\d)[Tt](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?"
    r"([Zz]|[+-]\d\d(?::?\d\d)?)?([?~%]?)",
    re.ASCII,
)


class Span(NamedTuple):
    """The first and last second (UTC, inclusive) of a date, its precision, and whether it is doubtful or has a time."""

    first: int
    last: int
    precision: str
    doubtful: bool = False
    timed: bool = False


def timed(text: str) -> Span | None:
    """Return the span of a date with a time, to the hour, minute or second (no fractions); None for other forms."""
    match = _TIMED.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, offset, doubt = match.groups()
    _check_day(_year(year), int(month), int(day))
    clock = (int(hour), int(minute or 0), int(second or 0))
    if clock != (24, 0, 0) and not (clock[0] < 24 and clock[1] < 60 and clock[2] < 60):
        raise ValueError("hours run from 00 to 23, minutes and seconds from 00 to 59")
    first = days(_year(year), int(month), int(day)) * DAY + clock[0] * 3600 + clock[1] * 60 + clock[2]
    first -= offset_seconds(offset)
    precision, length = ("second", 1) if second else ("minute", 60) if minute else ("hour", 3600)
    return Span(first, first + length - 1, precision, bool(doubt), timed=True)


def offset_seconds(offset: str | None) -> int:
    """Return the seconds east of UTC of `Z`, `+02:00`, `+0200` or `+02`; 0 for None."""
    if not offset or offset in "Zz":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[-2:]) if len(offset) > 3 else 0
    if hours > 23 or minutes > 59:
        raise ValueError(f"{offset!r} is not an offset from UTC; expected one such as +02:00")
    return (-1 if offset[0] == "-" else 1) * (hours * 3600 + minutes * 60)


def long_year(text: str) -> Span | None:
    """Return the span of `Y170000002`, `Y-17E7` or `Y171010000S3` (levels 1 and 2); None for other forms."""
    match = _LONG.fullmatch(text)
    if match is None:
        return None
    digits, exponent, significant, doubt = match.groups()
    if exponent is None and (len(digits.lstrip("-")) < 5 or digits.lstrip("-")[0] == "0"):
        raise ValueError("Y is for years of more than four digits")
    if len(digits) > 12 or (exponent and len(exponent) > 2):
        raise ValueError("years beyond ±1,000,000,000 are not supported")
    year = int(digits) * 10 ** int(exponent or 0)
    width = len(str(abs(year)))
    return _years(year, width, int(significant) if significant else None, bool(doubt))


def _years(year: int, width: int, significant: int | None, doubtful: bool) -> Span:
    """Return the span of a year, or of all years with the same first `significant` of its `width` digits."""
    low = high = year
    precision = "year"
    if significant is not None:
        if not 1 <= significant <= width:
            raise ValueError(f"the number of significant digits after S must be 1 to {width} here")
        unit = 10 ** (width - significant)
        size = abs(year) // unit * unit
        low, high = (size, size + unit - 1) if year >= 0 else (1 - size - unit, -size)
        precision = _coarse(width - significant)
    if low < -MAX_YEAR or high > MAX_YEAR:
        raise ValueError("years beyond ±1,000,000,000 are not supported")
    return Span(days(low) * DAY, days(high, 12, 31) * DAY + DAY - 1, precision, doubtful)


def _coarse(unknown_digits: int) -> str:
    """Return the precision of a year whose last digits are unknown; "century" is the coarsest."""
    return ("year", "decade")[unknown_digits] if unknown_digits < 2 else "century"


def qualified(text: str) -> Span:
    """Return the span of a year, month, day, season or other grouping, with qualifiers, X and significant digits."""
    match = _QUALIFIED.fullmatch(text)
    if match is None:
        raise ValueError("it has no form of EDTF")
    year, month, day = match["year"], match["month"], match["day"]
    doubtful = any(match[name] for name in ("qy", "q1", "qm", "q2", "qd", "q3"))
    if match["significant"]:
        if month or "X" in year:
            raise ValueError("S may only follow a plain year")
        return _years(_year(year), 4, int(match["significant"]), doubtful)
    if month and "X" not in month and int(month) in GROUPINGS:
        if day:
            raise ValueError(f"{month} is a season or part of a year, which has no days")
        return _grouping(year, int(month), doubtful)
    if "X" not in text:
        return _exact(_year(year), month, day, doubtful)
    return _unspecified(year, month, day, doubtful)


def _year(digits: str) -> int:
    if digits == "-0000":
        raise ValueError("there is no year -0000; the year before 0001 is 0000")
    return int(digits)


def _check_day(year: int, month: int, day: int) -> None:
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month:02} (months are 01 to 12, groupings 21 to 41)")
    if not 1 <= day <= month_length(year, month):
        raise ValueError(f"there is no day {day:02} in that month")


def _exact(year: int, month: str | None, day: str | None, doubtful: bool) -> Span:
    first_month, last_month = (int(month), int(month)) if month else (1, 12)
    _check_day(year, first_month, int(day or 1))
    first_day, last_day = (int(day), int(day)) if day else (1, month_length(year, last_month))
    precision = "day" if day else "month" if month else "year"
    first, last = days(year, first_month, first_day), days(year, last_month, last_day)
    return Span(first * DAY, last * DAY + DAY - 1, precision, doubtful)


def _grouping(year: str, code: int, doubtful: bool) -> Span:
    month, length, precision = GROUPINGS[code]
    years = _candidates(year)
    after = days(*months_later(years[-1], month, length)) * DAY
    if "X" in year:
        precision = _coarse(len(year.lstrip("-")) - year.lstrip("-").index("X"))
    return Span(days(years[0], month) * DAY, after - 1, precision, doubtful)


@lru_cache(maxsize=1024)
def _candidates(pattern: str) -> list[int]:
    """Return every number that a pattern of digits and X matches, in ascending order."""
    sign, digits = (-1, pattern[1:]) if pattern[0] == "-" else (1, pattern)
    choices = ["0123456789" if digit == "X" else digit for digit in digits]
    numbers = [sign * int("".join(choice)) for choice in product(*choices)]
    # -0000 is not a year, so -000X means -9 to -1.
    return sorted(n for n in numbers if sign == 1 or n != 0) or [_year(pattern)]


def _unspecified(year: str, month: str | None, day: str | None, doubtful: bool) -> Span:
    """Return the span from the first to the last date that matches a text with X digits (levels 1 and 2)."""
    years = _candidates(year)
    months = [m for m in _candidates(month or "XX") if 1 <= m <= 12]
    numbers = [d for d in _candidates(day or "XX") if 1 <= d <= 31]
    first = next(_dates(years, months, numbers), None)
    last = next(_dates(years[::-1], months[::-1], numbers[::-1]), None)
    if first is None or last is None:
        raise ValueError("no date of the calendar matches it")
    precision = _unspecified_precision(year, month, day)
    return Span(days(*first) * DAY, days(*last) * DAY + DAY - 1, precision, doubtful)


def _dates(years: list[int], months: list[int], numbers: list[int]) -> Iterator[tuple[int, int, int]]:
    for y, m, d in product(years, months, numbers):
        if d <= month_length(y, m):
            yield y, m, d


def _unspecified_precision(year: str, month: str | None, day: str | None) -> str:
    """Return the precision of the part before the first X; after an X in the year, month and day do not count."""
    digits = year.lstrip("-")
    if "X" in digits:
        return _coarse(4 - digits.index("X"))
    if not month or "X" in month:
        return "year"
    return "month" if not day or "X" in day else "day"
