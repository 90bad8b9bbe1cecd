"""Read newline-delimited JSON and GeoJSON text sequences (RFC 8142): each line is a Feature or an object of columns."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from timeline.errors import BadFile
from timeline.exchange.checks import MAX_DEPTH
from timeline.exchange.row import Note, Row
from timeline.readers.geojson import feature_row, object_row

MAX_LINE_BYTES = 16_000_000
_SEPARATOR = b"\x1e"


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row for each line; raise BadFile for a line that is too long, or a first line that is not JSON."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise BadFile(
                f"has a line of more than {MAX_LINE_BYTES:,} bytes, line {number}; expected one event on each line"
            )
        text = line.removeprefix(codecs.BOM_UTF8).strip().lstrip(_SEPARATOR)
        if text:
            yield _row(number, text)


def _row(number: int, text: bytes) -> Row:
    try:
        value: Any = msgspec.json.decode(text)
    except RecursionError:
        return Row("line", number, {}, kind="feature", problem=f"is nested more than {MAX_DEPTH} levels deep")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if number == 1:
            raise BadFile(
                f"is not JSON: the first line cannot be read ({error}); expected an object on each line"
            ) from None
        line = text.decode("utf-8", "replace")
        return Row("line", number, {"line": line}, kind="feature", problem=f"is not JSON: {error}")
    if isinstance(value, dict) and value.get("type") != "Feature":
        return object_row("line", number, value)
    return feature_row("line", number, value)
