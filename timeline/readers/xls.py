"""Read an Excel workbook in the format before 2007 (.xls), with dates by their cell format.

xlrd is used because it reports errors of formulas, hidden rows and merged cells; faster readers return an error as an
empty cell.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO

import xlrd

from timeline.errors import BadFile
from timeline.exchange.row import Note, Row
from timeline.readers.parts.broken_files import explained
from timeline.readers.parts.header_row import headings
from timeline.readers.parts.sheet_choice import Sheet, check_number, chosen_sheet
from timeline.readers.parts.sheet_lines import SheetFindings, note_findings, sheet_lines, sheet_table

MAX_FILE_BYTES = 200_000_000  # read into memory as a whole; a full sheet of 65,536 rows takes some 20 MB
_NO_WORKBOOK = (
    "is an Office file without a workbook in the format before 2007: an Excel workbook with a password, or another "
    "document; expected a workbook without a password: save it so in Excel or LibreOffice, or save it as CSV"
)


def read(stream: BinaryIO, note: Note, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows of a workbook; raise BadFile for another file, or one with a password.

    `sheet` is the name or number of the sheet to read.
    """
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadFile(f"is larger than {MAX_FILE_BYTES:,} bytes; expected a smaller workbook: save it as CSV")
    with explained("an Excel workbook"), open(os.devnull, "w", encoding="utf-8") as log:
        book = _opened(data, log)
        check_number(book.nsheets)
        chosen = book.sheet_by_index(
            chosen_sheet([_described(book, at) for at in range(book.nsheets)], sheet, note)
        )
        if book.datemode:
            note(
                "counts days from 1904. Cells with a date format are read correctly, but plain numbers "
                "would be read as days since 1900: give those cells a date format"
            )
        findings = _findings(chosen)
        note_findings(findings, note)
        yield from sheet_table(_rows(book, chosen), findings, note)


def _opened(data: bytes, log: Any) -> Any:
    try:
        return xlrd.open_workbook(
            file_contents=data, formatting_info=True, on_demand=True, ragged_rows=True, logfile=log
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise BadFile(
                "has a password; expected a workbook without one: save it without a password, or as CSV"
            ) from None
        if "Can't find workbook in OLE2" in str(error):
            raise BadFile(_NO_WORKBOOK) from None
        raise


def _described(book: Any, position: int) -> Sheet:
    sheet = book.sheet_by_index(position)
    names, rows = headings(sheet_lines(_rows(book, sheet)))
    return Sheet(sheet.name, names, rows, is_hidden=sheet.visibility != 0)


def _findings(sheet: Any) -> SheetFindings:
    findings = SheetFindings(
        hidden=sum(bool(info.hidden) for row, info in sheet.rowinfo_map.items() if row < sheet.nrows),
        comments=len(sheet.cell_note_map),
    )
    for top, end_row, left, end_column in sheet.merged_cells:
        if end_row - top > 1 and end_column - left == 1:
            findings.merged.setdefault(top + 1, []).append((left, end_row))
    return findings


def _rows(book: Any, sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the number (from 1) and the values of each row."""
    for number in range(sheet.nrows):
        cells = zip(sheet.row_types(number), sheet.row_values(number), strict=True)
        yield (
            number + 1,
            [
                _value(book, sheet, (number, column), kind, value)
                for column, (kind, value) in enumerate(cells)
            ],
        )


def _value(book: Any, sheet: Any, at: tuple[int, int], kind: int, value: Any) -> Any:
    if kind == xlrd.XL_CELL_DATE:
        style = book.xf_list[sheet.cell_xf_index(*at)]
        return _moment(value, book.datemode, book.format_map[style.format_key].format_str)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#VALUE!")
    return value


def _moment(days: float, mode: int, form: str) -> Any:
    """Return a number of days as a date, a time of day, or hours such as 30:00:00 if the format counts those."""
    seconds = round(days * 86_400)
    if "[h" in form.lower() or 0 <= seconds < 86_400:
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    try:
        moment: datetime = xlrd.xldate_as_datetime(days, mode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return days
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
