"""Read GeoJSON (RFC 7946) as a stream, with properties as columns, and other JSON that contains a list of objects."""

import codecs
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

import msgspec
from msgspec import structs

from geo.geometry import GEOMETRIES, from_geojson
from geo.shape_extent import extent
from timeline.exchange.checks import MAX_SHAPE_BYTES, names_problem, storage_problem
from timeline.exchange.name_lists import listed
from timeline.exchange.native_table import DERIVED, changed
from timeline.exchange.row import LeftOutNote, Note, Row, has_only_scalars, is_empty
from timeline.readers.parts.feature_members import (
    UNREAD_PLACE,
    foreign_columns,
    members_of,
    with_id,
    with_second_id,
)
from timeline.readers.parts.json_events import JsonEvents, JsonLd, in_containers, read_json_ld
from timeline.readers.parts.json_items import RepeatedNames, json_items
from timeline.readers.parts.json_outline import Outline, outlined
from timeline.readers.parts.plain_objects import plain_object, plain_terms
from timeline.readers.parts.schema_event import is_schema_event, schema_columns
from timeline.readers.timelinejs import read_slides

# Only Dateline writes all of these: a feature with them is read back without loss.
_NATIVE_PROPERTIES = frozenset(
    {"title", "date_precision", "places", "sources", "figures", "verification", "data"}
)
_NATIVE_MEMBERS = (
    "geometry",
    "time",
    "links",
    "conformsTo",
    "featureType",
    "coordRefSys",
)  # beside its properties

_READ_OF_POINTS = frozenset(("type", "coordinates", "bbox", "crs"))

MAX_CHARACTERS_QUOTED = 40
MAX_NESTING = 3  # levels of objects inside objects that become columns


def read(stream: BinaryIO, note: Note, each: str | None = None) -> Iterator[Row]:
    """Yield a row for each feature or object; raise BadFile for a file that is not JSON, or JSON of another type.

    With `each` every item of the list of that name in an object becomes a row.
    """
    start = len(codecs.BOM_UTF8) if stream.read(3) == codecs.BOM_UTF8 else 0
    stream.seek(start)
    outline = outlined(stream)
    outline.check()
    stream.seek(start)
    if outline.more:
        note(
            f"is a part of the answer of a server, which has more events ({outline.more}); import its other pages too"
        )
    if outline.kind in ("FeatureCollection", "Feature"):
        yield from _features(stream, outline, note, each)
    elif outline.slides:
        yield from read_slides(stream, outline, note)
    elif is_schema_event({"@type": outline.types}):
        yield from _objects(stream, "", outline, JsonEvents(object_row, each), note)
    elif outline.is_sparql:
        prefix = "results.bindings.item"
        yield from _objects(stream, prefix, outline, JsonEvents(_binding_row, each), note)
    else:
        key = outline.rows()
        if key:
            note(f"is JSON with a list {key!r}; the objects of that list are read")
        if key and (names := outline.others(key)):
            note(LeftOutNote(f"has members beside that list, {listed(names)}; left out", len(names)))
        prefix = f"{key}.item".lstrip(".")
        json_ld = JsonLd()
        if not outline.lists[key].isdisjoint(("@type", "@id", "@graph")):
            json_ld = read_json_ld(in_containers(json_items(stream, prefix, outline), Counter()))
            stream.seek(start)
        events = JsonEvents(partial(object_row, nodes=json_ld.nodes), each, events_only=json_ld.has_events)
        yield from _objects(stream, prefix, outline, events, note)


def _objects(
    stream: BinaryIO, prefix: str, outline: Outline, events: JsonEvents, note: Note
) -> Iterator[Row]:
    left_out, repeated = Counter[str](), RepeatedNames("object")
    values = in_containers(json_items(stream, prefix, outline, repeated), left_out)
    for number, value in enumerate(values, 1):
        yield from events.rows("object", number, value)
    if left_out:
        note(
            LeftOutNote(f"has lists with members beside them, {listed(left_out)}; left out", left_out.total())
        )
    repeated.finish(note)
    events.finish(note)


