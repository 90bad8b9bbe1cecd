"""Adjectives of countries and areas: what they mean, and that they are not mistaken for towns."""

from collections import defaultdict

import pytest

from geo.countries.iso_codes import iso_codes
from geo.countries.names import ranked_names
from geo.countries.regions import regions
from geo.gazetteer.demonyms import demonym, words
from geo.gazetteer.reader import Gazetteer
from geo.place import Precision
from geo.resolver.resolver import Resolver
from geo.text import fold, key

# Adjectives although a state (Venezuela), a region (Ethiopia, Belgium) has the same name.
_ALSO_PLACES = {"gales", "galles", "portuguesa", "somali", "wallonne"}
# Named after their sovereign's people, after nobody, or like a country in the list ("Virgin Islander").
_WITHOUT = {"BL", "BV", "CC", "CX", "GS", "HM", "IO", "MF", "SJ", "TF", "UM", "VG", "VI"}


@pytest.mark.parametrize(
    ("word", "target"),
    [
        ("Dutch", "NL"),
        ("holandés", "NL"),
        ("French", "FR"),
        ("française", "FR"),
        ("francesa", "FR"),
        ("Spanish", "ES"),
        ("española", "ES"),
        ("espanyol", "ES"),
        ("deutscher", "DE"),
        ("niederländischen", "NL"),
        ("tedesca", "DE"),
        ("alemã", "DE"),
        ("duitse", "DE"),
        ("Colombian", "CO"),
        ("venezolana", "VE"),
        ("Nigerien", "NE"),
        ("nigérian", "NG"),
        ("nigérien", "NE"),
        ("North Korean", "KP"),
        ("Bissau-Guinean", "GW"),
        ("Saint Lucian", "LC"),
        ("St. Lucian", "LC"),
        ("Congolese", "Congo"),
        ("Korean", "Korean Peninsula"),
        ("Catalan", "Catalonia"),
        ("bayerische", "Bavaria"),
        ("Welsh", "Wales"),
        ("Latin American", "Latin America"),
        ("Soviet", "Soviet Union"),
        ("Turkey", None),
        ("Georgia", None),
        ("pole", None),
        ("", None),
        ("dutch port", None),
    ],
)
def test_an_adjective_points_to_its_country_or_area(word: str, target: str | None) -> None:
    assert demonym(fold(word)) == target


def test_no_word_has_two_meanings() -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for word, target in words():
        meanings[fold(word)].add(target)
    assert {word for word, targets in meanings.items() if len(targets) > 1} == set()


def test_every_country_has_an_adjective() -> None:
    targets = {target for _, target in words()}
    assert iso_codes() - targets == _WITHOUT | {"CD", "CG"}


def test_no_adjective_is_the_name_of_a_big_town_or_of_a_first_level_area(gazetteer: Gazetteer) -> None:
    places = {
        fold(word)
        for word, _ in words()
        for entry in gazetteer.named(key(word))
        if entry.rank == 0
        and entry.precision is not Precision.COUNTRY
        and (entry.precision is Precision.ADMIN1 or entry.population > 100_000)
    }
    assert places <= _ALSO_PLACES


@pytest.mark.slow
def test_no_adjective_is_the_name_of_another_country_or_of_a_region() -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for name, code, rank in ranked_names():
        if rank < 2:
            named[name].add(code)
    taken = {key(name) for region in regions() for name in region.names}
    assert {word for word, target in words() if named[key(word)] - {target} or key(word) in taken} == set()


def test_every_target_that_is_no_code_is_an_area_that_is_known(resolver: Resolver) -> None:
    areas = {target for _, target in words() if target not in iso_codes()}
    found = {area: resolver.resolve(area) for area in areas}
    wide = (Precision.ADMIN1, Precision.COUNTRY)
    assert {area for area, place in found.items() if place is None or place.precision not in wide} == {
        "Zanzibar"
    }
