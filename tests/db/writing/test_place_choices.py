"""Editors choose the place of a text in doubt: for one revision, with their name, and for later imports."""

import pytest

from db.errors import NoSuchPlace, Stale
from db.events.draft import Author, Draft, LookedUpText
from db.store import Store
from geo.place import Place, Precision

ANA = Author("Ana", "the other Hasselt")
HERE = Place(name="Hasselt", lon=5.33781, lat=50.93069, country="BE", precision=Precision.CITY)


@pytest.fixture
def doubtful(store: Store) -> Store:
    text = LookedUpText(text="Hasselt", doubt="ambiguous")
    store.add([Draft(id="raid", title="Raid", category="raid", texts=(text,))])
    return store


def test_the_chosen_place_becomes_the_pin_and_the_history_has_author_and_reason(doubtful: Store) -> None:
    result = doubtful.desk.settle("raid", 1, 1, HERE, ANA)
    stored, last = doubtful.desk.event("raid"), doubtful.desk.history("raid")[-1]
    assert (result.revision, stored.revision, stored.draft.places) == (2, 2, (HERE,))
    assert (last.revision, last.who, last.why) == (2, "Ana", "the other Hasselt")
    assert doubtful.places.doubtful() == []
    assert doubtful.places.choices()["raid", "hasselt", ""] == HERE


def test_choosing_no_place_is_a_change_too(doubtful: Store) -> None:
    doubtful.desk.settle("raid", 1, 1, None, ANA)
    last = doubtful.desk.history("raid")[-1]
    assert doubtful.desk.event("raid").revision == 2
    assert (last.action, last.who, last.fields) == (
        "settled", "Ana", [{"name": "doubt", "old": "ambiguous", "new": None}],
    )  # fmt: skip
    assert doubtful.places.doubtful() == []


def test_a_wrong_revision_or_number_changes_nothing(doubtful: Store) -> None:
    with pytest.raises(Stale):
        doubtful.desk.settle("raid", 7, 1, HERE, ANA)
    with pytest.raises(NoSuchPlace):
        doubtful.desk.settle("raid", 1, 2, HERE, ANA)
    assert len(doubtful.places.doubtful()) == 1
    assert doubtful.places.choices() == {}


def test_the_queue_counts_every_kind_and_returns_the_newest_first(doubtful: Store) -> None:
    doubtful.add([Draft(id=f"e{n}", title=f"E{n}", category="raid", status="review") for n in range(3)])
    queue = doubtful.desk.queue("review", 2, 1)
    assert queue.counts == {"draft": 1, "review": 3, "places": 1}
    assert [b'"id":"e1"' in queue.rows[0].feature, b'"id":"e0"' in queue.rows[1].feature] == [True, True]
    (place,) = doubtful.desk.queue("places", 20, 0).rows
    assert (place.text, place.doubt) == ("Hasselt", "ambiguous")
