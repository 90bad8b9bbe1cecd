"""Areas and other shapes that pins are asked to lie in: read, checked, and asked pin by pin.

Everything is planar in degrees (CRS84). A shape that crosses the antimeridian comes cut in two, as RFC 7946,
3.1.9 says; an edge between -170 and 170 runs through Greenwich.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape as from_mapping
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from db.errors import BadFilter
from geo.box import Box
from geo.errors import BadBox

AREA = "POLYGON((3 50, 8 50, 8 54, 3 54, 3 50))"
_CUT = "cut what crosses the antimeridian in two, as RFC 7946 says"
_FEW = 4
_KINDS = {
    kind.lower(): kind
    for kind in (
        "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"
    )
}  # fmt: skip
_WKT = re.compile(r"\s*(?:SRID\s*=\s*\d+\s*;\s*)?([A-Za-z]+)")


def read_area(text: str) -> str:
    """Read a WKT polygon or multipolygon (lon lat, degrees, CRS84) and write it canonically.

    Raises BadFilter for another geometry, a ring that is open or crosses itself, or positions out of range.
    """
    said = _WKT.match(text)
    kind = said[1].lower() if said else ""
    if kind not in ("polygon", "multipolygon"):
        raise _bad(
            "within", f"a polygon or multipolygon was expected, not {(said[1] if said else text)[:40]!r}"
        )
    if "=" in text:
        raise _bad("within", "an SRID was given; coordinates are lon lat in CRS84")
    try:
        with np.errstate(invalid="ignore"):  # of nan, which is refused below
            area = shapely.from_wkt(text)
    except (GEOSException, ValueError, UnicodeError) as error:
        raise _bad("within", _reason(str(error))) from None
    return _checked("within", area)


def read_shape(node: Mapping[str, Any]) -> str:
    """Read a geometry of CQL2-JSON (GeoJSON, or a `bbox`) and write it canonically as WKT; raise BadFilter."""
    if "bbox" in node:
        return _of_box(node["bbox"])
    kind = _KINDS.get(str(node.get("type")).lower())
    if kind is None:
        raise BadFilter("filter", f"{str(node.get('type'))[:40]!r} is not a geometry; expected {AREA}")
    try:
        _closed(node)
        found = from_mapping(dict(node))
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadFilter(
            "filter", f"the {kind} cannot be read: {str(error).strip()}; expected such as {AREA}"
        ) from None
    return _checked("filter", found)


def _of_box(numbers: Any) -> str:
    try:
        box = Box.parse(",".join(str(float(number)) for number in numbers))
    except (BadBox, TypeError, ValueError) as error:
        raise BadFilter("filter", f"the BBOX cannot be read: {error}; expected BBOX(3, 50, 8, 54)") from None
    # A box without width or height is a line or a point, and still meets what lies on it.
    parts = [
        _hull([(b.west, b.south), (b.west, b.north), (b.east, b.south), (b.east, b.north)])
        for b in box.parts()
    ]
    return _canonical(shapely.union_all(parts))


def _hull(corners: list[tuple[float, float]]) -> BaseGeometry:
    return shapely.convex_hull(shapely.multipoints(corners))


def _closed(node: Mapping[str, Any]) -> None:
    """Refuse open rings, which Shapely would close without a word."""
    for part in node.get("geometries", ()):
        _closed(part)
    kind = str(node.get("type")).lower()
    polygons = {"polygon": [node.get("coordinates")], "multipolygon": node.get("coordinates")}.get(kind, [])
    for ring in (ring for polygon in polygons or [] for ring in polygon or []):
        if ring[0] != ring[-1] or len(ring) < 4:
            raise ValueError(
                "a ring is not closed: its last position must repeat its first, and four are least"
            )


def _checked(name: str, found: BaseGeometry) -> str:
    if found.is_empty:
        raise _bad(name, f"the {found.geom_type} is empty")
    flat = shapely.force_2d(found)
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


def _canonical(geometry: BaseGeometry) -> str:
    return str(shapely.to_wkt(shapely.normalize(geometry), rounding_precision=-1))


def _reason(said: str) -> str:
    if "closed linestring" in said or "Invalid number of points in LinearRing" in said:
        return "a ring is not closed: its last position must repeat its first, and four are least"
    return f"it cannot be read as WKT ({said.splitlines()[0][:120] if said else 'malformed'})"


def _bad(name: str, reason: str) -> BadFilter:
    return BadFilter(name, f"{reason}; expected such as {AREA}")


def envelopes(wkt: str) -> list[Box]:
    """Give the boxes around the parts of a canonical shape, or around all of it where they are many."""
    shape = _prepared(wkt)
    parts = shapely.get_parts(shape)
    found = parts if len(parts) <= _FEW else [shape]
    return [Box(*map(float, shapely.bounds(part))) for part in found]


@lru_cache(maxsize=64)
def _prepared(wkt: str) -> BaseGeometry:
    geometry = shapely.from_wkt(wkt)
    shapely.prepare(geometry)
    return geometry


# How a point (a pin) stands to a shape; those of one position that Shapely answers without making a Point first.
_RELATIONS: dict[str, Callable[[BaseGeometry, float, float], Any]] = {
    "s_intersects": lambda shape, lon, lat: shapely.intersects_xy(shape, lon, lat),
    "s_within": lambda shape, lon, lat: shapely.contains_xy(shape, lon, lat),
    "s_contains": lambda shape, lon, lat: shapely.contains(shapely.Point(lon, lat), shape),
    "s_equals": lambda shape, lon, lat: shapely.equals(shape, shapely.Point(lon, lat)),
    "s_touches": lambda shape, lon, lat: shapely.touches(shape, shapely.Point(lon, lat)),
    "s_crosses": lambda shape, lon, lat: shapely.crosses(shapely.Point(lon, lat), shape),
    "s_overlaps": lambda shape, lon, lat: shapely.overlaps(shapely.Point(lon, lat), shape),
}
RELATIONS = frozenset(_RELATIONS)


def stands(relation: str, lon: float, lat: float, wkt: str) -> bool:
    """Tell whether a pin stands in a relation (`s_intersects` …) to a canonical shape; SQLite calls it."""
    return bool(_RELATIONS[relation](_prepared(wkt), lon, lat))


def inside(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], wkt: str) -> npt.NDArray[np.bool_]:
    """Tell of many pins at once whether they lie in a canonical area or on its edge."""
    found = np.zeros(len(lon), dtype=bool)
    for box in envelopes(wkt):
        found |= (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
    near = np.flatnonzero(found)
    found[near] = shapely.intersects_xy(_prepared(wkt), lon[near], lat[near])
    return found
