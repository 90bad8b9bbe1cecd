"""Read newline-delimited JSON and GeoJSON text sequences (RFC 8142): a Feature or an object of columns a line."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from timeline.errors import BadFile
from timeline.exchange.row import Note, Row
from timeline.readers.geojson import feature_row, object_row

LONGEST = 16_000_000  # bytes of one line
_SEPARATOR = b"\x1e"


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row a line; raise BadFile for a line that is too long, or a first line that is no JSON."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise BadFile(f"has a line of more than {LONGEST:,} bytes, line {number}")
        text = line.removeprefix(codecs.BOM_UTF8).strip().lstrip(_SEPARATOR)
        if text:
            yield _row(number, text)


def _row(number: int, text: bytes) -> Row:
    try:
        value: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if number == 1:
            raise BadFile(f"is not JSON in its first line: {error}") from None
        return Row("line", number, {}, kind="feature", problem=f"is not JSON: {error}")
    if isinstance(value, dict) and value.get("type") != "Feature":
        return object_row("line", number, value)
    return feature_row("line", number, value)
