"""Excel workbooks as newsrooms receive them: several sheets, merged cells, formulas, errors, two header rows."""

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
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

HEADER = ["title", "category", "date", "place"]


def row(title: Any = "a") -> list[Any]:
    return [title, "raid", date(2021, 5, 3), "Gent"]


def workbook(
    *rows: list[Any], edit: Callable[[Workbook, Any], object] = lambda book, sheet: None, **sheets: Any
) -> bytes:
    """Return a workbook with `rows` on the sheet "Sheet" and further sheets by name, changed by `edit`."""
    book, out = Workbook(), io.BytesIO()
    for name, lines in {"Sheet": rows, **sheets}.items():
        sheet: Any = book[name] if name in book.sheetnames else book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    edit(book, book["Sheet"])
    book.save(out)
    return out.getvalue()


def take(store: Store, data: bytes) -> Report:
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=Options(publish=True))
    return importer.import_stream("a.xlsx", io.BytesIO(data))


def titles(store: Store) -> list[str]:
    return sorted(json.loads(feature)["properties"]["title"] for feature in store.snapshot(Filter())[1])


def test_the_sheet_with_the_table_is_read_and_named_in_a_warning(store: Store) -> None:
    notes = (["Notes on this data"], ["Source: police"])
    report = take(store, workbook(*notes, Events=[HEADER, row()], Codes=[["Code", "Meaning"], ["1", "raid"]]))
    assert titles(store) == ["a"]
    messages = [remark.message for remark in report.warnings]
    assert "has its table on the sheet 'Events'; that sheet is read" in messages
    assert (
        "has another sheet, 'Codes', which is not read; to import it, save it as a separate file" in messages
    )


def test_two_sheets_of_events_are_refused_with_their_names(store: Store) -> None:
    with pytest.raises(BadFile, match="tables of events on the sheets 'Sheet' and '2021'; expected one"):
        take(store, workbook(HEADER, row(), **{"2021": [HEADER, row("b")]}))


def test_formulas_without_results_are_rejected_with_their_cell(store: Store) -> None:
    report = take(store, workbook([*HEADER, "n"], [*row(), "=1+1"], [*row("b"), 2]))
    assert titles(store) == ["b"]
    assert "a formula without a saved result (cell E2)" in report.rejected[0].message


def test_excel_errors_are_rejected_and_not_available_is_empty(store: Store) -> None:
    report = take(store, workbook(HEADER, row("#REF!"), [*row("b")[:3], "#N/A"]))
    assert titles(store) == ["b"]
    assert report.rejected[0].message == "has the Excel error #REF!; correct its formula, or clear the cell"
    assert [remark.message for remark in report.warnings] == ["has 1 cell with #N/A, read as empty"]


def test_each_row_receives_the_value_of_its_merged_cell(store: Store) -> None:
    def merge(book: Workbook, sheet: Any) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:B4")

    report = take(store, workbook(HEADER, row(), row(None), row("c"), edit=merge))
    assert (titles(store), report.rejected.total) == (["a", "c"], 0)
    assert "has cells merged over several rows" in report.warnings[0].message


def test_hidden_rows_are_imported_with_a_warning(store: Store) -> None:
    def hide(book: Workbook, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    report = take(store, workbook(HEADER, row(), row("b"), edit=hide))
    assert titles(store) == ["a", "b"]
    assert report.warnings[0].message == "has 1 hidden row, which is imported like the others"


def test_two_header_rows_are_joined(store: Store) -> None:
    groups = ["What", None, "When", None, "Where"]
    assert take(
        store, workbook(groups, ["title", "category", "start", "end", "place"], [*row()[:3], None, "Gent"])
    ).created
    halves = ["title", "category", "Place", None], [None, None, "city", "country"]
    assert take(store, workbook(*halves, ["b", "raid", "Gent", "Belgium"])).created == 1
    assert titles(store) == ["a", "b"]


def test_dates_counted_from_1904_are_read_with_a_warning_about_plain_numbers(store: Store) -> None:
    def mac(book: Workbook, sheet: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    report = take(store, workbook(HEADER, row(), edit=mac))
    (feature,) = store.snapshot(Filter())[1]
    assert json.loads(feature)["properties"]["date"] == "2021-05-03"
    assert "counts days from 1904" in report.warnings[0].message


def test_the_carriage_returns_that_excel_escapes_are_removed(store: Store) -> None:
    take(store, workbook(HEADER, row("a_x000D_")))
    assert titles(store) == ["a"]


def test_formatted_empty_cells_far_below_the_table_are_not_rows(store: Store) -> None:
    def far(book: Workbook, sheet: Any) -> None:
        sheet.cell(row=1_000_000, column=16_000).number_format = "0"

    assert take(store, workbook(HEADER, row(), edit=far)).rows == 1
