"""The places of one event help each other: against a table of all pairs, in any order, with the real gazetteer."""

import random
import time
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.events.draft import Doubt, Draft, Where
from geo.place import Candidate, Place, Precision
from geo.sphere import distance_km
from timeline.places.context_ranking import MAX_GAIN, Meanings, ranked_together
from timeline.places.judgement import PlaceContext, caching_judge, judged
from timeline.places.locate import located

if TYPE_CHECKING:
    from geo.resolver.resolver import Resolver


def town(lon: float, lat: float, confidence: float, country: str = "US", admin1: str | None = None) -> Place:
    return Place(
        name="Springfield",
        lon=lon,
        lat=lat,
        precision=Precision.CITY,
        country=country,
        admin1=admin1,
        radius_km=3.0,
        confidence=confidence,
    )


TOWNS = st.builds(
    town,
    st.floats(-10, 10).map(lambda x: round(x, 2)),
    st.floats(40, 60).map(lambda y: round(y, 2)),
    st.floats(0.05, 0.9),
    st.sampled_from(["BE", "NL"]),
    st.sampled_from([None, "Limburg"]),
)
TEXTS = st.lists(TOWNS, min_size=1, max_size=4, unique_by=lambda one: (one.lon, one.lat)).map(tuple)


def normal(meanings: Meanings) -> Meanings:
    """Make the confidences sum to one."""
    total = sum(one.confidence for one in meanings)
    return tuple(replace(one, confidence=one.confidence / total) for one in meanings)


def likely(one: Place, other: Place) -> float:
    """Say how much likelier two places are together: country, area, and what is within 200 km."""
    km = distance_km(one.lon, one.lat, other.lon, other.lat)
    same = one.country == other.country
    area = same and one.admin1 is not None and one.admin1 == other.admin1
    return (8 if same else 1) * (3 if area else 1) * (1 + 7 * max(0.0, 1 - km / 200))


@given(TEXTS, TEXTS)
def test_two_texts_weigh_as_the_table_of_all_their_pairs_says(first: Meanings, second: Meanings) -> None:
    texts = first, second = normal(first), normal(second)
    if len(first) < 2 or {(one.lon, one.lat) for one in first} == {(one.lon, one.lat) for one in second}:
        return
    table = {(a, b): a.confidence * b.confidence * likely(a, b) for a, b in product(first, second)}
    for one in ranked_together(texts)[0]:
        expected = sum(v for (a, _), v in table.items() if a is one.place) / sum(table.values())
        assert one.share == pytest.approx(expected)


@given(st.lists(TEXTS, max_size=6), st.randoms())
def test_the_order_of_texts_does_not_matter(texts: list[Meanings], chance: random.Random) -> None:
    order = list(range(len(texts)))
    chance.shuffle(order)
    shuffled = ranked_together([texts[n] for n in order])
    assert [shuffled[order.index(n)] for n in range(len(texts))] == ranked_together(texts)


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_what_is_likelier_than_company_can_tell_stays_ahead(first: Meanings, others: list[Meanings]) -> None:
    strong = (replace(first[0], confidence=0.95), *(replace(one, confidence=0.001) for one in first[1:]))
    assert ranked_together([strong, *others])[0][0].place is strong[0]
    assert MAX_GAIN == 192.0


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_shares_are_shares_of_one(texts: list[Meanings]) -> None:
    for ranked in ranked_together(texts):
        assert sum(one.share for one in ranked) <= 1 + 1e-9


def test_company_that_favours_all_alike_says_nothing() -> None:
    pair = (town(-90, 39, 0.5), town(-72, 42, 0.4))
    ranked = ranked_together([pair, (town(-110, 30, 1.0),)])[0]
    assert [one.place for one in ranked] == [*pair]
    assert [one.share for one in ranked] == pytest.approx([0.5, 0.4])


