"""Places in doubt: the stored texts, the choices of editors that imports respect, and stored geocoder answers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from db.dates.edtf import When
from db.errors import NoSuchPlace
from db.events import feature
from db.events.draft import Draft, Figure, LookedUpText, Source
from db.query.filter import Filter, Near
from db.store import Store
from db.writing.place_choices import chosen
from geo.place import Place, Precision

HASSELT = Place(name="Hasselt", lon=5.33781, lat=50.93106, precision=Precision.CITY, country="BE")
OVERIJSSEL = replace(HASSELT, name="Hasselt", lon=6.09, lat=52.59, country="NL", geocoder="chosen")
BALKANS = Place(
    name="Balkans", lon=21.0, lat=43.0, precision=Precision.COUNTRY, countries=("RS", "BA"), radius_km=500.0
)


def event(id_: str = "a", *texts: LookedUpText, places: tuple[Place, ...] = (HASSELT,)) -> Draft:
    return Draft(id=id_, title="Raid", category="raid", status="published", places=places, texts=texts)


def unsure(text: str = "Hasselt", place: int | None = 0, country: str | None = None) -> LookedUpText:
    return LookedUpText(
        text=text, place=place, country=country, doubt="unsure" if place is not None else "missing"
    )


def places(store: Store, id_: str = "a") -> list[str]:
    stored = store.get(id_)
    assert stored
    return [f"{place['name']}, {place['country']}" for place in json.loads(stored[0])["properties"]["places"]]


def test_a_place_in_doubt_is_listed_with_its_text(store: Store) -> None:
    store.add([event("a", unsure("hasselt (?)")), event("b", LookedUpText(text="Hasselt", place=0))])
    (doubtful,) = store.places.doubtful()
    assert (doubtful.event, doubtful.number, doubtful.text, doubtful.doubt) == (
        "a",
        1,
        "hasselt (?)",
        "unsure",
    )
    assert doubtful.place == HASSELT


def test_a_text_without_a_place_is_stored(store: Store) -> None:
    store.add([event("a", unsure("Atlantis", None, "BE"), places=())])
    (doubtful,) = store.places.doubtful()
    assert (doubtful.text, doubtful.country, doubtful.doubt, doubtful.place) == (
        "Atlantis",
        "BE",
        "missing",
        None,
    )


def test_the_original_text_stays_out_of_the_feature(store: Store) -> None:
    store.add([event("a", unsure("somewhere odd"))])
    stored = store.get("a")
    assert stored
    assert b"somewhere odd" not in stored[0]


def test_an_import_updates_texts_even_if_nothing_else_changed(store: Store) -> None:
    store.add([event("a")])
    assert store.add([event("a", unsure())]).unchanged == 1
    assert len(store.places.doubtful()) == 1
    store.add([event("a", LookedUpText(text="Hasselt", place=0))])
    assert store.places.doubtful() == []


def test_a_dry_run_stores_no_texts(store: Store) -> None:
    store.add([event("a", unsure())], dry_run=True)
    assert store.places.doubtful() == []


def test_texts_are_deleted_with_their_event(store: Store) -> None:
    store.add([event("a", unsure())])
    store.clear()
    assert store.places.doubtful() == []


def test_a_choice_moves_the_pin_everywhere(store: Store) -> None:
    store.add([event("a", unsure())])
    before = store.stamp()
    store.places.settle("a", 1, OVERIJSSEL)
    assert places(store) == ["Hasselt, NL"]
    assert store.find(Filter(countries=("NL",))).matched == 1
    assert store.find(Filter(countries=("BE",))).matched == 0
    assert store.find(Filter(near=Near(6.09, 52.59, 5))).matched == 1
    assert store.find(Filter(near=Near(5.34, 50.93, 5))).matched == 0
    assert store.stamp().version == before.version + 1
    assert store.places.doubtful() == []


def test_a_choice_makes_a_new_revision(store: Store) -> None:
    store.add([event("a", unsure())])
    store.places.settle("a", 1, OVERIJSSEL)
    stored = store.get("a")
    assert stored
    assert stored[1] == 2


def test_the_chosen_place_of_a_text_without_one_has_the_position_of_the_text(store: Store) -> None:
    texts = (LookedUpText(text="A", place=0), unsure("B", None), LookedUpText(text="C", place=1))
    first, last = replace(HASSELT, name="A"), replace(HASSELT, name="C")
    store.add([event("a", *texts, places=(first, last))])
    store.places.settle("a", 2, replace(OVERIJSSEL, name="B"))
    assert places(store) == ["A, BE", "B, NL", "C, BE"]
    store.places.settle("a", 3, replace(OVERIJSSEL, name="D"))
    assert places(store) == ["A, BE", "B, NL", "D, NL"]


def test_no_place_is_a_choice_as_well(store: Store) -> None:
    store.add([event("a", unsure("online"), LookedUpText(text="C", place=1), places=(HASSELT, BALKANS))])
    store.places.settle("a", 1, None)
    assert places(store) == ["Balkans, None"]
    store.places.settle("a", 2, OVERIJSSEL)
    assert places(store) == ["Hasselt, NL"]


def test_a_choice_is_stored_for_the_text_in_its_country(store: Store) -> None:
    store.add([event("a", unsure("HASSELT ", country="BE"))])
    store.places.settle("a", 1, OVERIJSSEL)
    choices = store.places.choices()
    assert chosen(choices, "z", "hasselt", "BE") == (True, OVERIJSSEL)
    assert chosen(choices, "z", "hasselt", None) == (False, None)


def test_each_event_has_its_own_choice_for_the_same_text(store: Store) -> None:
    store.add([event("a", unsure()), event("b", unsure())])
    store.places.settle("a", 1, OVERIJSSEL)
    store.places.settle("b", 1, HASSELT)
    choices = store.places.choices()
    assert chosen(choices, "a", "Hasselt", None) == (True, OVERIJSSEL)
    assert chosen(choices, "b", "Hasselt", None) == (True, HASSELT)
    assert chosen(choices, "new", "Hasselt", None) == (True, HASSELT)


@pytest.mark.parametrize(("id_", "number"), [("nobody", 1), ("a", 0), ("a", 2)])
def test_a_choice_for_an_unknown_text_is_refused_and_not_stored(store: Store, id_: str, number: int) -> None:
    store.add([event("a", unsure())])
    with pytest.raises(NoSuchPlace):
        store.places.settle(id_, number, OVERIJSSEL)
    assert store.places.choices() == {}


def test_a_geocoder_answer_is_used_until_it_is_too_old(store: Store) -> None:
    assert store.places.geocoder_answer("photon", "Hasselt", None) == (False, None)
    store.places.save_geocoder_answer("photon", "Hasselt", None, BALKANS)
    assert store.places.geocoder_answer("photon", "Hasselt", None) == (True, BALKANS)
    assert store.places.geocoder_answer("photon", "Hasselt", None, max_age=-1) == (False, None)
    assert store.places.geocoder_answer("nominatim", "Hasselt", None) == (False, None)


def test_no_match_is_an_answer_too_and_the_last_answer_counts(store: Store) -> None:
    store.places.save_geocoder_answer("photon", "Hasselt", "BE", HASSELT)
    store.places.save_geocoder_answer("photon", "Hasselt", "BE", None)
    assert store.places.geocoder_answer("photon", "Hasselt", "BE") == (True, None)


def test_a_feature_is_decoded_into_the_draft_it_was_encoded_from() -> None:
    draft = Draft(
        id="a", title="t", summary="s", category="raid", when=When.parse("2021-06/2022-10"),
        places=(HASSELT, BALKANS), figures=(Figure.named("arrests", 3), Figure.named("cocaine_kg", 0.5)),
        tags=("x",), sources=(Source(title="Times", date="2023?"),), data={"age": "42"}, note="n",
        status="published", verification="confirmed",
    )  # fmt: skip
    encoded = feature.encode(draft, feature.Meta(1, 2))
    assert feature.decode(encoded) == draft
    assert feature.encode(feature.decode(encoded), feature.Meta(1, 2)) == encoded


def test_an_older_database_gets_the_new_tables(tmp_path: Path) -> None:
    from alembic import command

    from db.engines import connect
    from db.migrations import upgrade

    engine = connect(f"sqlite:///{tmp_path}/old.db", 10)
    command.upgrade(upgrade.config(engine), "0001")
    engine.dispose()
    store = Store(f"sqlite:///{tmp_path}/old.db")
    store.migrate()
    store.check()
    assert store.places.doubtful() == []
    store.close()
