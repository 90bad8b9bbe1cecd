"""Note the lines and areas that are too large for `data`, which has only their bounding boxes."""

from collections.abc import Iterable, Iterator, Mapping

from timeline.exchange.checks import MAX_SHAPE_BYTES
from timeline.exchange.row import Note, Row


def noting_large_shapes(rows: Iterable[Row], note: Note) -> Iterator[Row]:
    """Yield the rows; then note how many of their shapes are stored as boxes."""
    count, first = 0, ""
    for row in rows:
        if row.radius_km and any(_is_box(row.columns.get(name)) for name in row.parts):
            count, first = count + 1, first or row.at
        yield row
    if count:
        shapes = "1 line or area" if count == 1 else f"{count:,} lines or areas"
        note(
            f"has {shapes} of more than {MAX_SHAPE_BYTES:,} bytes, first in {first}; the events have a point on each, "
            "and data has only the bounding box: simplify the shapes to keep them"
        )


def _is_box(value: object) -> bool:
    return isinstance(value, Mapping) and "bbox" in value and "coordinates" not in value
