"""CSV (RFC 4180) of any size: a row an event, written while the events are read."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from timeline.exchange.native_table import COLUMNS, cells
from timeline.writers.writer import About, Writer

_BATCH_ROWS = 50


def write(features: Iterable[bytes], about: About) -> Iterator[bytes]:
    """Yield stored Features as a table in UTF-8, header first, fifty rows at a time.

    The dialect `excel` has a byte order mark and semicolons, which Excel needs in most of Europe to open a file as
    UTF-8 and in columns.
    """
    excel = about.dialect == "excel"
    if excel:
        yield codecs.BOM_UTF8
    rows = (cells(msgspec.json.decode(feature)) for feature in features)
    batch: list[list[str]] = [list(COLUMNS)]
    while batch:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";" if excel else ",").writerows(batch)
        yield text.getvalue().encode()
        batch = list(islice(rows, _BATCH_ROWS))


WRITER = Writer(
    name="csv",
    suffix="csv",
    media_types=("text/csv",),  # Litestar adds the charset
    streams=True,
    title="Every matching event as a table",
    write=write,
)
