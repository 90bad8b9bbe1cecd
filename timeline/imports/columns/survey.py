"""Look a file through before anything of it is taken: its columns, what they hold, what its dates prove."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.errors import BadDate
from timeline.errors import BadFile
from timeline.exchange.field_names import DATES
from timeline.imports.columns.advice import advice
from timeline.imports.columns.plan import Plan, planned
from timeline.imports.columns.swapped_columns import SwapCheck, text_or_blank
from timeline.places.swapped_axes import AxisCheck
from timeline.readers import Row
from timeline.written_dates import Evidence, Form, Order

_FIRST = 1_000  # rows after which the columns are known, unless later ones have others
_SOME = 5  # rows that show whether a column is mostly empty
_LONG = 1_000  # characters of a value that are looked at
_SAMPLE = 200  # values of each column
_MOST_COLUMNS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is known of a file: how many rows it has, the plan for its columns, and what is odd in its dates.

    `odd` holds the field, and what to say of its column.
    """

    rows: int
    plan: Plan
    date_warnings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOptions:
    """What the user said of a file: columns mapped to fields, values for all rows, the order of dates, a country."""

    columns: Mapping[str, str]
    values: Mapping[str, str]
    key: tuple[str, ...] = ()
    dates: Order | None = None
    country: str | None = None
    axes: AxisCheck | None = None
    is_category: Callable[[str], bool] = lambda label: False


def surveyed(rows: Callable[[], Iterable[Row]], options: SurveyOptions) -> Survey:
    """Read a file once, twice when late rows have columns of their own; raise BadFile with what must be said first."""
    samples: dict[str, list[str]] = {}
    plan, count, evidence, placed = None, 0, _evidence(), SwapCheck(options.country, options.axes)
    first: list[Row] = []
    table = own = False
    full = False  # whether a table's columns have all the samples that are wanted
    for row in rows():
        count += 1
        own = own or row.kind == "own"
        if row.kind == "own" or row.problem:
            continue
        table = table or row.kind == "table"
        if not (full and row.kind == "table"):
            full = _sample(samples, row.columns)
        if plan:
            _weigh(row, plan, evidence, placed)
            continue
        first.append(row)
        if len(first) == _FIRST:
            plan = _planned(samples, options, table=table)
            for one in first:
                _weigh(one, plan, evidence, placed)
    if not first:
        return Survey(rows=count, plan=Plan({}, (), options.values))
    whole = _planned(samples, options, table=table)
    if not own:
        _check(whole, samples, first, options)
    if plan is None or plan.columns != whole.columns:
        evidence, placed = _evidence(), SwapCheck(options.country, options.axes)
        for row in first if plan is None else rows():
            if row.kind != "own" and not row.problem:
                _weigh(row, whole, evidence, placed)
    placed.check(whole)
    odd = tuple(
        (one, said if given == (one,) else f"column {', '.join(given)!r}: {said}")
        for one, given in whole.columns.items()
        if one in DATES
        for said in evidence[one].warnings.messages()
    )
    return Survey(
        rows=count, plan=replace(whole, forms=_forms(whole, evidence, options.dates)), date_warnings=odd
    )


def _evidence() -> dict[str, Evidence]:
    return {one: Evidence() for one in DATES}


def _sample(samples: dict[str, list[str]], columns: Mapping[str, Any]) -> bool:
    """Keep the first values of each column, and tell whether no more are wanted of these columns."""
    full = True
    for name, value in columns.items():
        kept = samples.get(name)
        if kept is None and len(samples) < _MOST_COLUMNS:
            kept = samples[name] = []
        if kept is not None and len(kept) < _SAMPLE:
            full = False
            if value not in (None, ""):
                kept.append(str(value)[:_LONG])
    return full


def _planned(samples: Mapping[str, list[str]], options: SurveyOptions, *, table: bool) -> Plan:
    """Make the plan, and say at once what every row of a table would be rejected for."""
    names = ", ".join(map(repr, samples))
    for column in options.key if table else ():
        if column not in samples:
            raise BadFile(f"has no column {column!r}; its columns are {names}")
    here = options.columns if table else {
        left: one for left, one in options.columns.items()
        if left in samples or all(part.strip() in samples for part in left.split(","))
    }  # fmt: skip
    return planned(samples, here, options.values, options.is_category)


def _check(
    plan: Plan, samples: Mapping[str, list[str]], first: Sequence[Row], options: SurveyOptions
) -> None:
    """Say once, and with options that would do, what no row has."""
    lacks = [one for one in ("title", "category") if one not in plan.columns and one not in plan.values]
    why = f"has no column {' and none '.join(map(repr, lacks))}"
    for one in () if lacks else ("title", "category"):
        given = plan.columns.get(one, ())
        blank = sum(not any(row.columns.get(name) for name in given) for row in first)
        if given and one not in options.columns.values() and blank * 2 > len(first) >= _SOME:
            lacks = [one]
            why = f"has no {one} in most rows: column {given[0]!r} is empty in {blank:,} of the first {len(first):,}"
            samples = {name: values for name, values in samples.items() if name not in given}
            break
    if lacks:
        names = ", ".join(map(repr, samples))
        raise BadFile(f"{why}; {advice(lacks, samples, plan)}. Its columns are {names}")


def _weigh(row: Row, plan: Plan, evidence: Mapping[str, Evidence], placed: SwapCheck) -> None:
    for one in DATES:
        if one in plan.columns:
            evidence[one].add(text_or_blank(one, row.columns, plan))
    if "lat" in plan.columns and "lon" in plan.columns and not row.points:
        placed.add(row.columns, plan)


def _forms(plan: Plan, evidence: Mapping[str, Evidence], order: Order | None) -> dict[str, Form]:
    forms = {}
    for one in DATES:
        if one in plan.columns:
            try:
                name = plan.columns[one][0] if len(plan.columns[one]) == 1 else ""
                forms[one] = evidence[one].decide(order, name)
            except BadDate as error:
                raise BadFile(f"column {', '.join(plan.columns[one])!r}: {error}") from None
    return forms