def test_a_text_once_more_is_no_evidence() -> None:
    pair = (town(-90, 39, 0.5), town(-72, 42, 0.4))
    assert ranked_together([pair, pair]) == ranked_together([pair]) * 2


def test_an_unsure_companion_counts_little() -> None:
    pair = (town(-90, 39, 0.6), town(-72, 42, 0.3))
    sure, unsure = town(-72, 42.1, 1.0), town(-72, 42.1, 0.01)
    assert ranked_together([pair, (sure,)])[0][0].place is pair[1]
    assert ranked_together([pair, (unsure,)])[0][0].place is pair[0]


def test_of_many_companions_the_surest_count_wherever_they_stand() -> None:
    pair = (town(-90, 39, 0.6), town(-72, 42, 0.3))
    crowd = [(town(n / 2, -40, 0.3, "AU"), town(n / 2, -30, 0.2, "AU")) for n in range(200)]
    sure = (town(-72, 42.1, 1.0),)
    assert ranked_together([pair, *crowd, sure])[0] == ranked_together([pair, sure, *crowd])[0]
    assert ranked_together([pair, *crowd, sure])[0][0].place is pair[1]


def test_six_hundred_doubtful_places_stay_fast() -> None:
    chance = random.Random(1)
    spots = [(chance.uniform(-180, 180), chance.uniform(-60, 70)) for _ in range(3_000)]
    texts = [tuple(town(*spot, 0.2) for spot in spots[n : n + 5]) for n in range(0, 3_000, 5)]
    began = time.process_time()
    ranked_together(texts)
    assert time.process_time() - began < 2


def test_a_text_is_asked_once_in_a_run_though_it_has_company() -> None:
    asked: list[str] = []

    def ask(text: str, _country: str | None) -> list[Candidate]:
        asked.append(text)
        return both(0.55, 0.45)

    judge = caching_judge(ask, PlaceContext())
    for _ in range(3):
        draft = Draft(title="a", category="raid", where=(Where(text="x"), Where(text="y")))
        located(draft, judge, lambda *_: None)
    assert asked == ["x", "y"]


Found = dict[str, tuple[str | None, str | None, Doubt | None]]


def find(resolver: "Resolver", *texts: str | Where, **known: object) -> Found:
    """Locate the places of one event: country, admin1 and doubt by text."""
    around = PlaceContext(**known)  # type: ignore[arg-type]  # passed on
    judge = caching_judge(lambda text, country: resolver.candidates(text, country=country, limit=5), around)
    where = tuple(Where(text=one) if isinstance(one, str) else one for one in texts)
    draft = located(Draft(title="a", category="raid", where=where), judge, lambda *_: None, around)
    return {
        one.text: (draft.places[one.place].country, draft.places[one.place].admin1, one.doubt)
        for one in draft.texts
        if one.place is not None
    }


@pytest.mark.parametrize(
    ("text", "beside", "country", "admin1"),
    [
        ("Cambridge", "Boston", "US", "Massachusetts"),
        ("Cambridge", "London", "GB", "England"),
        ("Springfield", "Chicago", "US", "Illinois"),
        ("Springfield", "Hartford, Connecticut", "US", "Massachusetts"),
        ("San Jose", "Costa Rica", "CR", "San José"),
        ("Valencia", "Madrid", "ES", "Valenciana, Comunidad"),
        ("Halle", "Brussels", "BE", "Vlaams Gewest"),
    ],
)
def test_a_doubtful_place_goes_with_its_company(
    resolver: "Resolver", text: str, beside: str, country: str, admin1: str
) -> None:
    assert find(resolver, text, beside)[text][:2] == (country, admin1)
    assert find(resolver, beside, text)[text][:2] == (country, admin1)


