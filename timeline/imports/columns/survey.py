"""Read a file before anything is imported: its columns, samples of their values, and the evidence of its dates."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.errors import BadDate
from timeline.errors import BadFile
from timeline.exchange.field_names import DATE_GROUPS, DATES
from timeline.exchange.name_lists import listed
from timeline.imports.columns.advice import advice
from timeline.imports.columns.exclusive_ends import EndEvidence
from timeline.imports.columns.plan import Plan, planned
from timeline.imports.columns.row_sample import RowSample
from timeline.imports.columns.swapped_columns import SwapCheck, text_or_empty
from timeline.places.swapped_axes import AxisCheck
from timeline.readers import Row
from timeline.written_dates import Evidence, FirstDays, Form, Order, Years

_ROWS_BEFORE_PLAN = 1_000  # later rows change the plan only if they have columns of their own
_MIN_ROWS_FOR_EMPTY_COLUMN = 5
_MAX_CHARACTERS_SAMPLED = 1_000  # of a value
_MAX_VALUES_SAMPLED = 200  # of a column
_MAX_COLUMNS_SAMPLED = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The number of rows of a file, the plan for its columns, and warnings (field, message) about its dates.

    `samples` are some values of each column, `sample` some rows that are not in Dateline's own
    shape; `has_native` is true if others are.
    """

    rows: int
    plan: Plan
    date_warnings: tuple[tuple[str, str], ...] = ()
    samples: Mapping[str, Sequence[str]] | None = None
    sample: RowSample | None = None
    has_native: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOptions:
    """The options of the import that a survey needs; see `timeline.imports.options.Options`.

    `axes` compares points with the names of their places; `is_category` returns whether a text is a category,
    `is_area` whether it may be a state.
    `has_title` is true if a template makes the titles of rows without one.
    """

    columns: Mapping[str, str]
    values: Mapping[str, str]
    overrides: Mapping[str, str]
    key: tuple[str, ...] = ()
    dates: Order | None = None
    years: Years | None = None
    first_days: FirstDays | None = None
    country: str | None = None
    axes: AxisCheck | None = None
    has_title: bool = False
    is_category: Callable[[str], bool] = lambda label: False
    is_area: Callable[[str], bool] = lambda text: True


