"""A row: what a reader found in a file for one event, before any of it is understood."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

Note = Callable[[str], None]


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
