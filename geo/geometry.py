"""Geometry made safe: checked points, GeoJSON to Shapely and back, repair, rounding."""

import math
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from geo.errors import BadGeometry, BadPoint

DECIMALS = 5
GEOMETRIES = frozenset((
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
))  # fmt: skip


def point(lon: float, lat: float) -> tuple[float, float]:
    """Check a longitude and a latitude in degrees, and give them back as floats.

    Raises BadPoint unless both are finite, -180 <= lon <= 180 and -90 <= lat <= 90.
    """
    try:
        lon, lat = float(lon), float(lat)
    except (TypeError, ValueError, OverflowError):
        raise BadPoint(f"expected two numbers, got {lon!r} and {lat!r}") from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadPoint("longitude and latitude must be finite numbers")
    if not -180 <= lon <= 180:
        raise BadPoint(f"longitude {lon:g} does not lie between -180 and 180")
    if not -90 <= lat <= 90:
        raise BadPoint(f"latitude {lat:g} does not lie between -90 and 90")
    return lon, lat


def from_geojson(document: Mapping[str, Any]) -> BaseGeometry:
    """Read a GeoJSON geometry (RFC 7946, 3.1) whose positions lie in range, repaired if invalid.

    Raises BadGeometry for another type, malformed coordinates, an empty geometry or numbers out of range.
    """
    kind = document.get("type") if isinstance(document, Mapping) else None
    if not isinstance(kind, str) or kind not in GEOMETRIES:
        raise BadGeometry(f"expected a GeoJSON geometry, got type {kind!r}")
    try:
        geometry = shape(dict(document))
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadGeometry(f"malformed {kind}: {error}") from None
    if geometry.is_empty:
        raise BadGeometry(f"the {kind} is empty")
    for lon, lat in shapely.get_coordinates(geometry):
        try:
            point(lon, lat)
        except BadPoint as error:
            raise BadGeometry(f"the {kind} has a bad position: {error}") from None
    return repair(geometry)


def to_geojson(geometry: BaseGeometry, decimals: int = DECIMALS) -> dict[str, Any]:
    """Write a GeoJSON geometry with rounded coordinates, outer rings anticlockwise (RFC 7946, 3.1.6)."""
    # Rounding may make a tiny ring collapse; GEOS' precision grid repairs that, plain rounding would not.
    rounded = shapely.set_precision(geometry, 10.0**-decimals)
    if rounded.is_empty:
        rounded = geometry
    document: dict[str, Any] = mapping(shapely.orient_polygons(rounded))
    return {**document, **_rounded(document, decimals)}


def _rounded(document: Mapping[str, Any], decimals: int) -> dict[str, Any]:
    if "geometries" in document:
        parts = [{**part, **_rounded(part, decimals)} for part in document["geometries"]]
        return {"geometries": parts}
    return {"coordinates": round_coordinates(document["coordinates"], decimals)}


def round_coordinates(coordinates: Any, decimals: int = DECIMALS) -> Any:
    """Round nested GeoJSON coordinates; tuples become lists, minus zero becomes zero."""
    if isinstance(coordinates, list | tuple):
        return [round_coordinates(part, decimals) for part in coordinates]
    return round(coordinates, decimals) + 0.0


def repair(geometry: BaseGeometry) -> BaseGeometry:
    """Make a geometry valid, keeping its dimension: a bow tie becomes two triangles, never a line."""
    if geometry.is_valid:
        return geometry
    made = shapely.make_valid(geometry)
    if geometry.geom_type in ("Polygon", "MultiPolygon") and made.geom_type == "GeometryCollection":
        polygons = [part for part in shapely.get_parts(made) if part.area > 0]
        return shapely.union_all(polygons)
    return made


def representative_point(geometry: BaseGeometry) -> tuple[float, float]:
    """Find a point (lon, lat) on the geometry itself, in degrees, rounded to five decimals."""
    inside = geometry.representative_point()
    return round(inside.x, DECIMALS), round(inside.y, DECIMALS)
