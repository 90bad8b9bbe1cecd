"""The places of one event help each other: equal to a table of all pairs, in any order, with the real gazetteer."""

import random
import time
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.events.draft import Doubt, Draft, WrittenPlace
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
TEXTS = st.lists(TOWNS, min_size=1, max_size=4, unique_by=lambda place: (place.lon, place.lat)).map(tuple)


def normal(meanings: Meanings) -> Meanings:
    """Return the meanings with confidences that sum to one."""
    total = sum(place.confidence for place in meanings)
    return tuple(replace(place, confidence=place.confidence / total) for place in meanings)


def likelihood(place: Place, other: Place) -> float:
    """Return how many times likelier two places are together: by country, area, and distance within 200 km."""
    km = distance_km(place.lon, place.lat, other.lon, other.lat)
    same = place.country == other.country
    area = same and place.admin1 is not None and place.admin1 == other.admin1
    return (8 if same else 1) * (3 if area else 1) * (1 + 7 * max(0.0, 1 - km / 200))


@given(TEXTS, TEXTS)
def test_two_texts_are_ranked_as_by_a_table_of_all_their_pairs(first: Meanings, second: Meanings) -> None:
    texts = first, second = normal(first), normal(second)
    if len(first) < 2 or {(place.lon, place.lat) for place in first} == {
        (place.lon, place.lat) for place in second
    }:
        return
    table = {(a, b): a.confidence * b.confidence * likelihood(a, b) for a, b in product(first, second)}
    for ranked in ranked_together(texts)[0]:
        expected = sum(v for (a, _), v in table.items() if a is ranked.place) / sum(table.values())
        assert ranked.share == pytest.approx(expected)


@given(st.lists(TEXTS, max_size=6), st.randoms())
def test_the_order_of_texts_does_not_matter(texts: list[Meanings], chance: random.Random) -> None:
    order = list(range(len(texts)))
    chance.shuffle(order)
    shuffled = ranked_together([texts[n] for n in order])
    assert [shuffled[order.index(n)] for n in range(len(texts))] == ranked_together(texts)


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_a_place_that_is_likelier_than_the_largest_gain_stays_first(
    first: Meanings, others: list[Meanings]
) -> None:
    strong = (replace(first[0], confidence=0.95), *(replace(place, confidence=0.0001) for place in first[1:]))
    assert ranked_together([strong, *others])[0][0].place is strong[0]
    assert MAX_GAIN == 600.0


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_shares_sum_to_at_most_one(texts: list[Meanings]) -> None:
    for meanings in ranked_together(texts):
        assert sum(ranked.share for ranked in meanings) <= 1 + 1e-9


def test_a_companion_that_favours_all_meanings_equally_changes_nothing() -> None:
    pair = (town(-90, 39, 0.5), town(-72, 42, 0.4))
    ranked = ranked_together([pair, (town(-110, 30, 1.0),)])[0]
    assert [entry.place for entry in ranked] == [*pair]
    assert [entry.share for entry in ranked] == pytest.approx([0.5, 0.4])


def test_a_repeated_text_is_not_evidence() -> None:
    pair = (town(-90, 39, 0.5), town(-72, 42, 0.4))
    assert ranked_together([pair, pair]) == ranked_together([pair]) * 2


def test_an_unlikely_companion_has_little_effect() -> None:
    pair = (town(-90, 39, 0.6), town(-72, 42, 0.3))
    sure, unsure = town(-72, 42.1, 1.0), town(-72, 42.1, 0.01)
    assert ranked_together([pair, (sure,)])[0][0].place is pair[1]
    assert ranked_together([pair, (unsure,)])[0][0].place is pair[0]


def test_of_many_companions_the_most_confident_count_in_any_order() -> None:
    pair = (town(-90, 39, 0.6), town(-72, 42, 0.3))
    crowd = [(town(n / 2, -40, 0.3, "AU"), town(n / 2, -30, 0.2, "AU")) for n in range(200)]
    sure = (town(-72, 42.1, 1.0),)
    assert ranked_together([pair, *crowd, sure])[0] == ranked_together([pair, sure, *crowd])[0]
    assert ranked_together([pair, *crowd, sure])[0][0].place is pair[1]


