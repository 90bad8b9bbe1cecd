"""Towns of US postal codes: which rows of GeoNames' table become a town, and where it is."""

import pytest

from geo.gazetteer.entry_ids import locode_of_id, postal_code_id, postal_code_of_id
from geo.gazetteer.postal_towns import read_postal_codes, towns_of
from geo.resolver.resolver import Resolver


def _line(code: str, name: str, state: str, lat: float, lon: float) -> str:
    return f"US\t{code}\t{name}\tState\t{state}\tCounty\t001\t\t\t{lat}\t{lon}\t4\n"


def test_military_post_offices_and_lines_without_a_state_are_no_towns() -> None:
    lines = [
        _line("09001", "APO AA", "", 38.1, 15.7),
        _line("09002", "Dpo", "AE", 49.4, 8.7),
        _line("99575", "Crooked Creek", "AK", 61.8181, -158.0025),
        "US\t99576\n",
    ]
    assert [(town.name, town.area) for town in read_postal_codes(lines)] == [("Crooked Creek", "US-AK")]


def test_postal_codes_of_a_town_become_its_mean_point_and_a_namesake_stays_apart() -> None:
    lines = [
        _line("75001", "Addison", "TX", 32.9, -96.8),
        _line("75002", "Addison", "TX", 33.0, -96.9),
        _line("79901", "Addison", "TX", 31.8, -106.4),
    ]
    towns = towns_of(read_postal_codes(lines))
    assert [(town.code, town.lat, town.lon) for town in towns] == [
        ("75001", 32.95, -96.85),
        ("79901", 31.8, -106.4),
    ]


def test_the_id_of_a_postal_code_can_be_read_back_and_is_no_locode() -> None:
    assert postal_code_of_id(postal_code_id("00501")) == "00501"
    assert postal_code_of_id(2643743) is None
    assert locode_of_id(postal_code_id("99950")) is None


@pytest.mark.parametrize(
    ("text", "code"), [("Crooked Creek, Alaska", "99575"), ("Panther Burn, Mississippi", "38765")]
)
def test_a_hamlet_is_found_with_its_state(resolver: Resolver, text: str, code: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.gazetteer_id, place.country) == (f"postal:US-{code}", "US")


@pytest.mark.parametrize(
    ("text", "country"),
    [("Aleppo", "SY"), ("Damascus", "SY"), ("Leeds", "GB"), ("Belgrade", "RS"), ("Oran", "DZ")],
)
def test_a_famous_namesake_never_loses_to_a_hamlet(resolver: Resolver, text: str, country: str) -> None:
    hamlets = [candidate.place.gazetteer_id or "" for candidate in resolver.candidates(text, limit=50)]
    place = resolver.resolve(text)
    assert place is not None
    assert place.country == country
    assert any(identifier.startswith("postal:") for identifier in hamlets)
