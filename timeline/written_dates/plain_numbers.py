"""Plain numbers in a column of dates: years, day numbers of Excel, and seconds or milliseconds since 1970."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from db.dates.calendar import edtf_year
from db.errors import BadDate
from timeline.written_dates.eras import astronomical

NumberKind = Literal["year", "serial", "seconds", "milliseconds", "microseconds"]
# A year before Christ with its month and day, as columns of a table join them: -44/0, -44/3/15.
_SIGNED_YEAR = re.compile(r"-(\d{1,12})(?:/(\d{1,2}))?(?:/(\d{1,2}))?", re.ASCII)
_YEAR = re.compile(r"-?\d{1,4}", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,3}|-[1-9]\d{0,2}", re.ASCII)
_KINDS: tuple[tuple[NumberKind, re.Pattern[str]], ...] = (
    ("serial", re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)),
    ("seconds", re.compile(r"-?\d{9,10}(?:\.\d+)?", re.ASCII)),
    ("milliseconds", re.compile(r"-?\d{11,13}(?:\.\d+)?", re.ASCII)),
    ("microseconds", re.compile(r"-?\d{15,16}", re.ASCII)),
)
# Day 0 of Excel's serial numbers in its 1900 system, for days after February 1900.
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS_PER_SECOND = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000}
_LAST_DAY_OF_MONTH = 31


def kind_of(text: str) -> NumberKind | None:
    """Return what a number of five digits or more counts; None for another text."""
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(text)), None)


def is_year(text: str) -> bool:
    """Return whether a text is a number of at most four digits, with or without a minus sign."""
    return bool(_YEAR.fullmatch(text))


def is_short_year(text: str) -> bool:
    """Return whether a text is a year of one to three digits without zeros before it."""
    return bool(_SHORT_YEAR.fullmatch(text))


def may_be_day(text: str) -> bool:
    """Return whether a number may be a day of a month or a number of a month instead of a year."""
    return text.isdigit() and int(text) <= _LAST_DAY_OF_MONTH


def signed_year(text: str) -> tuple[int, str, str] | None:
    """Return the year, month and day of `-44/3/15`, "" for a part that is missing or 0; None for another text.

    `-0044` has the zeros of ISO 8601 and is not such a text.
    """
    match = _SIGNED_YEAR.fullmatch(text)
    if not match or match[1].startswith("0"):
        return None
    return int(match[1]), (match[2] or "").lstrip("0"), match[3] or ""


def year(text: str, *, iso: bool) -> str:
    """Return a number as the EDTF of a year, with the month and day that follow it.

    A negative year counts as people count them, `-44` is 44 BC, or as ISO 8601 does if `iso` is true. Raises BadDate
    for the year 0, which only ISO has.
    """
    if parts := signed_year(text):
        number, *month_and_day = parts
        start = edtf_year(-number) if iso else astronomical(number)
        return "-".join([start, *(part.zfill(2) for part in month_and_day if part)])
    if int(text) == 0 and not iso:
        raise BadDate(f"{text!r} is not a year: 1 BC is followed by AD 1; use --years iso if 0 means 1 BC")
    return text.zfill(4)


def moment(text: str, kind: NumberKind, *, whole_days: bool) -> str:
    """Return a number of days or seconds as a time in UTC, or as a day if it is midnight and `whole_days` is true.

    Fractions of a second are dropped.
    """
    if kind == "serial":
        # Rounded, because the binary fraction of a day is hardly ever a multiple of a second.
        time = _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
        is_day = (time.hour, time.minute, time.second) == (0, 0, 0)
        return f"{time:%Y-%m-%d}" if is_day else f"{time:%Y-%m-%dT%H:%M:%S}"
    seconds = _whole_seconds(text, kind)
    time = _EPOCH + timedelta(seconds=seconds)
    return f"{time:%Y-%m-%d}" if whole_days and is_midnight(text, kind) else f"{time:%Y-%m-%dT%H:%M:%S}Z"


def is_midnight(text: str, kind: NumberKind) -> bool:
    """Return whether a number of seconds or of their fractions is midnight in UTC."""
    return float(text) % (86_400 * _UNITS_PER_SECOND[kind]) == 0


def _whole_seconds(text: str, kind: NumberKind) -> int:
    whole = int(text.partition(".")[0])
    if "." in text and text.startswith("-"):
        whole -= 1
    return whole // _UNITS_PER_SECOND[kind]
