"""What SQLite is taught for filters: case and accent folding of CQL2, and how a pin stands to a shape."""

import unicodedata
from collections.abc import Callable
from typing import Any

from db.query.shapes import stands
from geo.sphere import distance_km


def casei(text: str | None) -> str | None:
    """Fold the case of a text (CQL2 1.0, 7.2: Unicode full case folding); None stays None."""
    return None if text is None else text.casefold()


def accenti(text: str | None) -> str | None:
    """Take the accents off a text (CQL2 1.0, 7.3); None stays None."""
    if text is None:
        return None
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if not unicodedata.combining(sign)))


def glob(pattern: str) -> str:
    r"""Turn a pattern of CQL2 (`%`, `_`, `\` before either) into SQLite's GLOB.

    LIKE must mind case (OGC 21-065r2, 7.1), and SQLite's own does not.
    """
    made, signs = [], iter(pattern)
    for sign in signs:
        if sign == "\\":
            sign = next(signs, "\\")
        elif sign in "%_":
            made.append("*" if sign == "%" else "?")
            continue
        made.append(f"[{sign}]" if sign in "*?[" else sign)
    return "".join(made)


# name, number of arguments, function; all are deterministic.
FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("distance_km", 4, distance_km),
    ("casei", 1, casei),
    ("accenti", 1, accenti),
    ("stands", 4, stands),
)
