"""A geometry as one place: a point on it and how far it reaches; and geometries written as WKT or WKB."""

import re
from typing import NamedTuple

import shapely
from shapely.errors import GEOSException
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.errors import BadGeometry
from geo.geometry import from_geojson, representative_point
from geo.place import Precision
from geo.sphere import distance_km

MAX_ERROR_CHARACTERS = 120
_SRID = re.compile(r"^\s*SRID=\d+;", re.IGNORECASE)
_WKT = re.compile(
    r"\s*(?:SRID=(\d+);\s*)?((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b[^(]{0,8}\(",
    re.IGNORECASE,
)
_WKB = re.compile(r"0[01][0-9A-Fa-f]{40,}")
# The largest radius in kilometres of each precision.
_MAX_RADIUS_KM = (
    (0.5, Precision.POINT), (3.0, Precision.NEIGHBOURHOOD), (15.0, Precision.CITY), (60.0, Precision.ADMIN2),
    (250.0, Precision.ADMIN1),
)  # fmt: skip


class Extent(NamedTuple):
    """A point on a geometry in degrees (CRS84), and the kilometres to the farthest corner of the geometry's box."""

    lon: float
    lat: float
    radius_km: float


def extent(geometry: BaseGeometry) -> Extent:
    """Return a point on a geometry, and how far the geometry reaches from it."""
    lon, lat = representative_point(geometry)
    west, south, east, north = geometry.bounds
    corners = ((west, south), (west, north), (east, south), (east, north))
    return Extent(lon, lat, round(max(distance_km(lon, lat, *corner) for corner in corners), 1))


def precision_of_radius(radius_km: float) -> Precision:
    """Return the precision of a place with this radius."""
    return next(
        (precision for largest, precision in _MAX_RADIUS_KM if radius_km <= largest), Precision.COUNTRY
    )


def is_shape(text: str) -> bool:
    """Return whether a text begins like WKT, or is hexadecimal WKB, as PostGIS exports it."""
    return bool(_WKT.match(text) or _WKB.fullmatch(text.strip()))


def shape_from_text(text: str) -> BaseGeometry:
    """Return the geometry of WKT or hexadecimal WKB, in degrees (CRS84); raise BadGeometry if it cannot be read."""
    match = _WKT.match(text)
    try:
        geometry = (
            shapely.from_wkt(_SRID.sub("", text)) if match else shapely.from_wkb(bytes.fromhex(text.strip()))
        )
    except (GEOSException, ValueError) as error:
        reason = " ".join(str(error).split())[:MAX_ERROR_CHARACTERS]
        raise BadGeometry(
            f"malformed geometry: {reason}; expected WKT or hexadecimal WKB, such as POINT(4.35 50.85)"
        ) from None
    srid = int(match[1]) if match and match[1] else shapely.get_srid(geometry)
    if srid not in (0, 4326):
        raise BadGeometry(
            f"the geometry is in EPSG:{srid}; expected degrees of WGS84 (EPSG:4326), such as POINT(4.35 50.85)"
        )
    return from_geojson(mapping(shapely.force_2d(geometry)))
