"""The desk: the writes of editors, the history, the feed of changes, embargoes and API keys."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from clock import set_clock
from databases import Databases, all_rows, run_sql
from msgspec import structs
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove

from db.dates.edtf import When
from db.editing.idempotency import RepeatableRequest
from db.errors import BadEvent, Conflict, EventGone, NoSuchEvent, Stale
from db.events.draft import Author, Draft
from db.query.filter import Filter
from db.store import Store
from db.writing import writer

ADA = Author("Ada", why="the court says so")


def event(id_: str, **fields: object) -> Draft:
    """Return a published event with other fields on request."""
    draft = Draft(id=id_, title=f"Event {id_}", category="raid", status="published", when=When.parse("2023"))
    return structs.replace(draft, **fields)  # type: ignore[arg-type]  # passed on


def ids(store: Store) -> list[str]:
    return sorted(msgspec.json.decode(feature)["id"] for feature in store.find(Filter()).features)


def test_only_editors_see_a_draft_and_the_data_version_stays(store: Store) -> None:
    before = store.stamp()
    store.desk.create([event("a", status="draft")], ADA)
    assert (store.stamp(), store.get("a"), ids(store)) == (before, None, [])
    assert store.desk.event("a").draft.title == "Event a"


def test_a_change_of_an_old_revision_raises_stale_with_the_current_one(store: Store) -> None:
    store.desk.create([event("a")], ADA)
    assert store.desk.replace(event("a", title="Second"), 1, ADA).revision == 2
    with pytest.raises(Stale) as stale:
        store.desk.replace(event("a", title="Third"), 1, ADA)
    assert stale.value.revision == 2
    assert store.desk.event("a").draft.title == "Second"


def test_the_history_has_author_reason_and_the_old_and_new_values_of_fields(store: Store) -> None:
    store.desk.create([event("a", status="draft")], Author("Bo"))
    store.desk.replace(event("a", title="New", status="published"), 1, ADA)
    creation, change = store.desk.history("a")
    assert (creation.who, creation.action, creation.revision) == ("Bo", "created", 1)
    assert (change.who, change.action, change.why) == ("Ada", "published", "the court says so")
    assert {"name": "title", "old": "Event a", "new": "New"} in change.fields


def test_the_history_of_an_imported_event_begins_with_the_import(store: Store) -> None:
    store.add([event("a")])
    store.add([event("a", title="New")])
    assert [(entry.who, entry.action) for entry in store.desk.history("a")] == [
        ("command line", "created"),
        ("command line", "changed"),
    ]


def test_readers_see_a_correction_which_the_next_import_keeps(store: Store) -> None:
    store.add([event("a")])
    store.desk.replace(event("a", title="Corrected"), 1, Author("Ada", note="The title was wrong."))
    store.add([event("a", title="Again")])
    feature, _ = store.get("a") or (b"", 0)
    corrections = msgspec.json.decode(feature)["properties"]["corrections"]
    assert [correction["note"] for correction in corrections] == ["The title was wrong."]


def test_a_retracted_event_is_gone_with_its_note_and_imports_do_not_publish_it(store: Store) -> None:
    store.add([event("a")])
    store.desk.replace(event("a", status="retracted"), 1, Author("Ada", note="It was a hoax."))
    store.add([event("a", title="Again")])
    assert ids(store) == []
    with pytest.raises(EventGone, match="It was a hoax"):
        store.get("a")


def test_a_retracted_event_can_be_published_again(store: Store) -> None:
    store.add([event("a")])
    store.desk.replace(event("a", status="retracted"), 1, ADA)
    store.desk.replace(event("a", status="published"), 2, ADA)
    assert ids(store) == ["a"]


def test_the_id_of_a_deleted_event_stays_taken_and_no_import_restores_it(store: Store) -> None:
    store.add([event("a"), event("b", status="draft")])
    store.desk.delete("a", 1, ADA)
    store.desk.delete("b", 1, ADA)
    assert store.add([event("a"), event("b")]) == (0, 0, 2)
    assert list(store.deleted_ids(["a", "b", "c"])) == ["a", "b"]
    with pytest.raises(Conflict, match="was deleted on"):
        store.desk.create([event("a")], ADA)
    with pytest.raises(EventGone, match="was deleted"):
        store.get("a")
    assert store.get("b") is None, "readers never saw it"
    assert store.desk.history("a")[-1].action == "deleted"


def test_several_events_are_created_all_or_none(store: Store) -> None:
    with pytest.raises(BadEvent):
        store.desk.create([event("a"), event("b", title=" ")], ADA)
    with pytest.raises(Conflict, match="twice"):
        store.desk.create([event("a"), event("a")], ADA)
    with pytest.raises(NoSuchEvent):
        store.desk.event("a")


def test_a_repeated_request_gets_its_first_result_and_another_body_is_refused(store: Store) -> None:
    request = RepeatableRequest("Ada", "once", b"body")
    first, again = store.desk.create([event("a")], ADA, request)
    assert not again
    assert store.desk.create([event("b")], ADA, request) == (first, True)
    with pytest.raises(Conflict, match="another body"):
        store.desk.create([event("b")], ADA, replace(request, body=b"other"))
    assert ids(store) == ["a"]


def test_an_embargo_ends_without_a_write(store: Store, database_url: str, engine_name: str) -> None:
    store.add([event("a")])
    until = int(time.time()) + 2
    store.desk.create([event("b", embargo=until)], ADA)
    before, page = store.stamp(), store.desk.changes(None, 10)
    assert (ids(store), store.summary(Filter()).matched) == (["a"], 1)
    assert engine_name == "postgres" or store.quick.instant.version() == before.version
    assert [entry.id for entry in page.entries] == ["a"]
    state = _dump(database_url)
    while time.time() < until + 0.05:
        time.sleep(0.05)
    after = store.stamp()
    assert (after.version, after.moment) == (before.version + 1, until)
    assert (ids(store), store.summary(Filter()).matched) == (["a", "b"], 2)
    assert engine_name == "postgres" or store.quick.instant.version() == after.version
    next_page = store.desk.changes(page.token, 10)
    assert [(entry.id, entry.kind, entry.at) for entry in next_page.entries] == [("b", "created", until)]
    assert _dump(database_url) == state, "nobody wrote"
    store.add([event("c")])
    assert store.stamp().version == after.version + 1
    assert [entry.id for entry in store.desk.changes(next_page.token, 10).entries] == ["c"]
    assert [entry.id for entry in store.desk.changes(None, 10).entries] == ["a", "b", "c"]


@pytest.mark.parametrize("edit", ["retract", "delete", "correct", "publish", "extend"])
def test_an_embargo_that_ends_during_a_write_is_a_version_of_its_own(
    store: Store, engine_name: str, edit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1_700_000_000.0]
    set_clock(monkeypatch, lambda: seconds[0])
    until = int(seconds[0]) + 1
    store.desk.create([event("a", embargo=until), event("z")], ADA)
    columns_before = store.summary(Filter())
    during: list[tuple[int, int]] = []

    def end_embargo(write: Callable[..., Any]) -> Callable[..., Any]:
        def write_later(*args: Any, **kwargs: Any) -> Any:
            result = write(*args, **kwargs)
            seconds[0] += 2
            during.append((store.stamp().version, store.summary(Filter()).matched))
            return result

        return write_later

    monkeypatch.setattr(writer, "write", end_embargo(writer.write))
    monkeypatch.setattr(writer, "remove", end_embargo(writer.remove))
    if edit == "delete":
        store.desk.delete("a", 1, ADA)
    else:
        changes: dict[str, dict[str, object]] = {
            "retract": {"status": "retracted", "embargo": 0},
            "correct": {"title": "New", "embargo": until},
            "publish": {"title": "New", "embargo": 0},
            "extend": {"embargo": until + 100},
        }
        store.desk.replace(event("a", **changes[edit]), 1, ADA)
    matched = 2 if edit in ("correct", "publish") else 1
    assert (columns_before.matched, during[-1][1]) == (1, 2)
    assert store.stamp().version > during[-1][0], "the write is a version after that of the ended embargo"
    assert store.summary(Filter()).matched == matched
    page = store.quick.instant.page(Filter())
    assert page is not None or engine_name == "postgres"
    assert (page or store.find(Filter())).matched == matched == len(ids(store))
    kinds = [entry.kind for entry in store.desk.changes(None, 10).entries if entry.id == "a"]
    assert kinds[-1] == ("deleted" if matched == 1 else "created")


def _dump(database_url: str) -> list[tuple[object, ...]]:
    rows = run_sql(database_url, "SELECT event, until FROM embargo")
    rows += run_sql(database_url, "SELECT seq, event FROM change ORDER BY seq")
    return rows + run_sql(database_url, "SELECT version FROM data_version")


def test_an_event_that_readers_see_cannot_get_an_embargo(store: Store) -> None:
    store.add([event("a")])
    with pytest.raises(BadEvent, match="see the event already"):
        store.desk.replace(event("a", embargo=int(time.time()) + 99), 1, ADA)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow_on_server) for seed in (1, 2, 3))]
)
def test_a_copy_that_follows_the_feed_equals_the_export(store: Store, seed: int) -> None:
    chance, copy, token = random.Random(seed), dict[str, bytes](), None
    for number in range(250):
        _edit(store, chance, number)
        if chance.random() < 0.2:
            token = _follow(store, copy, token, chance.randint(1, 30))
    _follow(store, copy, token, 7)
    _, features = store.snapshot(Filter())
    assert copy == {msgspec.json.decode(feature)["id"]: feature for feature in features}


def _edit(store: Store, chance: random.Random, number: int) -> None:
    id_ = f"e{chance.randint(0, 40)}"
    status = chance.choice(["draft", "review", "published", "published", "retracted"])
    draft = event(id_, title=f"Title {number}", status=status)
    if chance.random() < 0.1:
        draft = structs.replace(draft, embargo=int(time.time()) + chance.randint(0, 1))
    try:
        stored = store.desk.event(id_)
    except NoSuchEvent:
        if status != "retracted":
            with suppress(Conflict):  # deleted before
                store.desk.create([draft], ADA)
    except EventGone:
        return
    else:
        if chance.random() < 0.1:
            store.desk.delete(id_, stored.revision, ADA)
        elif not (stored.visible and draft.embargo):
            store.desk.replace(draft, stored.revision, ADA)


def _follow(store: Store, copy: dict[str, bytes], token: str | None, limit: int) -> str:
    while True:
        feed = store.desk.changes(token, limit)
        token = feed.token
        for change in feed.entries:
            if change.kind == "deleted" or change.feature is None:
                copy.pop(change.id, None)
            else:
                copy[change.id] = change.feature
        if not feed.more:
            return token


def test_a_token_of_another_database_is_refused(store: Store, databases: Databases) -> None:
    other = Store(databases.bare())
    other.migrate()
    token = other.desk.changes(None, 10).token
    other.close()
    with pytest.raises(Conflict, match="before a backup was restored"):
        store.desk.changes(token, 10)
    with pytest.raises(ValueError, match="nonsense"):
        store.desk.changes("nonsense", 10)


def test_a_key_is_stored_as_a_hash_and_can_be_revoked(store: Store, database_url: str) -> None:
    key = store.desk.create_key("Ada", "reviewer")
    holder = store.desk.holder(key)
    assert holder is not None
    assert (holder.name, holder.role) == ("Ada", "reviewer")
    assert store.desk.keys()[0].used is not None
    assert store.desk.holder(key[:-1] + "?") is None
    with pytest.raises(Conflict, match="already"):
        store.desk.create_key("Ada", "editor")
    store.desk.revoke("Ada")
    assert store.desk.holder(key) is None
    with pytest.raises(Conflict, match="no key named"):
        store.desk.revoke("Ada")
    assert key not in str(all_rows(database_url))


def test_readers_cannot_see_categories_and_figures_that_only_drafts_have(store: Store) -> None:
    from db.events.draft import Figure

    store.add(
        [event("a", status="draft", category="secret_kind", figures=(Figure.named("secret_things", 3),))],
        categories={"secret_kind": "Secret kind"},
    )
    store.add([event("b")])
    assert "secret_kind" not in store.categories()
    assert "secret_kind" in store.categories(hidden=True)
    assert store.figures() == []
    store.desk.replace(event("a", category="secret_kind"), 1, ADA)
    assert "secret_kind" in store.categories()


@pytest.mark.sqlite_only("reads the plans of SQLite")
@pytest.mark.parametrize("kind", ["draft", "review", "places"])
def test_the_queue_reads_only_the_events_in_it(store: Store, tmp_path: Path, kind: Any) -> None:
    statements: list[Any] = []
    with listening(Engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2:4])):
        store.desk.queue(kind, 25, 25)
    queries = [(sql, values) for sql, values in statements if sql.startswith("SELECT")]
    with sqlite3.connect(tmp_path / "events.db") as connection:
        for sql, values in queries:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert not any(step.startswith("SCAN") and "ix_place_text_doubt" not in step for step in plan), (
                plan
            )
            assert kind == "places" or not any("TEMP B-TREE" in step for step in plan), plan
    connection.close()
    assert len(queries) >= 3


@contextmanager
def listening(target: Any, name: str, listener: Any) -> Iterator[None]:
    """Register a listener for an event of SQLAlchemy, during the block."""
    listen(target, name, listener)
    yield
    remove(target, name, listener)
