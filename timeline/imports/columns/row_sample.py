"""An even sample of the rows of a file, with only the columns that decide whether a row is rejected."""

from collections.abc import Sequence
from random import Random

from timeline.exchange.field_names import DATES
from timeline.imports.columns.plan import Plan
from timeline.readers import Row

MAX_ROWS = 2_000  # a file with fewer rows is checked completely
CHECKED_FIELDS = (*DATES, "lat", "lon", "place", "city", "admin1", "country", "category")


class RowSample:
    """Every row of a file with at most MAX_ROWS rows, or that many at random; `seen` counts all rows;
    `has_points` and `has_dates` are true if some have coordinates or a date beside their columns.

    The same file has the same sample, so that the answer to an import does not change when it is repeated.
    """

    def __init__(self, plan: Plan) -> None:
        columns = [name for field in CHECKED_FIELDS for name in plan.columns.get(field, ())]
        self.columns: Sequence[str] = tuple(dict.fromkeys(columns))
        self.rows: list[Row] = []
        self.seen = 0
        self.has_points = self.has_dates = False
        self._random = Random(0)  # noqa: S311  # a sample, no secret

    def add(self, row: Row) -> None:
        """Count a row, and store it in place of another one if there are too many."""
        self.seen += 1
        self.has_points = self.has_points or bool(row.points)
        self.has_dates = self.has_dates or bool(row.when)
        if len(self.rows) < MAX_ROWS:
            self.rows.append(self.narrowed(row))
            return
        position = int(self._random.random() * self.seen)
        if position < MAX_ROWS:
            self.rows[position] = self.narrowed(row)

    def narrowed(self, row: Row) -> Row:
        """Return a row with only the columns of the checked fields."""
        present = row.columns
        if row.kind == "feature":
            # A field may be an object, whose members are columns such as `place.name`.
            columns = {name: present[name] for name in present if name.partition(".")[0] in self.columns}
        else:
            columns = {}
        columns |= {name: present[name] for name in self.columns if name in present}
        # Without dataclasses.replace, which takes as long as the rest of a row's check.
        return Row(
            row.unit,
            row.number,
            columns,
            row.points,
            row.kind,
            row.problem,
            row.name,
            row.radius_km,
            row.when,
        )
