"""Read newline-delimited JSON and GeoJSON text sequences (RFC 8142): each line is a Feature or an object of columns."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from timeline.errors import BadFile
from timeline.exchange.checks import LARGE_NUMBER, MAX_DEPTH
from timeline.exchange.row import Note, Row
from timeline.readers.geojson import object_row
from timeline.readers.parts.json_events import JsonEvents
from timeline.readers.parts.json_items import (
    RepeatedNames,
    exact_value,
    may_repeat_names,
    with_storable_numbers,
)

MAX_LINE_BYTES = 16_000_000
_SEPARATOR = b"\x1e"


def read(stream: BinaryIO, note: Note, each: str | None = None) -> Iterator[Row]:
    """Yield a row for each line; raise BadFile for a line that is too long, or a first line that is not JSON.

    With `each` every item of the list of that name in an object becomes a row.
    """
    number, repeated = 0, RepeatedNames("line")
    events = JsonEvents(_json_row, each)
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise BadFile(
                f"has a line of more than {MAX_LINE_BYTES:,} bytes, line {number}; expected one event on each line"
            )
        text = line.removeprefix(codecs.BOM_UTF8).strip().lstrip(_SEPARATOR)
        if text:
            value = _decoded(number, text, repeated)
            yield from [value] if isinstance(value, Row) else events.rows("line", number, value)
    repeated.finish(note)
    events.finish(note)


def _json_row(unit: str, number: int, value: Any) -> Row:
    row = object_row(unit, number, value)
    if row.problem == LARGE_NUMBER:
        return object_row(unit, number, with_storable_numbers(value))
    return row


def _decoded(number: int, text: bytes, repeated: RepeatedNames) -> Any:
    """Return the value of a line and count its repeated names; return the row with its problem if it is not JSON."""
    try:
        value = _fast_value(text)
        if value is None:
            value = exact_value(text)
            repeated.add(number, value)
        return value
    except RecursionError:
        return Row("line", number, {}, kind="feature", problem=f"is nested more than {MAX_DEPTH} levels deep")
    except (msgspec.DecodeError, ValueError) as error:
        if number == 1:
            raise BadFile(
                f"is not JSON: the first line cannot be read ({error}); expected an object on each line"
            ) from None
        line = text.decode("utf-8", "replace")
        return Row("line", number, {"line": line}, kind="feature", problem=f"is not JSON: {error}")


def _fast_value(text: bytes) -> Any:
    """Return the value of a line; None if it may repeat a name or has a number that the fast parser refuses."""
    try:
        value = msgspec.json.decode(text)
        encoded = msgspec.json.encode(value)
    except (msgspec.ValidationError, OverflowError):
        return None
    return None if may_repeat_names(text, encoded) else value
