"""A row: what a reader found in a file for one event, before any of it is understood."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

Note = Callable[[str], None]
DEEPEST = 50
_UNSOUND = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it stands in a file.

    `unit` and `number` say where ("line" 12, "feature" 3), `name` what it calls itself. `points` are
    (lon, lat) as written, unchecked. A row of a `table` has the columns of all other rows; a `feature` has
    its own; an `own` row is in Dateline's own shape, with structured places, figures, sources and data.
    A row with a `problem` cannot be used.
    """

    unit: str
    number: int
    columns: Mapping[str, Any]
    points: tuple[tuple[Any, Any], ...] = ()
    kind: Literal["table", "feature", "own"] = "table"
    problem: str | None = None
    name: str | None = None

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
        return None if -(2**63) <= value < 2**63 else "holds a whole number of more than 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else "holds a number that is not finite"
    if not isinstance(value, Mapping | list | tuple):
        return None
    if depth > DEEPEST:
        return f"is nested more than {DEEPEST} deep"
    parts = (part for pair in value.items() for part in pair) if isinstance(value, Mapping) else value
    return next(filter(None, (unsound(part, depth + 1) for part in parts)), None)
