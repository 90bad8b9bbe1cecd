"""Spreadsheets of LibreOffice (.ods) and of Excel before 2007 (.xls) are read like other workbooks."""

import io
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from spreadsheets import archive, cell, ods, row

from timeline.errors import BadFile
from timeline.readers import Row, reader_for

DATA = Path(__file__).parents[2] / "data"
HEADINGS = row("title", "category", "date", "n")


def read(name: str, data: bytes, sheet: str | None = None) -> tuple[list[Row], list[str]]:
    """Return the rows of a file, and the notes about it."""
    stream, notes = io.BytesIO(data), list[str]()
    reader = reader_for(name, None, stream, sheet=sheet)
    stream.seek(0)
    return list(reader(stream, notes.append)), notes


def values(data: bytes, name: str = "a.ods") -> list[list[str]]:
    return [list(line.columns.values()) for line in read(name, data)[0]]


@pytest.mark.parametrize(("xml", "text"), [
    (cell("7", "float"), "7"), (cell("1.5000000000000000", "float", "1,5"), "1.5"), (cell("2.000", "float"), "2"),
    (cell("123456789012345678", "float", "1,23E+17"), "123456789012345678"),
    (cell("0.25", "percentage", "25 %"), "0.25"), (cell("12.5", "currency", "12,50 €"), "12.5"),
    (cell("true", "boolean", "WAHR"), "True"),
    (cell("2021-04-03", "date", "03.04.21"), "2021-04-03"),
    (cell("2021-04-03T00:00:00", "date", "03.04.21"), "2021-04-03"),
    (cell("2021-04-03T14:30:00.000000000", "date", "x"), "2021-04-03T14:30:00"),
    (cell("0476-09-04", "date", "x"), "0476-09-04"), (cell("-0043-03-15", "date", "x"), "-0043-03-15"),
    (cell("PT14H30M00S", "time", "14:30"), "14:30:00"), (cell("PT30H00M00S", "time", "30:00"), "30:00:00"),
    (cell("a", shown='a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p><text:p>e'), "a  b\tc\nd\ne"),
    (cell("a", shown='<text:a xlink:href="http://a.example">The <text:span>Times</text:span></text:a>'), "The Times"),
    (cell("x_x0041_"), "x_x0041_"),
])  # fmt: skip
def test_a_cell_of_a_spreadsheet_has_the_value_that_is_stored(xml: str, text: str) -> None:
    assert values(ods(HEADINGS, row("A", "raid", "2021", xml))) == [["A", "raid", "2021", text]]


def test_rows_and_cells_that_are_repeated_are_read_as_often(tmp_path: Path) -> None:
    twice = cell("x", more='table:number-columns-repeated="2"')
    gap = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    rows, _ = read(
        "a.ods", ods(HEADINGS, row("A", twice, more='table:number-rows-repeated="2"'), gap, row("B", "y"))
    )
    assert [(line.at, *line.columns.values()) for line in rows] == [
        ("line 2", "A", "x", "x", ""), ("line 3", "A", "x", "x", ""), ("line 7", "B", "y", "", ""),
    ]  # fmt: skip


def test_merged_hidden_and_commented_cells_are_read_and_reported() -> None:
    merged = cell("raid", more='table:number-rows-spanned="2"')
    comment = cell("3").replace(
        "><text:p>", "><office:annotation><text:p>sure?</text:p></office:annotation><text:p>"
    )
    covered = cell("B") + "<table:covered-table-cell/>"
    data = ods(HEADINGS, row("A", merged, "2021", comment), row(covered, more='table:visibility="collapse"'))
    rows, notes = read("a.ods", data)
    assert [list(line.columns.values()) for line in rows] == [
        ["A", "raid", "2021", "3"],
        ["B", "raid", "", ""],
    ]
    assert [note.split(",")[0].split(";")[0] for note in notes] == [
        "has 1 hidden row", "has cells merged over several rows", "has 1 comment on cells",
    ]  # fmt: skip


ERROR = 'table:formula="of:=1/0" calcext:value-type="error"'


@pytest.mark.parametrize(("xml", "problem"), [
    (cell("x", shown="#DIV/0!", more=ERROR), "has the error #DIV/0! (cell D2)"),
    (cell("x", shown="Err:502", more=ERROR), "has the error Err:502 (cell D2)"),
    (cell("0", "float", "#REF!", more='table:formula="oooc:=A1"'), "has the error #REF! (cell D2)"),
    ('<table:table-cell table:formula="of:=A1"/>', "has a formula without a saved result (cell D2)"),
    (cell("x", shown="#N/A", more=ERROR), None), (cell("3", "float", "3", more='table:formula="of:=1+2"'), None),
])  # fmt: skip
def test_an_error_of_a_formula_rejects_its_row(xml: str, problem: str | None) -> None:
    (line,), _ = read("a.ods", ods(HEADINGS, row("A", "raid", "2021", xml)))
    assert (line.problem or "").partition(";")[0] == (problem or "")


