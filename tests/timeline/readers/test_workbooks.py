"""Excel workbooks as newsrooms receive them: several sheets, merged cells, formulas, errors, two header rows."""

import io
import json
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.importer import Importer
from timeline.imports.mapping_file import ColumnMapping, read_mapping, write_mapping
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


def take(store: Store, data: bytes, sheet: str | None = None) -> Report:
    options = Options(publish=True, sheet=sheet)
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=options)
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
        "has other sheets, 'Sheet', 'Codes', which are not imported; to import such a sheet, choose it: --sheet Sheet"
        in messages
    )


def test_two_sheets_of_events_are_refused_with_their_names(store: Store) -> None:
    with pytest.raises(BadFile, match="tables of events on the sheets 'Sheet' and '2021'; expected one"):
        take(store, workbook(HEADER, row(), **{"2021": [HEADER, row("b")]}))


YEARS = {"2020": [HEADER, row("b")], "Maig 2021": [[*HEADER, "note"], [*row("c"), "x"]]}


@pytest.mark.parametrize(
    ("sheet", "title"), [("2020", "b"), ("2", "b"), ("Maig 2021", "c"), ("maig 2021 ", "c"), ("1", "a")]
)
def test_a_sheet_is_chosen_by_its_name_or_its_number(store: Store, sheet: str, title: str) -> None:
    report = take(store, workbook(HEADER, row(), **YEARS), sheet=sheet)
    assert titles(store) == [title]
    assert "has other sheets, " in report.warnings[0].message


def test_an_unknown_sheet_is_refused_with_those_that_exist(store: Store) -> None:
    with pytest.raises(
        BadFile, match="no sheet '2022'; expected one of its sheets 'Sheet', '2020', 'Maig 2021'"
    ):
        take(store, workbook(HEADER, row(), **YEARS), sheet="2022")


def test_sheets_with_about_the_same_columns_are_asked_about_and_each_proposed_option_works(
    store: Store,
) -> None:
    data = workbook(HEADER, row(), **YEARS)
    with pytest.raises(
        BadFile, match="tables of events on the sheets 'Sheet' and '2020' and 'Maig 2021'"
    ) as error:
        take(store, data)
    for name in re.findall(r"--sheet ('[^']+'|\S+)", str(error.value)):
        take(store, data, sheet=shlex.split(name)[0])
    assert titles(store) == ["a", "b", "c"]


def test_a_list_of_sources_is_not_taken_for_a_table_of_events(store: Store) -> None:
    sources = [["title", "url", "date"], ["The Times", "https://example.org", date(2021, 5, 3)]]
    take(store, workbook(HEADER, row(), Sources=sources))
    assert titles(store) == ["a"]


def test_a_hidden_sheet_is_imported_only_if_it_is_the_only_one_with_rows_and_a_warning_says_so(
    store: Store,
) -> None:
    def hide(book: Workbook, sheet: Any) -> None:
        sheet.sheet_state = "hidden"

    report = take(store, workbook(HEADER, row(), edit=hide, Cover=[[]]))
    assert titles(store) == ["a"]
    assert report.warnings[0].message == "has its table on the hidden sheet 'Sheet'; that sheet is read"
    take(store, workbook(HEADER, row("b"), edit=hide, Events=[HEADER, row("c")]))
    assert titles(store) == ["a", "c"]


def test_a_table_without_sheets_refuses_the_option(store: Store) -> None:
    options = Options(sheet="2021")
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=options)
    with pytest.raises(BadFile, match="is CSV, which has no sheets"):
        importer.import_stream("a.csv", io.BytesIO(b"title,category\na,raid\n"))


def test_a_mapping_file_names_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    write_mapping(path, ColumnMapping(sheet="2021"))
    assert read_mapping(path).sheet == "2021"
    path.write_text("sheet: 2021\n")
    assert read_mapping(path).sheet == "2021"
    path.write_text("sheet: [a]\n")
    with pytest.raises(BadFile, match="expected the name of a sheet"):
        read_mapping(path)


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
