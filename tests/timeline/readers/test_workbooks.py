"""Workbooks of Excel as newsrooms get them: several sheets, merged cells, formulas, errors, two lines of headings."""

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.importer import Ingest
from timeline.imports.options import Options
from timeline.imports.report import Report

HEADINGS = ["title", "category", "date", "place"]


def row(title: Any = "a") -> list[Any]:
    return [title, "raid", date(2021, 5, 3), "Gent"]


def workbook(
    *rows: list[Any], then: Callable[[Workbook, Any], object] = lambda book, sheet: None, **more: Any
) -> bytes:
    """Write rows to a first sheet, called Sheet, and those of `more` to sheets of their names."""
    book, out = Workbook(), io.BytesIO()
    for name, lines in {"Sheet": rows, **more}.items():
        sheet: Any = book[name] if name in book.sheetnames else book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    then(book, book["Sheet"])
    book.save(out)
    return out.getvalue()


def take(store: Store, data: bytes) -> Report:
    ingest = Ingest(store=store, locate=lambda text, country: [], options=Options(publish=True))
    return ingest.stream("a.xlsx", io.BytesIO(data))


def titles(store: Store) -> list[str]:
    return sorted(json.loads(one)["properties"]["title"] for one in store.snapshot(Filter())[1])


def test_the_sheet_with_the_table_is_chosen_and_told(store: Store) -> None:
    notes = (["Notes on this data"], ["Source: police"])
    report = take(
        store, workbook(*notes, Events=[HEADINGS, row()], Codes=[["Code", "Meaning"], ["1", "raid"]])
    )
    assert titles(store) == ["a"]
    told = [remark.message for remark in report.warnings]
    assert "has its table on the sheet 'Events', which is read" in told
    assert "has another sheet, 'Codes', which is left alone; save it as a file of its own" in told


def test_two_sheets_of_events_are_refused_with_their_names(store: Store) -> None:
    with pytest.raises(BadFile, match="tables of events on the sheets 'Sheet' and '2021'; save each"):
        take(store, workbook(HEADINGS, row(), **{"2021": [HEADINGS, row("b")]}))


def test_formulas_without_results_are_rejected_with_their_cell(store: Store) -> None:
    report = take(store, workbook([*HEADINGS, "n"], [*row(), "=1+1"], [*row("b"), 2]))
    assert titles(store) == ["b"]
    assert "a formula whose result was not saved (cell E2)" in report.rejected[0].message


def test_errors_of_formulas_are_rejected_and_not_available_is_empty(store: Store) -> None:
    report = take(store, workbook(HEADINGS, row("#REF!"), [*row("b")[:3], "#N/A"]))
    assert titles(store) == ["b"]
    assert report.rejected[0].message == "holds #REF!, an error of Excel; mend its formula"
    assert [remark.message for remark in report.warnings] == ["has 1 cell of #N/A, taken for empty"]


def test_merged_cells_hold_for_each_of_their_rows(store: Store) -> None:
    def merge(book: Workbook, sheet: Any) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:B4")

    report = take(store, workbook(HEADINGS, row(), row(None), row("c"), then=merge))
    assert (titles(store), report.rejected.total) == (["a", "c"], 0)
    assert "has cells merged over several rows" in report.warnings[0].message


def test_hidden_rows_come_in_and_are_told(store: Store) -> None:
    def hide(book: Workbook, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    report = take(store, workbook(HEADINGS, row(), row("b"), then=hide))
    assert titles(store) == ["a", "b"]
    assert report.warnings[0].message == "has 1 hidden row, which comes in like the others"


def test_headings_of_two_lines(store: Store) -> None:
    groups = ["What", None, "When", None, "Where"]
    assert take(
        store, workbook(groups, ["title", "category", "start", "end", "place"], [*row()[:3], None, "Gent"])
    ).created
    halves = ["title", "category", "Place", None], [None, None, "city", "country"]
    assert take(store, workbook(*halves, ["b", "raid", "Gent", "Belgium"])).created == 1
    assert titles(store) == ["a", "b"]


def test_days_since_1904_are_right_and_bare_numbers_warned_of(store: Store) -> None:
    def mac(book: Workbook, sheet: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    report = take(store, workbook(HEADINGS, row(), then=mac))
    (feature,) = store.snapshot(Filter())[1]
    assert json.loads(feature)["properties"]["date"] == "2021-05-03"
    assert "counts its days from 1904" in report.warnings[0].message


def test_carriage_returns_as_excel_writes_them_are_none(store: Store) -> None:
    take(store, workbook(HEADINGS, row("a_x000D_")))
    assert titles(store) == ["a"]


def test_formats_far_below_the_table_cost_nothing(store: Store) -> None:
    def far(book: Workbook, sheet: Any) -> None:
        sheet.cell(row=1_000_000, column=16_000).number_format = "0"

    assert take(store, workbook(HEADINGS, row(), then=far)).rows == 1
