"""Bad files: a wrong suffix, unsupported formats, quotes that never close, remarks below a table."""

import csv as plain_csv
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from spreadsheets import ods, row

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.rejected_rows import RejectedRows
from timeline.imports.report import Report
from timeline.readers import Row

HEADINGS = "title,category,date,place\n"
ROW = "a,raid,2021,Gent\n"


def take(store: Store, data: str | bytes, name: str = "a.csv", **arguments: Any) -> Report:
    values = arguments.pop("values", {})
    importer = Importer(
        store=store,
        find_candidates=lambda text, country: [],
        options=Options(publish=True, values=values),
        **arguments,
    )
    return importer.import_stream(name, io.BytesIO(data.encode() if isinstance(data, str) else data))


def titles(store: Store) -> list[str]:
    return sorted(json.loads(feature)["properties"]["title"] for feature in store.snapshot(Filter())[1])


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    for line in (HEADINGS, ROW):
        book.active.append(line.strip().split(","))  # type: ignore[union-attr] # a new workbook has a sheet
    book.save(out)
    return out.getvalue()


def archive(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


def spreadsheet() -> bytes:
    return ods(*(row(*line.strip().split(",")) for line in (HEADINGS, ROW)))


KML = (
    "<kml><Placemark><name>a</name><ExtendedData><Data name='category'><value>raid</value></Data></ExtendedData>"
    "</Placemark></kml>"
)
GPX = "<!-- - --><gpx><wpt lat='51' lon='3'><name>a</name><type>raid</type></wpt></gpx>"
OBJECT = '{"title": "a", "category": "raid"}'


@pytest.mark.parametrize(("name", "data", "format_"), [
    ("a.csv", workbook(), "XLSX (an Excel workbook)"), ("a.xls", workbook(), "XLSX (an Excel workbook)"),
    ("a.csv", f"[{OBJECT}]", "JSON"), ("a.json", f"{OBJECT}\n{OBJECT}\n", "JSON with one object on each line"),
    ("a.ndjson", f"[{OBJECT},\n{OBJECT}]", "JSON"),
    ("a.xls", HEADINGS.replace(",", "\t") + ROW.replace(",", "\t"), "CSV"),
    ("a.xlsx", HEADINGS + ROW, "CSV"), ("a.ods", HEADINGS + ROW, "CSV"), ("a.zip", f"[{OBJECT}]", "JSON"),
    ("a.xlsx", spreadsheet(), "ODS"), ("a.csv", archive(**{"events.csv": HEADINGS + ROW}), "ZIP"),
    ("a.xml", KML, "KML or KMZ"), ("a.csv", KML, "KML or KMZ"), ("a.xml", f"<?xml version='1.0'?>{GPX}", "GPX"),
    ("download", HEADINGS + ROW, "CSV"),
])  # fmt: skip
def test_the_content_of_a_file_decides_its_format_and_a_warning_says_so(
    store: Store, name: str, data: str | bytes, format_: str
) -> None:
    report = take(store, data, name)
    assert titles(store)[0] == "a"
    message = report.warnings[0].message
    assert message.startswith(f"is {format_}")
    assert "although its" in message


@pytest.mark.parametrize(("name", "data", "why"), [
    ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read as an Excel workbook"),
    ("a.xls", "<html><body><table><tr><td>title</td></tr></table></body></html>", r"web page \(HTML\)"),
    ("a.csv", "<!DOCTYPE html><title>404</title>", r"web page \(HTML\)"),
    ("a.csv.gz", gzip.compress(b"title\n", mtime=0), "compressed with gzip; unpack it"),
    ("a.csv", gzip.compress(b"x", mtime=0), "gzip"),
    ("a.fods", "<?xml version='1.0'?><office:document>", "save it as XLSX or CSV"), ("a.csv", "%PDF-1.7\n", "is a PDF"),
    ("a.csv", b"\x89PNG\r\n\x1a\n", "is a picture"), ("a.shp", b"\x00\x00\x27\x0a", "convert it to GeoJSON"),
])  # fmt: skip
def test_a_format_that_is_not_supported_is_refused_with_a_solution(
    store: Store, name: str, data: str | bytes, why: str
) -> None:
    with pytest.raises(BadFile, match=why):
        take(store, data, name)


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\r\n', "SEP=;\n", "\ufeffsep=;\n"])
def test_a_first_line_for_excel_sets_the_delimiter(store: Store, first: str) -> None:
    report = take(store, f"{first}title;category;date\na, b, c;raid;2021\nb;raid;soon\n")
    assert (titles(store), report.warnings.total, report.rejected[0].at) == (["a, b, c"], 0, "line 4")


def test_a_row_with_a_quote_that_never_closes_is_rejected_with_its_line_and_text(
    store: Store, tmp_path: Path
) -> None:
    with RejectedRows(tmp_path / "a.csv") as rejected_rows:
        report = take(
            store,
            f'{HEADINGS}{ROW}"two\nlines",raid,"2021,Gent\nc,raid,2022,Gent\n',
            on_reject=rejected_rows.add,
        )
    assert (titles(store), report.rejected[0].at) == (["a"], "line 3")
    assert "a quote that opens on line 4 is never closed" in report.rejected[0].message
    with rejected_rows.path.open(newline="") as stream:
        (row,) = plain_csv.DictReader(stream)
    assert (row["title"], row["date"]) == ("two\nlines", "2021,Gent\nc,raid,2022,Gent\n")


def test_a_row_with_a_quote_that_closes_inside_a_value_is_rejected_with_its_line(store: Store) -> None:
    report = take(store, f'{HEADINGS}{ROW}b,raid,"2021,Gent\nc,raid,2022,"Gent"\nd,raid,2023,Gent\n')
    assert titles(store) == ["a", "d"]
    assert "a quote that opens on line 3 closes inside a value" in report.rejected[0].message


@pytest.mark.parametrize("line", [
    "Total: 132", "Grand total,,,", "TOTAL = 1.320", "Source: police", "Note: 3 cases are open,,,", "* provisional,,,",
    "Fuente: policía", "Last updated: 2021-05-03", "(1) reported twice",
])  # fmt: skip
def test_a_remark_below_a_table_is_not_an_event(store: Store, line: str) -> None:
    report = take(store, f"title,date,place,n\na,2021,Gent,1\n{line}\n", values={"category": "raid"})
    assert titles(store) == ["a"]
    assert "not an event; it is not imported" in report.rejected[0].message


def test_titles_that_begin_like_a_remark_are_events(store: Store) -> None:
    take(
        store,
        "title,date,place,n\nSource: a raid,2021,Gent,1\nTotal,2021,Gent,\n",
        values={"category": "raid"},
    )
    assert titles(store) == ["Source: a raid", "Total"]


def test_a_row_with_another_delimiter_is_rejected(store: Store) -> None:
    report = take(
        store, "title;date;place\na;2021;Gent\nb,2022,Gent\nc;2023;Gent\n", values={"category": "raid"}
    )
    assert (titles(store), report.rejected[0].at) == (["a", "c"], "line 3")


def test_rows_with_fewer_values_are_imported_with_a_warning(store: Store) -> None:
    report = take(store, f"{HEADINGS}{ROW}b,raid,2022\nc,raid\n")
    assert titles(store) == ["a", "b", "c"]
    messages = [remark.message for remark in report.warnings if remark.at == "file"]
    assert messages == [
        "2 rows have fewer values than there are columns, first on line 3; "
        "the missing values at the end are read as empty"
    ]


def test_a_device_is_refused(store: Store) -> None:
    importer = Importer(store=store, find_candidates=lambda text, country: [])
    with pytest.raises(BadFile, match="is a device"):
        importer.import_file(Path("/dev/zero"))


def test_a_file_of_rejected_rows_ends_at_its_limit(tmp_path: Path) -> None:
    with RejectedRows(tmp_path / "a.csv", max_characters=1_000) as rejected:
        for number in range(100):
            rejected.add(Row("line", number, {"title": "x" * 90}), "has no category")
    assert rejected.is_cut
    assert rejected.path.stat().st_size < 1_200
