"""The row: what a reader returns for one event of a file, before the importer interprets it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

Note = Callable[[str], None]  # receives a sentence about the file that the user should see


@dataclass(frozen=True, slots=True)
class Row:
    """One event of a file.

    `unit` and `number` are its position ("line" 12, "feature" 3), `name` is the name that it has in the file. `points`
    are unchecked pairs (lon, lat); `radius_km` is the reach of a shape around its point. A row of kind "table" has the
    same columns as all other rows, a "feature" has its own, and "own" is Dateline's format, with structured places,
    figures, sources and data. A row with a `problem` cannot be imported.
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
        """The position of the row in the file: `line 12`, `entry 3 (hasselt-2020)`."""
        return f"{self.unit} {self.number}" + (f" ({self.name})" if self.name else "")


Reader = Callable[[BinaryIO, Note], Iterator[Row]]