@pytest.mark.parametrize(
    ("text", "beside", "country"),
    [
        ("Hasselt", "Rotterdam", "BE"),
        ("Paris", "Dallas", "FR"),
        ("Paris, Texas", "London", "US"),
        ("Paris TX", "Versailles", "US"),
        ("Hasselt, Netherlands", "Brussels", "NL"),
        ("Cambridge, Canada", "Boston", "CA"),
        ("San Jose, Costa Rica", "San Francisco", "CR"),
        ("Georgia, USA", "Tbilisi", "US"),
    ],
)
def test_company_moves_neither_what_is_clear_nor_what_names_its_country(
    resolver: "Resolver", text: str, beside: str, country: str
) -> None:
    assert find(resolver, text, beside)[text][0] == country


def test_a_hint_of_country_is_stronger_than_company(resolver: "Resolver") -> None:
    assert find(resolver, Where(text="Cambridge", country="GB"), "Boston")["Cambridge"][0] == "GB"
    assert (
        find(resolver, "Cambridge", Where(text="Boston", country="US"), country="GB")["Cambridge"][0] == "GB"
    )


def test_doubtful_places_may_agree_though_none_is_sure(resolver: "Resolver") -> None:
    assert "Cambridge" not in find(resolver, "Cambridge")
    together = find(resolver, "Springfield", "Cambridge")
    assert {found[1] for found in together.values()} == {"Massachusetts"}
    assert {found[2] for found in together.values()} == {"ambiguous"}


def test_given_coordinates_are_company(resolver: "Resolver") -> None:
    assert find(resolver, "Cambridge", Where(lon=-71.06, lat=42.36))["Cambridge"][0] == "US"


def test_a_choice_is_company_and_is_never_moved(resolver: "Resolver") -> None:
    chosen = town(5.34, 50.93, 1.0, "BE", "Vlaams Gewest")
    choices = {("", "springfield", ""): chosen}
    found = find(resolver, "Springfield", "Halle", "Chicago", choices=choices)
    assert found["Springfield"] == ("BE", "Vlaams Gewest", None)
    assert found["Halle"][0] == "BE"


@given(st.randoms())
def test_an_event_has_the_same_places_in_any_order(resolver: "Resolver", chance: random.Random) -> None:
    texts = ["Springfield", "Cambridge", "Boston", "Halle", "Brussels", "Columbia", "Rotterdam", "Hasselt"]
    before = find(resolver, *texts)
    chance.shuffle(texts)
    assert find(resolver, *texts) == before


def both(first: float, second: float) -> list[Candidate]:
    places = town(-0.12, 52.2, first, "GB", "England"), town(-71.1, 42.37, second, "US", "Massachusetts")
    return [Candidate(place=one) for one in places]


def after(first: float, second: float, *beside: Place) -> tuple[Place, Doubt | None]:
    """Judge two candidates, beside places that the event has already."""
    draft = Draft(title="a", category="raid", where=(Where(text="x"),), places=beside)
    found = located(draft, lambda *_: judged(both(first, second), PlaceContext()), lambda *_: None)
    return found.places[-1], found.texts[0].doubt


BOSTON = town(-71.06, 42.36, 1.0, "US", "Massachusetts")


@pytest.mark.parametrize(
    ("first", "second", "country", "doubt"),
    [
        (0.55, 0.45, "US", None),  # settled
        (0.7, 0.05, "US", "ambiguous"),  # turned, and not settled
        (0.3, 0.05, "US", "ambiguous"),
        (0.9, 0.1, "GB", None),  # clear
    ],
)
def test_doubt_stays_unless_company_settles_it(
    first: float, second: float, country: str, doubt: Doubt | None
) -> None:
    place, still = after(first, second, BOSTON)
    assert (place.country, still) == (country, doubt)


@given(st.floats(0.2, 0.79), st.floats(0.01, 0.79), st.floats(0.1, 1.0))
def test_what_company_does_not_settle_is_no_surer_than_before(first: float, second: float, by: float) -> None:
    place, doubt = after(first, min(first, second), replace(BOSTON, confidence=by))
    assert doubt is None or place.confidence <= first + 0.005  # as it is rounded