class _Samples:
    """The first values of each column, and the kinds of rows that were read."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.rows = 0
        self.has_table = self.has_native = False
        self._is_full = False  # whether the columns of a table have enough values
        self._full: set[str] = set()  # the columns that have enough values

    def add(self, row: Row) -> bool:
        """Count a row and sample its values; return whether the plan has to consider it."""
        self.rows += 1
        self.has_native = self.has_native or row.kind == "own"
        if row.kind == "own" or row.problem:
            return False
        self.has_table = self.has_table or row.kind == "table"
        is_full = self._is_full if row.kind == "table" else self._full.issuperset(row.columns)
        if not is_full:
            self._is_full = self._sample(row.columns)
        return True

    def _sample(self, columns: Mapping[str, Any]) -> bool:
        """Store the values of a row, and return whether all of its columns have enough."""
        is_full = True
        for name, value in columns.items():
            if name in self._full:
                continue
            values = self.values.get(name)
            if values is None and len(self.values) < _MAX_COLUMNS_SAMPLED:
                values = self.values[name] = []
            if values is not None and len(values) < _MAX_VALUES_SAMPLED:
                is_full = False
                if value not in (None, ""):
                    values.append(str(value)[:_MAX_CHARACTERS_SAMPLED])
            else:
                self._full.add(name)
        return is_full


class _PlanEvidence:
    """What the rows show under a plan: the order of dates in each field, and whether coordinates are swapped."""

    def __init__(self, plan: Plan, options: SurveyOptions) -> None:
        self.plan = plan
        self.options = options
        self.dates = {field: Evidence() for field in plan.columns if field in DATES}
        self.ends = EndEvidence(plan.ends)
        self.swaps = SwapCheck(options.country, options.axes)
        self.sample = RowSample(plan)
        self.has_coordinates = "lat" in plan.columns and "lon" in plan.columns
        self.has_spans = {"start", "end"} <= self.dates.keys()

    def add(self, row: Row) -> None:
        """Consider a row."""
        self.sample.add(row)
        for field, evidence in self.dates.items():
            evidence.add(text_or_empty(field, row.columns, self.plan))
        if self.has_spans:
            start, end = (text_or_empty(field, row.columns, self.plan) for field in ("start", "end"))
            self.ends.add(start, end, row)
        if self.has_coordinates and not row.points:
            self.swaps.add(row.columns, self.plan)

    def warnings(self, forms: Mapping[str, Form]) -> Iterator[tuple[str, str]]:
        """Yield each field of dates with a warning about its column."""
        for field, evidence in self.dates.items():
            columns = self.plan.columns[field]
            ends = self.ends.messages() if field == "end" else ()
            for message in (*evidence.messages(forms[field]), *ends):
                yield field, message if columns == (field,) else f"column {', '.join(columns)!r}: {message}"

    def forms(self) -> dict[str, Form]:
        """Return how each field writes dates; raise BadFile if its values contradict each other or the options."""
        order, iso_years = self.options.dates, self.options.years == "iso"
        forms = {}
        for field in (name for name in DATES if name in self.dates):
            columns = self.plan.columns[field]
            try:
                form = self.dates[field].decide(order, columns[0], iso_years=iso_years)
                forms[field] = replace(form, first_days=self.options.first_days)
            except BadDate as error:
                raise BadFile(f"column {', '.join(columns)!r}: {error}") from None
        return _both_in_years(forms, self.dates)


def _both_in_years(forms: dict[str, Form], evidence: Mapping[str, Evidence]) -> dict[str, Form]:
    """Return the forms with years in both columns of a pair if one of them has years: 1 and 5 next to 200 and 350."""
    for fields in DATE_GROUPS:
        if any(field in forms and forms[field].numbers == "year" for field in fields):
            years = {field: form for field, form in forms.items() if field in fields and form.numbers is None}
            forms |= {
                field: replace(form, numbers="year")
                for field, form in years.items()
                if evidence[field].may_be_years()
            }
    return forms


def surveyed(rows: Callable[[], Iterable[Row]], options: SurveyOptions) -> Survey:
    """Return the survey of a file; `rows` reads it from the start.

    The file is read once, and a second time if late rows have columns that change the plan. Raises BadFile for a
    problem that would reject every row, with the options that solve it.
    """
    samples = _Samples()
    evidence: _PlanEvidence | None = None
    first: list[Row] = []
    for row in rows():
        if not samples.add(row):
            continue
        if evidence:
            evidence.add(row)
            continue
        first.append(row)
        if len(first) == _ROWS_BEFORE_PLAN:
            evidence = _considered(first, _planned(samples, options), options)
    if not first:
        return Survey(rows=samples.rows, plan=Plan({}, values=options.values, overrides=options.overrides))
    plan = _planned(samples, options)
    if not samples.has_native:
        _check(plan, samples.values, first, options)
    if evidence is None:
        evidence = _considered(first, plan, options)
    elif evidence.plan.columns != plan.columns:
        evidence = _considered(rows(), plan, options)
    evidence.swaps.check(plan)
    forms = evidence.forms()
    return Survey(
        rows=samples.rows,
        plan=replace(plan, forms=forms, ends=evidence.ends.decided()),
        date_warnings=tuple(evidence.warnings(forms)),
        samples=samples.values,
        sample=evidence.sample,
        has_native=samples.has_native,
    )


def _considered(rows: Iterable[Row], plan: Plan, options: SurveyOptions) -> _PlanEvidence:
    evidence = _PlanEvidence(plan, options)
    for row in rows:
        if row.kind != "own" and not row.problem:
            evidence.add(row)
    return evidence


def _planned(samples: _Samples, options: SurveyOptions) -> Plan:
    """Return the plan for the columns so far; raise BadFile if a table lacks a column that the options name."""
    mapped = options.columns
    if samples.has_table:
        for column in options.key:
            if column not in samples.values:
                raise BadFile(f"has no column {column!r}; its columns are {listed(samples.values)}")
    else:
        mapped = {
            name: field
            for name, field in mapped.items()
            if name in samples.values or all(part.strip() in samples.values for part in name.split(","))
        }
    return planned(
        samples.values, mapped, options.values, options.is_category, options.overrides, options.is_area
    )


def _check(
    plan: Plan, samples: Mapping[str, list[str]], first: Sequence[Row], options: SurveyOptions
) -> None:
    """Raise BadFile, with options that help, if no row has a title or category, or most rows have none."""
    required = ("category",) if options.has_title else ("title", "category")
    given = {**plan.values, **plan.overrides}
    missing = [field for field in required if field not in plan.columns and field not in given]
    why = f"has no column {' and none '.join(map(repr, missing))}"
    for field in () if missing else required:
        columns = plan.columns.get(field, ())
        if not columns or field in options.columns.values() or field in given:
            continue
        empty = sum(not any(row.columns.get(name) for name in columns) for row in first)
        if empty * 2 > len(first) >= _MIN_ROWS_FOR_EMPTY_COLUMN:
            missing = [field]
            why = (
                f"has no {field} in most rows: "
                f"column {columns[0]!r} is empty in {empty:,} of the first {len(first):,}"
            )
            samples = {name: values for name, values in samples.items() if name not in columns}
            break
    if missing:
        raise BadFile(f"{why}; {advice(missing, samples, plan)}. Its columns are {listed(samples)}")
