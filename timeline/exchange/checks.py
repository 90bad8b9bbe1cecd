"""Find values that the database or JSON cannot store."""

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

MAX_DEPTH = 50
MAX_COLUMNS = 16_384  # of a table or of one object, as in Excel
MAX_NAME_CHARACTERS = 1_000  # of a column
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def names_problem(names: Collection[str]) -> str | None:
    """Return why these names of columns cannot be used, such as "has 20,000 columns …"; None if they can."""
    if len(names) > MAX_COLUMNS:
        return f"has {len(names):,} columns; expected at most {MAX_COLUMNS:,}"
    longest = max(map(len, names), default=0)
    if longest > MAX_NAME_CHARACTERS:
        return f"has a column name of {longest:,} characters; expected at most {MAX_NAME_CHARACTERS:,}"
    return None


def storage_problem(value: Any, depth: int = 0) -> str | None:
    """Return why a value cannot be stored, such as "contains a NUL character"; None if it can be stored."""
    if isinstance(value, str):
        match = _UNSTORABLE.search(value)
        if match is None:
            return None
        return "contains a NUL character" if match[0] == "\x00" else "contains half of a surrogate pair"
    if isinstance(value, int):
        # -2**63 would fit, but the JSON parser of imports refuses it.
        return None if -(2**63) < value < 2**63 else "contains a whole number of more than 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else "contains a number that is not finite"
    if not isinstance(value, Mapping | list | tuple):
        return None
    if depth > MAX_DEPTH:
        return f"is nested more than {MAX_DEPTH} levels deep"
    parts = (part for pair in value.items() for part in pair) if isinstance(value, Mapping) else value
    return next(filter(None, (storage_problem(part, depth + 1) for part in parts)), None)