def test_a_sheet_of_a_spreadsheet_is_chosen() -> None:
    data = ods(HEADINGS, row("A", "raid", "2021"), Later=HEADINGS + row("B", "raid", "2022"))
    with pytest.raises(BadFile, match="tables of events on the sheets 'Events' and 'Later'"):
        read("a.ods", data)
    assert [line.columns["title"] for line in read("a.ods", data, "Later")[0]] == ["B"]
    assert [line.columns["title"] for line in read("a.ods", data, "1")[0]] == ["A"]
    hidden = ods(HEADINGS, row("A", "raid", "2021"), hidden=True, Later=HEADINGS + row("B", "raid", "2022"))
    rows, notes = read("a.ods", hidden)
    assert ([line.columns["title"] for line in rows], "another sheet, 'Events'" in notes[1]) == (["B"], True)


def test_a_workbook_before_2007_is_read() -> None:
    rows, notes = read("a.xls", (DATA / "workbook.xls").read_bytes())
    assert [list(line.columns.values())[:9] for line in rows[:2]] == [
        ["A raid", "raid", "2021-04-03", "Zürich, Switzerland", "14:30:00", "30:00:00", "0.25", "True", "3"],
        ["B raid", "raid", "2021-04-03T14:30:00", "Zürich, Switzerland", "", "", "", "", "2.5"],
    ]
    assert [(line.at, (line.problem or "").partition(";")[0]) for line in rows] == [
        ("line 4", ""), ("line 5", ""), ("line 6", "has the Excel error #DIV/0!"), ("line 7", ""),
    ]  # fmt: skip
    assert [note.partition(",")[0].partition(";")[0] for note in notes] == [
        "has another sheet", "has 1 hidden row", "has cells merged over several rows",
        "has 1 line above its header row", "has 1 cell with #N/A",
    ]  # fmt: skip


def test_a_workbook_before_2007_counts_days_from_1904_if_it_says_so() -> None:
    (line,), notes = read("a.xls", (DATA / "workbook-1904.xls").read_bytes())
    assert (line.columns["date"], notes[0].partition(".")[0]) == (
        "2021-03-29T12:00:00",
        "counts days from 1904",
    )


TYPES = {
    "title": np.array(["Une rafle", "B"], dtype=object),
    "category": np.array(["raid", "raid"], dtype=object),
    "date": np.array(["2021-04-03", "2021-12-31"], dtype="datetime64[D]"),
    "seen": np.array(["2021-04-03T14:30:00", "2021-04-04"], dtype="datetime64[ms]"),
    "x": np.array([1.5, -0.1]),
    "n": np.array([3, -4]),
}


@pytest.mark.parametrize("driver", ["ODS", "XLSX"])
def test_a_spreadsheet_of_gdal_is_read(driver: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{driver.lower()}"
    pyogrio.raw.write(path, None, list(TYPES.values()), list(TYPES), driver=driver, layer="Raids", crs=None)
    assert values(path.read_bytes(), path.name) == [
        ["Une rafle", "raid", "2021-04-03", "2021-04-03T14:30:00", "1.5", "3"],
        ["B", "raid", "2021-12-31", "2021-04-04", "-0.1", "-4"],
    ]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(("name", "data", "why"), [
    ("a.xls", OLE + bytes(600), "cannot be read as an Excel workbook"), ("a.xls", b"nonsense", "an Excel workbook"),
    ("a.ods", b"nonsense", r"is not an OpenDocument spreadsheet \(.ods\)"),
    ("a.ods", archive(**{"content.xml": b"<x"}), "cannot be read as an OpenDocument spreadsheet"),
    ("a.ods", archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "is not an OpenDocument"),
    ("a.ods", ods(HEADINGS, manifest="<manifest:encryption-data>"), "has a password"), ("a.ods", ods(), "is empty"),
    ("a.ods", archive(**{"META-INF/manifest.xml": b"", "mimetype": b"application/vnd.oasis.opendocument.text"}),
     "a document of LibreOffice that is no spreadsheet"),
    ("a.xls", b"<html><table><tr><td>title</td></tr></table></html>", "is a web page"),
])  # fmt: skip
def test_a_broken_spreadsheet_is_refused_with_its_reason(name: str, data: bytes, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        read(name, data)
