"""Check values before they are stored: what the database or JSON cannot represent is reported by name."""

import math
import re
from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 50
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def unsound(value: Any, depth: int = 0) -> str | None:
    """Return why a text, number, list or mapping cannot be stored, such as "holds a NUL character"; None if it can."""
    if isinstance(value, str):
        match = _UNSTORABLE.search(value)
        if match is None:
            return None
        return "holds a NUL character" if match[0] == "\x00" else "holds half of a surrogate pair"
    if isinstance(value, int):
        # -2**63 would fit, but the parser of our own exports takes it for too small.
        return None if -(2**63) < value < 2**63 else "holds a whole number of more than 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else "holds a number that is not finite"
    if not isinstance(value, Mapping | list | tuple):
        return None
    if depth > MAX_DEPTH:
        return f"is nested more than {MAX_DEPTH} deep"
    parts = (part for pair in value.items() for part in pair) if isinstance(value, Mapping) else value
    return next(filter(None, (unsound(part, depth + 1) for part in parts)), None)