def test_six_hundred_doubtful_places_take_less_than_two_seconds() -> None:
    chance = random.Random(1)
    spots = [(chance.uniform(-180, 180), chance.uniform(-60, 70)) for _ in range(3_000)]
    texts = [tuple(town(*spot, 0.2) for spot in spots[n : n + 5]) for n in range(0, 3_000, 5)]
    began = time.process_time()
    ranked_together(texts)
    assert time.process_time() - began < 2


def test_a_text_is_geocoded_once_in_a_run_also_with_companions() -> None:
    texts: list[str] = []

    def find_candidates(text: str, _country: str | None) -> list[Candidate]:
        texts.append(text)
        return both(0.55, 0.45)

    judge = caching_judge(find_candidates, PlaceContext())
    for _ in range(3):
        draft = Draft(title="a", category="raid", where=(WrittenPlace(text="x"), WrittenPlace(text="y")))
        located(draft, judge, lambda *_: None)
    assert texts == ["x", "y"]


Located = dict[str, tuple[str | None, str | None, Doubt | None]]


def find(resolver: "Resolver", *texts: str | WrittenPlace, **options: object) -> Located:
    """Return country, admin1 and doubt of the places of one event, by text."""
    context = PlaceContext(**options)  # type: ignore[arg-type]  # passed on
    judge = caching_judge(lambda text, country: resolver.candidates(text, country=country, limit=5), context)
    where = tuple(WrittenPlace(text=text) if isinstance(text, str) else text for text in texts)
    draft = located(Draft(title="a", category="raid", where=where), judge, lambda *_: None, context)
    return {
        written.text: (draft.places[written.place].country, draft.places[written.place].admin1, written.doubt)
        for written in draft.texts
        if written.place is not None
    }


