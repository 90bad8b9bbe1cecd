"""Read CSV row by row: four delimiters, any encoding, quoted newlines."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from msgspec import structs

from timeline.exchange.field_names import recognised
from timeline.exchange.native_table import fields, is_own
from timeline.exchange.row import Note, Row
from timeline.readers.parts.encoding import MAX_LINE_BYTES, decoded_lines
from timeline.readers.parts.header_row import Line, table

_DELIMITERS = ",;\t|"
_EXCEL_DELIMITER = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)  # Excel's own first line, such as sep=;
_SAMPLE_CHARACTERS = 65_536  # read to find out the delimiter


def read(stream: BinaryIO, note: Note, encoding: str | None = None) -> Iterator[Row]:
    """Yield the rows of a CSV file whose first line names the columns; raise BadFile for anything else.

    Without `encoding`, the byte order mark or the letters of the file decide.
    """
    csv.field_size_limit(MAX_LINE_BYTES)
    text = decoded_lines(stream, note, encoding)
    sample = list(_sample(text))
    declared = _EXCEL_DELIMITER.fullmatch(sample[0]) if sample else None
    if declared:
        sample.pop(0)
    delimiter = declared[1] if declared else _delimiter("".join(sample))
    lines = _lines(_RecordedLines(chain(sample, text)), delimiter, 1 if declared else 0)
    names, rows = table(lines, note, is_text=True)
    if is_own(names):
        yield from (row if row.problem else _native(row) for row in rows)
    else:
        yield from rows


def _sample(text: Iterator[str]) -> Iterator[str]:
    """Yield the first lines, from which the delimiter is found out."""
    size = 0
    for line in text:
        yield line
        size += len(line)
        if size >= _SAMPLE_CHARACTERS:
            return


def _delimiter(sample: str) -> str:
    """Return the delimiter that divides the first line into names of fields, if only one does.

    Otherwise it is the one that gives most lines the same number of values; in a tie, the one with more columns.
    """
    header = sample.partition("\n")[0]
    naming = [
        delimiter
        for delimiter in _DELIMITERS
        if len(recognised(name.strip(' "\r') for name in header.split(delimiter))) > 1
    ]
    if len(naming) == 1:
        return naming[0]

    def score(delimiter: str) -> tuple[float, int]:
        """Return the share of lines with the usual number of values, and that number."""
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row
            ]
        except csv.Error:
            return 0, 0
        complete = widths[:-1] if len(sample) >= _SAMPLE_CHARACTERS and len(widths) > 2 else widths
        usual, count = Counter(complete).most_common(1)[0] if complete else (0, 0)
        return (round(count / len(complete), 1), usual) if usual > 1 else (0, 0)

    return max(_DELIMITERS, key=score)


class _RecordedLines:
    """An iterator of lines that records the lines of the current row, so that an error can quote them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.row.append(line)
            yield line


def _lines(text: _RecordedLines, delimiter: str, skipped: int) -> Iterator[Line]:
    """Yield the rows; `skipped` is the number of lines already read before `text`."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1 + skipped
        text.row.clear()
        try:
            yield Line(number, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(number, _split(text.row, delimiter), _explain(error, number, text.row, delimiter))


def _split(lines: list[str], delimiter: str) -> list[str]:
    """Return the values of lines that are not valid CSV, for the file of rejected rows.

    They are split without strict quoting. If a quote encloses more than a field may have, all of it is one value.
    """
    try:
        return next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        return ["".join(lines)]


def _native(row: Row) -> Row:
    """Return a row of our own export as a row of kind "own", with its JSON cells decoded."""
    try:
        own = structs.replace(row, columns=fields(row.columns), kind="own")
        return structs.replace(own, cells_beside=row.cells - own.cells)
    except ValueError as error:
        return structs.replace(row, problem=str(error))


def _explain(error: csv.Error, number: int, row: list[str], delimiter: str) -> str:
    """Return the reason why a row cannot be read, with the line of the quote that causes it."""
    line = number + _opening_line("".join(row), delimiter)
    if "unexpected end" in str(error):
        return f"a quote that opens on line {line} is never closed, so the rest of the file is inside it"
    if "field limit" in str(error):
        return f"a quote that opens on line {line} is not closed within {MAX_LINE_BYTES:,} characters"
    if "expected after" in str(error):
        return (
            f"a quote that opens on line {line} closes inside a value; expected a quote inside a value to be doubled, "
            'such as "the ""Rex"" cinema"'
        )
    return f"cannot be read as CSV: {error}"


def _opening_line(text: str, delimiter: str) -> int:
    """Return the line, counted from 0, of the last quote that opens a value."""
    # A regular expression, since a loop would take two seconds for each value of 4 MB that a quote encloses.
    quoted = rf'(?:\A|(?<=[{re.escape(delimiter)}\r\n]))"(?:[^"]++|"")*+"?'
    opening = max((match.start() for match in re.finditer(quoted, text)), default=0)
    return text.count("\n", 0, opening)
