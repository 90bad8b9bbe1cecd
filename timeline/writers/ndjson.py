"""Newline-delimited GeoJSON: one Feature a line, of any number of events."""

from collections.abc import Iterable, Iterator
from itertools import islice

from timeline.writers.writer import About, Writer

_BATCH_LINES = 50


def write(
    features: Iterable[bytes], about: About
) -> Iterator[bytes]:  # about: unused, but every writer takes it
    """Yield stored Features one a line, fifty lines at a time."""
    remaining = iter(features)
    while batch := list(islice(remaining, _BATCH_LINES)):
        yield b"\n".join(batch) + b"\n"


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
