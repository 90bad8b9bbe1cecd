"""EDTF dates (ISO 8601-2; Library of Congress, levels 0 to 2), which may be imprecise or uncertain, and their bounds.

An event starts between start_min and start_max and ends between end_min and end_max, all inclusive, in seconds of UTC
since 1970. ALWAYS and FOREVER are minus and plus infinity. A time without an offset is UTC.
"""

import re
from datetime import date
from typing import Literal, NamedTuple

from db.dates.calendar import DAY, iso_date, iso_time
from db.dates.edtf_tokens import Span, long_year, qualified, timed
from db.errors import BadDate

MAX_DATE_CHARACTERS = 1_000
ALWAYS = -(2**62)
FOREVER = 2**62

DatePrecision = Literal[
    "second", "minute", "hour", "day", "month", "season", "quarter",
    "year", "decade", "century", "interval", "set", "undated",
]  # fmt: skip

_PLAIN_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAY_CHARACTERS = 10
_EPOCH = date(1970, 1, 1).toordinal()
_ADVICE = (
    "expected an EDTF date such as '2023-05-03', '2023-05', '2021-06/2022-10', '2023-05-04?' or '2020/..'"
)


class When(NamedTuple):
    """An EDTF date: its text unchanged, the four bounds, its precision, and whether it is marked doubtful.

    `start_timed` and `end_timed` are true if the first and the last bound come from a time of day.
    """

    text: str
    start_min: int
    start_max: int
    end_min: int
    end_max: int
    precision: str
    doubtful: bool = False
    start_timed: bool = False
    end_timed: bool = False

    @classmethod
    def parse(cls, text: str) -> "When":
        """Return the date of an EDTF text; raise BadDate with the reason and an example."""
        try:
            if _PLAIN_DAY.fullmatch(text):
                return _day(text)
            if text[:1] in ("[", "{"):
                return _set(text)
            if "/" in text:
                return _interval(text)
            return _of_span(text, _span(text))
        except ValueError as error:
            raise BadDate(f"{text!r} is not an EDTF date: {error}; {_ADVICE}") from None

    @property
    def earliest(self) -> str | None:
        """Return start_min as a day, or as a time in UTC if the date has a time; None if it is open or unknown."""
        if self.precision == "day" and len(self.text) == _DAY_CHARACTERS:
            return self.text
        return _iso(self.start_min, self.start_timed)

    @property
    def latest(self) -> str | None:
        """Return end_max as a day, or as a time in UTC if the date has a time; None if it is open or unknown."""
        if self.precision == "day" and len(self.text) == _DAY_CHARACTERS:
            return self.text
        return _iso(self.end_max, self.end_timed)


def read_edtf(text: str) -> When:
    """Return the date of an EDTF text that is new; raise BadDate, also for one of more than MAX_DATE_CHARACTERS.

    When.parse reads dates that are stored, which an earlier version may have accepted at any length.
    """
    if len(text) > MAX_DATE_CHARACTERS:
        raise BadDate(
            f"{text[:40]!r}… has {len(text):,} characters; expected at most {MAX_DATE_CHARACTERS:,}; {_ADVICE}"
        )
    return When.parse(text)


def _iso(seconds: int, has_time: bool) -> str | None:
    if seconds in (ALWAYS, FOREVER):
        return None
    return iso_time(seconds) if has_time else iso_date(seconds)


def _day(text: str) -> When:
    """Return the date of `YYYY-MM-DD`: a fast path for nearly all dates."""
    try:
        first = (date.fromisoformat(text).toordinal() - _EPOCH) * DAY
    except ValueError:
        return _of_span(text, _span(text))
    last = first + DAY - 1
    return When(text, first, last, first, last, "day")


def _of_span(text: str, span: Span) -> When:
    first, last = span.first, span.last
    return When(text, first, last, first, last, span.precision, span.doubtful, span.timed, span.timed)


def _span(text: str) -> Span:
    """Return the span of one date without `/`, `..` or brackets; raise ValueError with the reason."""
    return timed(text) or long_year(text) or qualified(text)


def _interval(text: str) -> When:
    """Return the date of `a/b`; `..` is open, an empty side unknown (Library of Congress EDTF, level 1, Interval)."""
    sides = text.split("/")
    if len(sides) != 2:
        raise ValueError("an interval has two sides")
    if sides == ["", ""]:
        raise ValueError("both sides of the interval are unknown: leave the date out")
    start = _span(sides[0]) if sides[0] not in ("", "..") else None
    end = _span(sides[1]) if sides[1] not in ("", "..") else None
    if start and end and start.first > end.last:
        raise ValueError("the start is after the end")
    start_min, end_max = start.first if start else ALWAYS, end.last if end else FOREVER
    start_max = start.last if start else (ALWAYS if sides[0] == ".." else end_max)
    end_min = end.first if end else (FOREVER if sides[1] == ".." else start_min)
    # The start is never after the end, so each bound also limits the other side.
    return When(
        text, start_min, min(start_max, end_max), max(end_min, start_min), end_max, "interval",
        bool((start and start.doubtful) or (end and end.doubtful)),
        bool(start and start.timed), bool(end and end.timed),
    )  # fmt: skip


def _set(text: str) -> When:
    """Return the date of `[a, b..c]` (one of) or `{a, b..c}` (all of); Library of Congress EDTF, level 2, Sets."""
    one_of = text[0] == "["
    if not text.endswith("]" if one_of else "}") or len(text) < 3:
        raise ValueError("a set needs matching brackets and at least one date")
    members = [member for item in text[1:-1].split(",") for member in _members(item.strip(" "))]
    dates = [member for member in members if isinstance(member, Span)]
    first = min(dates, key=lambda span: span.first)
    last = max(dates, key=lambda span: span.last)
    start_min = ALWAYS if ALWAYS in members else first.first
    end_max = FOREVER if FOREVER in members else last.last
    # Every member of `{a, b}` happened: the event began no later than the end of the member that ends first, and ended
    # no earlier than the start of the member that begins last.
    start_max = end_max if one_of else (ALWAYS if start_min == ALWAYS else min(span.last for span in dates))
    end_min = start_min if one_of else (FOREVER if end_max == FOREVER else max(span.first for span in dates))
    doubtful = any(span.doubtful for span in dates)
    return When(text, start_min, start_max, end_min, end_max, "set", doubtful, first.timed, last.timed)


def _members(item: str) -> list[Span | int]:
    """Return the spans of one item of a set: a date, a range `a..b`, or a range with one open side."""
    if ".." not in item:
        return [_span(item)]
    start, end = item.split("..", 1)
    if not start and not end:
        raise ValueError("'..' has neither a start nor an end")
    ends: list[Span | int] = [_span(start) if start else ALWAYS, _span(end) if end else FOREVER]
    if isinstance(ends[0], Span) and isinstance(ends[1], Span) and ends[0].first > ends[1].last:
        raise ValueError(f"the range {item!r} starts after its end")
    return ends
