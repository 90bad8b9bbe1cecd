"""Values of optional fields of a structured row: a wrong one goes into `data`, and does not reject the row."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from db.errors import BadEvent
from timeline.imports.drafts.row_cells import RowCells

_MAX_CHARACTERS_QUOTED = 200
_OptionalResult = TypeVar("_OptionalResult")


class OptionalValues:
    """Reads the optional values of one row; without `cells`, as for a request, a wrong value raises BadEvent."""

    def __init__(self, cells: RowCells | None) -> None:
        self.cells = cells
        self.refused: dict[str, list[Any]] = {}

    def read(
        self, field: str, value: Any, read: Callable[[], _OptionalResult], default: _OptionalResult
    ) -> _OptionalResult:
        """Return what `read` returns; if it raises BadEvent, warn of the value and return `default`."""
        try:
            return read()
        except BadEvent as error:
            if self.cells is None:
                raise
            self.cells.warn(
                error.field, str(value)[:_MAX_CHARACTERS_QUOTED], f"{error.message}; the value goes to data"
            )
            self.refused.setdefault(field, []).append(value)
            return default

    def each(
        self, field: str, values: list[Any], read: Callable[[Any], _OptionalResult]
    ) -> tuple[_OptionalResult, ...]:
        """Return what `read` returns for each value, without the wrong ones."""
        results = (self.read(field, value, lambda value=value: read(value), None) for value in values)  # type: ignore[misc]
        return tuple(result for result in results if result is not None)

    def unknown(self, field: str, value: Mapping[str, Any], names: frozenset[str]) -> None:
        """Put the members of an object that no field has into `data`, with a warning."""
        others = {name: member for name, member in value.items() if name not in names}
        if others and self.cells:
            listed = ", ".join(map(repr, others))[:_MAX_CHARACTERS_QUOTED]
            self.cells.warn(field, listed, f"has members that events do not have: {listed}; they go to data")
            self.refused.setdefault(field, []).append(others)

    def with_refused(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return `data` with the values that fields could not take, under their fields' names."""
        if not self.refused:
            return data
        completed = dict(data)
        for field, values in self.refused.items():
            name = field
            while name in completed:
                name += "_"
            completed[name] = values[0] if len(values) == 1 else values
        return completed
