"""Count the cells of a file by where they end: in a field, in `data`, in a rejected row, or left out and reported.

A cell is a value of a table below its header row, a member of a JSON object, or a property of a calendar entry, if it
is not empty. Every cell is counted once. One that a field and `data` both have is in the field.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from timeline.exchange.row import Row, is_empty
from timeline.imports.drafts.row_cells import RowCells

_MAX_CHARACTERS_QUOTED = 40


@dataclass(slots=True)
class CellCounts:
    """How many cells an import has read, and where they ended: the other counts add up to `read`."""

    read: int = 0
    in_fields: int = 0
    in_data: int = 0
    left_out: int = 0
    in_rejected_rows: int = 0
    # Which columns of the last row are those of fields: all rows of a table have the same ones.
    _fields: Collection[str] = ()
    _are_fields: list[bool] = field(default_factory=list)

    def add_event(
        self, row: Row, data: Mapping[str, Any], columns_of_fields: Collection[str], cells: RowCells
    ) -> None:
        """Count the cells of a row that became an event with this `data`."""
        if row.kind != "own" and not (cells.left_out or cells.only_in_data or row.parts):
            self._add_plain(row, data, columns_of_fields)
            return
        read = in_fields = row.cells_beside
        parts, left_out, only_in_data = row.parts, cells.left_out, cells.only_in_data
        for name, value in row.columns.items():
            # Most values are texts: a call for each cell of a file would slow its import.
            if ((not value or value.isspace()) if type(value) is str else is_empty(value)) or name in parts:
                continue
            read += 1
            if name in left_out:
                self.left_out += 1
            elif name in columns_of_fields and name not in only_in_data:
                in_fields += 1
            elif name in data or name in only_in_data:
                self.in_data += 1
        self.read += read
        self.in_fields += in_fields

    def _add_plain(self, row: Row, data: Mapping[str, Any], columns_of_fields: Collection[str]) -> None:
        """Count the cells of a row whose cells are all in fields or in `data`, in fewer steps."""
        if self._fields is not columns_of_fields or len(self._are_fields) != len(row.columns):
            self._fields = columns_of_fields
            self._are_fields = [name in columns_of_fields for name in row.columns]
        are_filled = [
            bool(value) and not value.isspace() if type(value) is str else not is_empty(value)
            for value in row.columns.values()
        ]
        self.read += row.cells_beside + sum(are_filled)
        self.in_fields += row.cells_beside + sum(compress(are_filled, self._are_fields))
        for name in data:
            if name not in columns_of_fields and not is_empty(row.columns.get(name)):
                self.in_data += 1

    def add_rejected(self, row: Row) -> None:
        """Count the cells of a rejected row."""
        self.read += row.cells
        self.in_rejected_rows += row.cells

    def add_left_out(self, cells: int) -> None:
        """Count cells that a line of the report says were left out."""
        self.read += cells
        self.left_out += cells

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {
            "read": self.read,
            "in_fields": self.in_fields,
            "in_data": self.in_data,
            "left_out": self.left_out,
            "in_rejected_rows": self.in_rejected_rows,
        }

    def __str__(self) -> str:
        return (
            f"{self.read:,} read: {self.in_fields:,} in fields, {self.in_data:,} in data, "
            f"{self.left_out:,} left out, {self.in_rejected_rows:,} in rejected rows"
        )


@dataclass(slots=True)
class _CellGroup:
    count: int
    at: str
    value: str


@dataclass(slots=True)
class LeftOutCells:
    """Cells of events that were left out: their number by column and reason, with the first of each."""

    groups: dict[tuple[str, str], _CellGroup] = field(default_factory=dict)

    def add(self, row: Row, cells: RowCells) -> None:
        """Count the cells of a row."""
        for column, reason in cells.left_out.items():
            if not reason:
                continue
            group = self.groups.get((column, reason))
            if group:
                group.count += 1
            else:
                value = str(row.columns.get(column))[:_MAX_CHARACTERS_QUOTED]
                self.groups[column, reason] = _CellGroup(1, row.at, value)

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Yield column, first value and message of each group."""
        for (column, reason), group in self.groups.items():
            number = "1 cell" if group.count == 1 else f"{group.count:,} cells"
            message = (
                f"{number} of the column {column!r} left out: {reason}, first {group.value!r} in {group.at}"
            )
            yield column, group.value, message
