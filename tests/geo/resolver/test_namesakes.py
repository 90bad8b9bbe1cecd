"""A town and the area that is named after it: the town, unless a word such as "province" or "oblast" asks for more."""

import pytest

from geo.choice import SURE_CONFIDENCE
from geo.gazetteer.reader import Gazetteer
from geo.resolver.namesakes import is_around, is_seat
from geo.resolver.resolver import Resolver
from geo.resolver.scoring import ADMIN1, CITY
from geo.sphere import distance_km

# text, country, longitude and latitude of the town
TOWNS = [
    ("Lisboa, Portugal", "PT", -9.13, 38.72),
    ("Lisboa", "PT", -9.13, 38.72),
    ("Roma, Italia", "IT", 12.51, 41.89),
    ("Wien", "AT", 16.37, 48.21),
    ("Wien, Österreich", "AT", 16.37, 48.21),
    ("Antwerpen, België", "BE", 4.40, 51.22),
    ("Praha, Česko", "CZ", 14.42, 50.09),
    ("București, România", "RO", 26.11, 44.43),
    ("Warszawa, Polska", "PL", 21.01, 52.23),
    ("Beograd", "RS", 20.47, 44.80),
    ("Milano", "IT", 9.19, 45.46),
    ("Venezia, Italia", "IT", 12.33, 45.44),
    ("Genève", "CH", 6.15, 46.20),
    ("Berne, Suisse", "CH", 7.45, 46.95),
    ("New York", "US", -74.01, 40.71),
    ("São Paulo", "BR", -46.64, -23.55),
    ("Madrid", "ES", -3.70, 40.42),
    ("Utrecht", "NL", 5.12, 52.09),
    ("Groningen", "NL", 6.57, 53.22),
    ("Washington", "US", -77.04, 38.90),
    ("Québec", "CA", -71.21, 46.81),
]

AREAS = [
    ("Kyiv Oblast", "UA", "admin1", "Kyivska oblast"),
    ("Київська область", "UA", "admin1", "Kyivska oblast"),
    ("Donetsk region", "UA", "admin1", "Donetska oblast"),
    ("Moscow region", "RU", "admin1", "Moskovskaya oblast'"),
    ("Moscow Oblast", "RU", "admin1", "Moskovskaya oblast'"),
    ("Московская область", "RU", "admin1", "Moskovskaya oblast'"),
    ("Leningrad oblast", "RU", "admin1", "Leningradskaya oblast'"),
    ("Ленинградская область", "RU", "admin1", "Leningradskaya oblast'"),
    ("Lublin Voivodeship", "PL", "admin1", "Lubelskie"),
    ("Zagreb County", "HR", "admin1", "Zagrebačka županija"),
    ("Hà Giang Province", "VN", "admin1", "Hà Giang"),
    ("Zvenigovskiy Rayon", "RU", "admin2", "Zvenigovskiy Rayon"),
    ("Gangnam-gu, Seoul", "KR", "admin2", "Gangnam-gu"),
    ("Jericho Governorate", "PS", "admin1", "Jericho and Al Aghwar"),
    ("Moscow region, Russia", "RU", "admin1", "Moskovskaya oblast'"),
    ("Kostroma region, Russia", "RU", "admin1", "Kostromskaya oblast'"),
    ("Donetsk People's Republic", "UA", "admin1", "Donetska oblast"),
    ("Kurdistan Province", "IR", "admin1", "Kordestān"),
    ("Adamawa Region", "CM", "admin1", "Adamaoua"),
    ("Huila Department", "CO", "admin1", "Huila"),
    ("Ituri, Congo - Kinshasa", "CD", "admin1", "Ituri"),
    ("Kostroma region", "RU", "admin1", "Kostromskaya oblast'"),
    ("Provincia di Roma", "IT", "admin2", "Roma"),
    ("Greater London", "GB", "admin2", "Greater London"),
    ("Île-de-France", "FR", "admin1", "Île-de-France"),
    ("Tokyo Prefecture", "JP", "admin1", "Tokyo"),
    ("Goiás", "BR", "admin1", "Goiás"),
    ("Brandenburg", "DE", "admin1", "Brandenburg"),
]


@pytest.mark.parametrize(("text", "country", "lon", "lat"), TOWNS)
def test_a_town_goes_before_the_area_that_is_named_after_it(
    resolver: Resolver, text: str, country: str, lon: float, lat: float
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.precision, place.country) == ("city", country)
    assert distance_km(place.lon, place.lat, lon, lat) < 5


@pytest.mark.parametrize(("text", "country", "precision", "name"), AREAS)
def test_an_area_is_the_answer_if_the_text_asks_for_it(
    resolver: Resolver, text: str, country: str, precision: str, name: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.name, place.precision, place.country) == (name, precision, country)


def test_the_oblast_around_a_city_is_much_larger_than_the_city(resolver: Resolver) -> None:
    city, oblast = resolver.resolve("Kyiv"), resolver.resolve("Kyiv Oblast")
    assert city is not None
    assert oblast is not None
    assert oblast.radius_km > 4 * city.radius_km


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("Landkreis München", 11.58, 48.14),
        ("Landkreis München, Bayern, Germany", 11.58, 48.14),
        ("Vienna region", 16.37, 48.21),
    ],
)
def test_a_district_that_the_gazetteer_lacks_is_the_surroundings_of_the_town(
    resolver: Resolver, text: str, lon: float, lat: float
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.precision in ("admin1", "admin2")
    assert place.radius_km >= 25
    assert distance_km(place.lon, place.lat, lon, lat) < 15


def test_a_quarter_of_a_later_town_is_no_district_around_a_town(resolver: Resolver) -> None:
    place = resolver.resolve("Bezirk Mitte, Berlin")
    assert place is not None
    assert (place.name, place.precision) == ("Mitte", "city")


def test_the_state_of_new_york_is_a_rival_of_the_city(resolver: Resolver) -> None:
    place = resolver.resolve("New York")
    assert place is not None
    assert place.confidence < 0.9


@pytest.mark.parametrize("text", ["Luxembourg", "Mexico", "Singapore", "Kuwait"])
def test_a_country_goes_before_its_capital(resolver: Resolver, text: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.precision == "country"


def test_a_small_town_is_not_the_seat_of_its_area(gazetteer: Gazetteer) -> None:
    entries = gazetteer.named("goias")
    area = next(entry for entry in entries if entry.kind == ADMIN1)
    town = next(entry for entry in entries if entry.kind == CITY and entry.admin1 == area.id)
    assert not is_seat(town, area)
    assert not is_around(area, town)


@pytest.mark.parametrize("text", ["Kent", "Essex", "Cornwall"])
def test_a_town_is_not_sure_if_a_far_larger_area_abroad_has_its_name(resolver: Resolver, text: str) -> None:
    countries = {
        candidate.place.country for candidate in resolver.candidates(text) if candidate.place.confidence > 0.1
    }
    assert "GB" in countries
    place = resolver.resolve(text)
    assert place is None or place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Texas, Houston", "Houston"),
        ("Texas, Houston, USA", "Houston"),
        ("Bayern, München", "Munich"),
        ("York", "York"),
    ],
)
def test_no_district_with_the_name_of_a_state_is_near_a_town_of_that_state(
    resolver: Resolver, text: str, name: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.name, place.confidence > 0.8) == (name, True)
