"""Dates in digits, or with a month's name and a short year: every reading that the calendar allows, by order."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args

from db.errors import BadDate
from timeline.written_dates import lexicon

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = get_args(Order)

_THREE_NUMBERS = re.compile(r"(\d{1,4})([/. -])(\d{1,2})\2(\d{1,4})", re.ASCII)
# Words in the heading of a column that show the order, such as "Date (dd/mm/yyyy)".
_HEADING_WORDS = {
    **dict.fromkeys(("d", "dd", "day", "jour", "j", "jj", "dia", "tag", "giorno"), "d"),
    **dict.fromkeys(("m", "mm", "month", "mois", "mes", "monat", "mese"), "m"),
    **dict.fromkeys(("y", "yy", "yyyy", "year", "annee", "an", "a", "aa", "aaaa", "ano", "any", "jahr", "anno"), "y"),
}  # fmt: skip
_NAMED_MONTH = re.compile(r"(\d{1,2})([/. -]) ?([a-z]{3,})\.?\2? ?(\d\d)", re.ASCII)  # 3-May-21, from Excel
_DATE_INSIDE = re.compile(r"(?<![\d/.])\d{1,4}([/.-])\d{1,2}\1\d{1,4}(?![\d/.])", re.ASCII)
_YEAR_AND_MONTH = re.compile(r"(?:(\d{1,2})[/.-](\d{4})|(\d{4})(?:/(\d{1,2})|\.(\d\d)))", re.ASCII)
_FLOAT_YEAR = re.compile(r"(\d{4})\.0", re.ASCII)  # a year in a table of floats
_WEEK = re.compile(r"(\d{4})-?w(\d\d)(?:-?([1-7]))?", re.ASCII)  # ISO 8601-1, 5.2.4
_ORDINAL = re.compile(r"(\d{4})-(\d{3})", re.ASCII)  # ISO 8601-1, 5.2.3
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{3,4}", re.ASCII)
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)


class Ambiguous(BadDate):
    """A date in digits that has several readings; `readings` maps the order to the day."""

    def __init__(self, text: str, readings_by_order: dict[Order, str]) -> None:
        choices = " or ".join(f"{day} ({order})" for order, day in readings_by_order.items())
        super().__init__(
            f"{text!r} may be {choices}; choose the column's order, such as --dates {next(iter(readings_by_order))}"
        )
        self.readings = readings_by_order


@lru_cache(maxsize=10_000)
def readings(text: str) -> dict[Order, str] | None:
    """Return the day (YYYY-MM-DD) that a date of three numbers means in each order; None for another text.

    The number in the middle may be the name of a month, folded. A year of two digits is the latest such year that is
    not in the future; it does not prove an order.
    """
    parts = _parts(text)
    if parts is None:
        return None
    by_order = {order: _day(dict(zip(order, parts, strict=True))) for order in ORDERS}
    if _NAMED_MONTH.fullmatch(text):
        by_order["mdy"] = by_order["dmy"]  # with a name for the month, "mdy" can only mean the same
    return {order: day for order, day in by_order.items() if day}


def _parts(text: str) -> tuple[str, str, str] | None:
    if match := _THREE_NUMBERS.fullmatch(text):
        return match[1], match[3], match[4]
    if (match := _NAMED_MONTH.fullmatch(text)) and (month := lexicon.months().get(match[3])):
        return match[1], str(month), match[4]
    return None


def has_short_year(text: str) -> bool:
    """Return whether a date of three numbers has no year of three or four digits."""
    parts = _parts(text)
    return bool(parts) and len(parts[0]) < 3 and len(parts[2]) < 3  # type: ignore[index] # not None after bool(parts)


def default_order(text: str) -> Order | None:
    """Return "dmy" for a dotted date with a year of three or four digits at its end; else None."""
    match = _DOTTED.fullmatch(text)
    return "dmy" if match and "dmy" in (readings(text) or {}) else None


def dates_in(text: str) -> list[str]:
    """Return the dates of three numbers in a folded text that may have a time of day, a weekday or another date."""
    return [text] if _parts(text) else [match[0] for match in _DATE_INSIDE.finditer(text)]


def heading_order(name: str) -> Order | None:
    """Return the order in the name of a column, such as "Date (month/day/year)" or `fecha dd/mm/aaaa`."""
    letters = [_HEADING_WORDS.get(word, " ") for word in re.split(r"[^a-z]+", lexicon.folded(name))]
    orders = [order for order in ORDERS if order in "".join(letters)]
    return orders[0] if len(orders) == 1 else None


def unambiguous(text: str, order: Order | None = None) -> str | None:
    """Return the EDTF of `05/2021`, `20210503`, `2021-W18-3`, `2021-123` and `2021.0`; None for another text.

    Raises BadDate for `2010/11`, which is a month or two years, unless the column writes the year first.
    """
    if match := _FLOAT_YEAR.fullmatch(text):
        return match[1]
    if match := _YEAR_AND_MONTH.fullmatch(text):
        month, year = (match[1], match[2]) if match[2] else (match[4] or match[5], match[3])
        if len(match[4] or "") == 2 and order != "ymd" and int(year[2:]) < int(month) <= 12:
            years = f"{year}/{year[:2]}{month}"
            raise BadDate(
                f"{text!r} may be the month {year}-{month} or the years {years}; write one of these two instead"
            )
        return f"{year}-{int(month):02}" if 1 <= int(month) <= 12 else None
    if match := _EIGHT_DIGITS.fullmatch(text):
        return _day({"y": match[1], "m": match[2], "d": match[3]})
    return _week_or_ordinal(text)


def _week_or_ordinal(text: str) -> str | None:
    """Return `2021-W18-3` and `2021-123` as a day, and `2021-W18` as one of seven days; None for another text."""
    week, ordinal = _WEEK.fullmatch(text), _ORDINAL.fullmatch(text)
    try:
        if week:
            days = [
                date.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or number)) for number in (1, 7)
            ]
            return days[0].isoformat() if week[3] else f"[{days[0]}..{days[1]}]"
        if ordinal and (number := int(ordinal[2])):
            day = date(int(ordinal[1]), 1, 1) + timedelta(number - 1)
            return day.isoformat() if day.year == int(ordinal[1]) else None
    except (ValueError, OverflowError):
        pass  # week 53 of a year with 52
    return None


def in_order(text: str, by_order: Mapping[Order, str], order: Order) -> str | None:
    """Return the reading in `order`; with a year of three or four digits in front, the order is always ymd."""
    return by_order.get("ymd" if text[:3].isdigit() else order)


def _day(parts: dict[str, str]) -> str | None:
    if len(parts["d"]) > 2 or len(parts["m"]) > 2 or len(parts["y"]) not in (2, 3, 4):
        return None
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        century, today = divmod(datetime.now(UTC).year, 100)
        year += 100 * (century - (year > today))
    try:
        return date(year, int(parts["m"]), int(parts["d"])).isoformat()
    except ValueError:
        return None
