"""Read a workbook of Excel (XLSX): the first sheet that holds anything, its first line the names of the columns."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from openpyxl import DEFUSEDXML, load_workbook

from timeline.errors import BadFile
from timeline.readers.heading import Line, table
from timeline.readers.row import Note, Row, unsound

MOST = 1_000_000_000  # bytes, unpacked
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
        yield from _sheets(book, note)
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


def _sheets(book: Any, note: Note) -> Iterator[Row]:
    found = False
    for sheet in book.worksheets:
        if found:
            note(f"has another sheet, {sheet.title!r}, which is left alone; save it as a file of its own")
            continue
        sheet.reset_dimensions()  # what the file says of its size is not to be trusted
        lines = list(islice(first := _lines(sheet), 1))
        if not lines:
            continue
        for row in table(chain(lines, first), note)[1]:
            found = True
            yield row
    if not found:
        raise BadFile("is empty; expected a first line with the names of the columns")


def _lines(sheet: Any) -> Iterator[Line]:
    lines = enumerate(sheet.iter_rows(values_only=True), 1)
    while True:
        try:
            number, values = next(lines)
        except StopIteration:
            return
        except Exception as error:
            raise BadFile(f"cannot be read as a workbook: {error or type(error).__name__}") from None
        texts = [_text(value) for value in values]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield Line(number, texts, next(filter(None, map(unsound, texts)), None))


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
    return str(value)
