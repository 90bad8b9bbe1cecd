"""Read CSV: any of four delimiters, any encoding, quoted newlines; a row at a time."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

from timeline.exchange.native_table import fields, is_own
from timeline.exchange.row import Note, Row
from timeline.readers.parts.encoding import LONGEST, opened
from timeline.readers.parts.header_row import Line, table

_DELIMITERS = ",;\t|"
_SEP = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)  # a first line that tells Excel the delimiter
_SAMPLE = 65_536  # characters that show the delimiter


def read(stream: BinaryIO, note: Note, encoding: str | None = None) -> Iterator[Row]:
    """Yield the rows of a CSV file whose first line names the columns; raise BadFile when it is none.

    `encoding` is what the file is said to be written in; without it, what its mark or its letters say.
    """
    csv.field_size_limit(LONGEST)
    text = opened(stream, note, encoding)
    first = list(_first(text))
    said = _SEP.fullmatch(first[0]) if first else None
    if said:
        first.pop(0)
    delimiter = said[1] if said else _delimiter("".join(first))
    names, rows = table(_lines(_Kept(chain(first, text)), delimiter, 1 if said else 0), note, short=True)
    if is_own(names):
        yield from (row if row.problem else _own(row) for row in rows)
    else:
        yield from rows


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


class _Kept:
    """Lines, of which those of the row that is being read are kept, for what is wrong with it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.row.append(line)
            yield line


def _lines(text: _Kept, delimiter: str, above: int) -> Iterator[Line]:
    """Yield the rows; `above` are lines that stand before the text."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1 + above
        text.row.clear()
        try:
            yield Line(number, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            # What stands there goes to the rejected rows, as well as it can be told apart.
            values = next(csv.reader(text.row, delimiter=delimiter), [])
            yield Line(number, values, _explain(error, number, text.row, delimiter))


def _own(row: Row) -> Row:
    """Take a row of our own export back as it was."""
    try:
        return replace(row, columns=fields(row.columns), kind="own")
    except ValueError as error:
        return replace(row, problem=str(error))


def _explain(error: csv.Error, number: int, row: list[str], delimiter: str) -> str:
    at = number + _opening("".join(row), delimiter)
    if "unexpected end" in str(error):
        return f"a quote that opens on line {at} is never closed, so that the rest of the file belongs to it"
    if "field limit" in str(error):
        return f"a quote that opens on line {at} is not closed within {LONGEST:,} characters"
    if "expected after" in str(error):
        return f"a quote that opens on line {at} closes within a value; expected two quotes for one inside a value"
    return f"cannot be read as CSV: {error}"


def _opening(text: str, delimiter: str) -> int:
    """Number the line, from 0, on which the last quote opens that begins a value."""
    opens, quoted, before, at = 0, False, delimiter, 0
    while at < len(text):
        one = text[at]
        if quoted and text[at : at + 2] == '""':
            at += 1
        elif one == '"':
            if not quoted and before in (delimiter, "\n", "\r"):
                opens, quoted = at, True
            else:
                quoted = False
        before, at = one, at + 1
    return text.count("\n", 0, opens)
