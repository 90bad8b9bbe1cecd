"""Names that a country and a town share: the town's own name comes before a country's name in a rare language."""

import pytest

from geo.choice import SURE_CONFIDENCE
from geo.place import Precision
from geo.resolver.resolver import Resolver


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Poole", "GB"),
        ("Bacău", "RO"),
        ("Bra", "IT"),
        ("Beni", "CD"),
        ("Uman", "UA"),
        ("Malita", "PH"),
        ("Jesi", "IT"),
        ("Apac", "UG"),
        ("Mena", "ET"),
        ("Tailândia", "BR"),
        ("Helena", "US"),
    ],
)
def test_a_towns_own_name_comes_before_a_countrys_name_in_a_rare_language(
    resolver: Resolver, text: str, country: str
) -> None:
    place = resolver.candidates(text)[0].place
    assert (place.country, place.precision) == (country, Precision.CITY)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Deutschland", "DE"),
        ("Polska", "PL"),
        ("España", "ES"),
        ("Espanya", "ES"),
        ("Espagne", "ES"),
        ("إسبانيا", "ES"),
        ("Líbano", "LB"),
        ("Tailandia", "TH"),
        ("França", "FR"),
        ("Italien", "IT"),
        ("Njemačka", "DE"),
        ("日本", "JP"),
        ("Lebanon", "LB"),
        ("Jamaica", "JM"),
    ],
)
def test_a_countrys_own_name_and_its_names_on_the_page_are_the_country(
    resolver: Resolver, text: str, country: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.country, place.precision) == (country, Precision.COUNTRY)
    assert place.confidence >= SURE_CONFIDENCE


@pytest.mark.parametrize("text", ["Santa Lucía", "San Martín", "Nueva Guinea"])
def test_a_small_country_or_a_region_with_a_towns_name_is_in_doubt(resolver: Resolver, text: str) -> None:
    assert resolver.candidates(text)[0].place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "is_region"), [("APAC", True), ("MENA", True), ("EU", True), ("Apac", False)]
)
def test_the_acronym_of_a_region_is_read_in_capitals(resolver: Resolver, text: str, is_region: bool) -> None:
    place = resolver.candidates(text)[0].place
    assert (place.country is None) is is_region


@pytest.mark.parametrize(
    ("text", "country"), [("Beni, DRC", "CD"), ("Palau, Italia", "IT"), ("Uman, Ukraine", "UA")]
)
def test_a_later_part_settles_it(resolver: Resolver, text: str, country: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.country == country
