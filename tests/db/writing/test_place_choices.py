"""A place in doubt is settled at the desk: of one version, by somebody, and remembered."""

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


def test_a_candidate_becomes_the_pin_and_history_says_who_and_why(doubtful: Store) -> None:
    done = doubtful.desk.settle("raid", 1, 1, HERE, ANA)
    held, last = doubtful.desk.event("raid"), doubtful.desk.history("raid")[-1]
    assert (done.revision, held.revision, held.draft.places) == (2, 2, (HERE,))
    assert (last.revision, last.who, last.why) == (2, "Ana", "the other Hasselt")
    assert doubtful.places.doubtful() == []
    assert doubtful.places.choices()["raid", "hasselt", ""] == HERE


def test_no_place_is_a_change_too(doubtful: Store) -> None:
    doubtful.desk.settle("raid", 1, 1, None, ANA)
    last = doubtful.desk.history("raid")[-1]
    assert doubtful.desk.event("raid").revision == 2
    assert (last.action, last.who, last.fields) == (
        "settled", "Ana", [{"name": "doubt", "old": "ambiguous", "new": None}],
    )  # fmt: skip
    assert doubtful.places.doubtful() == []


def test_another_version_and_another_number_change_nothing(doubtful: Store) -> None:
    with pytest.raises(Stale):
        doubtful.desk.settle("raid", 7, 1, HERE, ANA)
    with pytest.raises(NoSuchPlace):
        doubtful.desk.settle("raid", 1, 2, HERE, ANA)
    assert len(doubtful.places.doubtful()) == 1
    assert doubtful.places.choices() == {}


def test_the_queue_counts_every_kind_and_gives_the_newest_first(doubtful: Store) -> None:
    doubtful.add([Draft(id=f"e{n}", title=f"E{n}", category="raid", status="review") for n in range(3)])
    found = doubtful.desk.queue("review", 2, 1)
    assert found.counts == {"draft": 1, "review": 3, "places": 1}
    assert [b'"id":"e1"' in found.rows[0].feature, b'"id":"e0"' in found.rows[1].feature] == [True, True]
    (place,) = doubtful.desk.queue("places", 20, 0).rows
    assert (place.text, place.doubt) == ("Hasselt", "ambiguous")
