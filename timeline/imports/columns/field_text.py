"""The text of a field: the values of its columns, joined."""

from collections.abc import Mapping
from typing import Any

from db.errors import BadEvent
from timeline.exchange.field_names import DATES
from timeline.imports.columns.date_text import UNKNOWN_PARTS, date_text

_SEPARATORS = {"title": " ", "summary": " ", "note": " ", "id": "-"}


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
    return date_text(field, parts)[0]


def unused_columns(field: str, row: Mapping[str, Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that say something which a date of several columns cannot use, such as a day without month."""
    if len(columns) < 2:
        return ()
    parts = [_text(field, row.get(column)) for column in columns]
    _, used = date_text(field, parts)
    return tuple(
        column
        for column, part in zip(columns[used:], parts[used:], strict=True)
        if part.removesuffix(".0") not in UNKNOWN_PARTS
    )


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
