"""Read CSV: any of four delimiters, UTF-8 or what it turns out to be, quoted newlines; a row at a time."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from timeline.errors import BadFile
from timeline.readers.heading import Line, table
from timeline.readers.row import Note, Row
from timeline.rejects import REASON
from timeline.table import fields, is_own

if TYPE_CHECKING:
    from _csv import Reader

LONGEST = 4_000_000  # bytes of one line; a longer one is no table, and must not fill the memory
_DELIMITERS = ",;\t|"
_SAMPLE = 65_536
_SEEN = 3  # words that a warning shows
_CHUNK = 1_048_576
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read(stream: BinaryIO, note: Note, encoding: str | None = None) -> Iterator[Row]:
    """Yield the rows of a CSV file whose first line names the columns; raise BadFile when it is none.

    `encoding` is what the file is said to be written in; without it UTF-8, UTF-16 with its mark, else Windows-1252.
    """
    csv.field_size_limit(LONGEST)
    failure = _failure(stream, encoding or _marked(stream))
    if failure and (encoding or _marked(stream) != "utf-8"):
        raise BadFile(
            f"is not {encoding}: {failure}" if encoding else f"begins like UTF-16 but is not: {failure}"
        )
    if failure:
        fallback = _fallback(stream, failure, note)
        sample = stream.read(_SAMPLE).decode("latin-1")
        stream.seek(0)
        yield from _rows(csv.reader(_each(stream, fallback), delimiter=_delimiter(sample), strict=True), note)
        return
    text = io.TextIOWrapper(stream, encoding=encoding or _marked(stream), newline="")
    try:
        delimiter = _delimiter(text.read(_SAMPLE))
        text.seek(0)
        yield from _rows(csv.reader(text, delimiter=delimiter, strict=True), note)
    finally:
        if not stream.closed:
            text.detach()


def _marked(stream: BinaryIO) -> str:
    """Name the encoding that the first bytes mark, UTF-8 without a mark."""
    head = stream.read(4)
    stream.seek(0)
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")


def _each(stream: BinaryIO, fallback: str) -> Iterator[str]:
    """Decode line by line: as UTF-8 what can be, else by the fallback."""
    for line in stream:
        yield from io.StringIO(_decoded(line, fallback), newline="")


def _decoded(line: bytes, fallback: str) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode(fallback)


def _fallback(stream: BinaryIO, failure: str, note: Note) -> str:
    """Take what is not UTF-8 for Windows-1252 or Latin-1, and show what that makes of its accents.

    Which of some encodings a few accents are written in cannot be told from them; a person sees it at once.
    """
    mixed, odd, seen = False, set[int](), list[bytes]()
    for line in stream:
        if line.isascii():
            continue
        try:
            line.decode()
            mixed = True
        except UnicodeDecodeError:
            odd.update(line)
            if len(seen) < _SEEN:
                seen.append(line)
    stream.seek(0)
    # Windows-1252 leaves five bytes undefined, Latin-1 none.
    fallback = "latin-1" if odd & set(b"\x81\x8d\x8f\x90\x9d") else "cp1252"
    words = dict.fromkeys(re.findall(r"\w*[^\W\x00-\x7f]\w*", b"\n".join(seen).decode(fallback)))
    name = {"cp1252": "Windows-1252", "latin-1": "Latin-1"}[fallback]
    what = "is not all UTF-8" if mixed else "is not UTF-8"
    note(
        f"{what} ({failure}); {'what is not is ' if mixed else ''}read as {name}, so that it says "
        f"{', '.join(map(repr, list(words)[:_SEEN]))}; if that is wrong, say --encoding NAME"
    )
    return fallback


def _failure(stream: BinaryIO, encoding: str) -> str:
    """Read the whole file once, so that nothing is stored of one that breaks in the middle; tell where it does."""
    decoder = codecs.getincrementaldecoder(encoding)()
    failure, line, length = "", 1, 0
    while chunk := stream.read(_CHUNK):
        length = _check_line(chunk, length, line)
        try:
            if not failure:
                decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = line + error.object[: error.start].count(b"\n")
            failure = f"byte 0x{error.object[error.start]:02x} on line {at}"
        except UnicodeError as error:  # UTF-16 without its mark
            failure = str(error)
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=not failure)
    except UnicodeDecodeError:
        failure = "it ends in the middle of a character"
    stream.seek(0)
    return failure


def _check_line(chunk: bytes, length: int, line: int) -> int:
    """Return how long the last, unfinished line is by now."""
    if b"\n" not in chunk and b"\r" not in chunk:
        length += len(chunk)
    else:
        length = len(chunk) - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) - 1
    if length > LONGEST:
        raise BadFile(f"has a line of more than {LONGEST:,} bytes after line {line}; is it a table at all?")
    return length


def _delimiter(sample: str) -> str:
    """Take the delimiter under which most lines have as many values as each other, more columns first."""

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row
            ]
        except csv.Error:
            return 0, 0
        whole = widths[:-1] if len(sample) == _SAMPLE and len(widths) > 2 else widths
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
