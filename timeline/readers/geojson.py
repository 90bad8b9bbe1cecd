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


# What names no type: TimelineJS, a list of objects, and the JSON of ArcGIS; the last two by where their rows stand.
_SLIDES, _LIST, _ESRI = "TimelineJS", "item", "features.item"


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
    if kind in (_LIST, _ESRI):
        for number, value in enumerate(ijson.items(stream, kind, use_float=True), 1):
            yield _object(number, value)
        return
    if kind not in ("FeatureCollection", "Feature"):
        raise BadFile(
            f'is JSON of type {kind!r}; expected a GeoJSON "FeatureCollection" or "Feature", '
            'a list of objects, "features" of ArcGIS, or "events" of TimelineJS'
        )
    prefix = "features.item" if kind == "FeatureCollection" else ""
    for number, feature in enumerate(ijson.items(stream, prefix, use_float=True), 1):
        yield feature_row("feature", number, feature)


def _kind(stream: BinaryIO) -> str | None:
    """Find the top-level `type`, and read to the end: nothing is stored of a file that breaks halfway."""
    kind, depth, key, other = None, 0, None, None
    try:
        for event, value in ijson.basic_parse(stream, use_float=True):
            if event in ("start_map", "start_array"):
                if event == "start_array" and (depth == 0 or (depth == 1 and key in _LISTS)):
                    other = _LISTS[key]
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
    return kind if isinstance(kind, str) else other


_LISTS = {None: _LIST, "events": _SLIDES, "features": _ESRI}


def _object(number: int, value: Any) -> Row:
    """Make a row of an object in a list: a Feature, one of ArcGIS with attributes, or columns as they are."""
    if not isinstance(value, Mapping):
        return Row("object", number, {}, kind="feature", problem=f"{value!r:.40} is no object")
    if value.get("type") == "Feature":
        return feature_row("object", number, value)
    if fault := unsound(value):
        return Row("object", number, {}, kind="feature", problem=fault)
    if not isinstance(value.get("attributes"), Mapping):
        return Row("object", number, value, kind="feature")
    at = value.get("geometry")
    points = ((at["x"], at["y"]),) if isinstance(at, Mapping) and at.keys() >= {"x", "y"} else ()
    return Row("object", number, value["attributes"], points, kind="feature")


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
