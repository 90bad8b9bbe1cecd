"""Parts of a text that contradict each other: a later town is never ignored."""

import pytest

from geo.choice import SURE_CONFIDENCE
from geo.resolver.resolver import Resolver
from geo.sphere import distance_km

# text, longitude and latitude of the town that it names after a quarter, kilometres
QUARTERS = [
    ("Boa Vista, Recife, Pernambuco, Brazil", -34.88, -8.05, 25),
    ("Barreiras, Salvador, Bahia, Brazil", -38.49, -12.97, 30),
    ("Altstadt, München, Bavaria, Germany", 11.58, 48.14, 20),
    ("San Bernardino, Los Angeles, California", -118.24, 34.05, 50),
    ("Dhobley, Kismayo, Somalia", 42.55, -0.36, 25),
    ("Souk El Arbaa, Salé, Morocco", -6.8, 34.04, 25),
    ("Tupã, São Paulo, São Paulo, Brazil", -46.64, -23.55, 30),
    ("Cohoes, New York City, United States", -74.0, 40.71, 30),
]


@pytest.mark.parametrize(("text", "lon", "lat", "km"), QUARTERS)
def test_a_quarter_is_in_its_town_and_not_in_a_namesake_elsewhere_in_the_state(
    resolver: Resolver, text: str, lon: float, lat: float, km: float
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert distance_km(place.lon, place.lat, lon, lat) <= km


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Brooklyn, New York, NY, USA", "Brooklyn"),
        ("Santos, São Paulo, São Paulo, Brazil", "Santos"),
        ("Santa Monica, Los Angeles, California", "Santa Monica"),
        ("Vienna, Vienna, Austria", "Vienna"),
        ("New York, New York", "New York City"),
        ("Tadmur/Palmyra town, Tadmur district, Homs governorate, Syria", "Tadmur"),
    ],
)
def test_a_place_in_or_near_the_town_is_the_answer(resolver: Resolver, text: str, name: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mar del Plata, Buenos Aires, Argentina", "Mar del Plata"),
        ("Tasil town, Izra district, Daraa governorate, Syria", "Tasīl"),
        ("Dalbandin town, Nushki district, Balochistan province, Pakistan", "Dalbandin"),
    ],
)
def test_a_part_that_also_means_an_area_contradicts_no_place(
    resolver: Resolver, text: str, name: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ("Zorgvlied, Amsterdam", True),
        ("Boa Vista, Recife, Pernambuco, Brazil", True),
        ("Mosimbara village, Moyamba district, Southern province, Sierra Leone", False),
        ("La Gabarra village, Tibú municipality, Norte de Santander department, Colombia", False),
        ("Houston, Paris, Texas", False),
        ("Berlin, Paris, London", False),
        ("Kananga, Kasaï Central, Istanbul, Turkey", False),
    ],
)
def test_an_unknown_part_is_surely_in_a_town_but_not_in_a_district_named_like_one(
    resolver: Resolver, text: str, is_sure: bool
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.text is not None
    assert (place.confidence >= SURE_CONFIDENCE) is is_sure


@pytest.mark.parametrize(
    "text",
    [
        "Paris, Texas, Germany",
        "Lyon, Texas, France",
        "Shenzhen, Awdal, China",
        "Paris, Germany",
        "Houston, Bavaria, Japan, Brazil, Kenya, Norway",
        ", ".join(["Paris", "Texas", "Germany", "Recife", "Kyoto"] * 10),
    ],
)
def test_parts_that_contradict_each_other_have_no_sure_answer(resolver: Resolver, text: str) -> None:
    place = resolver.resolve(text)
    assert place is None or place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Germany, Berlin", "Berlin"),
        ("Bayern, München", "Munich"),
        ("Bavaria, Munich, Germany", "Munich"),
        ("Ontario, Toronto", "Toronto"),
        ("Peru, Indiana", "Peru"),
        ("Victoria, Texas", "Victoria"),
    ],
)
def test_an_area_before_its_town_is_read_as_the_area_around_it(
    resolver: Resolver, text: str, name: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.name, place.precision.value) == (name, "city")


def test_a_namesake_in_a_named_state_is_surer_than_one_in_a_country(resolver: Resolver) -> None:
    in_state, in_country = resolver.candidates("Sandusky, OH"), resolver.candidates("La Paz, Mexico")
    assert in_state[0].place.confidence >= 0.9
    assert in_country[0].place.confidence > resolver.candidates("Milford, United States")[0].place.confidence


def test_what_stands_before_an_area_and_a_hyphen_is_reported_as_not_found(resolver: Resolver) -> None:
    place = resolver.resolve("Illaga-Papua Island, Indonesia")
    assert place is not None
    assert (place.name, place.text) == ("Papua", "Illaga")
    assert place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "country"), [("Saint-Louis", "SN"), ("Saint Louis", "US"), ("Córdoba", "AR"), ("León", "MX")]
)
def test_accents_and_hyphens_tell_namesakes_apart(resolver: Resolver, text: str, country: str) -> None:
    assert resolver.candidates(text)[0].place.country == country


def test_an_area_whose_towns_are_not_known_is_in_doubt(resolver: Resolver) -> None:
    assert resolver.candidates("Fort Resolution, Canada")[0].place.confidence < SURE_CONFIDENCE
    assert resolver.candidates("Orange County, California")[0].place.confidence >= SURE_CONFIDENCE
