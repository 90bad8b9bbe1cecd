"""Join the columns of a date into one text: year, month and day, or a day with its time or its year."""

import re

from db.errors import BadEvent
from timeline.imports.columns.date_values import clock

UNKNOWN_PARTS = frozenset({"", "0", "00", "-9", "-99"})  # what tables write for an unknown month or day
_YEAR = re.compile(r"-?\d{1,4}", re.ASCII)
_LONG_YEAR = re.compile(r"-\d{5,12}", re.ASCII)
_FOUR_DIGITS = re.compile(r"\d{4}", re.ASCII)
_NUMBERS_WITHOUT_YEAR = re.compile(r"(\d{1,2}([/.-])\d{1,2})\2?", re.ASCII)
_MIDNIGHT = re.compile(r"[T ](?:00:00(?::00(?:\.0+)?)?|12:00(?::00)? AM)$", re.IGNORECASE)
_LAST_MONTH = 12


def date_text(field: str, parts: list[str]) -> tuple[str, int]:
    """Return the texts of a date's columns as one text, and how many of the columns it uses, the first ones.

    Year, month and day are joined as EDTF, up to the first part that is unknown. Raises BadEvent for a month above 12.
    """
    parts = [part.removesuffix(".0") for part in parts]  # what a table of floats makes of whole numbers
    first, *others = parts
    if len(parts) == 3 and re.fullmatch(r"\d{1,2}", first) and _FOUR_DIGITS.fullmatch(parts[2]):
        return date_text(field, parts[::-1])[0], 3  # day, month, year
    if re.fullmatch(r"\d{6}", first):
        text, used = date_text(field, [first[:4], first[4:], *others])
        return text, max(1, used - 1)
    if _YEAR.fullmatch(first) or (len(parts) > 1 and _LONG_YEAR.fullmatch(first)):
        return _year_month_day(field, parts)
    if len(parts) == 2:
        return _with_year_or_time(first, others[0])
    if any(map(str.isdigit, first)) and re.search(r"\d{4}", first):
        return first, 1  # "1492?" in the column of years
    return " ".join(filter(None, parts)), len(parts)


def _year_month_day(field: str, parts: list[str]) -> tuple[str, int]:
    used = 1 + next(
        (number for number, part in enumerate(parts[1:]) if part in UNKNOWN_PARTS), len(parts) - 1
    )
    if used > 1 and parts[1].isdigit() and int(parts[1]) > _LAST_MONTH:
        # EDTF would read 21 as spring.
        raise BadEvent(
            field, f"{parts[1]!r} is not a month; expected 1 to 12, a name, or nothing for unknown"
        )
    year, *month_and_day = parts[:used]
    if year.startswith("-"):
        # Not EDTF, so that the options of the import decide how years before Christ are counted. Month 0 is unknown.
        return "/".join([year, *(month_and_day or ["0"])]), used
    return "-".join([year.zfill(4), *(part.zfill(2) for part in month_and_day)]), used


def _with_year_or_time(date: str, other: str) -> tuple[str, int]:
    """Return a day with its year or its time of day; the second column is not used if it is neither."""
    if not other or not any(map(str.isdigit, date)):
        return date, 1
    if _FOUR_DIGITS.fullmatch(other) and not re.search(r"\d{4}", date):
        numbers = _NUMBERS_WITHOUT_YEAR.fullmatch(date)
        return (f"{numbers[1]}{numbers[2]}{other}" if numbers else f"{date} {other}"), 2
    day = _MIDNIGHT.sub("", date)
    time = clock(other)
    if time is None or ":" in day:
        return date, 1
    return f"{day} {time}", 2
