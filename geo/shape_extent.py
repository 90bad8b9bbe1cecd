"""A shape as one place: a point on it, and how far it reaches; shapes written as text (WKT, EWKB in hexadecimal)."""

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

_WKT = re.compile(
    r"\s*(?:SRID=(\d+);\s*)?((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b[^(]{0,8}\(",
    re.IGNORECASE,
)
_WKB = re.compile(r"0[01][0-9A-Fa-f]{40,}")
# Kilometres from the point, up to which a shape is so precise.
_REACH = (
    (0.5, Precision.POINT), (3.0, Precision.NEIGHBOURHOOD), (15.0, Precision.CITY), (60.0, Precision.ADMIN2),
    (250.0, Precision.ADMIN1),
)  # fmt: skip


class Extent(NamedTuple):
    """A point on a shape in degrees (CRS84), and the kilometres from it to the farthest corner of the shape's box."""

    lon: float
    lat: float
    radius_km: float


def extent(geometry: BaseGeometry) -> Extent:
    """Find where a shape lies and how far it reaches."""
    lon, lat = representative_point(geometry)
    west, south, east, north = geometry.bounds
    corners = ((west, south), (west, north), (east, south), (east, north))
    return Extent(lon, lat, round(max(distance_km(lon, lat, *corner) for corner in corners), 1))


def precision(radius_km: float) -> Precision:
    """Tell how precise a place is that reaches so many kilometres."""
    return next((one for most, one in _REACH if radius_km <= most), Precision.COUNTRY)


def is_shape(text: str) -> bool:
    """Tell whether a text begins like a geometry in WKT, or is one in hexadecimal WKB, as PostGIS gives."""
    return bool(_WKT.match(text) or _WKB.fullmatch(text.strip()))


def from_text(text: str) -> BaseGeometry:
    """Read a geometry in WKT or hexadecimal WKB, in degrees (CRS84); raise BadGeometry with what is wrong."""
    found = _WKT.match(text)
    try:
        geometry = shapely.from_wkt(re.sub(r"^\s*SRID=\d+;", "", text, flags=re.IGNORECASE)) if found else (
            shapely.from_wkb(bytes.fromhex(text.strip()))
        )  # fmt: skip
    except (GEOSException, ValueError) as error:
        raise BadGeometry(f"malformed geometry: {' '.join(str(error).split())[:120]}") from None
    srid = int(found[1]) if found and found[1] else shapely.get_srid(geometry)
    if srid not in (0, 4326):
        raise BadGeometry(f"the geometry is in EPSG:{srid}; expected degrees of WGS84 (EPSG:4326)")
    return from_geojson(mapping(shapely.force_2d(geometry)))
