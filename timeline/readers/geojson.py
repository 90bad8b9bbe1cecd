"""Read GeoJSON (RFC 7946), streamed, with properties as columns; and the lists of objects that APIs give as JSON."""

import codecs
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import ijson
import msgspec

from geo.geometry import GEOMETRIES, from_geojson
from geo.shape_extent import extent
from timeline.exchange.checks import unsound
from timeline.exchange.row import Note, Row
from timeline.readers.parts.json_outline import outlined
from timeline.readers.timelinejs import slide

# What only Dateline writes together: such a feature comes back whole.
_MARKS = frozenset({"title", "date_precision", "places", "sources", "figures", "verification", "data"})
_KEPT = (*_MARKS - {"date_precision"}, "summary", "category", "date", "tags", "note", "corrections")


_DEEP = 3  # objects within objects that are looked into
_KEPT_SHAPE = 50_000  # bytes of a line or area that is kept whole in data; of a longer one the box is


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row a feature; raise BadFile when the file is not JSON, or JSON of another type."""
    start = len(codecs.BOM_UTF8) if stream.read(3) == codecs.BOM_UTF8 else 0
    stream.seek(start)
    outline = outlined(stream)
    outline.check()
    stream.seek(start)
    if outline.kind in ("FeatureCollection", "Feature"):
        prefix = "features.item" if outline.kind == "FeatureCollection" else ""
        for number, feature in enumerate(ijson.items(stream, prefix, use_float=True), 1):
            yield feature_row("feature", number, feature)
    elif outline.slides:
        for number, event in enumerate(ijson.items(stream, "events.item", use_float=True), 1):
            yield slide(number, event)
    else:
        key = outline.rows()
        if key:
            note(f"is JSON with the list {key!r}, whose objects are read")
        for number, value in enumerate(ijson.items(stream, f"{key}.item".lstrip("."), use_float=True), 1):
            yield object_row("object", number, value)


def object_row(unit: str, number: int, value: Any) -> Row:
    """Make a row of an object: a Feature, one of ArcGIS with attributes, or columns, those within others with a dot."""
    if not isinstance(value, Mapping):
        return Row(unit, number, {}, kind="feature", problem=f"{value!r:.40} is no object")
    if value.get("type") == "Feature":
        return feature_row(unit, number, value)
    if fault := unsound(value):
        return Row(unit, number, {}, kind="feature", problem=fault)
    if isinstance(value.get("attributes"), Mapping):
        at = value.get("geometry")
        points = ((at["x"], at["y"]),) if isinstance(at, Mapping) and at.keys() >= {"x", "y"} else ()
        return Row(unit, number, value["attributes"], points, kind="feature")
    columns = dict(_flat(value))
    shaped = next((name for name, one in columns.items() if _is_geometry(one)), None)
    if shaped is None:
        return Row(unit, number, columns, kind="feature")
    geometry = columns.pop(shaped)
    try:
        return _placed(unit, number, columns, geometry)
    except ValueError as error:
        return Row(unit, number, columns, kind="feature", problem=f"{shaped}: {error}")


def _flat(value: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the values of an object and of those within it, by names with dots; geometries stay whole."""
    for name, one in value.items():
        if isinstance(one, Mapping) and one and depth < _DEEP and not _is_geometry(one):
            yield from _flat(one, f"{before}{name}.", depth + 1)
        else:
            yield f"{before}{name}", one


def _is_geometry(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("type") in GEOMETRIES and "coordinates" in value


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
        return _placed(unit, number, {**properties, **identity}, feature.get("geometry"))
    except ValueError as error:
        return Row(unit, number, properties, kind="feature", problem=f"geometry: {error}")


def _placed(unit: str, number: int, columns: Mapping[str, Any], geometry: Any) -> Row:
    """Make a row with the points of a geometry, or with one point on a line or area, which is kept beside it."""
    if geometry is None:
        return Row(unit, number, columns, kind="feature")
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind in ("Point", "MultiPoint"):
        return Row(unit, number, columns, _points(kind, geometry.get("coordinates")), kind="feature")
    shape = from_geojson(geometry)
    lon, lat, reach = extent(shape)
    small = len(msgspec.json.encode(geometry)) <= _KEPT_SHAPE
    kept = geometry if small else {"type": kind, "bbox": list(shape.bounds)}
    name = "geometry" if "geometry" not in columns else "geometry (shape)"
    return Row(unit, number, {**columns, name: kept}, ((lon, lat),), kind="feature", radius_km=reach)


def _points(kind: str, coordinates: Any) -> tuple[tuple[Any, Any], ...]:
    """Return (lon, lat) pairs; heights are left out. Their range is checked with the other fields."""
    positions = [coordinates] if kind == "Point" else coordinates
    if not isinstance(positions, list):
        raise ValueError("coordinates are missing; expected [lon, lat], such as [4.35, 50.85]")
    for position in positions:
        if not isinstance(position, list) or len(position) < 2:
            raise ValueError(f"{position!r} is no position; expected [lon, lat], such as [4.35, 50.85]")
    return tuple((position[0], position[1]) for position in positions)
