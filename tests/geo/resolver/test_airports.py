"""Airports: by name in several languages, by code, and by the town that they serve."""

import pytest

from geo.choice import SURE_CONFIDENCE
from geo.gazetteer.airports import name_without_town, short_name
from geo.place import Precision
from geo.resolver.resolver import Resolver


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("JFK airport", "John F Kennedy International Airport", "US"),
        ("Airport (LAX)", "Los Angeles International Airport", "US"),
        ("Heathrow Airport (LHR)", "London Heathrow Airport", "GB"),
        ("Heathrow Airport", "London Heathrow Airport", "GB"),
        ("London Heathrow", "London Heathrow Airport", "GB"),
        ("Charles de Gaulle", "Charles de Gaulle International Airport", "FR"),
        ("Flughafen Frankfurt", "Frankfurt am Main International Airport", "DE"),
        ("Aeropuerto de Barajas", "Madrid Barajas International Airport", "ES"),
        ("Luchthaven Schiphol", "Amsterdam Airport Schiphol", "NL"),
        ("Аэропорт Домодедово", "Domodedovo International Airport", "RU"),
        ("Hostomel airport", "Hostomel Airport", "UA"),
        ("Bagram Air Base", "Bagram Air Base", "AF"),
    ],
)
def test_an_airport_is_found_by_its_name_or_code(
    resolver: Resolver, text: str, name: str, country: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.name, place.country, place.precision) == (name, country, Precision.NEIGHBOURHOOD)
    assert place.confidence >= SURE_CONFIDENCE


def test_a_town_at_an_airport_names_it_but_not_for_sure(resolver: Resolver) -> None:
    best = resolver.candidates("aéroport de Roissy")[0].place
    assert best.name == "Charles de Gaulle International Airport"
    assert best.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "country"), [("Heathrow, Florida", "US"), ("Lincoln", "US"), ("Orly, France", "FR")]
)
def test_a_town_stays_a_town(resolver: Resolver, text: str, country: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.precision, place.country) == (Precision.CITY, country)


def test_a_town_with_several_airports_is_in_doubt(resolver: Resolver) -> None:
    assert resolver.candidates("London airport")[0].place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize("text", ["LHR", "lhr airport", "jfk airport"])
def test_a_code_needs_capitals_and_a_word_for_an_airport(resolver: Resolver, text: str) -> None:
    names = [candidate.place.name for candidate in resolver.candidates(text)]
    assert not any("Airport" in name for name in names)


@pytest.mark.parametrize(
    ("name", "short", "town", "own_name"),
    [
        ("London Heathrow Airport", "london heathrow", "london", "heathrow"),
        ("London City Airport", "london city", "london", None),
        ("Amsterdam Airport Schiphol", "amsterdam schiphol", "amsterdam", "schiphol"),
        ("Bagram Air Base", "bagram", "kabul", None),
    ],
)
def test_an_airports_name_without_words_and_town(
    name: str, short: str, town: str, own_name: str | None
) -> None:
    assert short_name(name) == short
    assert name_without_town(short, town) == own_name