def _features(stream: BinaryIO, outline: Outline, note: Note, each: str | None) -> Iterator[Row]:
    """Yield the rows of Features; note what is left out of the collection, and places in other coordinates."""
    is_collection = outline.kind == "FeatureCollection"
    if is_collection and (names := outline.others("features")):
        note(LeftOutNote(f"has members beside its features, {listed(names)}; left out", len(names)))
    unread_places, repeated = 0, RepeatedNames("feature")
    features = json_items(stream, "features.item" if is_collection else "", outline, repeated)
    events = JsonEvents(partial(feature_row, crs=outline.coord_ref_sys if is_collection else ""), each)
    for number, feature in enumerate(features, 1):
        for row in events.rows("feature", number, feature):
            unread_places += UNREAD_PLACE in row.columns and not row.points
            yield row
    repeated.finish(note)
    events.finish(note)
    if unread_places:
        features_have = "1 feature has" if unread_places == 1 else f"{unread_places:,} features have"
        note(
            f"{features_have} a place that is not in CRS84, or is no geometry of GeoJSON; it is stored in data. "
            "Convert the file, for example with ogr2ogr -t_srs OGC:CRS84"
        )


def object_row(unit: str, number: int, value: Any, nodes: Mapping[str, Any] | None = None) -> Row:
    """Return the row of an object: a Feature, a feature of ArcGIS, an Event of schema.org, or columns.

    `a.b` is the column for b inside a. `nodes` are the objects of JSON-LD that an Event may refer to.
    """
    if not isinstance(value, dict):
        written = json.dumps(value, ensure_ascii=False)[:MAX_CHARACTERS_QUOTED]
        problem = f'{written} is not an object; expected one such as {{"title": …}}'
        return Row(unit, number, {"value": value}, kind="feature", problem=problem)
    if value.get("type") == "Feature":
        return feature_row(unit, number, value)
    if fault := storage_problem(value):
        columns = _columns(value)
        columns = {} if names_problem(columns) else columns
        return Row(unit, number, columns, kind="feature", problem=fault)
    if isinstance(value.get("attributes"), dict):
        return _arcgis_row(unit, number, value)
    if is_schema_event(value):
        columns, points, beside = schema_columns(value, _columns, nodes or {})
        fault = names_problem(columns)
        return Row(unit, number, columns, points, kind="feature", problem=fault, cells_beside=beside)
    columns = _columns(plain_object(value))
    if fault := names_problem(columns):
        return Row(unit, number, {}, kind="feature", problem=fault, cells_beside=len(columns))
    if has_only_scalars(columns):
        return Row(unit, number, columns, kind="feature")
    name = next((name for name, value in columns.items() if _is_geometry(value)), None)
    if name is None:
        return Row(unit, number, columns, kind="feature")
    geometry = columns.pop(name)
    try:
        return placed_row(unit, number, columns, geometry)
    except ValueError as error:
        return Row(unit, number, {**columns, name: geometry}, kind="feature", problem=f"{name}: {error}")


def _binding_row(unit: str, number: int, value: Any) -> Row:
    """Return the row of one answer to a query in SPARQL."""
    return object_row(unit, number, plain_terms(value))


def _arcgis_row(unit: str, number: int, value: Mapping[str, Any]) -> Row:
    """Return the row of a feature of ArcGIS; what is no attribute and no point becomes a column."""
    columns = dict(value["attributes"])
    others = {name: member for name, member in value.items() if name not in ("attributes", "geometry")}
    geometry = value.get("geometry")
    point = geometry if isinstance(geometry, Mapping) and geometry.keys() >= {"x", "y"} else None
    if geometry is not None and (point is None or point.keys() - {"x", "y", "spatialReference"}):
        others["geometry"] = geometry
    for name, member in others.items():
        columns[name if name not in columns else f"{name} (feature)"] = member
    if fault := names_problem(columns):
        return Row(unit, number, {}, kind="feature", problem=fault, cells_beside=len(columns))
    points = ((point["x"], point["y"]),) if point else ()
    beside = int(point is not None and "geometry" not in others)
    return Row(unit, number, columns, points, kind="feature", cells_beside=beside)


def _columns(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an object; a name that two members have, such as `a.b` and b inside a, gets a number."""
    if has_only_scalars(value):
        return dict(value)
    columns: dict[str, Any] = {}
    for name, member in _flat(value):
        number = 1
        while (unique := name if number == 1 else f"{name} ({number})") in columns:
            number += 1
        columns[unique] = member
    return columns


def _flat(nested: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the values of an object and of the objects inside it, by names with dots; geometries stay as they are."""
    for name, value in nested.items():
        if isinstance(value, dict) and value and depth < MAX_NESTING and not _is_geometry(value):
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}", value


