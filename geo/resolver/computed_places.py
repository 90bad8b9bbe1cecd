"""Make places for points that no entry of the gazetteer has: those of codes, distances and directions."""

import shapely

from geo.countries.lookup import country_at
from geo.countries.outlines import country_shape
from geo.gazetteer.reader import Gazetteer
from geo.geometry import DECIMALS
from geo.place import Place, Precision
from geo.resolver.reverse import places_at

_MAX_RADII_KM = (
    (0.25, Precision.POINT),
    (2.0, Precision.NEIGHBOURHOOD),
    (25.0, Precision.CITY),
    (100.0, Precision.ADMIN2),
)


def precision_of_radius(radius_km: float) -> Precision:
    """Return the finest precision that a circle of this radius allows."""
    return next((precision for most, precision in _MAX_RADII_KM if radius_km <= most), Precision.ADMIN1)


def coarser(first: Precision, second: Precision) -> Precision:
    """Return the coarser of two precisions."""
    return max(first, second, key=lambda precision: precision.rank)


def computed_place(
    gazetteer: Gazetteer,
    name: str,
    point: tuple[float, float],
    radius_km: float,
    confidence: float,
    near_country: str | None = None,
) -> Place:
    """Return the place at a point (lon, lat), as precise as its radius.

    A point at sea is in `near_country`, the one that it is measured from; on the high seas it is in none.
    """
    lon, lat = point
    code = country_at(lon, lat)
    if near_country and code and code != near_country and not _is_on_land(code, lon, lat):
        code = near_country
    areas = places_at(gazetteer, lon, lat).areas if code else ()
    return Place(
        name=name,
        lon=round(lon, DECIMALS) + 0.0,
        lat=round(lat, DECIMALS) + 0.0,
        precision=precision_of_radius(radius_km),
        country=code,
        admin1=next(
            (area.name for area in areas if area.precision is Precision.ADMIN1 and area.country == code), None
        ),
        radius_km=round(radius_km, 1) if radius_km >= 1 else round(radius_km, 3),
        confidence=confidence,
    )


def _is_on_land(code: str, lon: float, lat: float) -> bool:
    land = country_shape(code)
    return land is not None and bool(shapely.intersects_xy(land, lon, lat))
