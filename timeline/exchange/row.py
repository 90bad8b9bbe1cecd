"""The row: what a reader returns for one event of a file, before the importer interprets it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Literal

from msgspec import Struct

_SIZED = (str, list, dict)
_SCALARS = frozenset((str, int, float, bool, type(None)))

Note = Callable[[str], None]  # receives a sentence about the file that the user should see


class LeftOutNote(str):
    """A sentence for `Note` about cells of the file that are in no row, and the number of these cells."""

    __slots__ = ("cells",)
    cells: int

    def __new__(cls, sentence: str, cells: int) -> "LeftOutNote":
        """Return the sentence with its number of cells."""
        note = super().__new__(cls, sentence)
        note.cells = cells
        return note


def is_empty(value: Any) -> bool:
    """Return whether a value is that of an empty cell: nothing, a text of spaces, an empty list or object."""
    if type(value) is str:
        return not value or value.isspace()
    return value is None or (isinstance(value, _SIZED) and not value)


def has_only_scalars(members: Mapping[str, Any]) -> bool:
    """Return whether no value of JSON in `members` is a list or an object; takes no step in Python for each value."""
    return _SCALARS.issuperset(map(type, members.values()))


class Row(Struct, frozen=True):
    """One event of a file.

    `unit` and `number` are its position ("line" 12, "feature" 3), `name` is the name that it has in the file. `points`
    are unchecked pairs (lon, lat); `radius_km` is the reach of a shape around its point. `when` is the date (EDTF) that
    a Feature has beside its properties; columns of dates then go to `data`. A row of kind "table" has the same columns
    as all other rows, a "feature" has its own, and "own" is Dateline's format, with structured places, figures, sources
    and data. A row with a `problem` cannot be imported. `cells_beside` is the number of cells of the file that are not
    in `columns`, such as a point, or a column of our own table that repeats another one; `parts` are columns that are a
    part of another one's cell, such as the time of day of a start.

    An import creates two for each event: msgspec.Struct does that in a tenth of a dataclass's time.
    """

    unit: str
    number: int
    columns: Mapping[str, Any]
    points: tuple[tuple[Any, Any], ...] = ()
    kind: Literal["table", "feature", "own"] = "table"
    problem: str | None = None
    name: str | None = None
    radius_km: float = 0.0
    when: str = ""
    cells_beside: int = 0
    parts: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        """The number of cells of the file in this row: its columns that are not empty, and those beside them."""
        filled = sum(not is_empty(value) for value in self.columns.values())
        return self.cells_beside + filled - sum(not is_empty(self.columns.get(name)) for name in self.parts)

    @property
    def at(self) -> str:
        """The position of the row in the file: `line 12`, `entry 3 (hasselt-2020)`."""
        return f"{self.unit} {self.number}" + (f" ({self.name})" if self.name else "")


Reader = Callable[[BinaryIO, Note], Iterator[Row]]
