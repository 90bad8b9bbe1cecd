"""Gold rows that place something by one or two towns, in seven languages."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from geo.countries.names import country_name
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.sphere import destination, distance_km, midpoint

from .styles import TOLERANCE_KM, GoldRow, Style, towns

MIN_PEOPLE = 300_000
EVERY_NTH_TOWN = 3
MAX_KM_BETWEEN = 300.0
_SHARE_OF_DISTANCE = 0.3
# North, east, south and west, in the form that stands before the town.
_DISTANCES = {
    "en": ("{} km {} of {}", ("north", "east", "south", "west")),
    "de": ("{} km {} von {}", ("nördlich", "östlich", "südlich", "westlich")),
    "fr": ("à {} km {} de {}", ("au nord", "à l'est", "au sud", "à l'ouest")),
    "es": ("a {} km {} de {}", ("al norte", "al este", "al sur", "al oeste")),
    "nl": ("{} km {} van {}", ("ten noorden", "ten oosten", "ten zuiden", "ten westen")),
    "ca": ("a {} km {} de {}", ("al nord", "a l'est", "al sud", "a l'oest")),
    "ar": ("على بعد {} كم {} {}", ("شمال", "شرق", "جنوب", "غرب")),
}
_BETWEEN = {
    "en": "between {} and {}", "de": "zwischen {} und {}", "fr": "entre {} et {}", "es": "entre {} y {}",
    "nl": "tussen {} en {}", "ca": "entre {} i {}",
}  # fmt: skip
_NEAR = (
    "near {}", "outskirts of {}", "in der Nähe von {}", "am Stadtrand von {}", "près de {}", "en banlieue de {}",
    "cerca de {}", "en las afueras de {}", "nabij {}", "prop de {}", "بالقرب من {}", "north of {}",
)  # fmt: skip


def _distances(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    draw = Random(25)
    for number, (language, town) in enumerate(_drawn(gazetteer, tuple(_DISTANCES))):
        form, directions = _DISTANCES[language]
        quarter, km = number % 4, draw.choice((2, 5, 12, 30, 80))
        text = form.format(km, directions[quarter], _with_country(town))
        lon, lat = destination(town.lon, town.lat, 90.0 * quarter, km)
        yield GoldRow(text, lat, lon, 5 + _SHARE_OF_DISTANCE * km, "km and direction")


def _between(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    large = [town for town in towns(gazetteer, MIN_PEOPLE) if town.country]
    large.sort(key=lambda town: (town.country, town.admin1 or 0, -town.population))
    languages = tuple(_BETWEEN)
    for number, (first, second) in enumerate(pairwise(large)):
        km = distance_km(first.lon, first.lat, second.lon, second.lat)
        if first.country == second.country and TOLERANCE_KM < km < MAX_KM_BETWEEN:
            lon, lat = midpoint(first.lon, first.lat, second.lon, second.lat)
            text = _BETWEEN[languages[number % len(languages)]].format(first.name, second.name)
            yield GoldRow(text, lat, lon, TOLERANCE_KM, "between two towns", cc=first.country)


def _near(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    for form, town in _drawn(gazetteer, _NEAR):
        text = form.format(_with_country(town))
        yield GoldRow(text, town.lat, town.lon, TOLERANCE_KM, "near a town", cc=town.country)


def _drawn(gazetteer: Gazetteer, forms: tuple[str, ...]) -> Iterator[tuple[str, GazetteerEntry]]:
    drawn = towns(gazetteer, MIN_PEOPLE)[::EVERY_NTH_TOWN]
    return ((forms[number % len(forms)], town) for number, town in enumerate(drawn))


def _with_country(town: GazetteerEntry) -> str:
    return f"{town.name}, {country_name(town.country or '')}"


STYLES = (
    Style("km and direction", _distances),
    Style("between two towns", _between),
    Style("near a town", _near),
)
