"""Find values that the database or JSON cannot store."""

import re
from collections.abc import Collection, Mapping
from math import isfinite
from typing import Any

MAX_DEPTH = 50
MAX_COLUMNS = 16_384  # of a table or of one object, as in Excel
MAX_NAME_CHARACTERS = 1_000  # of a column
MAX_SHAPE_BYTES = 50_000  # of a line or area that is stored in data; of a larger one only the bounding box is
LARGE_NUMBER = "contains a whole number of more than 64 bits"
# A dictionary first: the test for any mapping takes five times as long.
_OBJECTS = (dict, Mapping)
_CONTAINERS = (dict, list, tuple, Mapping)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def names_problem(names: Collection[str]) -> str | None:
    """Return why these names of columns cannot be used, such as "has 20,000 columns …"; None if they can."""
    if len(names) > MAX_COLUMNS:
        return f"has {len(names):,} columns; expected at most {MAX_COLUMNS:,}"
    longest = max(map(len, names), default=0)
    if longest > MAX_NAME_CHARACTERS:
        return f"has a column name of {longest:,} characters; expected at most {MAX_NAME_CHARACTERS:,}"
    return None


def is_large_number(value: Any) -> bool:
    """Return whether a value is a whole number of more than 64 bits."""
    # -2**63 would fit, but the JSON parser of imports refuses it.
    return isinstance(value, int) and not -(2**63) < value < 2**63


def storage_problem(value: Any, depth: int = 0) -> str | None:
    """Return why a value cannot be stored, such as "contains a NUL character"; None if it can be stored."""
    if isinstance(value, str):
        match = _UNSTORABLE.search(value)
        if match is None:
            return None
        return "contains a NUL character" if match[0] == "\x00" else "contains half of a surrogate pair"
    if isinstance(value, int):
        return LARGE_NUMBER if is_large_number(value) else None
    if isinstance(value, float):
        return None if isfinite(value) else "contains a number that is not finite"
    if not isinstance(value, _CONTAINERS):
        return None
    if depth > MAX_DEPTH:
        return f"is nested more than {MAX_DEPTH} levels deep"
    parts = (*value, *value.values()) if isinstance(value, _OBJECTS) else value
    for part in parts:
        # Most parts are plain texts and numbers: a call for each would take a tenth of an import of GeoJSON.
        kind = type(part)
        if kind is str:
            is_plain = part.isascii() and "\x00" not in part
        else:
            is_plain = part is None or (kind is float and isfinite(part))
        if not is_plain and (problem := storage_problem(part, depth + 1)):
            return problem
    return None
