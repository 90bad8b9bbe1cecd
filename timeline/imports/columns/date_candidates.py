"""The columns that may be dates of the event, by what their names say and by the kind of their values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from timeline.exchange.date_names import DateName, date_name
from timeline.imports.columns.assignment import Assignment
from timeline.imports.columns.date_values import DateKind, date_kind, has_days_only, is_year, texts_of
from timeline.imports.columns.value_tests import share
from timeline.written_dates.lexicon import is_ongoing

DATED: tuple[DateKind, ...] = ("day", "date", "number")
_MIN_SHARE_OF_PARTS = 0.5  # of the values that are months, days or times of day

OtherWords = frozenset[str]  # the words of a name besides those of dates


@dataclass(frozen=True)
class DateColumn:
    """A free column: its name, what it says, and some of its values."""

    name: str
    says: DateName
    values: list[str]

    @cached_property
    def kind(self) -> DateKind:
        if self.says.side not in ("end", "latest"):
            return date_kind(self.values)
        dates = [text for text in texts_of(self.values) if not is_ongoing(text)]
        return date_kind(dates) if dates or not texts_of(self.values) else "date"

    @property
    def is_of_event(self) -> bool:
        return self.says.owner in ("", "event")


class DateColumns:
    """The free columns of an assignment."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.all = [_column(assignment, name) for name in assignment.free()]

    def of_event(self) -> Iterator[DateColumn]:
        """Yield the columns that may be dates of the event; those of the record and of a person are left out."""
        return (column for column in self.all if column.says.owner not in ("record", "person"))


def _column(assignment: Assignment, name: str) -> DateColumn:
    return DateColumn(name, date_name(name), list(assignment.samples[name]))


def sides_by_owner(columns: DateColumns, side: str, *, of_event: bool) -> dict[OtherWords, list[DateColumn]]:
    """Return the dated columns of a side by the other words of their names."""
    by_owner: dict[OtherWords, list[DateColumn]] = {}
    for column in columns.of_event():
        says = column.says
        if says.side != side or column.is_of_event != of_event or says.part == "month":
            continue
        if column.kind in DATED or (column.kind == "year" and _may_be_side(column)):
            by_owner.setdefault(says.rest, []).append(column)
    return by_owner


def _may_be_side(column: DateColumn) -> bool:
    """Return whether the years of a column may be one end of a span.

    Numbers without a word for a date are years only if all of them have four digits; a column of years has months too.
    """
    if column.says.part or column.says.side in ("earliest", "latest"):
        return column.says.part != "year"
    return all(len(text) == len("1850") for text in texts_of(column.values) if is_year(text))


def years_by_owner(columns: DateColumns) -> dict[tuple[str, OtherWords], list[DateColumn]]:
    """Return the columns of years by the side and the other words of their names."""
    groups: dict[tuple[str, OtherWords], list[DateColumn]] = {}
    for column in columns.of_event():
        if column.says.part == "year" and column.kind == "year":
            groups.setdefault((column.says.side, column.says.rest), []).append(column)
    return groups


def mostly(texts: list[str], test: Callable[[str], bool]) -> bool:
    """Return whether most texts pass a test; true for none, since an empty column of days says "unknown"."""
    return not texts or share(texts, test) >= _MIN_SHARE_OF_PARTS


def is_dated_without_name(column: DateColumn) -> bool:
    """Return whether the name of a column says nothing about dates, and its values are days."""
    return not column.says.part and not column.says.side and has_days_only(column.values)
