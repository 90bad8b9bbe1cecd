"""What becomes of the cells of one row that no field takes: they go into `data`, or are left out with a reason."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import structs

from db.errors import BadEvent
from db.events.draft import Draft
from timeline.exchange.row import Row

WarnWithColumn = Callable[[str, str, str, str], None]  # field, value, message, label of the column
UNKNOWN = "it says that the value is unknown"


class RowCells:
    """Records the cells of a row that their field does not take; `warn` is called for what is wrong.

    `columns` are those of each field. `only_in_data` are columns of fields whose values are in `data` instead, and
    `left_out` maps a column to the reason why its value is in no field and not in `data`, "" if a warning has said it.
    """

    __slots__ = ("_warn", "columns", "left_out", "only_in_data")

    def __init__(self, columns: Mapping[str, tuple[str, ...]], warn: WarnWithColumn) -> None:
        self.columns = columns
        self._warn = warn
        self.only_in_data: set[str] = set()
        self.left_out: dict[str, str] = {}

    def label(self, field: str) -> str:
        """Return a field with its columns, "" if its only column has the same name."""
        columns = self.columns.get(field, (field,))
        return f"{field} (column {', '.join(map(repr, columns))})" if columns != (field,) else ""

    def warn(self, field: str, value: str, message: str) -> None:
        """Warn of the value of a field."""
        self._warn(field, value, message, self.label(field))

    def put_in_data(self, field: str) -> None:
        """Record that the cells of a field go into `data`."""
        if field in self.columns:
            self.only_in_data.update(self.columns[field])

    def put_columns_in_data(self, columns: Iterable[str]) -> None:
        """Record that the cells of some columns of a field go into `data`, whatever becomes of its other columns."""
        for column in columns:
            self.only_in_data.add(column)
            self.left_out.pop(column, None)

    def leave_out(self, field: str, reason: str) -> None:
        """Record that the cells of a field are left out."""
        self.left_out.update(dict.fromkeys(self.columns.get(field, ()), reason))

    def refuse(self, field: str, value: str, error: BadEvent) -> None:
        """Warn that an optional field cannot have its value, which goes into `data`; without a column, raise `error`.

        Only the options of the import give a field a value without a column: a wrong one would be so in every row.
        """
        if field not in self.columns:
            raise error
        # A row may be read again, without a date or place.
        if not self.only_in_data.issuperset(self.columns[field]):
            self.warn(field, value, f"{error.message}; the value goes to data")
        self.put_in_data(field)


def with_data_of_cells(draft: Draft, row: Row, cells: RowCells) -> Draft:
    """Return a draft whose `data` has every cell that no field takes, those found since the draft was made included."""
    if not cells.only_in_data:
        return draft
    more = {
        name: row.columns[name]
        for name in row.columns
        if name in cells.only_in_data and name not in draft.data and name not in cells.left_out
    }
    more = {name: value for name, value in more.items() if value is not None and value != ""}
    return structs.replace(draft, data={**draft.data, **more}) if more else draft
