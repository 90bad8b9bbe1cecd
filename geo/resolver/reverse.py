"""From a point to the places that contain it."""

from dataclasses import dataclass

from geo.countries.lookup import country_at
from geo.countries.names import country_name
from geo.countries.outlines import country_label
from geo.data_files import country_facts
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.geometry import DECIMALS, checked_point
from geo.place import Place, Precision
from geo.resolver.candidates import place_of

CITIES_COMPARED = 30
MAX_KM_FOR_AREAS = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesAtPoint:
    """The country of a point, its admin areas from coarse to fine, and the nearest city.

    `distance_km` is the distance to the city's centre. The gazetteer has no outlines of admin areas: `areas` are
    those of the nearest city in the same country within 100 km, and may be wrong near the border of an area.
    """

    country: Place | None
    areas: tuple[Place, ...]
    city: Place | None
    distance_km: float | None


def places_at(gazetteer: Gazetteer, lon: float, lat: float, lang: str = "en") -> PlacesAtPoint:
    """Return the places at a point in degrees; raise BadPoint for numbers that are not finite or out of range."""
    lon, lat = checked_point(lon, lat)
    code = country_at(lon, lat)
    km, city = _nearest_city(gazetteer, lon, lat, code)
    areas = []
    if city and city.country == code and km <= MAX_KM_FOR_AREAS:
        entries = (gazetteer.by_id(area) for area in (city.admin1, city.admin2) if area)
        areas = [place_of(entry, gazetteer, lang) for entry in entries if entry]
    return PlacesAtPoint(
        country=_country_place(code, lang) if code else None,
        areas=tuple(areas),
        city=place_of(city, gazetteer, lang) if city else None,
        distance_km=round(km, 1) if city else None,
    )


def _nearest_city(
    gazetteer: Gazetteer, lon: float, lat: float, code: str | None
) -> tuple[float, GazetteerEntry] | tuple[float, None]:
    """Return the distance in kilometres and the entry of the nearest city, preferably in the point's country."""
    nearby = gazetteer.near(lon, lat, CITIES_COMPARED)
    in_country = [(km, city) for km, city in nearby if city.country == code]
    cities = in_country or nearby
    return cities[0] if cities else (0.0, None)


def _country_place(code: str, lang: str) -> Place | None:
    label = country_label(code)
    if label is None:
        return None
    geonames_id = country_facts().get(code, {}).get("geonameid")
    return Place(
        name=country_name(code, lang),
        lon=round(label.lon, DECIMALS),
        lat=round(label.lat, DECIMALS),
        precision=Precision.COUNTRY,
        country=code,
        radius_km=label.radius_km,
        gazetteer_id=f"geonames:{geonames_id}" if geonames_id else f"iso:{code}",
    )
