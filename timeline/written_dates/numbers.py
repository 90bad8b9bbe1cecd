"""Dates in numbers alone, or with a month's name and a short year: every reading that the calendar allows, by order."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal, get_args

from db.errors import BadDate
from timeline.written_dates import lexicon

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = get_args(Order)

_THREE = re.compile(r"(\d{1,4})([/. -])(\d{1,2})\2(\d{1,4})", re.ASCII)
_SAID = {
    **dict.fromkeys(("d", "dd", "day", "jour", "j", "jj", "dia", "tag", "giorno"), "d"),
    **dict.fromkeys(("m", "mm", "month", "mois", "mes", "monat", "mese"), "m"),
    **dict.fromkeys(("y", "yy", "yyyy", "year", "annee", "an", "a", "aa", "aaaa", "ano", "any", "jahr", "anno"), "y"),
}  # fmt: skip
_NAMED = re.compile(r"(\d{1,2})([/. -]) ?([a-z]{3,})\.?\2? ?(\d\d)", re.ASCII)  # 3-May-21, as Excel writes it
_BARE = re.compile(r"(?<![\d/.])\d{1,4}([/.-])\d{1,2}\1\d{1,4}(?![\d/.])", re.ASCII)
_TWO = re.compile(r"(?:(\d{1,2})[/.-](\d{4})|(\d{4})(?:/(\d{1,2})|\.(\d\d)))", re.ASCII)
_FLOAT = re.compile(r"(\d{4})\.0", re.ASCII)  # what a table of floats makes of a year
_EIGHT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)


class Ambiguous(BadDate):
    """A date in numbers that has several readings; `readings` holds them by order."""

    def __init__(self, text: str, found: dict[Order, str]) -> None:
        said = " or ".join(f"{day} ({order})" for order, day in found.items())
        super().__init__(
            f"{text!r} may be {said}; say which order the column has, such as --dates {next(iter(found))}"
        )
        self.readings = found


@lru_cache(maxsize=10_000)
def readings(text: str) -> dict[Order, str] | None:
    """Return what a date of three numbers means in each order; None when it is no such date.

    A month may stand in the middle by its name, folded. A year of two digits is the last one that is not to
    come; it does not prove any order by itself.
    """
    parts = _parts(text)
    if parts is None:
        return None
    read = {order: _day(dict(zip(order, parts, strict=True))) for order in ORDERS}
    if _NAMED.fullmatch(text):
        read["mdy"] = read["dmy"]  # whoever writes the month first has nothing else in mind
    return {order: day for order, day in read.items() if day}


def _parts(text: str) -> tuple[str, str, str] | None:
    if found := _THREE.fullmatch(text):
        return found[1], found[3], found[4]
    if (found := _NAMED.fullmatch(text)) and (month := lexicon.months().get(found[3])):
        return found[1], str(month), found[4]
    return None


def short_year(text: str) -> bool:
    """Tell whether a date of three numbers has no year of four digits."""
    parts = _parts(text)
    return bool(parts) and len(parts[0]) < 4 and len(parts[2]) < 4  # type: ignore[index] # found, so not None


def within(text: str) -> list[str]:
    """Find the dates of three numbers in a folded text that may say more: a time of day, a weekday, another date."""
    return [text] if _parts(text) else [found[0] for found in _BARE.finditer(text)]


def heading_order(name: str) -> Order | None:
    """Tell the order that the name of a column says, such as "Date (month/day/year)" or `fecha dd/mm/aaaa`."""
    letters = [_SAID.get(word, " ") for word in re.split(r"[^a-z]+", lexicon.folded(name))]
    orders = [order for order in ORDERS if order in "".join(letters)]
    return orders[0] if len(orders) == 1 else None


def undisputed(text: str, order: Order | None = None) -> str | None:
    """Read `05/2021`, `2021/05`, `20210503` and `2021.0`, which have one reading only.

    Raises BadDate for `2010/11`, a month or two years, where the column does not write the year first.
    """
    if found := _FLOAT.fullmatch(text):
        return found[1]
    if found := _TWO.fullmatch(text):
        month, year = (found[1], found[2]) if found[2] else (found[4] or found[5], found[3])
        if len(found[4] or "") == 2 and order != "ymd" and int(year[2:]) < int(month) <= 12:
            years = f"{year}/{year[:2]}{month}"
            raise BadDate(
                f"{text!r} may be the month {year}-{month} or the years {years}; write which is meant"
            )
        return f"{year}-{int(month):02}" if 1 <= int(month) <= 12 else None
    if found := _EIGHT.fullmatch(text):
        return _day({"y": found[1], "m": found[2], "d": found[3]})
    return None


def in_order(said: str, found: Mapping[Order, str], order: Order) -> str | None:
    """Take the reading in an order; a year of four digits in front needs none."""
    return found.get("ymd" if said[:4].isdigit() else order)


def _day(parts: dict[str, str]) -> str | None:
    if len(parts["d"]) > 2 or len(parts["m"]) > 2 or len(parts["y"]) not in (2, 4):
        return None
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        century, today = divmod(datetime.now(UTC).year, 100)
        year += 100 * (century - (year > today))
    try:
        return date(year, int(parts["m"]), int(parts["d"])).isoformat()
    except ValueError:
        return None
