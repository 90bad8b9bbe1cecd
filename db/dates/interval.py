"""The `datetime` parameter: an instant or an interval (OGC API Features 1.0, 7.15.4) as seconds of UTC."""

import re
from typing import NamedTuple

from db.dates.calendar import DAY, days, month_length, months_later, year_month_day
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.edtf_tokens import GROUPINGS, Span, qualified, timed
from db.errors import BadInterval

MAX_CHARACTERS = 100
_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)
_CALENDAR = re.compile(r"-?\d{4}(?:-(\d\d)(?:-\d\d)?)?", re.ASCII)
# GDAL sends a day without a time as `2023-01-01T`, and a year as `2023T`.
_EMPTY_TIME = re.compile(r"(?<=\d)T$", re.IGNORECASE)
_LOST_PLUS = re.compile(r"(T\d\d(?::?\d\d)*(?:[.,]\d+)?) (\d\d(?::?\d\d)?)$", re.ASCII | re.IGNORECASE)
_ADVICE = "expected an instant or start/end, such as '2023-05', '2023-05-01/2023-05-31', '2020/..' or '2023-05-01/P2D'"


class Interval(NamedTuple):
    """The time span of a query: its first and last second of UTC since 1970, inclusive."""

    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Return the time span of an instant or `start/end`; either side may be `..` or empty, the end a duration.

        Raises BadInterval, with the reason and an example, for other texts and for a start after the end.
        """
        try:
            return _interval(text)
        except ValueError as error:
            raise BadInterval(f"{error}; {_ADVICE}") from None


def _interval(text: str) -> Interval:
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"it has more than {MAX_CHARACTERS} characters")
    sides = text.split("/")
    if len(sides) > 2:
        raise ValueError(f"{text!r} has more than two sides")
    if len(sides) == 1:
        span = _side(text)
        return Interval(span.first, span.last)
    first = ALWAYS if sides[0] in ("", "..") else _side(sides[0]).first
    last = FOREVER if sides[1] in ("", "..") else _end(sides[0], sides[1])
    if first > last:
        raise ValueError(f"the start {sides[0]!r} is after the end {sides[1]!r}")
    return Interval(first, last)


def _side(text: str) -> Span:
    """Return the span of a year, month, day or time. A space before an offset is a `+` that the address lost."""
    text = _EMPTY_TIME.sub("", _LOST_PLUS.sub(r"\1+\2", text))
    if text.startswith("P"):
        raise ValueError(f"the duration {text!r} may only follow a start")
    if text.endswith(("?", "~", "%")):
        raise ValueError(f"{text!r} has a sign of doubt; write it without, and choose with match=")
    span = timed(text)
    if span:
        return span
    match = _CALENDAR.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is neither a year, a month, a day nor a time")
    if int(match[1] or 0) in GROUPINGS:
        raise ValueError(f"{text!r} is a season or part of a year; write its first and last month")
    return qualified(text)


def _end(start: str, end: str) -> int:
    if not end.startswith("P"):
        return _side(end).last
    match = _DURATION.fullmatch(end)
    if match is None:
        raise ValueError(f"{end!r} is not a duration such as P2D, P1W, P3M or P1Y")
    if start in ("", ".."):
        raise ValueError(f"the duration {end!r} needs a start before it")
    if max(len(digits or "") for digits in match.groups()) > 9:
        raise ValueError(f"the duration {end!r} is too long")
    years, months, weeks, number, hours, minutes, seconds = (int(digits or 0) for digits in match.groups())
    after = _months_after(_side(start).first, 12 * years + months) + (7 * weeks + number) * DAY
    after += hours * 3600 + minutes * 60 + seconds
    return after - 1


def _months_after(instant: int, count: int) -> int:
    """Return the instant `count` calendar months later; the 31st becomes the last day of a shorter month."""
    if not count:
        return instant
    year, month, day = year_month_day(instant // DAY)
    year, month = months_later(year, month, count)
    return days(year, month, min(day, month_length(year, month))) * DAY + instant % DAY
