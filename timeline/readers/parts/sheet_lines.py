"""Turn the rows of a sheet into the lines of a table: cells as texts, merged cells carried down, errors as problems.

The readers of all kinds of workbooks share this module.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from timeline.exchange.checks import storage_problem
from timeline.exchange.row import LeftOutNote, Note, Row
from timeline.readers.parts.header_row import Line, table

_MIDNIGHT = time()
_MIN_YEAR_OF_ISO = 1000  # isoformat writes earlier years with four digits, strftime does not
_NOT_AVAILABLE = "#N/A"
_ERRORS = frozenset(("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))


@dataclass(slots=True)
class SheetFindings:
    """What a sheet has besides values; rows count from 1, columns from 0.

    `formulas` maps a row to its first cell whose formula has no result. `merged` maps a first row to the pairs
    (column, last row) that are merged downwards from it. `hidden` is the number of hidden rows, and `comments` that of
    comments on cells. `errors` maps a row to an error that is known by the type of its cell, not by its text.
    """

    formulas: dict[int, str] = field(default_factory=dict)
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    hidden: int = 0
    comments: int = 0


def sheet_table(rows: Iterable[tuple[int, list[Any]]], findings: SheetFindings, note: Note) -> Iterator[Row]:
    """Yield the events of a sheet whose rows (number, values) are given, and note how many cells are #N/A."""
    empty = Counter[str]()
    yield from table(sheet_lines(rows, findings, empty), note)[1]
    if empty:
        cells = "cell" if empty.total() == 1 else "cells"
        note(LeftOutNote(f"has {empty.total():,} {cells} with #N/A, read as empty", empty.total()))


def note_findings(findings: SheetFindings, note: Note) -> None:
    """Note hidden rows, merged cells and comments, if there are any."""
    if findings.hidden:
        rows = "row, which is" if findings.hidden == 1 else "rows, which are"
        note(f"has {findings.hidden:,} hidden {rows} imported like the others")
    if findings.merged:
        note("has cells merged over several rows; each of these rows receives the value of the merged cell")
    if findings.comments:
        comments = "1 comment" if findings.comments == 1 else f"{findings.comments:,} comments"
        note(f"has {comments} on cells, not imported; to import them, write them into a column")


def sheet_lines(
    rows: Iterable[tuple[int, list[Any]]],
    findings: SheetFindings | None = None,
    empty: Counter[str] | None = None,
) -> Iterator[Line]:
    """Yield the lines that have a value; `empty` counts the cells with #N/A, which are read as empty."""
    findings = findings or SheetFindings()
    carried: dict[int, tuple[int, str]] = {}
    for number, values in rows:
        texts = [cell_text(value) for value in values]
        if _NOT_AVAILABLE in texts and empty is not None:
            empty[_NOT_AVAILABLE] += texts.count(_NOT_AVAILABLE)
            texts = ["" if text == _NOT_AVAILABLE else text for text in texts]
        if number in findings.merged or carried:
            _carry(number, texts, findings, carried)
        while texts and not texts[-1]:
            texts.pop()
        if texts or number in findings.formulas:
            yield Line(number, texts or [""], _problem(number, texts, findings))


def _carry(
    number: int, texts: list[str], findings: SheetFindings, open_merges: dict[int, tuple[int, str]]
) -> None:
    """Copy the text of merged cells into `texts`; `open_merges` maps a column to its last merged row and the text."""
    for column, (last, text) in list(open_merges.items()):
        if number > last:
            del open_merges[column]
        else:
            texts += [""] * (column + 1 - len(texts))
            texts[column] = texts[column] or text
    for column, last in findings.merged.get(number, ()):
        if column < len(texts) and texts[column]:
            open_merges[column] = last, texts[column]


def _problem(number: int, texts: list[str], findings: SheetFindings) -> str | None:
    if number in findings.formulas:
        return (
            f"has a formula without a saved result (cell {findings.formulas[number]}); "
            "open the file in Excel or LibreOffice and save it"
        )
    if number in findings.errors:
        return f"has the error {findings.errors[number]}; correct its formula, or clear the cell"
    if not _ERRORS.isdisjoint(texts):
        excel_error = next(filter(_ERRORS.__contains__, texts))
        return f"has the Excel error {excel_error}; correct its formula, or clear the cell"
    return next(filter(None, map(storage_problem, texts)), None)


def cell_text(value: Any) -> str:
    """Return a cell as text; a date is YYYY-MM-DD, with the time of day unless that is midnight."""
    if type(value) is str:  # as most cells
        return value
    if value is None:
        return ""
    if isinstance(value, datetime):
        if value.year < _MIN_YEAR_OF_ISO:
            return f"{value:%Y-%m-%d}" if value.time() == _MIDNIGHT else f"{value:%Y-%m-%dT%H:%M:%S}"
        text = value.isoformat(timespec="seconds")  # in a third of the time
        return text[:10] if value.time() == _MIDNIGHT else text[:19]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
