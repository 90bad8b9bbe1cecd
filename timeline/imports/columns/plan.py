"""The plan of an import: which columns make which field, by the user's mapping, by name and by content."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property

from timeline.errors import BadFile
from timeline.exchange.field_names import DATE_GROUPS, DATES, FORM, FORM_MARKS, NAMES, VENUES, possible_keys
from timeline.exchange.name_lists import listed
from timeline.imports.columns.area_columns import assign_qualified_areas, assign_second_area
from timeline.imports.columns.assignment import Assignment
from timeline.imports.columns.category_column import assign_category
from timeline.imports.columns.composite_fields import (
    assign_coordinates,
    assign_street,
    projected_columns,
)
from timeline.imports.columns.date_columns import assign_dates, unclear_dates
from timeline.imports.columns.exclusive_ends import ExclusiveEnds, exclusive_ends
from timeline.imports.columns.value_tests import fits
from timeline.written_dates import Form

FIELDS = (
    "id", "title", "summary", "category", "date", "start", "end", "earliest", "latest", "place", "city", "admin1",
    "admin2", "country", "lat", "lon", "tags", "source_title", "source_url", "note", "verification",
)  # fmt: skip
# Tables use these names for other values: codes as "country", coordinates as "place", yes and no as "verification".
_FIELDS_TESTED = frozenset(("country", "place", "city", "admin1", "admin2", "verification"))
_MAX_CHARACTERS_QUOTED = 40
_STRUCTURES = ("{'", "[{")  # how an object or a list of objects is sampled


@dataclass(frozen=True)
class Plan:
    """The columns of each field; `data` are the columns that go into `data`.

    `values` are given to rows without a value of the field, `overrides` to every row. `forms` say how the columns of a
    date field write dates, and `ends` which ends are exclusive; `unused` are sentences about columns with the name of a
    field that were not used for it.
    """

    columns: Mapping[str, tuple[str, ...]]
    data: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    ends: ExclusiveEnds = field(default_factory=ExclusiveEnds)

    def within(self, names: Iterable[str]) -> "Plan":
        """Return the plan for a row that has only these columns.

        A column stays if the row has it as an object (`place.name` for `place`), so that the row is rejected for it.
        """
        names = tuple(names)
        present = {*names, *(name[:at] for name in names for at, sign in enumerate(name) if sign == ".")}
        narrowed = {
            field_name: tuple(name for name in columns if name in present)
            for field_name, columns in self.columns.items()
        }
        columns = {field_name: columns for field_name, columns in narrowed.items() if columns}
        used = {name for columns in columns.values() for name in columns}
        data = tuple(name for name in names if name not in used)
        return Plan(columns, data, self.values, self.forms, overrides=self.overrides, ends=self.ends)

    @cached_property
    def fields_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return the fields of each column that has one."""
        columns = {name for names in self.columns.values() for name in names}
        return {
            name: tuple(field_name for field_name, names in self.columns.items() if name in names)
            for name in columns
        }

    @cached_property
    def dates_of_columns(self) -> Mapping[str, tuple[str, ...]]:
        """Return the fields of dates that are made of several columns, with these."""
        return {field: names for field, names in self.columns.items() if field in DATES and len(names) > 1}

    def without(self, fields: Iterable[str]) -> "Plan":
        """Return the plan without some fields; their columns go into `data`."""
        dropped = set(fields)
        columns = {name: names for name, names in self.columns.items() if name not in dropped}
        used = {name for names in columns.values() for name in names}
        free = (
            name for field_name in self.columns if field_name in dropped for name in self.columns[field_name]
        )
        data = dict.fromkeys((*self.data, *(name for name in free if name not in used)))
        return replace(
            self,
            columns=columns,
            data=tuple(data),
            values={name: value for name, value in self.values.items() if name not in dropped},
        )

    @cached_property
    def has_venues(self) -> bool:
        """Return whether the places are those of a column that is called like a venue."""
        columns = self.columns.get("place", ())
        return bool(columns) and all(VENUES & set(possible_keys(name)) for name in columns)

    @property
    def is_trivial(self) -> bool:
        """Return whether every column has the name of its field."""
        return not self.data and all(columns == (name,) for name, columns in self.columns.items())

    def lines(self) -> list[str]:
        """Return the plan as text, a line for each field."""
        lines = [
            f"{name} ← {', '.join(self.columns[name])}{_form(self.forms.get(name))}"
            for name in FIELDS
            if name in self.columns
        ]
        lines += [
            f"{name} = {value}{', where it is empty' if name in self.columns else ''}"
            for name, value in self.values.items()
            if name not in self.overrides
        ]
        lines += [f"{name} = {value}" for name, value in self.overrides.items()]
        lines += [f"data ← {listed(self.data, quoted=False)}"] if self.data else []
        return lines + [f"not used: {sentence}" for sentence in self.unused]


def _form(form: Form | None) -> str:
    if form is None:
        return ""
    if form.numbers:
        return {"serial": " (Excel's days since 1900)", "year": " (years)"}.get(
            form.numbers, f" ({form.numbers} since 1970, UTC)"
        )
    return f" ({form.order})" if form.order else ""


