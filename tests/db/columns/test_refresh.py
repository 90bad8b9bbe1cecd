"""Columns that follow the feed of changes equal those that are read in full, array by array, after any edits."""

import time
from itertools import count
from typing import Any

import pytest
from chance import examples
from clock import set_clock
from databases import run_sql
from filter_oracle import CATEGORIES, drafts
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from same_columns import assert_same, both, read

from db.columns.snapshot import ARRAYS
from db.dates.edtf import When
from db.errors import EventGone, NoSuchEvent
from db.events.draft import Author, Draft, Figure
from db.store import Store
from geo.place import Place, Precision

ADA = Author("Ada")
_IDS = [f"e{number:02}" for number in range(14)]
_PREFIXES = count()
_CODES = ("AD", "BE", "NL", "ZW")


@st.composite
def written(draw: st.DrawFn) -> Draft:
    """Draw a draft, sometimes of a new category, in a rare country, with a rare figure, or under an embargo."""
    draft = draw(drafts(draw(st.sampled_from(_IDS))))
    changes: dict[str, Any] = {}
    if draw(st.integers(0, 4)) == 0:
        changes["category"] = draw(st.sampled_from(["aaa", "mmm", "zzz"]))
    if draw(st.integers(0, 4)) == 0:
        code = draw(st.sampled_from(_CODES))
        place = Place(name="x", lon=1.5, lat=42.5, precision=Precision.CITY, country=code)
        changes["places"] = (*draft.places, place, place)
    if draw(st.integers(0, 4)) == 0:
        name = draw(st.sampled_from(["Ångström", "boats", "zebras"]))
        changes["figures"] = (*draft.figures, Figure.named(name, draw(st.integers(1, 5))))
    if draw(st.integers(0, 3)) == 0:
        changes["embargo"] = draw(st.integers(1, 40))
    return structs.replace(draft, **changes)


_edits = st.one_of(
    st.tuples(st.just("add"), st.lists(written(), min_size=1, max_size=4)),
    st.tuples(st.just("add"), st.lists(written(), min_size=1, max_size=4)),
    st.tuples(st.just("title"), st.sampled_from(_IDS)),
    st.tuples(st.just("delete"), st.sampled_from(_IDS)),
    st.tuples(st.just("purge"), st.sampled_from(_IDS)),
    st.tuples(st.just("wait"), st.integers(1, 30)),
    st.tuples(st.just("clear"), st.none()),
)


def _new_prefix() -> str:
    """Return a prefix of ids: those that were deleted stay taken, and each event has a history of its own."""
    return f"x{next(_PREFIXES)}-"


class _Clock:
    """A clock that moves only when a test says so, and the prefix of the ids."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0
        self.prefix = _new_prefix()

    def __call__(self) -> float:
        return self.seconds


def _apply(store: Store, clock: _Clock, edit: str, value: Any) -> None:
    if edit == "add":
        for draft in value:
            until = int(clock.seconds) + draft.embargo if draft.embargo else None
            labels = {draft.category: draft.category} if draft.category not in CATEGORIES else {}
            store.add([structs.replace(draft, id=clock.prefix + draft.id, embargo=until)], categories=labels)
    elif edit == "wait":
        clock.seconds += value
    elif edit == "clear":
        store.clear()
        clock.prefix = _new_prefix()
    else:
        _edit(store, edit, clock.prefix + value)


def _edit(store: Store, edit: str, id_: str) -> None:
    try:
        event = store.desk.event(id_)
    except (EventGone, NoSuchEvent):
        return
    if edit == "purge":
        store.desk.purge([id_], ADA)
    elif edit == "delete":
        store.desk.delete(id_, event.revision, ADA)
    else:
        store.desk.replace(structs.replace(event.draft, title="Another title"), event.revision, ADA)


@given(st.lists(st.lists(_edits, min_size=1, max_size=3), min_size=1, max_size=6))
@examples(50)
def test_columns_that_follow_the_feed_equal_columns_read_in_full(
    shared_store: Store, rounds: list[list[tuple[str, Any]]]
) -> None:
    clock = _Clock()
    with pytest.MonkeyPatch.context() as patch:
        set_clock(patch, clock)
        _check_rounds(shared_store, rounds, clock)


def _check_rounds(store: Store, rounds: list[list[tuple[str, Any]]], clock: _Clock) -> None:
    store.clear()
    first = columns = read(store)
    for edits in rounds:
        for edit, value in edits:
            _apply(store, clock, edit, value)
        following, expected = both(store, columns)
        assert following is not None
        assert_same(following, expected)
        columns = following
    from_first, expected = both(store, first)
    assert from_first is not None
    assert_same(from_first, expected)


def test_a_change_of_the_title_shares_every_array(store: Store) -> None:
    place = Place(name="x", lon=1.5, lat=42.5, precision=Precision.CITY, country="AD")
    draft = Draft(
        id="a",
        title="One",
        category="raid",
        places=(place,),
        figures=(Figure.named("arrests", 3),),
        status="published",
    )
    store.add([draft, structs.replace(draft, id="b")])
    old = read(store)
    store.add([structs.replace(draft, title="Two")])
    new, _ = both(store, old)
    assert new is not None
    assert new.stamp.version == old.stamp.version + 1
    assert [name for name in ARRAYS if getattr(new, name) is not getattr(old, name)] == []


@pytest.mark.parametrize("events", [600, 5_000])
def test_too_many_changes_are_read_in_full(store: Store, events: int) -> None:
    store.add([Draft(id=f"e{n}", title="x", category="raid", status="published") for n in range(events)])
    old = read(store)
    store.add([Draft(id=f"e{n}", title="y", category="raid", status="published") for n in range(501)])
    new, _ = both(store, old)
    assert new is None


def test_entries_of_an_older_program_are_read_in_full(store: Store, database_url: str) -> None:
    old = read(store)
    store.add([Draft(id="a", title="x", category="raid", status="published")])
    run_sql(database_url, "UPDATE change SET pk = NULL")
    new, _ = both(store, old)
    assert new is None


def test_a_restore_is_read_in_full(store: Store, database_url: str) -> None:
    store.add([Draft(id="a", title="x", category="raid", status="published")])
    old = read(store)
    run_sql(database_url, "UPDATE data_version SET epoch = 'another'")
    new, _ = both(store, old)
    assert new is None


def test_a_row_number_of_another_event_does_not_change_the_order(store: Store) -> None:
    def event(id_: str) -> Draft:
        return Draft(id=id_, title=id_, category="raid", when=When.parse("2020-01-01"), status="published")

    store.add([event(id_) for id_ in ("b", "c", "d", "z")])
    old = read(store)
    store.desk.delete("z", store.desk.event("z").revision, ADA)
    store.add([event("a"), event("aa")])  # "a" takes the row number of "z"
    new, expected = both(store, old)
    assert new is not None
    assert_same(new, expected)


def test_a_clock_that_goes_back_is_followed_by_a_full_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _Clock()
    clock.seconds = time.time() + 100
    set_clock(monkeypatch, clock)
    draft = Draft(id="a", title="x", category="raid", status="published")
    store.add([structs.replace(draft, embargo=int(clock.seconds) + 10)])
    clock.seconds += 10
    old = read(store)
    assert len(old) == 1
    clock.seconds -= 5
    assert both(store, old)[0] is None
    store.desk.delete("a", store.desk.event("a").revision, ADA)  # under embargo: the feed has no entry
    assert both(store, old)[0] is None
