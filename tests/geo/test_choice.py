"""When no answer is better than a guess between places far apart, and what locodes and adjectives say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.choice import SURE_CONFIDENCE, is_undecided
from geo.gazetteer.entry_ids import locode_id, locode_of_id
from geo.place import Place, Precision
from geo.resolver.resolver import Resolver


def spot(lon: float, confidence: float) -> Place:
    return Place(name="x", lon=lon, lat=0.0, precision=Precision.CITY, confidence=confidence, radius_km=2.0)


@pytest.mark.parametrize(
    ("best", "rival", "expected"),
    [
        (spot(0, SURE_CONFIDENCE), spot(30, 0.3), False),  # sure enough
        (spot(0, 0.6), spot(30, 0.3), True),
        (spot(0, 0.6), spot(10, 0.3), False),  # not far
        (spot(0, 0.6), spot(30, 0.05), False),  # no chance
        (spot(0, 0.6), spot(0.1, 0.3), False),  # the same town
    ],
)
def test_a_guess_between_continents_is_no_answer(best: Place, rival: Place, expected: bool) -> None:
    assert is_undecided(best, [rival]) is expected


def test_no_rival_leaves_no_doubt() -> None:
    assert not is_undecided(spot(0, 0.1), [])


@pytest.mark.parametrize(
    ("text", "answered"), [("Cambridge", False), ("Athens", True), ("Cambridge, MA", True)]
)
def test_what_may_lie_on_two_continents_has_candidates_but_no_answer(
    resolver: Resolver, text: str, answered: bool
) -> None:
    assert (resolver.resolve(text) is not None) is answered
    assert resolver.candidates(text)


@given(st.from_regex(r"[A-Z]{2}[A-Z2-9]{3}", fullmatch=True))
def test_a_locode_survives_its_number(code: str) -> None:
    assert locode_of_id(locode_id(code)) == code


def test_other_ids_are_no_locodes() -> None:
    assert [locode_of_id(ident) for ident in (2643743, -5, -(10**9) - 7, -(3 * 10**9) - 1)] == [None] * 4


def test_a_village_of_the_trade_code_has_its_code(resolver: Resolver) -> None:
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
        ("Bow, NH", "New Hampshire", Precision.ADMIN1),
    ],
)
def test_more_ways_of_writing_are_read(
    resolver: Resolver, text: str, name: str, precision: Precision
) -> None:
    place = resolver.candidates(text)[0].place
    assert (place.name, place.precision) == (name, precision)


def test_what_is_lost_in_a_very_wide_country_has_no_place(resolver: Resolver) -> None:
    assert resolver.resolve("Qqxzzy, Russia") is None
    assert resolver.resolve("Qqxzzy, Belgium") is not None


@pytest.mark.parametrize(
    "text", ["Cambridge", "Springfield", "Paris", "San José", "Victoria, Canada", "Halle"]
)
def test_what_a_text_may_mean_shares_one(resolver: Resolver, text: str) -> None:
    found = [one.place.confidence for one in resolver.candidates(text, limit=50)]
    assert found[0] == max(found)
    assert sum(share for share in found if share > 0.01) <= 1.03


@pytest.mark.parametrize(
    "text", ["La-Qwertz", "the/London", "El-Xyzzyq", "Los-Blanquos", "l'Xyz", "the-", "la la-la"]
)
def test_an_article_before_a_hyphen_breaks_nothing(resolver: Resolver, text: str) -> None:
    resolver.candidates(text)


def test_a_text_that_is_not_in_the_country_said_is_the_country_and_unsure(resolver: Resolver) -> None:
    found = resolver.candidates("Palma", country="Mozambique")
    assert (found[0].place.country, found[0].place.precision) == ("MZ", Precision.COUNTRY)
    assert all(one.place.confidence < SURE_CONFIDENCE for one in found)


@pytest.mark.parametrize(
    ("text", "name"), [("paris, tx", "Paris"), ("Kostroma region", "Kostromskaya oblast'")]
)
def test_small_letters_and_regions_are_read(resolver: Resolver, text: str, name: str) -> None:
    assert resolver.candidates(text)[0].place.name == name


@pytest.mark.parametrize("text", ["Lake Como", "Heathrow Airport", "South Wales"])
def test_a_small_namesake_is_never_sure(resolver: Resolver, text: str) -> None:
    found = resolver.candidates(text)
    assert not found or found[0].place.confidence < SURE_CONFIDENCE


@pytest.mark.parametrize("text", ["southern France", "east London", "downtown Chicago"])
def test_a_part_of_a_place_is_near_it(resolver: Resolver, text: str) -> None:
    found = resolver.candidates(text)[0]
    assert "the text means its surroundings" in found.reasons