def planned(
    samples: Mapping[str, Sequence[str]],
    mapped: Mapping[str, str],
    values: Mapping[str, str],
    is_category: Callable[[str], bool] = lambda label: False,
    overrides: Mapping[str, str] | None = None,
    is_area: Callable[[str], bool] = lambda text: True,
) -> Plan:
    """Return the plan for columns: as mapped, then by the field's own name, then by other names and by values.

    `samples` are some values of each column; `values` and `overrides` are those of `Plan`; `is_category` returns
    whether a text is a category of the vocabulary, `is_area` whether it may be a state. Raises BadFile if a mapped
    column is missing.
    """
    overrides = overrides or {}
    columns = _mapped(samples, mapped)
    # A column that is one part of a title may be another field as well.
    assigned = {
        name
        for field_name, names in columns.items()
        if field_name != "title" or len(names) == 1
        for name in names
    }
    excluded = _form_columns(samples)
    assignment = Assignment(samples, overrides, is_category, columns, assigned, excluded, is_area=is_area)
    assignment.mapped = frozenset(columns)
    _assign_own_names(assignment)
    _assign_other_names(assignment)
    if "category" not in values:
        assign_category(assignment)
    _assign_own_names(assignment, empty=True)
    assign_coordinates(assignment)
    assign_qualified_areas(assignment)
    assign_second_area(assignment)
    assign_dates(assignment)
    assign_street(assignment)
    used = {name for names in assignment.columns.values() for name in names}
    data = tuple(name for name in samples if name not in used)
    columns = {name: names for name, names in assignment.columns.items() if name not in overrides}
    ends = exclusive_ends(samples, columns)
    return Plan(columns, data, values, unused=_unused(assignment, data), overrides=overrides, ends=ends)


def _assign_own_names(assignment: Assignment, *, empty: bool = False) -> None:
    """Assign each field the column of its own name: those with values, or with `empty` those without."""
    for column in sorted(assignment.free(), key=lambda name: name not in FIELDS):
        name = column.strip().lower()
        if name not in FIELDS or assignment.has(name):
            continue
        if empty == any(map(str.strip, assignment.samples[column])):
            continue
        if empty or name not in _FIELDS_TESTED or assignment.fits(name, column):
            assignment.assign(name, column)


def _assign_other_names(assignment: Assignment) -> None:
    """Assign each field the best column that has one of its other names, and values that fit."""
    for field_name, names in NAMES.items():
        fields = assignment.columns.keys() | assignment.overrides.keys()
        if assignment.has(field_name) or field_name in _conflicting_dates(fields):
            continue
        named = assignment.free_named([field_name, *names.split()])
        fitting = [column for column in named if assignment.fits(field_name, column)]
        if field_name == "category":
            fitting.sort(key=assignment.unknown_categories)
        if fitting:
            assignment.assign(field_name, fitting[0])
            assignment.alternatives[field_name] = fitting[1:]


def _form_columns(samples: Iterable[str]) -> frozenset[str]:
    """Return the columns in which an app for forms (KoboToolbox, ODK) writes when the form was filled in."""
    names = set(samples)
    return frozenset(names & set(FORM)) if names & FORM_MARKS else frozenset()


def _unused(assignment: Assignment, data: Sequence[str]) -> tuple[str, ...]:
    """Describe columns whose name matches a field without a column, but whose values ruled them out."""
    sentences = [
        f"{column}, which is called like {field_name} but holds values such as {value[:_MAX_CHARACTERS_QUOTED]!r}"
        for field_name, column, value in _mismatches(assignment, data)
    ]
    if form_columns := assignment.excluded & set(data):
        sentences.append(f"{', '.join(sorted(form_columns))}, which say when the form was filled in")
    if not assignment.has("lat", "lon") and (metres := projected_columns(assignment)):
        sentences.append(
            f"{', '.join(metres)}, which are metres of a projection; QGIS or ogr2ogr convert them to degrees"
        )
    if others := assignment.alternatives.get("category"):
        chosen = assignment.columns["category"][0]
        option = shlex.quote(f"{others[0]}=category")
        sentences.append(
            f"{', '.join(others)}, which could be the category too; {chosen} has the commoner name: --map {option}"
        )
    for column in unclear_dates(assignment):
        option = shlex.quote(f"{column}=date")
        sentences.append(f"{column}, which may be the date of something else; if not: --map {option}")
    return tuple(sentences)


def _mismatches(assignment: Assignment, data: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    """Yield field, column and a value of each column that has a name of a field without a column."""
    has_date = assignment.has(*DATES)
    for field_name in (*DATES, "lat", "lon", "admin1", "country", "verification"):
        if assignment.has(field_name) or (field_name in DATES and has_date):
            continue
        names = {field_name, *NAMES.get(field_name, "").split()}
        for column in data:
            # The names first: to test values for countries, the names of all languages are read, which takes 0.4 s.
            if column in assignment.excluded or names.isdisjoint(possible_keys(column)):
                continue
            values = list(filter(str.strip, assignment.samples[column]))
            value = next((value for value in values if not fits(field_name, [value])), "".join(values[:1]))
            if value and not value.startswith(
                _STRUCTURES
            ):  # an object, whose reader says what it could not read
                yield field_name, column, value


def _mapped(samples: Mapping[str, object], mapped: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each mapped field; a name with commas is one column of that name, or several columns."""
    columns: dict[str, tuple[str, ...]] = {}
    for name, field_name in mapped.items():
        parts = (name,) if name in samples else tuple(part.strip() for part in name.split(","))
        for part in parts:
            if part not in samples:
                raise BadFile(f"has no column {part!r}; its columns are {listed(samples)}")
        columns[field_name] = parts
    return columns


def _conflicting_dates(fields: Set[str]) -> Set[str]:
    """Return the date fields that an event with these fields cannot have."""
    chosen = next((group for group in DATE_GROUPS if fields & set(group)), ())
    return set(DATES) - set(chosen) if chosen else set()
