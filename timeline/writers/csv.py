"""CSV (RFC 4180) of any size: a row an event, written as it is read."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from timeline.exchange.native_table import COLUMNS, cells

_CHUNK = 200  # rows


def table(features: Iterable[bytes]) -> Iterator[bytes]:
    """Write stored Features as a table in UTF-8, a few hundred rows at a time."""
    rows = (cells(msgspec.json.decode(feature)) for feature in features)
    some: list[list[str]] = [list(COLUMNS)]
    while some:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(some)
        yield text.getvalue().encode()
        some = list(islice(rows, _CHUNK))


def lines(features: Iterable[bytes]) -> Iterator[bytes]:
    """Write stored Features one a line (newline-delimited GeoJSON), some hundred at a time."""
    each = iter(features)
    while some := list(islice(each, _CHUNK)):
        yield b"\n".join(some) + b"\n"
