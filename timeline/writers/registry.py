"""Every output format, one line each.

The API's addresses, `f=`, the Accept header, `timeline export`, the OpenAPI document and the `alternate` links are
made from WRITERS. To add a format, write its module with a WRITER and add it here.
"""

from timeline.writers import csv, geojson, jsonfg, ndjson
from timeline.writers.writer import Writer

WRITERS: tuple[Writer, ...] = (
    geojson.WRITER,
    ndjson.WRITER,
    csv.WRITER,
    jsonfg.WRITER,
)
NAMES = tuple(writer.name for writer in WRITERS)


def writer_named(name: str) -> Writer:
    """Return the writer of a format; raise KeyError for an unknown name."""
    return next((writer for writer in WRITERS if writer.name == name), None) or _unknown(name)


def _unknown(name: str) -> Writer:
    raise KeyError(f"{name!r} is not one of {', '.join(NAMES)}")
