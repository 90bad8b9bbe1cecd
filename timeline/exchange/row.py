"""A row: what a reader found in a file for one event, before any of it is understood."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from db.errors import BadEvent

Note = Callable[[str], None]
DEEPEST = 50
DATES = ("date", "start", "end")
_JOINT = {"title": " ", "summary": " ", "note": " ", "id": "-"}
_BLANK = frozenset({"", "0", "00", "-9", "-99"})  # what tables write for an unknown month or day
_UNSOUND = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it stands in a file.

    `unit` and `number` say where ("line" 12, "feature" 3), `name` what it calls itself. `points` are (lon, lat) as
    written, unchecked; `radius_km` says how far a shape reaches around its one point. A row of a `table` has the
    columns of all other rows; a `feature` has its own; an `own` row is in Dateline's own shape, with structured
    places, figures, sources and data.
    A row with a `problem` cannot be used.
    """

    unit: str
    number: int
    columns: Mapping[str, Any]
    points: tuple[tuple[Any, Any], ...] = ()
    kind: Literal["table", "feature", "own"] = "table"
    problem: str | None = None
    name: str | None = None
    radius_km: float = 0.0

    @property
    def at(self) -> str:
        """Say where the row stands: `line 12`, `entry 3 (hasselt-2020)`."""
        return f"{self.unit} {self.number}" + (f" ({self.name})" if self.name else "")


Reader = Callable[[BinaryIO, Note], Iterator[Row]]


def unsound(value: Any, depth: int = 0) -> str | None:
    """Say what makes a text, number, list or mapping impossible to store; None when nothing does."""
    if isinstance(value, str):
        found = _UNSOUND.search(value)
        if found is None:
            return None
        return "holds a NUL character" if found[0] == "\x00" else "holds half of a surrogate pair"
    if isinstance(value, int):
        # -2**63 would fit, but the parser of our own exports takes it for too small.
        return None if -(2**63) < value < 2**63 else "holds a whole number of more than 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else "holds a number that is not finite"
    if not isinstance(value, Mapping | list | tuple):
        return None
    if depth > DEEPEST:
        return f"is nested more than {DEEPEST} deep"
    parts = (part for pair in value.items() for part in pair) if isinstance(value, Mapping) else value
    return next(filter(None, (unsound(part, depth + 1) for part in parts)), None)


def joined(name: str, columns: Mapping[str, Any], given: tuple[str, ...]) -> str:
    """Make one text of the columns of a field, empty ones left out; raise BadEvent for what is no text."""
    if len(given) == 1:
        value = columns.get(given[0])
        if given[0] not in columns and (inner := [one for one in columns if one.startswith(f"{given[0]}.")]):
            raise BadEvent(name, f"is an object, with {', '.join(inner)}; expected a text")
        return value.strip() if type(value) is str else _text(name, value)
    parts = [_text(name, columns.get(column)) for column in given]
    if name not in DATES:
        return _JOINT.get(name, ", ").join(filter(None, parts))
    parts = [part.removesuffix(".0") for part in parts]  # what a table of floats makes of whole numbers
    if re.fullmatch(r"\d{6}", parts[0]):
        parts[:1] = [parts[0][:4], parts[0][4:]]
    if not re.fullmatch(r"\d{4}", parts[0]):
        return " ".join(filter(None, parts))
    # Year, month, day: from the first unknown one on, nothing is known.
    known = next((number for number, part in enumerate(parts) if part in _BLANK), len(parts))
    if known > 1 and parts[1].isdigit() and int(parts[1]) > 12:
        raise BadEvent(
            name, f"{parts[1]!r} is no month; expected 1 to 12, a name, or nothing for unknown"
        )  # EDTF would take 21 for spring
    return "-".join(part.zfill(2) for part in parts[:known])


def _text(name: str, value: Any) -> str:
    """Read a field's value as text, without the space around it; '' for nothing."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        raise BadEvent(name, f"{value!r} is neither a text nor a number")
    if isinstance(value, list):
        if name != "tags" or not all(isinstance(tag, str) for tag in value):
            raise BadEvent(name, f"{value!r} is a list; expected a text")
        return ", ".join(value)
    return str(value)
