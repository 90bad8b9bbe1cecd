"""Read an OpenDocument spreadsheet (.ods), as LibreOffice and Google Sheets save it.

Cells are read as the file stores them: exact numbers, ISO dates, and errors of formulas, which reject their row.
"""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO
from zipfile import ZipFile

from timeline.errors import BadFile
from timeline.exchange.row import Note, Row
from timeline.readers.parts.archives import checked_parts
from timeline.readers.parts.broken_files import explained
from timeline.readers.parts.header_row import MAX_LINES_ABOVE_HEADER, headings
from timeline.readers.parts.ods_rows import KIND, OdsTable, ods_tables
from timeline.readers.parts.sheet_choice import Sheet, check_number, chosen_sheet
from timeline.readers.parts.sheet_lines import note_findings, sheet_lines, sheet_table

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_MAX_MANIFEST_BYTES = 1_000_000


def read(stream: BinaryIO, note: Note, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows of a spreadsheet; raise BadFile for another file, or one that unpacks to more than 1 GB.

    `sheet` is the name or number of the sheet to read.
    """
    _check(stream)
    with explained(KIND):
        position = chosen_sheet(_sheets(stream), sheet, note)
        with ZipFile(stream) as archive, archive.open(_CONTENT) as content:
            table = next(islice(ods_tables(content), position, None))
            yield from sheet_table(table.rows, table.findings, note)
        note_findings(table.findings, note)


def _check(stream: BinaryIO) -> None:
    unreadable = "is not an OpenDocument spreadsheet (.ods); expected one saved by LibreOffice, or CSV"
    names = {part.filename for part in checked_parts(stream, unreadable)}
    if _CONTENT not in names:
        raise BadFile(unreadable)
    with ZipFile(stream) as archive:
        if _MANIFEST in names:
            with archive.open(_MANIFEST) as manifest:
                if b"encryption-data" in manifest.read(_MAX_MANIFEST_BYTES):
                    raise BadFile(
                        "has a password; expected a file without one: save it without a password, or as CSV"
                    )


def _sheets(stream: BinaryIO) -> list[Sheet]:
    """Return all sheets with the names of their columns."""
    sheets = []
    with ZipFile(stream) as archive, archive.open(_CONTENT) as content:
        for table in ods_tables(content):
            sheets.append(_described(table))
            check_number(len(sheets))
    return sheets


def _described(table: OdsTable) -> Sheet:
    lines = islice(sheet_lines(table.rows), MAX_LINES_ABOVE_HEADER)
    names, rows = headings(lines)
    return Sheet(table.name, names, rows, is_hidden=table.is_hidden)
