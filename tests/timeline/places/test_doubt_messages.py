"""Every doubtful place is reported, with its candidates: no doubt is silent."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.events.draft import Doubt, Draft, WrittenPlace
from geo.box import Box
from geo.place import Candidate, Place, Precision
from timeline.places.doubt_messages import message_of
from timeline.places.judgement import Judgement, PlaceContext, judged
from timeline.places.locate import located

ENGLAND = Place(
    name="Cambridge",
    lon=0.12,
    lat=52.2,
    precision=Precision.CITY,
    country="GB",
    admin1="England",
    confidence=0.9,
)
MASSACHUSETTS = replace(ENGLAND, lon=-71.1, lat=42.4, country="US", admin1="Massachusetts", confidence=0.05)


def report(*candidates: Place, box: Box | None = None, places: tuple[Place, ...] = ()) -> list[str]:
    """Return the messages about an event whose only text, 'Cambridge', has these candidates."""
    context = PlaceContext(box=box)
    messages: list[str] = []
    draft = Draft(title="a", category="raid", where=(WrittenPlace(text="Cambridge"),), places=places)
    located(
        draft,
        lambda *_: judged([Candidate(place=place) for place in candidates], context),
        lambda _field, _value, message: messages.append(message),
        context,
    )
    return messages


def test_a_place_without_doubt_is_not_reported() -> None:
    assert report(ENGLAND, MASSACHUSETTS) == []


def test_an_unsure_place_is_reported() -> None:
    assert report(replace(ENGLAND, confidence=0.5)) == [
        "'Cambridge' is only probably 'Cambridge, England, GB' (50 %); marked for review"
    ]


def test_an_ambiguous_place_is_reported_with_its_rivals() -> None:
    near = replace(MASSACHUSETTS, lon=2.0, lat=50.0, confidence=0.3, country="FR", admin1=None)
    assert report(replace(ENGLAND, confidence=0.6), near) == [
        "'Cambridge' may be several places; the import chose 'Cambridge, England, GB' (60 %), "
        "not 'Cambridge, FR' (30 %); marked for review"
    ]


def test_places_far_apart_are_reported_as_candidates() -> None:
    assert report(replace(ENGLAND, confidence=0.5), replace(MASSACHUSETTS, confidence=0.4)) == [
        "'Cambridge' may be places far apart: 'Cambridge, England, GB' (50 %) or "
        "'Cambridge, Massachusetts, US' (40 %); the event is imported unplaced and marked for review"
    ]


def test_a_place_outside_the_box_is_reported() -> None:
    assert report(ENGLAND, box=Box(-10, -10, 0, 0)) == [
        "'Cambridge' is outside the bounding box; its likeliest place is 'Cambridge, England, GB' (90 %); "
        "marked for review"
    ]


def test_geocoders_that_disagree_are_both_named() -> None:
    assert report(replace(ENGLAND, geocoder="photon"), replace(MASSACHUSETTS, confidence=0.8)) == [
        "photon puts 'Cambridge' in 'Cambridge, England, GB', the gazetteer in "
        "'Cambridge, Massachusetts, US' (80 %); marked for review"
    ]


def test_a_part_that_was_not_found_is_reported_even_if_the_town_is_sure() -> None:
    assert report(replace(ENGLAND, text="Hill Road 5")) == [
        "'Hill Road 5' is not known; the event is placed in 'Cambridge, England, GB', which contains it"
    ]


BOSTON = replace(MASSACHUSETTS, name="Boston", lat=42.36, confidence=1.0)


def test_a_place_chosen_by_the_others_is_reported() -> None:
    assert report(ENGLAND, replace(MASSACHUSETTS, confidence=0.1), places=(BOSTON,)) == [
        "'Cambridge' was placed in 'Cambridge, Massachusetts, US' (95 %), which fits the event's other places "
        "best; alone it would be 'Cambridge, England, GB' (90 %)"
    ]


def test_a_place_that_the_others_make_doubtful_is_reported() -> None:
    (message,) = report(
        replace(ENGLAND, confidence=0.97), replace(MASSACHUSETTS, confidence=0.003), places=(BOSTON,)
    )
    assert message == (
        "'Cambridge' may be several places; the import chose 'Cambridge, England, GB' (62 %), "
        "not 'Cambridge, Massachusetts, US' (36 %); marked for review"
    )


@pytest.mark.parametrize("doubt", get_args(Doubt))
@pytest.mark.parametrize("place", [ENGLAND, None])
def test_no_doubt_is_silent(doubt: Doubt, place: Place | None) -> None:
    judgement = Judgement(place, doubt)
    assert "'x'" in message_of(WrittenPlace(text="x"), judgement, judgement, placed=True)


@given(
    st.lists(
        st.builds(
            lambda c, lon: replace(ENGLAND, confidence=c, lon=lon), st.floats(0, 1), st.floats(-90, 90)
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_every_text_that_is_marked_has_a_message(candidates: list[Place], with_boston: bool) -> None:
    context, messages = PlaceContext(), []
    draft = located(
        Draft(
            title="a",
            category="raid",
            where=(WrittenPlace(text="x"),),
            places=(BOSTON,) if with_boston else (),
        ),
        lambda *_: judged([Candidate(place=place) for place in candidates], context),
        lambda *words: messages.append(words),
        context,
    )
    assert len(messages) >= sum(text.doubt is not None for text in draft.texts)
