"""Adjectives of countries and areas: what they mean, and that none is the name of a town."""

from collections import defaultdict

import pytest

from geo.countries.iso_codes import iso_codes
from geo.countries.names import CODE, ranked_names
from geo.countries.regions import regions
from geo.gazetteer.demonyms import demonym, demonyms
from geo.gazetteer.reader import Gazetteer
from geo.place import Precision
from geo.resolver.resolver import Resolver
from geo.text import fold, key

# Adjectives that are also the name of a state (Venezuela) or a region (Ethiopia, Belgium).
_ALSO_PLACE_NAMES = {"gales", "galles", "portuguesa", "somali", "wallonne"}
# Their adjective is their sovereign's or a listed country's ("Virgin Islander"), or they have no inhabitants.
_WITHOUT_ADJECTIVE = {"BL", "BV", "CC", "CX", "GS", "HM", "IO", "MF", "SJ", "TF", "UM", "VG", "VI"}


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


def test_no_adjective_has_two_targets() -> None:
    targets: dict[str, set[str]] = defaultdict(set)
    for word, target in demonyms():
        targets[fold(word)].add(target)
    assert {word for word, of_word in targets.items() if len(of_word) > 1} == set()


def test_every_country_has_an_adjective() -> None:
    targets = {target for _, target in demonyms()}
    assert iso_codes() - targets == _WITHOUT_ADJECTIVE | {"CD", "CG"}


def test_no_adjective_is_the_name_of_a_big_town_or_of_a_first_level_area(gazetteer: Gazetteer) -> None:
    places = {
        fold(word)
        for word, _ in demonyms()
        for entry in gazetteer.named(key(word))
        if entry.rank == 0
        and entry.precision is not Precision.COUNTRY
        and (entry.precision is Precision.ADMIN1 or entry.population > 100_000)
    }
    assert places <= _ALSO_PLACE_NAMES


@pytest.mark.slow
def test_no_adjective_is_the_name_of_another_country_or_of_a_region() -> None:
    codes_by_name: dict[str, set[str]] = defaultdict(set)
    for name, code, rank in ranked_names():
        if rank != CODE:
            codes_by_name[name].add(code)
    region_names = {key(name) for region in regions() for name in region.names}
    assert {
        word
        for word, target in demonyms()
        if codes_by_name[key(word)] - {target} or key(word) in region_names
    } == set()


def test_every_target_without_a_code_is_an_area_that_the_resolver_finds(resolver: Resolver) -> None:
    areas = {target for _, target in demonyms() if target not in iso_codes()}
    resolved = {area: resolver.resolve(area) for area in areas}
    area_precisions = (Precision.ADMIN1, Precision.COUNTRY)
    assert {
        area for area, place in resolved.items() if place is None or place.precision not in area_precisions
    } == {"Zanzibar"}
