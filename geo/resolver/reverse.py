"""A point → the places that hold it."""

from dataclasses import dataclass

from geo.countries import outlines
from geo.countries.lookup import country_at
from geo.countries.names import country_name
from geo.data_files import country_facts
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.geometry import DECIMALS, checked_point
from geo.place import Place, Precision
from geo.resolver.candidates import place_of

_LOOKED_AT = 30
_FAR_KM = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What holds a point: its country, its admin areas from coarse to fine, and the nearest city.

    `distance_km` is how far the city's centre is. The gazetteer has no polygons of admin areas: they are
    those of the nearest city of the same country within 100 km, and may be wrong near a border between them.
    """

    country: Place | None
    areas: tuple[Place, ...]
    city: Place | None
    distance_km: float | None


def surroundings(gazetteer: Gazetteer, lon: float, lat: float, lang: str = "en") -> Surroundings:
    """Find what holds a point in degrees; raise BadPoint for numbers that are not finite or out of range."""
    lon, lat = checked_point(lon, lat)
    code = country_at(lon, lat)
    km, nearest = _nearest(gazetteer, lon, lat, code)
    areas = []
    if nearest and nearest.country == code and km <= _FAR_KM:
        entries = (gazetteer.by_id(ident) for ident in (nearest.admin1, nearest.admin2) if ident)
        areas = [place_of(entry, gazetteer, lang) for entry in entries if entry]
    return Surroundings(
        country=country_place(code, lang) if code else None,
        areas=tuple(areas),
        city=place_of(nearest, gazetteer, lang) if nearest else None,
        distance_km=round(km, 1) if nearest else None,
    )


def _nearest(
    gazetteer: Gazetteer, lon: float, lat: float, code: str | None
) -> tuple[float, GazetteerEntry] | tuple[float, None]:
    around = gazetteer.near(lon, lat, _LOOKED_AT)
    at_home = [pair for pair in around if pair[1].country == code]
    found = at_home or around
    return found[0] if found else (0.0, None)


def country_place(code: str, lang: str = "en") -> Place | None:
    """Make the place of a country by its ISO code, or None for a code without land."""
    label = outlines.country_label(code)
    if label is None:
        return None
    ident = country_facts().get(code, {}).get("geonameid")
    return Place(
        name=country_name(code, lang),
        lon=round(label.lon, DECIMALS),
        lat=round(label.lat, DECIMALS),
        precision=Precision.COUNTRY,
        country=code,
        radius_km=label.radius_km,
        gazetteer_id=f"geonames:{ident}" if ident else f"iso:{code}",
    )
