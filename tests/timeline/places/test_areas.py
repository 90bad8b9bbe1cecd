"""Columns of one row together: what each level says, in several countries and languages."""

from typing import Any

import pytest

from geo.countries.world_regions import is_world_region
from geo.place import Candidate, Place, Precision
from geo.resolver.resolver import Resolver
from timeline.places.areas import AreaLookup
from timeline.places.judgement import PlaceContext

Levels = dict[str, str]


@pytest.fixture(scope="module")
def lookup(resolver: Resolver) -> AreaLookup:
    return AreaLookup(
        lambda text, country: resolver.candidates(text, country=country, limit=5), PlaceContext()
    )


def judged(lookup: AreaLookup, country: str | None, **levels: str) -> dict[str, Any]:
    """Return the values of the place for texts given finest first."""
    (place, doubt, *_), unused = lookup.judge(tuple(levels.items()), country)
    values = {"doubt": doubt, "unused": unused}
    if place is None:
        return values
    return values | {
        "name": place.name,
        "admin1": place.admin1,
        "country": place.country,
        "level": place.precision.value,
        "text": place.text,
    }


@pytest.mark.parametrize(
    ("country", "levels", "expected"),
    [
        ("Spain", {"admin1": "Cataluña"}, {"name": "Catalunya", "level": "admin1"}),
        ("Italia", {"admin1": "Lombardia"}, {"level": "admin1", "country": "IT"}),
        ("Deutschland", {"admin1": "Bayern"}, {"name": "Bayern", "level": "admin1"}),
        ("France", {"admin1": "Bretagne"}, {"level": "admin1", "country": "FR"}),
        ("Brasil", {"admin1": "São Paulo"}, {"level": "admin1", "country": "BR"}),
        ("Belgium", {"admin1": "Antwerp"}, {"level": "admin2", "country": "BE"}),
        ("US", {"admin1": "WA"}, {"name": "Washington", "level": "admin1"}),
        (None, {"admin1": "Washington"}, {"name": "Washington", "level": "admin1"}),
        ("Mexico", {"city": "Puebla", "admin1": "Puebla"}, {"level": "city", "country": "MX"}),
        ("Italia", {"city": "Milano", "admin1": "Lombardia"}, {"name": "Milan", "level": "city"}),
        ("Suisse", {"city": "Genève"}, {"country": "CH", "level": "city"}),
        ("US", {"city": "Portland", "admin1": "Maine"}, {"admin1": "Maine", "level": "city"}),
        ("Canada", {"city": "London", "admin1": "Ontario"}, {"admin1": "Ontario", "level": "city"}),
        ("Australia", {"city": "Perth", "admin1": "Tasmania"}, {"admin1": "Tasmania"}),
        ("Kenya", {"admin1": "Eastern Africa"}, {"country": "KE", "level": "country", "unused": ("admin1",)}),
        ("Iraq", {"place": "Middle East"}, {"country": "IQ", "level": "country", "unused": ("place",)}),
        ("Japan", {"city": "Tokyo", "admin1": "Eastern Asia"}, {"name": "Tokyo", "unused": ("admin1",)}),
    ],
)  # fmt: skip
def test_each_level_is_read_as_its_column_says(
    lookup: AreaLookup, country: str | None, levels: Levels, expected: dict[str, Any]
) -> None:
    answer = judged(lookup, country, **levels)
    assert {name: answer.get(name) for name in expected} == expected
    assert answer["text"] is None


@pytest.mark.parametrize(
    ("country", "levels", "expected"),
    [
        ("Nigeria", {"city": "Xzzawa", "admin1": "Kaduna"}, {"name": "Kaduna", "text": "Xzzawa"}),
        ("Nigeria", {"city": "Xzzawa", "admin1": "Qqstan"}, {"level": "country", "text": "Xzzawa, Qqstan"}),
        ("Nigeria", {"city": "Kano", "admin1": "Qqstan"}, {"name": "Kano", "text": "Qqstan"}),
        ("Germany", {"city": "Paris"}, {"country": "DE", "text": "Paris"}),
        ("France", {"city": "Lille", "admin1": "Texas"}, {"name": "Lille", "country": "FR", "text": "Texas"}),
        ("US", {"place": "Room 3", "city": "Austin", "admin1": "Texas"}, {"name": "Austin", "text": "Room 3"}),
        ("US", {"place": "Lyon", "city": "Austin", "admin1": "Texas"}, {"name": "Austin", "text": "Lyon"}),
    ],
)  # fmt: skip
def test_a_text_that_is_not_found_there_stays_and_is_marked(
    lookup: AreaLookup, country: str | None, levels: Levels, expected: dict[str, Any]
) -> None:
    answer = judged(lookup, country, **levels)
    assert {name: answer.get(name) for name in expected} == expected
    assert answer["doubt"] == "missing"


def test_nothing_that_is_found_is_no_place(lookup: AreaLookup) -> None:
    assert judged(lookup, None, city="Xzzawa", admin1="Qqstan") == {"doubt": "missing", "unused": ()}


def test_a_network_geocoder_may_write_a_state_in_another_way() -> None:
    state = Place(
        name="Bavaria", lon=11.4, lat=48.9, precision=Precision.ADMIN1, country="DE", admin1="Bavaria",
        radius_km=150.0, geocoder="nominatim",
    )  # fmt: skip
    town = Place(
        name="Hof", lon=11.9, lat=50.3, precision=Precision.CITY, country="DE", admin1="Freistaat Bayern",
        geocoder="nominatim",
    )  # fmt: skip
    answers = {"Bavaria": state, "Hof, Bavaria": town}
    lookup = AreaLookup(
        lambda text, country: [Candidate(place=answers[text])] if text in answers else [], PlaceContext()
    )
    assert judged(lookup, None, city="Hof", admin1="Bavaria")["name"] == "Hof"


@pytest.mark.parametrize("text", [
    "Sahel", "Balkans", "Caucasus", "MENA", "EMEA", "Western Europe", "Moyen-Orient", "Oriente Médio",
    "Africa Oriental", "Latin America & the Caribbean", "Amérique du Nord",
    "Sudeste Asiático", "América Central e do Sul", "Middle East & North Africa", "East Asia and Pacific", "Südeuropa",
    "Àfrica del Nord", "Europa e Asia centrale", "Worldwide",
])  # fmt: skip
def test_a_region_of_several_countries_is_recognised_in_several_languages(text: str) -> None:
    assert is_world_region(text)


@pytest.mark.parametrize("text", [
    "Michigan", "Catalunya", "Punjab", "Galicia", "Castilla y León", "Trinidad and Tobago", "Northern Ireland", "Tyrol",
    "Newfoundland and Labrador", "Bosnia and Herzegovina", "Jammu and Kashmir", "Western Cape", "North", "",
    "South Africa", "South Korea", "Central African Republic", "East Timor",
])  # fmt: skip
def test_a_state_or_country_is_no_region_of_several_countries(text: str) -> None:
    assert not is_world_region(text)
