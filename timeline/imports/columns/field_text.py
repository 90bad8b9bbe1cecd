"""The text of a field: the values of its columns, joined."""

import re
from collections.abc import Mapping
from typing import Any

from db.errors import BadEvent
from timeline.exchange.field_names import DATES

_SEPARATORS = {"title": " ", "summary": " ", "note": " ", "id": "-"}
_UNKNOWN = frozenset({"", "0", "00", "-9", "-99"})  # what tables write for an unknown month or day


def joined(field: str, row: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    """Return the text of a field, made of its columns in a row; empty columns are left out.

    Raises BadEvent for a value that is neither a text nor a number.
    """
    if len(columns) == 1:
        column = columns[0]
        value = row.get(column)
        if column not in row and (members := [name for name in row if name.startswith(f"{column}.")]):
            raise BadEvent(field, f"is an object, with {', '.join(members)}; expected a text")
        return value.strip() if type(value) is str else _text(field, value)
    parts = [_text(field, row.get(column)) for column in columns]
    if field not in DATES:
        return _SEPARATORS.get(field, ", ").join(filter(None, parts))
    return _date(field, parts)


def _date(field: str, parts: list[str]) -> str:
    """Join year, month and day as EDTF, up to the first part that is unknown; join other texts with spaces."""
    parts = [part.removesuffix(".0") for part in parts]  # what a table of floats makes of whole numbers
    if re.fullmatch(r"\d{6}", parts[0]):
        parts[:1] = [parts[0][:4], parts[0][4:]]
    if not re.fullmatch(r"-?\d{1,4}", parts[0]):
        return " ".join(filter(None, parts))
    usable = _usable_parts(parts)
    if usable > 1 and parts[1].isdigit() and int(parts[1]) > 12:
        # EDTF would read 21 as spring.
        raise BadEvent(
            field, f"{parts[1]!r} is not a month; expected 1 to 12, a name, or nothing for unknown"
        )
    year, *month_and_day = parts[:usable]
    if year.startswith("-"):
        # Not EDTF, so that the options of the import decide how years before Christ are counted. Month 0 is unknown.
        return "/".join([year, *(month_and_day or ["0"])])
    return "-".join([year.zfill(4), *(part.zfill(2) for part in month_and_day)])


def _usable_parts(parts: list[str]) -> int:
    return 1 + next((number for number, part in enumerate(parts[1:]) if part in _UNKNOWN), len(parts) - 1)


def unused_columns(row: Mapping[str, Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of year, month and day that a date cannot use, such as a day whose month is unknown."""
    if len(columns) < 3:
        return ()
    parts = [str(row.get(column) or "").strip().removesuffix(".0") for column in columns]
    if not re.fullmatch(r"-?\d{1,4}", parts[0]):
        return ()
    after = range(_usable_parts(parts), len(parts))
    return tuple(columns[number] for number in after if parts[number] not in _UNKNOWN)


def _text(field: str, value: Any) -> str:
    """Return a value as text without the space around it; '' for None."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        raise BadEvent(
            field, f"{value!r} is neither a text nor a number; expected one such as 'Hasselt' or 50.9"
        )
    if isinstance(value, list):
        if field != "tags" or not all(isinstance(tag, str) for tag in value):
            raise BadEvent(field, f"{value!r} is a list; expected a text")
        return ", ".join(value)
    return str(value)
