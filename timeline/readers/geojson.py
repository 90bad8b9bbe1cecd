"""Read GeoJSON (RFC 7946): a FeatureCollection, streamed, or one Feature; properties are the columns."""

import codecs
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import ijson

from timeline.errors import BadFile
from timeline.readers.row import Note, Row, unsound
from timeline.readers.timelinejs import slide

# What only Dateline writes together: such a feature comes back whole.
_MARKS = frozenset({"title", "date_precision", "places", "sources", "figures", "verification", "data"})
_KEPT = (*_MARKS - {"date_precision"}, "summary", "category", "date", "tags", "note", "corrections")


_SLIDES = "TimelineJS"  # which names no type


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row a feature; raise BadFile when the file is not JSON, or JSON of another type."""
    start = len(codecs.BOM_UTF8) if stream.read(3) == codecs.BOM_UTF8 else 0
    stream.seek(start)
    kind = _kind(stream)
    stream.seek(start)
    if kind == _SLIDES:
        for number, event in enumerate(ijson.items(stream, "events.item", use_float=True), 1):
            yield slide(number, event)
        return
    if kind not in ("FeatureCollection", "Feature"):
        raise BadFile(
            f'is JSON of type {kind!r}; expected a GeoJSON "FeatureCollection" or "Feature", or "events" of TimelineJS'
        )
    prefix = "features.item" if kind == "FeatureCollection" else ""
    for number, feature in enumerate(ijson.items(stream, prefix, use_float=True), 1):
        yield feature_row("feature", number, feature)


def _kind(stream: BinaryIO) -> str | None:
    """Find the top-level `type`, and read to the end: nothing is stored of a file that breaks halfway."""
    kind, depth, key, slides = None, 0, None, False
    try:
        for event, value in ijson.basic_parse(stream, use_float=True):
            if event in ("start_map", "start_array"):
                slides |= depth == 1 and key == "events" and event == "start_array"
                depth += 1
            elif event in ("end_map", "end_array"):
                depth -= 1
            elif depth == 1 and event == "map_key":
                key = value
            elif depth == 1 and key == "type":
                kind, key = value, None
    except ijson.IncompleteJSONError as error:
        said = error.args[0] if error.args else ""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        if "invalid bytes in UTF8" in words:
            raise BadFile("is not UTF-8; save it as UTF-8") from None
        raise BadFile(
            f"is not JSON: {' '.join(words.splitlines()[0].split()) if words else 'it ends too early'}"
        ) from None
    return kind if isinstance(kind, str) else _SLIDES if slides else None


def feature_row(unit: str, number: int, feature: Any) -> Row:
    """Make a row of a Feature, or of what should be one; `unit` and `number` say where it stands."""
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        return Row(unit, number, {}, kind="feature", problem='is not an object with "type": "Feature"')
    properties = feature.get("properties")
    if not isinstance(properties, Mapping):
        properties = {}
    fault = unsound(feature)
    if fault:
        return Row(unit, number, properties, kind="feature", problem=fault)
    identity = {"id": feature["id"]} if feature.get("id") is not None else {}
    if properties.keys() >= _MARKS:
        fields = {name: properties[name] for name in _KEPT if name in properties}
        return Row(unit, number, {**identity, **fields}, kind="own")
    try:
        points = _points(feature.get("geometry"))
    except ValueError as error:
        return Row(unit, number, properties, kind="feature", problem=f"geometry: {error}")
    return Row(unit, number, {**properties, **identity}, points, kind="feature")


def _points(geometry: Any) -> tuple[tuple[Any, Any], ...]:
    """Return (lon, lat) pairs; heights are left out. Their range is checked with the other fields."""
    if geometry is None:
        return ()
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Point", "MultiPoint"):
        raise ValueError(f"{kind!r} marks no place of an event; expected Point, MultiPoint or null")
    positions = [geometry.get("coordinates")] if kind == "Point" else geometry.get("coordinates")
    if not isinstance(positions, list):
        raise ValueError("coordinates are missing; expected [lon, lat], such as [4.35, 50.85]")
    for position in positions:
        if not isinstance(position, list) or len(position) < 2:
            raise ValueError(f"{position!r} is no position; expected [lon, lat], such as [4.35, 50.85]")
    return tuple((position[0], position[1]) for position in positions)
