"""Read an Excel workbook (XLSX): the sheet whose header row names the most fields, with dates by their cell format."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.escape import unescape

from timeline.errors import BadFile
from timeline.exchange.checks import storage_problem
from timeline.exchange.row import LeftOutNote, Note, Row
from timeline.readers.parts.header_row import Line, headings, table
from timeline.readers.parts.sheet_choice import Sheet, chosen_sheet
from timeline.readers.parts.xlsx_cells import SheetFindings, scan_sheet
from timeline.readers.parts.xlsx_rows import sheet_rows

MAX_UNPACKED_BYTES = 1_000_000_000
MAX_PART_BYTES = 20_000_000  # of styles, themes and relations, which openpyxl reads into memory as objects
MAX_TEXTS_BYTES = 300_000_000  # of the shared texts of all sheets, which are read into memory
MAX_SHEETS = 200
_MAX_CHARACTERS_QUOTED = 200  # of an error of openpyxl
_SHARED_TEXTS, _SHEETS = "xl/sharedStrings.xml", "xl/worksheets/"
# A ZIP bomb: a part above this size that is compressed to less than a two-hundredth.
MAX_COMPRESSION_RATIO = 200
MIN_SUSPICIOUS_BYTES = 10_000_000
_ERRORS = frozenset(("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"))


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
    with _explained(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, which an import does not need
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    try:
        with _explained():
            yield from _rows(book, stream, note, sheet)
    finally:
        book.close()


@contextmanager
def _explained() -> Iterator[None]:
    """Raise BadFile for every error that a broken workbook causes; a lack of memory is not its fault."""
    try:
        yield
    except (BadFile, MemoryError):
        raise
    except Exception as error:
        raise BadFile(f"cannot be read as a workbook: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:_MAX_CHARACTERS_QUOTED] or type(error).__name__


def _check(stream: BinaryIO) -> None:
    try:
        with ZipFile(stream) as archive:
            parts = archive.infolist()
    except BadZipFile:
        raise BadFile(
            "is not an Excel workbook (.xlsx); expected one saved by Excel or LibreOffice, or CSV"
        ) from None
    sheets = 0
    for part in parts:
        sheets += part.filename.startswith(_SHEETS) and part.filename.endswith(".xml")
        _check_part(part)
    if sheets > MAX_SHEETS:
        raise BadFile(
            f"has {sheets:,} sheets; expected at most {MAX_SHEETS}: save the sheet of events as CSV"
        )
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED_BYTES:
        raise BadFile(f"unpacks to {total:,} bytes; expected at most {MAX_UNPACKED_BYTES:,}: save it as CSV")


def _check_part(part: ZipInfo) -> None:
    if part.flag_bits & 1:
        raise BadFile(
            "has a password; expected a workbook without one: save it without a password, or as CSV"
        )
    size, name = part.file_size, part.filename[:80]
    if size > MIN_SUSPICIOUS_BYTES and size > MAX_COMPRESSION_RATIO * max(part.compress_size, 1):
        raise BadFile(
            f"unpacks {name} from {part.compress_size:,} bytes to {size:,}, which is typical of an attack (a ZIP "
            "bomb); save it as CSV"
        )
    if part.filename.startswith((_SHEETS, "xl/media/")):
        return
    limit = MAX_TEXTS_BYTES if part.filename == _SHARED_TEXTS else MAX_PART_BYTES
    if size > limit:
        raise BadFile(f"unpacks {name} to {size:,} bytes; expected at most {limit:,}: save it as CSV")


def _rows(book: Any, stream: BinaryIO, note: Note, wanted: str | None) -> Iterator[Row]:
    sheet = _chosen(book, note, wanted)
    if book.epoch == CALENDAR_MAC_1904:
        note(
            "counts days from 1904. Cells with a date format are read correctly, but plain numbers "
            "would be read as days since 1900: give those cells a date format"
        )
    findings = scan_sheet(stream, sheet._worksheet_path)
    if findings.hidden:
        rows = "row, which is" if findings.hidden == 1 else "rows, which are"
        note(f"has {findings.hidden:,} hidden {rows} imported like the others")
    if findings.merged:
        note("has cells merged over several rows; each of these rows receives the value of the merged cell")
    empty = Counter[str]()
    yield from table(_lines(sheet, findings, empty), note)[1]
    if empty:
        sentence = (
            f"has {empty.total():,} {'cell' if empty.total() == 1 else 'cells'} with #N/A, read as empty"
        )
        note(LeftOutNote(sentence, empty.total()))


def _chosen(book: Any, note: Note, wanted: str | None) -> Any:
    """Return the sheet to read; raise BadFile if it is not clear which one that is."""
    sheets = []
    for sheet in book.worksheets:
        names, rows = headings(_lines(sheet))
        sheets.append(Sheet(sheet.title, names, rows, is_hidden=sheet.sheet_state != "visible"))
    return book.worksheets[chosen_sheet(sheets, wanted, note)]


def _lines(
    sheet: Any, findings: SheetFindings | None = None, empty: Counter[str] | None = None
) -> Iterator[Line]:
    findings = findings or SheetFindings()
    carried: dict[int, tuple[int, str]] = {}
    for number, values in sheet_rows(sheet):
        texts = [_text(value) for value in values]
        if "#N/A" in texts and empty is not None:
            empty["#N/A"] += texts.count("#N/A")
            texts = ["" if text == "#N/A" else text for text in texts]
        if number in findings.merged or carried:
            _carry(number, texts, findings, carried)
        while texts and not texts[-1]:
            texts.pop()
        if texts or number in findings.formulas:
            yield Line(number, texts or [""], _problem(number, texts, findings))


def _carry(
    number: int, texts: list[str], findings: SheetFindings, open_merges: dict[int, tuple[int, str]]
) -> None:
    """Copy the text of merged cells into `texts`; `open_merges` maps a column to its last merged row and the text."""
    for column, (last, text) in list(open_merges.items()):
        if number > last:
            del open_merges[column]
        else:
            texts += [""] * (column + 1 - len(texts))
            texts[column] = texts[column] or text
    for column, last in findings.merged.get(number, ()):
        if column < len(texts) and texts[column]:
            open_merges[column] = last, texts[column]


def _problem(number: int, texts: list[str], findings: SheetFindings) -> str | None:
    if number in findings.formulas:
        return (
            f"has a formula without a saved result (cell {findings.formulas[number]}); "
            "open the file in Excel or LibreOffice and save it"
        )
    if not _ERRORS.isdisjoint(texts):
        excel_error = next(filter(_ERRORS.__contains__, texts))
        return f"has the Excel error {excel_error}; correct its formula, or clear the cell"
    return next(filter(None, map(storage_problem, texts)), None)


def _text(value: Any) -> str:
    """Return a cell as text; a date is YYYY-MM-DD, with the time of day unless that is midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%dT%H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str) and "_x" in value:
        return unescape(value).replace("\r\n", "\n").replace("\r", "\n").strip()  # Excel stores CR as _x000D_
    return str(value)
