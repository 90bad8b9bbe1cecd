"""Newline-delimited GeoJSON (RFC 7946): one Feature a line, of any number of events."""

from collections.abc import Iterable, Iterator
from itertools import islice

from db.events.feature import split_at_time
from timeline.writers.writer import About, Writer

_BATCH_LINES = 50


def write(
    features: Iterable[bytes], about: About
) -> Iterator[bytes]:  # about: unused, but every writer takes it
    """Yield Features one a line, fifty lines at a time, without the member `time`.

    GDAL 3.9 and later takes lines with a `time` for JSON-FG, and reads only the first.
    """
    remaining = map(_plain, features)
    while batch := list(islice(remaining, _BATCH_LINES)):
        yield b"\n".join(batch) + b"\n"


def _plain(feature: bytes) -> bytes:
    before, _, after = split_at_time(feature)
    return before + after


WRITER = Writer(
    name="geojsonl",
    suffix="geojsonl",
    media_types=(
        "application/x-ndjson",
    ),  # not geo+json-seq (RFC 8142), which has a separator before each Feature
    streams=True,
    title="Every matching event, a Feature a line",
    write=write,
)
