"""Imports keep what editors changed: last imported, stored and new value decide, as a simple model says."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from chance import examples
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from db.dates.edtf import When
from db.events.draft import Author, Draft, Figure, LookedUpText
from db.store import Store
from db.writing.editor_changes import EditConflict, ImportRules
from db.writing.prepared import RowOrigin, prepare
from db.writing.writer import Added
from geo.place import Place, Precision

EDITOR = Author("Ada")
NUMBERS = count()
VALUES: dict[str, list[Any]] = {
    "title": ["one", "two", "three"],
    "summary": ["", "short", "long"],
    "category": ["raid", "arrest", "study"],
    "date": ["", "2020", "2021"],
    "places": ["", "Hasselt", "Genk"],
    "tags": ["", "a", "b"],
    "note": ["", "n", "m"],
    "figures.deaths": ["", 1, 2],
    "data.age": ["", "30", "40"],
}


def place(name: str, geocoder: str = "gazetteer") -> Place:
    return Place(name=name, lon=5.0, lat=50.0, precision=Precision.CITY, country="BE", geocoder=geocoder)


def draft(values: dict[str, Any], id_: str = "a") -> Draft:
    """Return the draft of an event with these values; '' is none."""
    return Draft(
        id=id_,
        title=values["title"],
        summary=values["summary"],
        category=values["category"],
        when=When.parse(values["date"]) if values["date"] else None,
        places=(place(values["places"]),) if values["places"] else (),
        tags=(values["tags"],) if values["tags"] else (),
        note=values["note"] or None,
        figures=(Figure.named("deaths", values["figures.deaths"]),) if values["figures.deaths"] else (),
        data={"age": values["data.age"]} if values["data.age"] else {},
        status="published",
    )


def values_of(event: Draft) -> dict[str, Any]:
    return {
        "title": event.title,
        "summary": event.summary,
        "category": event.category,
        "date": event.when.text if event.when else "",
        "places": event.places[0].name if event.places else "",
        "tags": event.tags[0] if event.tags else "",
        "note": event.note or "",
        "figures.deaths": event.figures[0].value if event.figures else "",
        "data.age": event.data.get("age", ""),
    }


def imported(
    store: Store, event: Draft, fields: tuple[str, ...] | None = None, *, overwrite: bool = False
) -> tuple[Added, list[EditConflict]]:
    """Import an event; `fields` are those that its row has a cell for, None for all."""
    conflicts: list[EditConflict] = []
    rules = ImportRules(overwrite=overwrite, on_conflict=conflicts.append)
    row = prepare(event, 1)
    if fields is not None:
        row = row._replace(origin=RowOrigin("line 2", fields))
    with store.writer(rules=rules) as write:
        return write([row], {}), conflicts


def edit(store: Store, event: Draft) -> None:
    store.desk.replace(event, store.desk.event(event.id or "").revision, EDITOR)


@dataclass
class Model:
    """The three values of each field: imported last, stored, and, at an import, that of the file."""

    base: dict[str, Any]
    stored: dict[str, Any] = field(default_factory=dict)

    def take(self, file: dict[str, Any], *, overwrite: bool) -> set[str]:
        """Import a file; return the fields in conflict."""
        conflicts = set()
        for name, new in file.items():
            if self.stored[name] not in (self.base[name], new):
                conflicts.add(name)
            if overwrite or self.stored[name] == self.base[name]:
                self.stored[name] = new
            self.base[name] = new
        return conflicts


all_values = st.fixed_dictionaries({name: st.sampled_from(choices) for name, choices in VALUES.items()})
some_values = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(choices) for name, choices in VALUES.items()}
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), some_values),
        st.tuples(st.just("import"), all_values),
        st.tuples(st.just("overwrite"), all_values),
        st.tuples(st.just("again"), st.none()),
    ),
    min_size=1,
    max_size=8,
)


@examples(150)
@given(first=all_values, plan=steps)
def test_any_order_of_imports_and_edits_gives_what_the_model_says(
    shared_store: Store, first: dict[str, Any], plan: list[tuple[str, Any]]
) -> None:
    id_ = f"event-{next(NUMBERS)}"
    imported(shared_store, draft(first, id_))
    model, last = Model(dict(first), dict(first)), first
    for action, values in plan:
        if action == "edit":
            model.stored |= values
            edit(shared_store, draft(model.stored, id_))
        else:
            last = values or last
            before = dict(model.stored)
            expected = model.take(last, overwrite=action == "overwrite")
            counts, conflicts = imported(shared_store, draft(last, id_), overwrite=action == "overwrite")
            assert {conflict.field for conflict in conflicts} == expected
            assert len(conflicts) == len(expected)
            assert counts == Added(updated=before != model.stored, unchanged=before == model.stored)
        assert values_of(shared_store.desk.event(id_).draft) == model.stored


ORIGINAL = {name: choices[1] for name, choices in VALUES.items()}


@pytest.mark.parametrize("name", VALUES)
def test_a_third_import_reports_the_same_conflict_and_changes_nothing(store: Store, name: str) -> None:
    imported(store, draft(ORIGINAL))
    edit(store, draft({**ORIGINAL, name: VALUES[name][2]}))
    revision = store.desk.event("a").revision
    reports = [imported(store, draft(ORIGINAL)) for _ in range(2)]
    assert reports[0] == reports[1]
    counts, (conflict,) = reports[0]
    assert counts == Added(unchanged=1)
    assert (conflict.field, conflict.is_kept) == (name, True)
    assert store.desk.event("a").revision == revision


def test_an_event_that_an_editor_made_keeps_its_values_and_gets_the_missing_ones(store: Store) -> None:
    created = draft({**dict.fromkeys(VALUES, ""), "title": "one", "category": "arrest"})
    store.desk.create([created], EDITOR)
    _, conflicts = imported(store, draft({**ORIGINAL, "title": "two"}))
    assert [conflict.field for conflict in conflicts] == ["title"]
    stored = store.desk.event("a").draft
    assert (stored.title, stored.summary, stored.data) == ("one", "short", {"age": "30"})


def test_what_a_file_says_nothing_about_stays_without_a_conflict(store: Store) -> None:
    plain = draft({**ORIGINAL, "summary": "", "data.age": ""})
    imported(store, plain)
    edit(store, draft({**ORIGINAL, "summary": "long", "data.age": "40"}))
    columns = ("title", "category", "date", "places", "tags", "note", "figures")
    for overwrite in (False, True):
        _, conflicts = imported(store, plain, columns, overwrite=overwrite)
        assert [conflict.field for conflict in conflicts] == []
        stored = store.desk.event("a").draft
        assert (stored.summary, stored.data) == ("long", {"age": "40"})


def test_an_empty_cell_is_a_value_of_the_file(store: Store) -> None:
    plain = draft({**ORIGINAL, "summary": ""})
    imported(store, plain)
    edit(store, draft({**ORIGINAL, "summary": "long"}))
    _, conflicts = imported(store, plain, tuple(VALUES))
    assert [(conflict.field, conflict.at) for conflict in conflicts] == [("summary", "line 2")]
    assert store.desk.event("a").draft.summary == "long"
    imported(store, plain, tuple(VALUES), overwrite=True)
    assert store.desk.event("a").draft.summary == ""


def test_a_chosen_place_stays_when_the_file_names_another_one(store: Store) -> None:
    doubtful = structs.replace(
        draft(ORIGINAL), texts=(LookedUpText(text="Hasselt", place=0, doubt="ambiguous"),)
    )
    imported(store, doubtful)
    chosen = place("Hasselt", geocoder="chosen")
    store.places.settle("a", 1, chosen)
    # The choice applies to the text, so the file brings the same place.
    same = structs.replace(doubtful, places=(chosen,), texts=(LookedUpText(text="Hasselt", place=0),))
    assert imported(store, same) == (Added(unchanged=1), [])
    other = structs.replace(
        draft({**ORIGINAL, "places": "Genk"}), texts=(LookedUpText(text="Genk", place=0),)
    )
    for _ in range(2):
        counts, (conflict,) = imported(store, other)
        assert (counts, conflict.field) == (Added(unchanged=1), "places")
    assert store.desk.event("a").draft.places == (chosen,)
    assert [text.text for text in store.desk.event("a").draft.texts] == ["Hasselt"]


def test_an_event_stays_unplaced_when_the_file_names_another_place(store: Store) -> None:
    doubtful = structs.replace(
        draft(ORIGINAL), texts=(LookedUpText(text="Hasselt", place=0, doubt="ambiguous"),)
    )
    imported(store, doubtful)
    store.places.settle("a", 1, None)
    # An editor chose that the text is not a place, so the file brings none either.
    same = structs.replace(doubtful, places=(), texts=(LookedUpText(text="Hasselt"),))
    other = structs.replace(
        draft({**ORIGINAL, "places": "Genk"}), texts=(LookedUpText(text="Genk", place=0),)
    )
    for _ in range(2):
        assert imported(store, same) == (Added(unchanged=1), [])
        counts, (conflict,) = imported(store, other)
        assert (counts, conflict.field) == (Added(unchanged=1), "places")
    imported(store, other, overwrite=True)
    assert [pin.name for pin in store.desk.event("a").draft.places] == ["Genk"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_retracted_event_stays_retracted_and_is_reported(store: Store, *, overwrite: bool) -> None:
    imported(store, draft(ORIGINAL))
    edit(store, structs.replace(draft(ORIGINAL), status="retracted"))
    counts, (conflict,) = imported(store, draft(ORIGINAL), overwrite=overwrite)
    assert (counts, conflict.field, conflict.stored) == (Added(unchanged=1), "status", "retracted")
    assert conflict.is_kept
    assert store.desk.event("a").draft.status == "retracted"


def test_an_import_may_publish_what_editors_left_as_a_draft(store: Store) -> None:
    imported(store, structs.replace(draft(ORIGINAL), status="draft"))
    edit(store, structs.replace(draft(ORIGINAL), status="review"))
    assert imported(store, draft(ORIGINAL)) == (Added(updated=1), [])
    assert store.desk.event("a").draft.status == "published"


def test_an_event_that_would_be_too_large_stays_as_the_editor_left_it(store: Store) -> None:
    imported(store, draft(ORIGINAL))
    edit(store, structs.replace(draft(ORIGINAL), summary="e" * 150_000))
    larger = structs.replace(draft(ORIGINAL), data={"age": "f" * 150_000})
    counts, conflicts = imported(store, larger)
    assert counts == Added(unchanged=1)
    assert [conflict.field for conflict in conflicts] == ["summary", ""]


def test_a_purge_erases_the_marks_and_a_new_event_has_none(store: Store) -> None:
    imported(store, draft(ORIGINAL))
    edit(store, draft({**ORIGINAL, "title": "two"}))
    store.desk.purge(["a"], EDITOR)
    assert store.edited_ids(["a"]) == frozenset()
    new = structs.replace(draft(ORIGINAL), id="b")
    imported(store, new)  # takes the row number of the purged event
    assert imported(store, structs.replace(new, title="three")) == (Added(updated=1), [])


def test_an_export_that_comes_back_does_not_end_the_protection(store: Store) -> None:
    imported(store, draft(ORIGINAL))
    corrected = draft({**ORIGINAL, "title": "three"})
    edit(store, corrected)
    export = prepare(corrected, 1)._replace(origin=RowOrigin("line 2", ("title",), is_native=True))
    with store.writer() as write:
        assert write([export], {}) == Added(unchanged=1)
    _, (conflict,) = imported(store, draft(ORIGINAL))
    assert (conflict.field, conflict.is_kept) == ("title", True)


def test_a_file_with_the_editors_value_ends_the_protection(store: Store) -> None:
    imported(store, draft(ORIGINAL))
    edit(store, draft({**ORIGINAL, "title": "three"}))
    imported(store, draft({**ORIGINAL, "title": "three"}))
    assert imported(store, draft({**ORIGINAL, "title": "one"})) == (Added(updated=1), [])


def test_a_choice_of_a_place_that_still_applies_lets_the_other_places_change(store: Store) -> None:
    texts = (LookedUpText(text="A", place=0), LookedUpText(text="B", doubt="missing"))
    imported(store, structs.replace(draft(ORIGINAL), texts=texts))
    chosen = place("B", geocoder="chosen")
    store.places.settle("a", 2, chosen)
    other = structs.replace(draft(ORIGINAL), places=(place("Better"), chosen))
    assert imported(store, other) == (Added(updated=1), [])
    _, (conflict,) = imported(store, structs.replace(other, places=(place("Better"),)))
    assert conflict.field == "places"


def test_a_place_that_an_editor_moved_after_a_choice_stays(store: Store) -> None:
    imported(store, structs.replace(draft(ORIGINAL), texts=(LookedUpText(text="A", place=0),)))
    chosen = place("A", geocoder="chosen")
    store.places.settle("a", 1, chosen)
    moved = Place(name="A", lon=5.5, lat=50.5, precision=Precision.POINT, country="BE", geocoder="given")
    edit(store, structs.replace(store.desk.event("a").draft, places=(moved,)))
    _, (conflict,) = imported(store, structs.replace(draft(ORIGINAL), places=(chosen,)))
    assert conflict.field == "places"
    assert store.desk.event("a").draft.places == (moved,)


def test_an_editor_who_takes_the_files_value_ends_the_protection(store: Store) -> None:
    imported(store, draft(ORIGINAL))
    edit(store, draft({**ORIGINAL, "title": "three"}))
    imported(store, draft({**ORIGINAL, "title": "one"}))
    edit(store, draft({**ORIGINAL, "title": "one"}))
    assert imported(store, draft(ORIGINAL)) == (Added(updated=1), [])
