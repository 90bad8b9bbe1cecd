"""Unusual ways of writing a place, and how sure the candidates are."""

import pytest

from geo.choice import SURE_CONFIDENCE
from geo.place import Precision
from geo.resolver.resolver import Resolver


@pytest.mark.parametrize(
    ("text", "has_answer"), [("Cambridge", False), ("Athens", True), ("Cambridge, MA", True)]
)
def test_a_name_on_two_continents_has_candidates_but_no_answer(
    resolver: Resolver, text: str, has_answer: bool
) -> None:
    assert (resolver.resolve(text) is not None) is has_answer
    assert resolver.candidates(text)


def test_a_village_of_un_locode_has_its_code(resolver: Resolver) -> None:
    place = resolver.resolve("Penfield, NY")
    assert place is not None
    assert (place.gazetteer_id, place.admin1) == ("locode:USNFI", "New York")


@pytest.mark.parametrize(
    ("text", "name", "precision"),
    [
        ("Dutch port of Rotterdam", "Rotterdam", Precision.CITY),
        ("Rotterdam (Dutch)", "Rotterdam", Precision.CITY),
        ("the Spanish coast", "Spain", Precision.COUNTRY),
        ("French Alps", "Alps", Precision.COUNTRY),
        ("Canton, Ohio", "Canton", Precision.CITY),
        ("Salvador", "Salvador", Precision.CITY),
        ("Salem", "Salem", Precision.CITY),
        ("Sahel, Burkina Faso", "Sahel", Precision.ADMIN1),
        ("Medan, Sumatra Island, Indonesia", "Medan", Precision.CITY),
        ("Upper Nile state, Sudan", "Upper Nile", Precision.ADMIN1),
        ("unknown location, Texas", "Texas", Precision.ADMIN1),
        ("Bow, NH", "Bow", Precision.CITY),
        ("Quarryless, NH", "New Hampshire", Precision.ADMIN1),
    ],
)
def test_the_best_candidate_has_the_name_and_precision_that_the_text_means(
    resolver: Resolver, text: str, name: str, precision: Precision
) -> None:
    place = resolver.candidates(text)[0].place
    assert (place.name, place.precision) == (name, precision)


def test_an_unknown_place_in_a_very_large_country_has_no_answer(resolver: Resolver) -> None:
    assert resolver.resolve("Qqxzzy, Russia") is None
    assert resolver.resolve("Qqxzzy, Belgium") is not None


@pytest.mark.parametrize(
    "text", ["Cambridge", "Springfield", "Paris", "San José", "Victoria, Canada", "Halle"]
)
def test_the_confidences_of_all_candidates_add_up_to_one_at_most(resolver: Resolver, text: str) -> None:
    confidences = [candidate.place.confidence for candidate in resolver.candidates(text, limit=50)]
    assert confidences[0] == max(confidences)
    assert sum(confidence for confidence in confidences if confidence > 0.01) <= 1.03


@pytest.mark.parametrize(
    "text", ["La-Qwertz", "the/London", "El-Xyzzyq", "Los-Blanquos", "l'Xyz", "the-", "la la-la"]
)
def test_an_article_before_a_hyphen_raises_no_error(resolver: Resolver, text: str) -> None:
    resolver.candidates(text)


def test_a_text_that_is_not_in_its_country_is_the_country_and_unsure(resolver: Resolver) -> None:
    candidates = resolver.candidates("Zagreb", country="Mozambique")
    assert (candidates[0].place.country, candidates[0].place.precision) == ("MZ", Precision.COUNTRY)
    assert all(candidate.place.confidence < SURE_CONFIDENCE for candidate in candidates)


@pytest.mark.parametrize(
    ("text", "name"), [("paris, tx", "Paris"), ("Kostroma region", "Kostromskaya oblast'")]
)
def test_lower_case_codes_and_the_word_region_are_read(resolver: Resolver, text: str, name: str) -> None:
    assert resolver.candidates(text)[0].place.name == name


@pytest.mark.parametrize("text", ["Lake Charles", "South Wales"])
def test_a_small_town_with_the_name_of_a_landmark_is_never_sure(resolver: Resolver, text: str) -> None:
    candidates = resolver.candidates(text)
    assert not candidates or candidates[0].place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize("text", ["southern France", "east London", "downtown Chicago"])
def test_a_direction_before_a_name_means_its_surroundings(resolver: Resolver, text: str) -> None:
    best = resolver.candidates(text)[0]
    assert "the text means its surroundings" in best.reasons
