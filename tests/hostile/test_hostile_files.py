"""Files that attack an import: small ones that become huge, deep ones, and ones with numbers that no file needs."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from math import cos, sin, tau
from random import Random
from typing import BinaryIO

import pytest
from openpyxl import Workbook
from spreadsheets import cell, ods, row

from timeline.errors import BadFile
from timeline.exchange.checks import MAX_COLUMNS
from timeline.readers import reader_for
from timeline.readers.parts.json_outline import MAX_DEPTH
from timeline.readers.parts.sheet_choice import MAX_SHEETS

pytestmark = pytest.mark.slow  # each test starts processes

SHEET = "xl/worksheets/sheet1.xml"
MAX_CPU_SECONDS = 2.5  # to refuse any of these files; the slowest takes about one


def workbook(
    edit: Callable[[bytes], bytes] = bytes, part: str = SHEET, sheets: int = 1, **more: bytes
) -> bytes:
    """Return a workbook with one event, whose XML in `part` is changed by `edit`; `more` are further parts."""
    book, saved, changed = Workbook(), io.BytesIO(), io.BytesIO()
    for line in (("title", "category", "date"), ("A raid", "raid", "2020-01-01")):
        book.active.append(line)  # type: ignore[union-attr] # a new workbook has a sheet
    for _ in range(sheets - 1):
        book.create_sheet()
    book.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if name == part else old.read(name))
        for name, content in more.items():
            new.writestr(name, content)
    return changed.getvalue()


def replacing(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(old, new)


def encrypted() -> bytes:
    """Return a workbook that says that its parts are encrypted."""
    data = bytearray(workbook())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)
    return bytes(data)


def rows(name: str, data: bytes) -> list[str | None]:
    """Return the problems of the rows of a file; raise BadFile if it cannot be read."""
    stream: BinaryIO = io.BytesIO(data)
    read = reader_for(name, None, stream)
    stream.seek(0)
    return [row.problem for row in read(stream, lambda message: None)]


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook'
WIDE_ROWS = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(3, 9_000))
HEADINGS = row("title", "category", "date")
COLUMNS, ROWS = "table:number-columns-repeated", "table:number-rows-repeated"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("x.xlsx", lambda: workbook(replacing(b'<row r="2"', b'<row r="9999999999"')), "number 9,999,999,999"),
    ("x.xlsx", lambda: workbook(replacing(b'<row r="1"', b'<row r="1048577"')), "number 1,048,577"),
    ("x.xlsx", lambda: workbook(replacing(b'<row r="2"', b'<row r="0"')), "number 0"),
    ("x.xlsx", lambda: workbook(replacing(b'<row r="2"', b'<row r="%s"' % (b"9" * 5_000))), "workbook"),
    ("x.xlsx", lambda: workbook(replacing(b'r="C2"', b'r="XFE2"')), "column 16,385"),
    ("x.xlsx", lambda: workbook(replacing(b'r="C2"', b'r="ZZZZZZZ2"')), "not a valid column"),
    ("x.xlsx", lambda: workbook(replacing(b'<row r="2"', b'<row r="2">' + b"<c/>" * 20_000 + b'</row><row r="3"')),
     "20,000"),
    ("x.xlsx", lambda: workbook(replacing(b"</sheetData>", WIDE_ROWS + b"</sheetData>")), "empty cells"),
    ("x.xlsx", lambda: workbook(replacing(b"<worksheet", ENTITIES)), "cannot be read as a workbook"),
    ("x.xlsx", lambda: workbook(replacing(b"<workbook", EXTERNAL), "xl/workbook.xml"), "workbook"),
    ("x.xlsx", lambda: workbook(replacing(b"</sheetData>", b"<row/>" * 2_000_000)), "ZIP bomb"),
    ("x.xlsx", lambda: workbook(replacing(b"</cellXfs>", b"<xf/>" * 4_100_000 + b"</cellXfs>"), "xl/styles.xml"),
     "xl/styles.xml"),
    ("x.xlsx", lambda: workbook(sheets=MAX_SHEETS + 1), "201 sheets"),
    ("x.xlsx", encrypted, "password"),
    ("x.xlsx", lambda: zipped(mimetype=b"a" * 30_000_000), "ZIP bomb"),
    ("x.json", lambda: b'{"a":' * 2_400_000, f"{MAX_DEPTH} levels"),
    ("x.json", lambda: b"[" * 12_000_000, f"{MAX_DEPTH} levels"),
    ("x.geojson", lambda: b'{"type":"Feature","geometry":{"coordinates":' + b"[" * 1_000, f"{MAX_DEPTH} levels"),
    ("x.json", lambda: b"{" + b",".join(b'"k%d":[{"a":1}]' % n for n in range(2_000)) + b"}", "1,001 lists"),
    ("x.json", lambda: b"{" + b",".join(b'"k%d":[{"a":1}]' % n for n in range(900)) + b"}", "and 800 more"),
    ("x.csv", lambda: b"title," + b",".join(b"c%d" % n for n in range(MAX_COLUMNS)) + b"\n1\n", "16,385 columns"),
    ("x.csv", lambda: b"title," + b"n" * 1_001 + b"\n1,2\n", "1,001 characters"),
    ("x.csv", lambda: b"title\n" + b"x" * 5_000_000, "4,000,000 bytes"),
    ("x.yaml", lambda: b"a: &a [x]\nevents: [*a]\n", "alias"),
    ("x.yaml", lambda: b"events: " + b"[" * 3_000 + b"]" * 3_000, "too deeply"),
    ("x.yaml", lambda: b"events: [{n: " + b"1" * 5_000 + b"}]", "cannot be read"),
    ("x.ics", lambda: b"BEGIN:VCALENDAR\r\n" + b"X" * 51_000_000, "50,000,000 bytes"),
    ("x.ics", lambda: b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 300_000, "nested deeper than 20"),
    ("x.ods", lambda: ods(HEADINGS, row("a", cell("b", more=f'{COLUMNS}="16000000"'))), "beyond column 16,384"),
    ("x.ods", lambda: ods(HEADINGS, row("a", more=f'{ROWS}="9999999999"')), "number 10,000,000,000"),
    ("x.ods", lambda: ods(HEADINGS, row(cell("b", more=f'{COLUMNS}="9999"'), more=f'{ROWS}="9999"')), "repeats"),
    ("x.ods", lambda: ods(HEADINGS, row("a", more=f'{ROWS}="{"9" * 5_000}"')), "cannot be read as an OpenDocument"),
    ("x.ods", lambda: ods(HEADINGS, "<table:table-row>" * 400), "more than 100 levels"),
    ("x.ods", lambda: ods(**{f"s{n}": row("a") for n in range(MAX_SHEETS)}), "201 sheets"),
    ("x.ods", lambda: ods("<text:p>" + " " * 30_000_000 + "</text:p>"), "ZIP bomb"),
    ("x.kml", lambda: ENTITIES.replace(b"worksheet", b"kml>&b;</kml>"), "declares a document type"),
    ("x.kml", lambda: EXTERNAL.replace(b"workbook", b"kml>&a;</kml>"), "declares a document type"),
    ("x.kml", lambda: b"<kml>" + b"<Folder>" * 1_000_000, "more than 100 levels"),
    ("x.kmz", lambda: zipped(**{"doc.kml": b"<kml>" + b" " * 30_000_000}), "ZIP bomb"),
    ("x.gpx", lambda: ENTITIES.replace(b"worksheet", b"gpx>&b;</gpx>"), "declares a document type"),
    ("x.zip", lambda: zipped(**{"a.csv": b"title\n" + b"\n" * 30_000_000}), "ZIP bomb"),
    ("x.zip", lambda: zipped(**{"../../etc/a.csv": b"\x00" * 99}), "NUL"),
    ("x.gpkg", lambda: b"SQLite format 3\x00" + bytes(range(256)) * 1_000, "cannot be read as a GeoPackage"),
    ("x.xls", lambda: OLE + b"\xff" * 100_000, "cannot be read as an Excel workbook"),
    ("x.xls", lambda: OLE + (b"\x00" * 22 + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(99)) * 9_000, "Excel workbook"),
]  # fmt: skip


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "reason"), REFUSED, ids=[f"{name} {reason}" for name, _, reason in REFUSED]
)
def test_a_hostile_file_is_refused_at_once(name: str, make: Callable[[], bytes], reason: str) -> None:
    data = make()
    start = time.process_time()
    with pytest.raises(BadFile, match=reason):
        rows(name, data)
    assert time.process_time() - start < MAX_CPU_SECONDS


FEATURE = b'{"type":"Feature","properties":{"title":"a"},"geometry":%s}'
NESTED = (
    b'{"type":"GeometryCollection","geometries":[' * 30 + b'{"type":"Point","coordinates":[1,2]}' + b"]}" * 30
)
CALENDAR = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20200101T000000Z\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n"
ZONE = (
    b"X-WR-TIMEZONE:Own\r\nBEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
    b"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nRRULE:FREQ=SECONDLY;COUNT=99999999\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
MERGED = b'<mergeCells><mergeCell ref="A2:A1048576"/></mergeCells></worksheet>'
MANY_ELEMENTS = b"".join(b"<a%d>1</a%d>" % (n, n) for n in range(20_000))
ONE_ROW: list[tuple[str, Callable[[], bytes], str | None]] = [
    ("x.xlsx", lambda: workbook(replacing(b'ref="A1:C2"', b'ref="A1:XFD1048576"')), None),
    ("x.xlsx", lambda: workbook(replacing(b"</worksheet>", MERGED)), None),
    ("x.geojson", lambda: FEATURE % NESTED, "nested more than 50"),
    ("x.jsonl", lambda: FEATURE % b"null" + b"\n" + b'{"a":' * 2_000_000 + b"1" + b"}" * 2_000_000,
     "nested more than 50"),
    ("x.json", lambda: b"[{" + b",".join(b'"k%d":1' % n for n in range(20_000)) + b"}]", "20,000 columns"),
    ("x.json", lambda: b'[{"' + b"k" * 100_000 + b'":1}]', "100,000 characters"),
    ("x.ics", lambda: CALENDAR % b"RRULE:FREQ=SECONDLY;COUNT=9999999\r\n", None),
    ("x.ics", lambda: CALENDAR % (b"DESCRIPTION:" + b"x" * 3_000_000 + b"\r\n"), None),
    ("x.ics", lambda: ZONE.join(CALENDAR.split(b"BEGIN:VEVENT", 1)).replace(ZONE, ZONE + b"BEGIN:VEVENT") % b"", None),
    ("x.csv", lambda: b"title,category\n" + b'"' * 1_000_001 + b"\n", "never closed"),
    ("x.ods", lambda: ods(HEADINGS, row("a", cell("b", more='table:number-rows-spanned="1048576"'))), None),
    ("x.ods", lambda: ods(HEADINGS, row("a", cell("b", shown='<text:s text:c="999999999"/>'))), None),
    ("x.kml", lambda: b"<kml><Placemark><name>" + b"x" * 3_000_000 + b"</name></Placemark></kml>", None),
    ("x.kml", lambda: b"<kml><Placemark>" + b"<a>1</a>" * 300_000 + b"</Placemark></kml>", None),
    ("x.kml", lambda: b"<kml><Placemark>" + MANY_ELEMENTS + b"</Placemark></kml>", "20,000 columns"),
    ("x.gpx", lambda: b"<gpx><wpt lat='1' lon='2'>" + MANY_ELEMENTS + b"</wpt></gpx>", "20,000 columns"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "make", "problem"),
    ONE_ROW,
    ids=[f"{n} {name} {problem}" for n, (name, _, problem) in enumerate(ONE_ROW)],
)
def test_a_hostile_row_is_read_in_little_time(
    name: str, make: Callable[[], bytes], problem: str | None
) -> None:
    data = make()
    start = time.process_time()
    last_problem = rows(name, data)[-1]
    assert time.process_time() - start < MAX_CPU_SECONDS
    assert (problem is None) == (last_problem is None), last_problem
    assert (problem or "") in (last_problem or "")


def test_a_quote_that_swallows_the_file_rejects_rows_instead_of_stopping_the_import() -> None:
    problems = rows("x.csv", b'title,category\n"x,raid\n' + b"y,raid\n" * 700_000)
    assert "not closed within 4,000,000 characters" in (problems[0] or "")


def test_an_outline_that_crosses_itself_too_often_is_refused() -> None:
    choose = Random(1).uniform
    ring = [[choose(-170, 170), choose(-80, 80)] for _ in range(2_000)]
    start = time.process_time()
    (problem,) = rows("x.geojson", FEATURE % polygon([*ring, ring[0]]))
    assert "crosses itself about" in (problem or "")
    assert time.process_time() - start < MAX_CPU_SECONDS


def test_a_small_outline_that_crosses_itself_is_repaired() -> None:
    assert rows("x.geojson", FEATURE % polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])) == [None]


@pytest.mark.slow
def test_a_polygon_of_a_million_vertices_is_read() -> None:
    circle = [[50 * cos(tau * n / 1_000_000), 50 * sin(tau * n / 1_000_000)] for n in range(1_000_000)]
    assert rows("x.geojson", FEATURE % polygon([*circle, circle[0]])) == [None]


def polygon(ring: list[list[float]]) -> bytes:
    return json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()