def _is_geometry(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") in GEOMETRIES and "coordinates" in value


def feature_row(unit: str, number: int, feature: Any, crs: str = "") -> Row:
    """Return the row of a Feature, with a problem if it is not one; `unit` and `number` are its position.

    `crs` is the coordinate reference system of the collection for `place` in JSON-FG.
    """
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Row(
            unit,
            number,
            feature if isinstance(feature, dict) and not names_problem(feature) else {"value": feature},
            kind="feature",
            problem='is not a Feature; expected an object with "type": "Feature"',
        )
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    if fault := names_problem(properties):
        return Row(unit, number, {}, kind="feature", problem=fault, cells_beside=len(properties))
    if fault := storage_problem(feature):
        return Row(unit, number, properties, kind="feature", problem=fault)
    feature, identity = with_id(feature)
    if properties.keys() >= _NATIVE_PROPERTIES:
        return _own_row(unit, number, feature, identity)
    identity, repeated_ids = with_second_id(identity, properties)
    try:
        members = members_of(feature, properties, crs)
    except ValueError as error:
        columns = {**foreign_columns(feature, properties), **identity, "geometry": feature.get("geometry")}
        return Row(unit, number, columns, kind="feature", problem=str(error))
    columns = members.columns | identity if identity else members.columns
    try:
        row = placed_row(unit, number, columns, members.geometry)
    except ValueError as error:
        columns = {**foreign_columns(feature, properties), **identity}
        columns[_geometry_name(columns)] = feature.get("geometry")
        return Row(unit, number, columns, kind="feature", problem=f"geometry: {error}")
    cells_beside = members.cells_beside + repeated_ids
    if not members.when and not cells_beside:
        return row
    return structs.replace(row, when=members.when, cells_beside=row.cells_beside + cells_beside)


def _own_row(unit: str, number: int, feature: Mapping[str, Any], identity: Mapping[str, Any]) -> Row:
    """Return the row of a Feature that Dateline wrote; derived members become columns only if they were changed."""
    own_members = {name: feature.get(name) for name in _NATIVE_MEMBERS}
    properties = foreign_columns({**feature, **dict.fromkeys(own_members)}, feature["properties"])
    fields = {name: value for name, value in properties.items() if name not in DERIVED}
    derived = {name: value for name, value in properties.items() if name in DERIVED}
    different = changed(fields, derived)
    repeated = [value for name, value in derived.items() if name not in different]
    repeated += own_members.values()
    beside = sum(not is_empty(value) for value in repeated)
    return Row(unit, number, {**identity, **fields, **different}, kind="own", cells_beside=beside)


def placed_row(unit: str, number: int, columns: Mapping[str, Any], geometry: Any) -> Row:
    """Return a row with the points of a geometry in GeoJSON; raise ValueError if it cannot be read.

    A line or an area becomes one point inside it; the shape itself is stored in the column "geometry".
    """
    if geometry is None:
        return Row(unit, number, columns, kind="feature")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "Point" and geometry.get("coordinates") == []:  # no position (RFC 7946, 3.1)
        return Row(unit, number, {**columns, _geometry_name(columns): geometry}, kind="feature")
    if kind in ("Point", "MultiPoint"):
        points = _points(kind, geometry.get("coordinates"))
        if not geometry.keys() <= _READ_OF_POINTS or _has_heights(kind, geometry):
            name = _geometry_name(columns)
            columns = {**columns, name: geometry}
            return Row(unit, number, columns, points, kind="feature", cells_beside=1, parts=(name,))
        return Row(unit, number, columns, points, kind="feature", cells_beside=1)
    shape = from_geojson(geometry)
    lon, lat, reach = extent(shape)
    is_small = len(msgspec.json.encode(geometry)) <= MAX_SHAPE_BYTES
    stored = geometry if is_small else {"type": kind, "bbox": list(shape.bounds)}
    name = _geometry_name(columns)
    return Row(
        unit,
        number,
        {**columns, name: stored},
        ((lon, lat),),
        kind="feature",
        radius_km=reach,
        cells_beside=1,
        parts=(name,),
    )


def _geometry_name(columns: Mapping[str, Any]) -> str:
    return "geometry" if "geometry" not in columns else "geometry (shape)"


def _has_heights(kind: str, geometry: Mapping[str, Any]) -> bool:
    """Return whether positions have more than longitude and latitude, which have no field."""
    if kind == "Point":
        return len(geometry["coordinates"]) > 2
    return any(len(position) > 2 for position in geometry["coordinates"])


def _points(kind: str, coordinates: Any) -> tuple[tuple[Any, Any], ...]:
    """Return (lon, lat) pairs without heights. The importer checks their range."""
    positions = [coordinates] if kind == "Point" else coordinates
    if not isinstance(positions, list):
        raise ValueError("coordinates are missing; expected [lon, lat], such as [4.35, 50.85]")
    for position in positions:
        if not isinstance(position, list) or len(position) < 2:
            raise ValueError(f"{position!r} is not a position; expected [lon, lat], such as [4.35, 50.85]")
    return tuple((position[0], position[1]) for position in positions)
