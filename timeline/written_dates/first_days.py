"""Read the first day of a year or month as the year or month alone, where a table writes every date as a day."""

import re
from typing import Literal

FirstDays = Literal["year", "month"]
_FIRST_DAY = re.compile(r"(-?\d{4,})-(\d\d)-01(?:T00:00(?::00)?(?:Z|[+-]\d\d:\d\d)?)?([?~%]?)", re.ASCII)


def without_first_day(edtf: str, unit: FirstDays) -> str:
    """Return an EDTF date without its first day: for "year", 1 January is the year; for "month", the 1st the month.

    Both sides of an interval are read so; other dates are returned unchanged.

    >>> without_first_day("1980-01-01", "year"), without_first_day("1980-03-01", "month")
    ('1980', '1980-03')
    """
    return "/".join(_without_first_day(side, unit) for side in edtf.split("/"))


def _without_first_day(edtf: str, unit: FirstDays) -> str:
    match = _FIRST_DAY.fullmatch(edtf)
    if not match or (unit == "year" and match[2] != "01"):
        return edtf
    year, month, mark = match.groups()
    return f"{year}{mark}" if unit == "year" else f"{year}-{month}{mark}"
