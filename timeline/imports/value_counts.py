"""Count the values of dates, coordinates and categories in the rows of a file, and those that cannot be read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from db.errors import BadEvent
from timeline.exchange.field_names import DATES
from timeline.imports.category_lookup import CategoryLookup
from timeline.imports.columns.field_text import joined
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.row_sample import CHECKED_FIELDS
from timeline.imports.drafts import lenient
from timeline.imports.drafts.row_cells import RowCells
from timeline.imports.options import Options
from timeline.readers import Row

MIN_VALUES = 20  # of a column, before a share of unreadable ones stops the import
MAX_SHARE_UNREADABLE = 0.1
_MIN_VALUES_ALL_UNREADABLE = 3
_SAMPLING_ERROR = 0.03  # more than four standard deviations of the share in 2,000 rows
_MAX_VALUES_COUNTED = 5_000  # different ones
_MAX_CHARACTERS_COUNTED = 60


@dataclass(slots=True)
class ValueCounts:
    """The number of values of a field, those that cannot be read, and the reason of the first.

    `may_stop_small_files` is true if a file of three values must not be imported when none of them can be read.
    """

    may_stop_small_files: bool = True
    count: int = 0
    bad: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)
    reason: str = ""

    def add(self, text: str, reason: str) -> None:
        """Count a value that cannot be read."""
        self.bad += 1
        self.reason = self.reason or reason
        text = text[:_MAX_CHARACTERS_COUNTED]
        if text in self.unreadable or len(self.unreadable) < _MAX_VALUES_COUNTED:
            self.unreadable[text] += 1

    @property
    def stops_import(self) -> bool:
        """Return whether so many values cannot be read that the file needs an answer."""
        many = self.count >= MIN_VALUES and self.bad > self.count * MAX_SHARE_UNREADABLE
        return many or (self.bad == self.count >= _MIN_VALUES_ALL_UNREADABLE and self.may_stop_small_files)

    @property
    def is_close(self) -> bool:
        """Return whether the share is so near the limit that a sample does not decide it."""
        return abs(self.bad - self.count * MAX_SHARE_UNREADABLE) <= self.count * _SAMPLING_ERROR


def count_values(
    rows: Iterable[Row], plan: Plan, options: Options, categories: CategoryLookup
) -> dict[str, ValueCounts]:
    """Count the values of each checked field, and those for which the row would be rejected."""
    checked = {name: columns for name, columns in plan.columns.items() if name in CHECKED_FIELDS}
    overrides = {**plan.overrides, "title": "-", "category": "-"}
    base = Plan(checked, values=plan.values, forms=plan.forms, overrides=overrides)
    counts = {name: ValueCounts() for name in (*DATES, "lat")}
    # Each unknown category has its own line in the report, which is enough for a small file.
    counts["category"] = ValueCounts(may_stop_small_files=False)
    columns = {name: columns_of(name, plan) for name in counts}
    plans: dict[tuple[str, ...], Plan] = {}
    for row in rows:
        names = tuple(row.columns)
        if names not in plans:
            plans[names] = replace(base.within(names), data=())
        narrowed = plans[names]
        for name in (*DATES, "lat"):
            counts[name].count += _has_value(row, columns[name]) or (name == "lat" and bool(row.points))
        try:
            cells = RowCells(narrowed.columns, _no_warning)
            lenient.draft(row, narrowed, cells, undated=options.undated, unplaced=options.unplaced)
        except BadEvent as error:
            name = "lat" if error.field in lenient.COORDINATES else error.field
            if name in counts:
                counts[name].add(_value(error.field, row, narrowed), error.message)
        _count_category(counts["category"], row, plan, categories)
    return counts


def columns_of(name: str, plan: Plan) -> tuple[str, ...]:
    """Return the columns of a checked field; those of both coordinates for `lat`."""
    fields = lenient.COORDINATES if name == "lat" else (name,)
    columns = [column for field_name in fields for column in plan.columns.get(field_name, ())]
    return tuple(dict.fromkeys(columns))


def _has_value(row: Row, columns: Iterable[str]) -> bool:
    return any(row.columns.get(column) not in (None, "") for column in columns)


def _value(name: str, row: Row, plan: Plan) -> str:
    columns = plan.columns.get(name, ())
    values = [str(row.columns[column]) for column in columns if row.columns.get(column) is not None]
    return ", ".join(values) or ", ".join(map(str, row.points[0] if row.points else ()))


def _no_warning(field_name: str, value: str, message: str, column: str) -> None:
    """Ignore what the import itself will warn of."""


def _count_category(values: ValueCounts, row: Row, plan: Plan, categories: CategoryLookup) -> None:
    if "category" not in plan.columns or "category" in plan.overrides:
        return
    try:
        text = joined("category", row.columns, plan.columns["category"])
    except BadEvent:
        return
    values.count += bool(text)
    if text and not categories.has(text):
        values.add(text, "")
