"""Make places for points that no entry of the gazetteer has: those of codes, distances and directions."""

from dataclasses import replace

import shapely

from geo.countries.lookup import country_at
from geo.countries.outlines import country_shape
from geo.gazetteer.reader import Gazetteer
from geo.geometry import DECIMALS
from geo.place import Candidate, Place, Precision
from geo.resolver.reverse import MAX_KM_FOR_AREAS

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
    name: str,
    point: tuple[float, float],
    radius_km: float,
    confidence: float,
    near_country: str | None = None,
) -> Place:
    """Return the place at a point (lon, lat), as precise as its radius, without its first-level area.

    A point at sea is in `near_country`, the one that it is measured from; on the high seas it is in none.
    """
    lon, lat = point
    code = country_at(lon, lat)
    if near_country and code and code != near_country and not _is_on_land(code, lon, lat):
        code = near_country
    return Place(
        name=name,
        lon=round(lon, DECIMALS) + 0.0,
        lat=round(lat, DECIMALS) + 0.0,
        precision=precision_of_radius(radius_km),
        country=code,
        radius_km=round(radius_km, 1) if radius_km >= 1 else round(radius_km, 3),
        confidence=confidence,
    )


def first_with_area(candidates: list[Candidate], gazetteer: Gazetteer) -> list[Candidate]:
    """Return candidates, the first of them with the first-level area of the nearest city, if that is in its country.

    The search around a point takes milliseconds, so that the other candidates do without.
    """
    if not candidates or not candidates[0].place.country:
        return candidates
    first = candidates[0]
    nearest = gazetteer.near(first.place.lon, first.place.lat)
    city = nearest[0][1] if nearest and nearest[0][0] <= MAX_KM_FOR_AREAS else None
    if city is None or city.country != first.place.country or not city.admin1:
        return candidates
    area = gazetteer.by_id(city.admin1)
    place = replace(first.place, admin1=area.name if area else None)
    return [replace(first, place=place), *candidates[1:]]


def _is_on_land(code: str, lon: float, lat: float) -> bool:
    land = country_shape(code)
    return land is not None and bool(shapely.intersects_xy(land, lon, lat))