@pytest.mark.parametrize(
    ("text", "other", "country", "admin1"),
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
def test_a_doubtful_place_is_chosen_by_the_other_place_of_its_event(
    resolver: "Resolver", text: str, other: str, country: str, admin1: str
) -> None:
    assert find(resolver, text, other)[text][:2] == (country, admin1)
    assert find(resolver, other, text)[text][:2] == (country, admin1)


@pytest.mark.parametrize(
    ("text", "other", "country"),
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
def test_other_places_change_neither_a_clear_place_nor_one_with_its_country(
    resolver: "Resolver", text: str, other: str, country: str
) -> None:
    assert find(resolver, text, other)[text][0] == country


@pytest.mark.parametrize(
    ("texts", "country", "admin1"),
    [
        ("Odessa; Kharkiv; Mykolaiv", "UA", {"Odeska oblast", "Kharkivska oblast", "Mykolaivska oblast"}),
        ("Paris, Texas; Dallas; Houston", "US", {"Texas"}),
        ("Atlanta; Savannah; Georgia", "US", {"Georgia"}),
        ("Athens; Atlanta", "US", {"Georgia"}),
        ("Washington; Seattle", "US", {"Washington"}),
        ("Alexandria; Arlington; Fairfax", "US", {"Virginia"}),
    ],
)
def test_a_text_that_is_clear_alone_may_change_with_companions_that_agree(
    resolver: "Resolver", texts: str, country: str, admin1: set[str]
) -> None:
    places = find(resolver, *texts.split("; "))
    assert len(places) == texts.count(";") + 1
    assert {place[:2] for place in places.values()} == {(country, name) for name in admin1}


@pytest.mark.parametrize(
    "texts",
    ["Paris; Dallas", "Paris; Dallas; Houston", "Moscow; Paris; London", "Madrid; Paris; Bogotá; Cali"],
)
def test_a_city_of_world_rank_stays_with_few_companions(resolver: "Resolver", texts: str) -> None:
    assert find(resolver, *texts.split("; "))["Paris"][0] == "FR"


def test_a_qualified_place_never_moves(resolver: "Resolver") -> None:
    places = find(resolver, "Odessa, Texas", "Kharkiv", "Mykolaiv", "Kyiv", "Dnipro", "Lviv")
    assert places["Odessa, Texas"] == ("US", "Texas", None)


def test_a_state_gains_more_from_its_towns_than_a_namesake_in_the_same_state() -> None:
    state = replace(town(-83.5, 32.7, 0.0001, "US", "Georgia"), precision=Precision.ADMIN1)
    nation = replace(town(43.4, 42.2, 0.98, "GE"), precision=Precision.COUNTRY)
    atlanta, savannah = (town(lon, 33, 0.98, "US", "Georgia") for lon in (-84.4, -81.1))
    assert ranked_together([(nation, state), (atlanta,), (savannah,)])[0][0].place is state
    capital = town(-84, 32.7, 0.98, "US", "Georgia")
    assert ranked_together([(capital, state), (atlanta,), (savannah,)])[0][0].place is capital


def test_a_clear_place_that_its_companions_contradict_is_marked(resolver: "Resolver") -> None:
    assert find(resolver, "London", "Toronto", "Hamilton", "Windsor")["London"][2] == "ambiguous"


def test_a_country_outweighs_the_other_places(resolver: "Resolver") -> None:
    assert find(resolver, WrittenPlace(text="Cambridge", country="GB"), "Boston")["Cambridge"][0] == "GB"
    assert (
        find(resolver, "Cambridge", WrittenPlace(text="Boston", country="US"), country="GB")["Cambridge"][0]
        == "GB"
    )


def test_doubtful_places_may_support_each_other(resolver: "Resolver") -> None:
    assert "Cambridge" not in find(resolver, "Cambridge")
    together = find(resolver, "Springfield", "Cambridge")
    assert {admin1 for _, admin1, _ in together.values()} == {"Massachusetts"}
    assert {doubt for _, _, doubt in together.values()} == {"ambiguous"}


def test_given_coordinates_help_a_doubtful_place(resolver: "Resolver") -> None:
    assert find(resolver, "Cambridge", WrittenPlace(lon=-71.06, lat=42.36))["Cambridge"][0] == "US"


def test_a_choice_helps_a_doubtful_place_and_never_changes(resolver: "Resolver") -> None:
    chosen = town(5.34, 50.93, 1.0, "BE", "Vlaams Gewest")
    choices = {("", "springfield", ""): chosen}
    places = find(resolver, "Springfield", "Halle", "Chicago", choices=choices)
    assert places["Springfield"] == ("BE", "Vlaams Gewest", None)
    assert places["Halle"][0] == "BE"


@given(st.randoms())
def test_an_event_has_the_same_places_in_any_order(resolver: "Resolver", chance: random.Random) -> None:
    texts = ["Springfield", "Cambridge", "Boston", "Halle", "Brussels", "Columbia", "Rotterdam", "Hasselt"]
    before = find(resolver, *texts)
    chance.shuffle(texts)
    assert find(resolver, *texts) == before


def both(first: float, second: float) -> list[Candidate]:
    places = town(-0.12, 52.2, first, "GB", "England"), town(-71.1, 42.37, second, "US", "Massachusetts")
    return [Candidate(place=place) for place in places]


def judged_with(first: float, second: float, *places: Place) -> tuple[Place, Doubt | None]:
    """Return the place and the doubt of a text with two candidates, in an event that has these places."""
    draft = Draft(title="a", category="raid", where=(WrittenPlace(text="x"),), places=places)
    draft = located(draft, lambda *_: judged(both(first, second), PlaceContext()), lambda *_: None)
    return draft.places[-1], draft.texts[0].doubt


BOSTON = town(-71.06, 42.36, 1.0, "US", "Massachusetts")


@pytest.mark.parametrize(
    ("first", "second", "country", "doubt"),
    [
        (0.55, 0.45, "US", None),  # decided by the other place
        (0.7, 0.05, "US", None),
        (0.3, 0.004, "US", "ambiguous"),  # changed, but not decided
        (0.97, 0.01, "US", "ambiguous"),  # as likely as the famous one
        (0.98, 0.001, "GB", None),  # clear
    ],
)
def test_doubt_remains_unless_the_other_places_decide(
    first: float, second: float, country: str, doubt: Doubt | None
) -> None:
    place, remaining = judged_with(first, second, BOSTON)
    assert (place.country, remaining) == (country, doubt)


@given(st.floats(0.2, 0.79), st.floats(0.01, 0.79), st.floats(0.1, 1.0))
def test_confidence_does_not_rise_unless_the_other_places_decide(
    first: float, second: float, other: float
) -> None:
    place, doubt = judged_with(first, min(first, second), replace(BOSTON, confidence=other))
    assert doubt is None or place.confidence <= first + 0.005  # confidence is rounded
