"""ZIP archives: the only file of events inside is read; several are asked about, and the proposed option works."""

import io
import re
import shlex

import pytest
from spreadsheets import archive, ods, row

from timeline.errors import BadFile
from timeline.readers import Row, reader_for

TABLE = b"title,category,date\nA,raid,2021\n"
OTHER = TABLE.replace(b"A,", b"B,")


def read(data: bytes, encoding: str | None = None, sheet: str | None = None) -> tuple[list[Row], list[str]]:
    """Return the rows of an archive, and the notes about it."""
    stream, notes = io.BytesIO(data), list[str]()
    reader = reader_for("a.zip", encoding, stream, sheet=sheet)
    stream.seek(0)
    return list(reader(stream, notes.append)), notes


@pytest.mark.parametrize("others", [
    {}, {"readme.txt": b"x"}, {"__MACOSX/._events.csv": b"x", ".DS_Store": b"x"}, {"datapackage.json": b"{}"},
    {"license.pdf": b"%PDF", "img/a.png": b""}, {"old.zip": b"PK"}, {"data/": b""},
])  # fmt: skip
def test_the_only_table_of_an_archive_is_read(others: dict[str, bytes]) -> None:
    rows, notes = read(archive(**{**others, "data/events.csv": TABLE}))
    assert ([(line.at, line.columns["title"]) for line in rows]) == [("line 2", "A")]
    assert notes[0] == "is a ZIP archive; its file 'data/events.csv' is read"
    names = [name for name in others if not name.endswith("/") and not name.startswith(("__MACOSX", "."))]
    assert notes[1:] == (
        [f"has other files, {', '.join(map(repr, names))}, which are not imported"] if names else []
    )


def test_several_tables_are_asked_about_and_the_proposed_option_works() -> None:
    data = archive(**{"events 2021.csv": TABLE, "events 2022.csv": OTHER})
    with pytest.raises(
        BadFile, match=r"several files of events, 'events 2021.csv', 'events 2022.csv'"
    ) as error:
        read(data)
    (option,) = re.findall("--sheet ('[^']+')", str(error.value))
    assert read(data, sheet=shlex.split(option)[0])[0][0].columns["title"] == "A"
    assert read(data, sheet="events 2022.csv")[0][0].columns["title"] == "B"


def test_the_options_of_the_file_inside_are_passed_on() -> None:
    headings = row("title", "category", "date")
    book = ods(headings, row("A", "raid", "2021"), Later=headings + row("B", "raid", "2022"))
    with pytest.raises(BadFile, match=r"has a file 'a.ods' that has tables of events on the sheets"):
        read(archive(**{"a.ods": book}))
    assert read(archive(**{"a.ods": book}), sheet="Later")[0][0].columns["title"] == "B"
    latin = "title,category,date\nÉté,raid,2021\n".encode("mac-roman")
    assert read(archive(**{"a.csv": latin}), encoding="mac-roman")[0][0].columns["title"] == "Été"


@pytest.mark.parametrize(("parts", "why"), [
    ({"a.shp": b"", "a.dbf": b""}, "with 'a.shp', 'a.dbf', which no reader reads; convert it to GeoJSON"),
    ({}, "without files"),
    ({"a.zip": archive(**{"a.csv": TABLE})}, "an archive inside an archive is not read: unpack it first"),
    ({"a.png": b""}, "with 'a.png'; expected one file with one of the suffixes .csv"),
    ({"a.csv": b"%PDF-1.7"}, "has a file 'a.csv' that is a PDF"), ({"a.csv": b""}, "a file 'a.csv' that is empty"),
    ({"word/document.xml": b"<x/>"}, "is a Word document"), ({"xl/workbook.bin": b""}, r"binary Excel workbook"),
    ({"Index/Document.iwa": b""}, "a document of Numbers"),
])  # fmt: skip
def test_an_archive_without_a_table_is_refused_with_its_content(parts: dict[str, bytes], why: str) -> None:
    with pytest.raises(BadFile, match=re.escape(why)):
        read(archive(**parts))


def test_a_damaged_archive_is_refused() -> None:
    data = archive(**{"a.csv": TABLE * 100})
    with pytest.raises(BadFile, match="damaged"):
        read(data[:-30])
    broken = bytearray(data)
    broken[45:60] = bytes(15)
    with pytest.raises(BadFile, match="cannot be read as a ZIP archive"):
        read(bytes(broken))
