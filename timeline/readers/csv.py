"""Read CSV: any of four delimiters, any encoding, quoted newlines; a row at a time."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from timeline.readers.encoding import LONGEST, opened
from timeline.readers.heading import Line, table
from timeline.readers.row import Note, Row
from timeline.rejects import REASON
from timeline.table import fields, is_own

if TYPE_CHECKING:
    from _csv import Reader

_DELIMITERS = ",;\t|"
_SAMPLE = 65_536  # characters that show the delimiter


def read(stream: BinaryIO, note: Note, encoding: str | None = None) -> Iterator[Row]:
    """Yield the rows of a CSV file whose first line names the columns; raise BadFile when it is none.

    `encoding` is what the file is said to be written in; without it, what its mark or its letters say.
    """
    csv.field_size_limit(LONGEST)
    text = opened(stream, note, encoding)
    first = list(_first(text))
    delimiter = _delimiter("".join(first))
    yield from _rows(csv.reader(chain(first, text), delimiter=delimiter, strict=True), note)


def _first(text: Iterator[str]) -> Iterator[str]:
    """Take the first lines, which show the delimiter."""
    size = 0
    for line in text:
        yield line
        size += len(line)
        if size >= _SAMPLE:
            return


def _delimiter(sample: str) -> str:
    """Take the delimiter under which most lines have as many values as each other, more columns first."""

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row
            ]
        except csv.Error:
            return 0, 0
        whole = widths[:-1] if len(sample) >= _SAMPLE and len(widths) > 2 else widths
        usual, count = Counter(whole).most_common(1)[0] if whole else (0, 0)
        return (round(count / len(whole), 1), usual) if usual > 1 else (0, 0)

    return max(_DELIMITERS, key=score)


def _rows(reader: "Reader", note: Note) -> Iterator[Row]:
    names, rows = table(_lines(reader), note)
    if is_own(names, REASON):
        yield from (row if row.problem else _own(row) for row in rows)
    else:
        yield from rows


def _lines(reader: "Reader") -> Iterator[Line]:
    while True:
        number = reader.line_num + 1
        try:
            yield Line(number, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(number, [], _explain(error))


def _own(row: Row) -> Row:
    """Take a row of our own export back as it was."""
    try:
        return replace(row, columns=fields(row.columns), kind="own")
    except ValueError as error:
        return replace(row, problem=str(error))


def _explain(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quote that opens in this row is never closed, so that the rest of the file belongs to it"
    return f"cannot be read as CSV: {error}"
