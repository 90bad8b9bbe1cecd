"""Read a workbook of Excel (XLSX): the sheet whose headings name the most fields; dates by their format."""

import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.escape import unescape

from timeline.errors import BadFile
from timeline.exchange.checks import unsound
from timeline.exchange.field_names import recognised
from timeline.exchange.row import Note, Row
from timeline.readers.parts.header_row import Line, headings, table
from timeline.readers.parts.xlsx_cells import Sheet, looked_through

MOST = 1_000_000_000  # bytes, unpacked
_ERRORS = frozenset(("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))
_RATIO, _SMALL = 200, 10_000_000  # how much smaller a part of more than so many bytes may be packed


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield the rows of a workbook; raise BadFile when it is none, or unpacks to more than any table."""
    _check(stream)
    if not DEFUSEDXML:
        raise BadFile("cannot be read safely: install defusedxml")
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that no import needs
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        raise BadFile(f"cannot be read as a workbook: {error or type(error).__name__}") from None
    try:
        yield from _rows(book, stream, note)
    finally:
        book.close()


def _check(stream: BinaryIO) -> None:
    try:
        with ZipFile(stream) as packed:
            parts = packed.infolist()
    except BadZipFile:
        raise BadFile("is no workbook of Excel (.xlsx)") from None
    for part in parts:
        if part.file_size > _SMALL and part.file_size > _RATIO * max(part.compress_size, 1):
            raise BadFile(
                f"unpacks {part.filename} to {part.file_size:,} bytes out of {part.compress_size:,}"
            )
    whole = sum(part.file_size for part in parts)
    if whole > MOST:
        raise BadFile(f"unpacks to {whole:,} bytes; at most {MOST:,} are read. Save it as CSV")


def _rows(book: Any, stream: BinaryIO, note: Note) -> Iterator[Row]:
    sheet = _chosen(book, note)
    if book.epoch == CALENDAR_MAC_1904:
        note(
            "counts its days from 1904; its dates are right, but numbers without the format of a date "
            "would be taken for days since 1900: format them as dates"
        )
    seen = looked_through(stream, sheet._worksheet_path)
    if seen.hidden:
        one = seen.hidden == 1
        note(
            f"has {seen.hidden:,} hidden {'row, which comes' if one else 'rows, which come'} in like the others"
        )
    if seen.merged:
        note("has cells merged over several rows; each of these rows is given what stands in them")
    empty = Counter[str]()
    yield from table(_lines(sheet, seen, empty), note)[1]
    if empty:
        note(f"has {empty.total():,} {'cell' if empty.total() == 1 else 'cells'} of #N/A, taken for empty")


def _chosen(book: Any, note: Note) -> Any:
    """Choose the sheet with the table of events, by the names of its columns; raise BadFile when several may be."""
    tables = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what the file says of its size is not to be trusted
        names, rows = headings(_lines(sheet))
        if names:
            hidden = sheet.sheet_state != "visible"
            tables.append((sheet, (not hidden, rows > 0, len(recognised(names)))))
    best = max((rank for _, rank in tables), default=(False, False, 0))
    if not best[1]:
        raise BadFile("is empty; expected a first line with the names of the columns, and rows under it")
    meant = [sheet for sheet, rank in tables if rank == best]
    if len(meant) > 1 and best[1] and best[2] > 1:
        several = " and ".join(repr(sheet.title) for sheet in meant)
        raise BadFile(
            f"has tables of events on the sheets {several}; save each that is meant as a file of its own"
        )
    if meant[0] is not tables[0][0]:
        note(f"has its table on the sheet {meant[0].title!r}, which is read")
    for sheet, _ in tables:
        if sheet is not meant[0]:
            note(f"has another sheet, {sheet.title!r}, which is left alone; save it as a file of its own")
    return meant[0]


def _lines(sheet: Any, seen: Sheet | None = None, empty: Counter[str] | None = None) -> Iterator[Line]:
    lines, seen = enumerate(sheet.iter_rows(values_only=True), 1), seen or Sheet()
    carried: dict[int, tuple[int, str]] = {}
    while True:
        try:
            number, values = next(lines)
        except StopIteration:
            return
        except Exception as error:
            raise BadFile(f"cannot be read as a workbook: {error or type(error).__name__}") from None
        texts = [_text(value) for value in values]
        if "#N/A" in texts and empty is not None:
            empty["#N/A"] += texts.count("#N/A")
            texts = ["" if text == "#N/A" else text for text in texts]
        if number in seen.merged or carried:
            _carry(number, texts, seen, carried)
        while texts and not texts[-1]:
            texts.pop()
        if texts or number in seen.formulas:
            yield Line(number, texts or [""], _problem(number, texts, seen))


def _carry(number: int, texts: list[str], seen: Sheet, carried: dict[int, tuple[int, str]]) -> None:
    """Write what stands in merged cells into each of their rows; `carried` holds last row and text by column."""
    for column, (last, text) in list(carried.items()):
        if number > last:
            del carried[column]
        else:
            texts += [""] * (column + 1 - len(texts))
            texts[column] = texts[column] or text
    for column, last in seen.merged.get(number, ()):
        if column < len(texts) and texts[column]:
            carried[column] = last, texts[column]


def _problem(number: int, texts: list[str], seen: Sheet) -> str | None:
    if number in seen.formulas:
        return (
            f"holds a formula whose result was not saved (cell {seen.formulas[number]}); "
            "open the file in Excel or LibreOffice and save it"
        )
    if not _ERRORS.isdisjoint(texts):
        return f"holds {next(filter(_ERRORS.__contains__, texts))}, an error of Excel; mend its formula"
    return next(filter(None, map(unsound, texts)), None)


def _text(value: Any) -> str:
    """Write a cell as text; a date is its day, with the time where it has one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%dT%H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and "_x" in value:
        return unescape(value).replace("\r\n", "\n").replace("\r", "\n").strip()  # Excel writes CR as _x000D_
    return str(value)
