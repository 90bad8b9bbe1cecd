"""Read an Excel workbook (XLSX): the sheet whose header row names the most fields, with dates by their cell format."""

import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from timeline.errors import BadFile
from timeline.exchange.row import Note, Row
from timeline.readers.parts.archives import checked_parts
from timeline.readers.parts.broken_files import explained
from timeline.readers.parts.header_row import headings
from timeline.readers.parts.sheet_choice import Sheet, check_number, chosen_sheet
from timeline.readers.parts.sheet_lines import note_findings, sheet_lines, sheet_table
from timeline.readers.parts.xlsx_cells import scan_sheet
from timeline.readers.parts.xlsx_rows import sheet_rows

MAX_PART_BYTES = 20_000_000  # of styles, themes and relations, which openpyxl reads into memory as objects
MAX_TEXTS_BYTES = 300_000_000  # of the shared texts of all sheets, which are read into memory
_SHARED_TEXTS, _SHEETS = "xl/sharedStrings.xml", "xl/worksheets/"


def read(stream: BinaryIO, note: Note, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows of a workbook; raise BadFile for another file, or one that unpacks to more than 1 GB.

    `sheet` is the name or number of the sheet to read.
    """
    _check(stream)
    if not DEFUSEDXML:
        raise BadFile(
            "cannot be read safely, because the package defusedxml is missing; expected: pip install defusedxml"
        )
    stream.seek(0)
    with explained("a workbook"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, which an import does not need
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    try:
        with explained("a workbook"):
            yield from _rows(book, stream, note, sheet)
    finally:
        book.close()


def _check(stream: BinaryIO) -> None:
    unreadable = "is not an Excel workbook (.xlsx); expected one saved by Excel or LibreOffice, or CSV"
    parts = checked_parts(stream, unreadable)
    sheets = sum(part.filename.startswith(_SHEETS) and part.filename.endswith(".xml") for part in parts)
    check_number(sheets)
    for part in parts:
        limit = MAX_TEXTS_BYTES if part.filename == _SHARED_TEXTS else MAX_PART_BYTES
        if part.file_size > limit and not part.filename.startswith((_SHEETS, "xl/media/")):
            name, size = part.filename[:80], part.file_size
            raise BadFile(f"unpacks {name} to {size:,} bytes; expected at most {limit:,}: save it as CSV")


def _rows(book: Any, stream: BinaryIO, note: Note, wanted: str | None) -> Iterator[Row]:
    sheet = _chosen(book, note, wanted)
    if book.epoch == CALENDAR_MAC_1904:
        note(
            "counts days from 1904. Cells with a date format are read correctly, but plain numbers "
            "would be read as days since 1900: give those cells a date format"
        )
    findings = scan_sheet(stream, sheet._worksheet_path)
    note_findings(findings, note)
    yield from sheet_table(sheet_rows(sheet), findings, note)


def _chosen(book: Any, note: Note, wanted: str | None) -> Any:
    """Return the sheet to read; raise BadFile if it is not clear which one that is."""
    sheets = []
    for sheet in book.worksheets:
        names, rows = headings(sheet_lines(sheet_rows(sheet)))
        sheets.append(Sheet(sheet.title, names, rows, is_hidden=sheet.sheet_state != "visible"))
    return book.worksheets[chosen_sheet(sheets, wanted, note)]
