"""Read a workbook of Excel (XLSX): the first sheet that holds anything, its first line the names of the columns."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from openpyxl import DEFUSEDXML, load_workbook

from timeline.errors import BadFile
from timeline.readers.csv import header
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
        for row in _rows(sheet):
            found = True
            yield row
    if not found:
        raise BadFile("is empty; expected a first line with the names of the columns")


def _rows(sheet: Any) -> Iterator[Row]:
    names: list[str] = []
    lines = enumerate(sheet.iter_rows(values_only=True), 1)
    while True:
        try:
            number, values = next(lines)
        except StopIteration:
            return
        except Exception as error:
            raise BadFile(f"cannot be read as a workbook: {error or type(error).__name__}") from None
        texts = [_text(value) for value in values]
        if not any(texts):
            continue
        if not names:
            names = header(iter([_cut(texts)]))
            continue
        columns = dict(zip(names, [*texts, *[""] * (len(names) - len(texts))], strict=False))
        beyond = any(texts[len(names) :])
        problem = f"has values beyond its {len(names)} columns" if beyond else unsound(columns)
        yield Row("line", number, columns, problem=problem)


def _cut(texts: list[str]) -> list[str]:
    return texts[: max(number for number, text in enumerate(texts, 1) if text)]


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
