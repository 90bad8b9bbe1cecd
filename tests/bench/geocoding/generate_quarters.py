"""Gold rows of quarters and streets before their town, with the right country and with a wrong one."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from random import Random

from geo.countries.names import country_name
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.place import Precision
from geo.sphere import distance_km
from geo.text import key

from .styles import TOLERANCE_KM, GoldRow, Style, row_of, towns

MIN_PEOPLE_OF_CITY = 150_000
CITIES_PER_COUNTRY = 6
MIN_PEOPLE_OF_NAMESAKE = 5_000
ROWS_PER_CITY = 2
TOWNS_NEAR_CITY = 80
_STREETS = {
    "US": ("{} Street", "{} Avenue", "{} Road"),
    "GB": ("{} Street", "{} Road", "{} Lane"),
    "CA": ("{} Street", "{} Drive"),
    "AU": ("{} Street", "{} Road"),
    "IN": ("{} Road",),
    "DE": ("{}er Straße", "{}er Platz", "{}er Weg"),
    "AT": ("{}er Straße", "{}er Gasse"),
    "NL": ("{}straat", "{}weg"),
    "FR": ("rue de {}", "avenue de {}", "place de {}"),
    "ES": ("Calle {}", "Avenida de {}", "Plaza de {}"),
    "MX": ("Calle {}", "Avenida {}"),
    "AR": ("Calle {}", "Avenida {}"),
    "BR": ("Rua {}", "Avenida {}", "Travessa {}"),
    "PT": ("Rua de {}", "Avenida de {}"),
    "IT": ("Via {}", "Piazza {}", "Corso {}"),
    "PL": ("ulica {}", "plac {}"),
    "TR": ("{} Caddesi", "{} Sokak"),
    "RU": ("улица {}",),
}


def _cities(gazetteer: Gazetteer) -> list[GazetteerEntry]:
    """Return the largest cities of every country, in which quarters and streets are drawn."""
    by_country: defaultdict[str, list[GazetteerEntry]] = defaultdict(list)
    for city in towns(gazetteer, MIN_PEOPLE_OF_CITY):
        if city.country and city.admin1 and len(by_country[city.country]) < CITIES_PER_COUNTRY:
            by_country[city.country].append(city)
    return [city for cities in by_country.values() for city in cities]


def _around(gazetteer: Gazetteer, town: GazetteerEntry) -> tuple[str, str]:
    """Return the names of a town's state and country."""
    state = gazetteer.by_id(town.admin1 or 0)
    return (state.name if state else ""), country_name(town.country or "")


def _gold(text: str, city: GazetteerEntry, style: str) -> GoldRow:
    """Return the row of something in a city whose own position is not known."""
    tolerance = max(TOLERANCE_KM, 2 * city.radius_km)
    return row_of(text, city, style)._replace(tol_km=tolerance, precision=None)


def _quarters_of_the_gazetteer(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    for city in _cities(gazetteer):
        state, country = _around(gazetteer, city)
        for quarter in islice(_small_towns_inside(gazetteer, city), ROWS_PER_CITY):
            yield row_of(f"{quarter.name}, {city.name}, {state}, {country}", quarter, QUARTERS.name)


def _small_towns_inside(gazetteer: Gazetteer, city: GazetteerEntry) -> Iterator[GazetteerEntry]:
    for km, town in reversed(gazetteer.near(city.lon, city.lat, TOWNS_NEAR_CITY)):
        is_small = town.id > 0 and 0 < town.population < city.population / 5
        if km <= city.radius_km and is_small and key(town.name) != key(city.name):
            yield town


def _quarters_named_like_a_town_of_the_state(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    for city, namesakes in _with_towns_elsewhere(gazetteer):
        state, country = _around(gazetteer, city)
        for number, town in enumerate(namesakes):
            areas = f"{state}, {country}" if number % 2 else country
            yield _gold(f"{town.name}, {city.name}, {areas}", city, NAMESAKES.name)


def _with_towns_elsewhere(gazetteer: Gazetteer) -> Iterator[tuple[GazetteerEntry, list[GazetteerEntry]]]:
    """Return cities, each with towns of its state that are far from it and have no namesake near it."""
    by_state: defaultdict[int | None, list[GazetteerEntry]] = defaultdict(list)
    for town in towns(gazetteer, MIN_PEOPLE_OF_NAMESAKE):
        by_state[town.admin1].append(town)
    random = Random(25)
    for city in _cities(gazetteer):
        others = by_state[city.admin1]
        drawn = random.sample(others, min(len(others), 20))
        namesakes = [
            town
            for town in drawn
            if not _has_namesake_near(gazetteer, town.name, city)
            and not _is_in_namesake(gazetteer, town, city)
        ]
        yield city, namesakes[:ROWS_PER_CITY]


def _has_namesake_near(gazetteer: Gazetteer, name: str, city: GazetteerEntry) -> bool:
    return any(
        distance_km(other.lon, other.lat, city.lon, city.lat) <= 60 + 3 * city.radius_km + other.radius_km
        for other in gazetteer.named(key(name))
    )


def _is_in_namesake(gazetteer: Gazetteer, town: GazetteerEntry, city: GazetteerEntry) -> bool:
    """Return whether a town is in an area with the city's name, which the text may mean: "Taltal, Antofagasta"."""
    around = {town.admin1, town.admin2}
    return any(
        entry.id in around and entry.precision is not Precision.CITY
        for entry in gazetteer.named(key(city.name))
    )


def _streets(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    random = Random(26)
    for country, patterns in _STREETS.items():
        large = towns(gazetteer, 50_000, country)
        cities = random.sample(large, min(24, len(large)))
        for number, city in enumerate(cities):
            street = patterns[number % len(patterns)].format(random.choice(large).name)
            is_short = number % 2 and _is_largest(gazetteer, city)
            after = city.name if is_short else f"{city.name}, {country_name(country)}"
            yield _gold(f"{street}, {after}", city, STREETS.name)


def _is_largest(gazetteer: Gazetteer, city: GazetteerEntry) -> bool:
    """Return whether a city is ten times as large as any other place of its name."""
    others = (other for other in gazetteer.named(key(city.name)) if other.country != city.country)
    return all(10 * other.population < city.population for other in others)


def _wrong_countries(gazetteer: Gazetteer) -> Iterator[GoldRow]:
    """Yield towns in a country that has no place of that name: no answer is right."""
    random = Random(27)
    cities = _cities(gazetteer)
    for city in cities:
        other = random.choice(cities)
        state, right = _around(gazetteer, city)
        other_state, wrong = _around(gazetteer, other)
        if (
            "," in state + other_state
            or other.country == city.country
            or _is_in(gazetteer, city.name, other.country)
        ):
            continue
        choices = (wrong, f"{state}, {wrong}", f"{other_state}, {right}", f"{state}, {other_state}, {wrong}")
        for areas in random.sample(choices, ROWS_PER_CITY):
            yield GoldRow(f"{city.name}, {areas}", None, None, TOLERANCE_KM, WRONG.name)


def _is_in(gazetteer: Gazetteer, name: str, country: str | None) -> bool:
    return any(country in entry.countries for entry in gazetteer.named(key(name)))


QUARTERS = Style("quarter of the gazetteer, town, state, country", _quarters_of_the_gazetteer)
NAMESAKES = Style("quarter named like a town elsewhere, town, …", _quarters_named_like_a_town_of_the_state)
STREETS = Style("street, town", _streets)
WRONG = Style("town in a wrong country", _wrong_countries)
STYLES = (QUARTERS, NAMESAKES, STREETS, WRONG)
