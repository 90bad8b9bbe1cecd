"""Areas and other shapes for spatial conditions: parse them, check them, and test pins against them.

Everything is planar in degrees (CRS84), but a pin on the antimeridian has both of its longitudes, -180 and 180. A shape
that crosses the antimeridian must be cut in two (RFC 7946, 3.1.9); an edge from longitude -170 to 170 passes through 0.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from db.errors import BadFilter
from geo.box import Box
from geo.errors import BadBox

Degrees = npt.NDArray[np.float64]
WhichPins = npt.NDArray[np.bool_]

AREA = "POLYGON((3 50, 8 50, 8 54, 3 54, 3 50))"
_CUT = "cut a shape that crosses the antimeridian in two, as RFC 7946 says"
MAX_SHAPE_POSITIONS = 1_000
MAX_LINE_POSITIONS = 100  # a point is compared with each position, as lines and points have no inside
_MAX_BOXES = 4
_KINDS = {
    kind.lower(): kind
    for kind in (
        "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"
    )
}  # fmt: skip
_WKT = re.compile(r"\s*(?:SRID\s*=\s*\d+\s*;\s*)?([A-Za-z]+)")


def read_area(text: str) -> str:
    """Return a WKT polygon or multipolygon (lon lat, degrees, CRS84) in canonical form.

    Raises BadFilter for another geometry, a ring that is open or crosses itself, or positions out of range.
    """
    match = _WKT.match(text)
    kind = match[1].lower() if match else ""
    if kind not in ("polygon", "multipolygon"):
        raise _bad(
            "within", f"{(match[1] if match else text)[:40]!r} is neither a polygon nor a multipolygon"
        )
    if "=" in text:
        raise _bad("within", "it has an SRID; coordinates are always lon lat in CRS84")
    try:
        with np.errstate(invalid="ignore"):  # for nan, which _checked rejects
            area = shapely.from_wkt(text)
    except (GEOSException, ValueError, UnicodeError) as error:
        raise _bad("within", _reason(str(error))) from None
    return _checked("within", area)


def read_shape(node: Mapping[str, Any]) -> str:
    """Return a geometry of CQL2-JSON (GeoJSON, or a `bbox`) as canonical WKT; raise BadFilter if it is invalid."""
    if "bbox" in node:
        return _of_box(node["bbox"])
    kind = _KINDS.get(str(node.get("type")).lower())
    if kind is None:
        raise BadFilter("filter", f"{str(node.get('type'))[:40]!r} is not a geometry; expected {AREA}")
    try:
        _check_rings(node)
        geometry = shapely.geometry.shape(dict(node))
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadFilter(
            "filter", f"the {kind} cannot be read: {str(error).strip()}; expected a geometry such as {AREA}"
        ) from None
    return _checked("filter", geometry)


def _of_box(numbers: Any) -> str:
    try:
        box = Box.parse(",".join(str(float(number)) for number in numbers))
    except (BadBox, TypeError, ValueError) as error:
        raise BadFilter("filter", f"the BBOX cannot be read: {error}; expected BBOX(3, 50, 8, 54)") from None
    # A box without width or height is a line or a point, and still intersects the pins on it.
    parts = [
        _hull([(b.west, b.south), (b.west, b.north), (b.east, b.south), (b.east, b.north)])
        for b in _halves(box)
    ]
    return _canonical(shapely.union_all(parts))


def _halves(box: Box) -> tuple[Box, ...]:
    """Return the box, or its two halves if it crosses the antimeridian; `related` knows that meridian itself."""
    return box.parts() if box.west > box.east else (box,)


def _hull(corners: list[tuple[float, float]]) -> BaseGeometry:
    return shapely.convex_hull(shapely.multipoints(corners))


def _check_rings(node: Mapping[str, Any]) -> None:
    """Raise ValueError for an open ring, which Shapely would close silently."""
    for part in node.get("geometries", ()):
        _check_rings(part)
    kind = str(node.get("type")).lower()
    polygons = {"polygon": [node.get("coordinates")], "multipolygon": node.get("coordinates")}.get(kind, [])
    for ring in (ring for polygon in polygons or [] for ring in polygon or []):
        if ring[0] != ring[-1] or len(ring) < 4:
            raise ValueError(
                "a ring is not closed: its last position must repeat its first, and it needs at least four positions"
            )


def _checked(name: str, geometry: BaseGeometry) -> str:
    if geometry.is_empty:
        raise _bad(name, f"the {geometry.geom_type} is empty")
    flat = shapely.force_2d(geometry)
    count = shapely.get_num_coordinates(flat)
    if count > MAX_SHAPE_POSITIONS:
        raise _bad(
            name,
            f"the {flat.geom_type} has {count:,} positions; simplify it to at most {MAX_SHAPE_POSITIONS:,}",
        )
    lines = count - sum(map(shapely.get_num_coordinates, _areas(flat)))
    if lines > MAX_LINE_POSITIONS:
        raise _bad(
            name,
            f"the {flat.geom_type} has {lines:,} positions outside polygons; expected at most {MAX_LINE_POSITIONS:,}",
        )
    for lon, lat in shapely.get_coordinates(flat):
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise _bad(name, "every coordinate must be a finite number")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise _bad(
                name,
                f"the position {lon:g} {lat:g} is out of range (lon -180 to 180, lat -90 to 90); {_CUT}",
            )
    if not flat.is_valid:
        raise _bad(name, f"the {flat.geom_type} is not valid: {explain_validity(flat)}")
    return _canonical(flat)


def _areas(shape: BaseGeometry) -> list[BaseGeometry]:
    """Return the polygons of a shape."""
    if isinstance(shape, shapely.GeometryCollection):
        return [area for part in shape.geoms for area in _areas(part)]
    return [shape] if shapely.get_dimensions(shape) == 2 else []


def _canonical(geometry: BaseGeometry) -> str:
    return str(shapely.to_wkt(shapely.normalize(geometry), rounding_precision=-1))


def _reason(message: str) -> str:
    if "closed linestring" in message or "Invalid number of points in LinearRing" in message:
        return "a ring is not closed: its last position must repeat its first, and it needs at least four positions"
    return f"it cannot be read as WKT ({message.splitlines()[0][:120] if message else 'malformed'})"


def _bad(name: str, reason: str) -> BadFilter:
    return BadFilter(name, f"{reason}; expected an area such as {AREA}")


def envelopes(wkt: str) -> list[Box]:
    """Return the boxes around the parts of a canonical shape, or one around all of it if it has many parts."""
    shape = _prepared(wkt)
    parts = shapely.get_parts(shape)
    boxed = parts if len(parts) <= _MAX_BOXES else [shape]
    return [Box(*map(float, shapely.bounds(part))) for part in boxed]


@lru_cache(maxsize=64)
def _prepared(wkt: str) -> BaseGeometry:
    geometry = shapely.from_wkt(wkt)
    shapely.prepare(geometry)
    return geometry


def _equals(shape: BaseGeometry, lon: Degrees, lat: Degrees) -> WhichPins:
    west, south, east, north = shape.bounds
    mask: WhichPins = (lon == west) & (lon == east) & (lat == south) & (lat == north)
    return mask


def _touches(shape: BaseGeometry, lon: Degrees, lat: Degrees) -> WhichPins:
    mask: WhichPins = shapely.intersects_xy(shape, lon, lat) & ~shapely.contains_xy(shape, lon, lat)
    return mask


def _never(_shape: BaseGeometry, lon: Degrees, _lat: Degrees) -> WhichPins:
    return np.zeros(len(lon), dtype=bool)


# The relations of a pin to a shape (OGC 06-103r4, 6.1.15.3), simplified for a single point. It has an interior and no
# boundary, so it is never partly inside a shape. The `_xy` functions use the index of the prepared shape.
_RELATIONS: dict[str, Callable[[BaseGeometry, Degrees, Degrees], WhichPins]] = {
    "s_intersects": shapely.intersects_xy,
    "s_within": shapely.contains_xy,
    "s_contains": _equals,
    "s_equals": _equals,
    "s_touches": _touches,
    "s_crosses": _never,
    "s_overlaps": _never,
}
RELATIONS = frozenset(_RELATIONS)


def related(relation: str, lon: Degrees, lat: Degrees, wkt: str) -> WhichPins:
    """Return which of many pins have a relation (such as `s_intersects`) to a canonical shape."""
    shape, relates = _prepared(wkt), _RELATIONS[relation]
    mask: WhichPins = relates(shape, lon, lat)
    meridian = np.flatnonzero(np.abs(lon) == 180)
    mask[meridian] |= relates(shape, -lon[meridian], lat[meridian])
    return mask


def inside(lon: Degrees, lat: Degrees, wkt: str) -> WhichPins:
    """Return which of many pins are inside a canonical area or on its edge."""
    mask = np.zeros(len(lon), dtype=bool)
    for box in (part for envelope in envelopes(wkt) for part in envelope.parts()):
        mask |= (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
    candidates = np.flatnonzero(mask)
    mask[candidates] = related("s_intersects", lon[candidates], lat[candidates], wkt)
    return mask
