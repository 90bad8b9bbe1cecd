"""Check a file as a whole before anything is written, and ask instead of importing it without its dates or places.

A file is not imported if no row gets a date or a place although a column looks like one, or if many values of a
column that rows need cannot be read. The question names the columns, some values, and the options that answer it.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from timeline.errors import OpenQuestion
from timeline.exchange.field_names import DATES
from timeline.imports.category_lookup import CategoryLookup
from timeline.imports.columns.lookalikes import (
    are_lists,
    date_columns,
    is_readable_date,
    place_columns,
    place_field,
)
from timeline.imports.columns.survey import Survey
from timeline.imports.options import Options
from timeline.imports.value_counts import ValueCounts, columns_of, count_values
from timeline.readers import Row

_PLACE_FIELDS = ("place", "city", "admin1", "country", "lat", "lon")
_MAX_VALUES_QUOTED = 3
_MAX_CATEGORIES_QUOTED = 10
_MAX_CHARACTERS_QUOTED = 60
_MAX_COLUMNS_QUOTED = 5
# What is wrong with the values of a field, and the answer beside --allow-rejects.
_DATES_ANSWER = ("cannot be read as dates", "import these events undated with --undated")
_ANSWERS = {
    **dict.fromkeys(DATES, _DATES_ANSWER),
    "lat": ("cannot be read as coordinates", "import these events without coordinates with --unplaced"),
    "category": (
        "are not categories",
        "add them with --create-categories, give all rows one category with --override category=raid",
    ),
}
_OPTION = re.compile(r"--[a-z-]+(?: [a-z]+=[a-z]+)?")
_LOOKS = {"date": ("like a date", "undated"), "place": ("like a place", "unplaced")}


def missing_fields(survey: Survey, options: Options) -> Iterator[str]:
    """Yield a sentence for each of date and place that no row has, and that no column looks like.

    Raises OpenQuestion if a column does.
    """
    if not survey.sample or not survey.sample.rows or survey.samples is None or survey.has_native:
        return
    questions = []
    for name, fields, allowed in (
        ("date", DATES, options.undated),
        ("place", _PLACE_FIELDS, options.unplaced),
    ):
        if allowed or _has_any(survey, fields):
            continue
        columns = (date_columns if name == "date" else place_columns)(survey.samples, survey.plan)
        if columns:
            questions.append(_missing_question(name, columns, survey.rows))
        else:
            yield f"no row has a {name}, and no column looks like one; the events are {_LOOKS[name][1]}"
    if questions:
        raise _joined(questions)


def _has_any(survey: Survey, fields: Sequence[str]) -> bool:
    """Return whether some row has a value in one of the fields, or all rows are given one."""
    plan, samples = survey.plan, survey.samples or {}
    if any(name in plan.values or name in plan.overrides for name in fields):
        return True
    if survey.sample and (survey.sample.has_points if "lat" in fields else survey.sample.has_dates):
        return True
    columns = (column for name in fields for column in plan.columns.get(name, ()))
    return any(map(str.strip, chain(*(samples.get(column, ()) for column in columns))))


def _missing_question(name: str, columns: Mapping[str, Sequence[str]], rows: int) -> OpenQuestion:
    looks, state = _LOOKS[name]
    quoted = list(columns)[:_MAX_COLUMNS_QUOTED]
    values = tuple(columns[column][0][:_MAX_CHARACTERS_QUOTED] for column in quoted)
    described = " and ".join(
        f"{column!r} (such as {value!r})" for column, value in zip(quoted, values, strict=True)
    )
    options = [option for column in quoted if (option := _map_option(name, column, columns[column]))]
    options.append(f"--{state}")
    verb = "looks" if len(columns) == 1 else "look"
    why = f"has {rows:,} rows, and none gets a {name}, although {described} {verb} {looks}"
    if len(options) > 1:
        answer = f"read it with {' or '.join(options[:-1])}"
    else:
        answer = "its values cannot be read: correct the file"
    message = f"{why}; {answer}, or import the events {state} with --{state}"
    return OpenQuestion(message, tuple(quoted), values, tuple(options))


def _map_option(name: str, column: str, values: Sequence[str]) -> str | None:
    target = place_field(column, values)
    if name == "date" and are_lists(values):
        return f"--each {shlex.quote(column)}"
    if name == "date":
        target = "date" if is_readable_date(values) else None
    return f"--map {shlex.quote(f'{column}={target}')}" if target else None


def check_readable(
    survey: Survey, rows: Callable[[], Iterable[Row]], options: Options, categories: CategoryLookup
) -> None:
    """Raise OpenQuestion if too many values of dates, coordinates or categories cannot be read.

    `rows` reads the file from the start; that is necessary if a sample of its rows leaves the answer open.
    """
    sample = survey.sample
    if options.allow_rejects or not sample:
        return
    counts = count_values(sample.rows, survey.plan, options, categories)
    sampled = len(sample.rows) if sample.seen > len(sample.rows) else None
    if sampled and any(values.count and values.is_close for values in counts.values()):
        narrowed = (sample.narrowed(row) for row in rows() if row.kind != "own" and not row.problem)
        counts, sampled = count_values(narrowed, survey.plan, options, categories), None
    questions = [
        _unreadable_question(name, values, columns_of(name, survey.plan) or (name,), sampled)
        for name, values in counts.items()
        if values.stops_import
    ]
    if questions:
        raise _joined(questions)


def _unreadable_question(
    name: str, values: ValueCounts, columns: Sequence[str], sampled: int | None
) -> OpenQuestion:
    """Return the question about the column of a field with too many values that cannot be read."""
    kind, extra = _ANSWERS[name]
    heading = " and ".join(map(repr, columns))
    column = f"the column{'s' if len(columns) > 1 else ''} {heading}"
    scope = f" of the {sampled:,} rows that were looked at" if sampled else ""
    most = _MAX_CATEGORIES_QUOTED if name == "category" else _MAX_VALUES_QUOTED
    quoted = values.unreadable.most_common(most)
    examples = ", ".join(f"{text!r}{f' ({count:,})' if count > 1 else ''}" for text, count in quoted)
    more = len(values.unreadable) - len(quoted)
    examples += f" and {more:,} other{'s' if more > 1 else ''}" if more else ""
    why = f" ({values.reason})" if values.reason else ""
    has_others = values.bad < values.count
    answers = [
        "correct the file",
        extra,
        *(["import the other rows with --allow-rejects"] if has_others else []),
    ]
    message = (
        f"has {values.bad:,} of {values.count:,} values{scope} in {column} that {kind}: {examples}{why}; "
        f"{', '.join(answers[:-1])}, or {answers[-1]}"
    )
    options = (*_OPTION.findall(extra), *(["--allow-rejects"] if has_others else []))
    return OpenQuestion(message, tuple(columns), tuple(text for text, _ in quoted), options)


def _joined(questions: Sequence[OpenQuestion]) -> OpenQuestion:
    """Return several questions as one."""
    return OpenQuestion(
        "; and it ".join(map(str, questions)),
        tuple(column for question in questions for column in question.columns),
        tuple(value for question in questions for value in question.values),
        tuple(dict.fromkeys(option for question in questions for option in question.options)),
    )
