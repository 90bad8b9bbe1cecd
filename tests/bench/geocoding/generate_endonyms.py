"""European cities by their local names, with the country in its own language and in English: "Lisboa, Portugal"."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from geo.countries.names import country_name
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.sphere import distance_km

from .styles import GoldRow, Style, row_of, towns

CITIES = 300
MIN_PEOPLE = 150_000
# GeoNames lists quarters as towns, without saying so: "Wandsbek", "Sector 3".
KM_OF_QUARTERS = 12.0
LANGUAGES = {
    "AL": "sq", "AT": "de", "BA": "bs", "BE": "nl", "BG": "bg", "BY": "be", "CH": "de", "CZ": "cs", "DE": "de",
    "DK": "da", "EE": "et", "ES": "es", "FI": "fi", "FR": "fr", "GB": "en", "GR": "el", "HR": "hr", "HU": "hu",
    "IE": "en", "IT": "it", "LT": "lt", "LV": "lv", "MD": "ro", "ME": "sr-Latn", "MK": "mk", "NL": "nl", "NO": "nb",
    "PL": "pl", "PT": "pt", "RO": "ro", "RS": "sr", "RU": "ru", "SE": "sv", "SI": "sl", "SK": "sk", "UA": "uk",
    "XK": "sq",
}  # fmt: skip
_EASTERN_EDGE = 60.0  # degrees of longitude, for Russia


def _endonyms() -> dict[int, list[tuple[str, str]]]:
    """Return pairs of language and name by GeoNames id, of the cities that GeoNames lists by another name."""
    endonyms: dict[int, list[tuple[str, str]]] = defaultdict(list)
    text = Path(__file__).with_name("endonyms.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        endonyms[int(row["id"])].append((row["language"], row["name"]))
    return endonyms


def _cities(gazetteer: Gazetteer) -> list[GazetteerEntry]:
    """Return the largest cities of Europe, without the quarters of larger ones."""
    cities: list[GazetteerEntry] = []
    for town in towns(gazetteer, MIN_PEOPLE):
        is_quarter = any(
            distance_km(town.lon, town.lat, city.lon, city.lat) < KM_OF_QUARTERS
            and city.population > 2 * town.population
            for city in cities
        )
        if town.country in LANGUAGES and town.lon < _EASTERN_EDGE and not is_quarter:
            cities.append(town)
    return cities[:CITIES]


def _rows(gazetteer: Gazetteer, *, with_country: bool) -> Iterator[GoldRow]:
    style = "endonym, country" if with_country else "endonym"
    endonyms = _endonyms()
    for city in _cities(gazetteer):
        local_names = endonyms.get(city.id) or [(LANGUAGES[city.country or ""], city.name)]
        for language, name in dict.fromkeys((("en", city.name), *local_names)):
            if not with_country:
                yield row_of(name, city, style)
                continue
            for country in dict.fromkeys(country_name(city.country or "", code) for code in (language, "en")):
                yield row_of(f"{name}, {country}", city, style)


def _with_country(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    return _rows(gazetteer, with_country=True)


def _alone(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    return _rows(gazetteer, with_country=False)


STYLES = (Style("endonym, country", _with_country), Style("endonym", _alone))
