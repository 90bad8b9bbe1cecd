"""A write of this process brings the columns up to date before it commits, so that no reader waits for it."""

import threading
from collections.abc import Iterator

import pytest
from filter_oracle import drafts
from hypothesis import find, settings
from msgspec import structs

from db.columns import cache
from db.errors import Stale
from db.events.draft import Author, Draft
from db.query.filter import Filter
from db.store import Store

ADA = Author("Ada")
_EVERYTHING = Filter()


def _draft(id_: str, title: str) -> Draft:
    draft = find(drafts(id_), lambda draft: bool(draft.places), settings=settings(database=None))
    return structs.replace(draft, title=title, status="published")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Yield the store of a server, with three events, that a reader has used."""
    store = Store(database_url, ahead=True)
    store.add([_draft(f"e{number}", "first") for number in range(3)])
    store.summary(_EVERYTHING)
    for thread in threading.enumerate():
        if thread.name.startswith("columns"):
            thread.join(30)
    yield store
    store.close()


def _title(store: Store, id_: str, title: str) -> None:
    event = store.desk.event(id_)
    store.desk.replace(structs.replace(event.draft, title=title), event.revision, ADA)


@pytest.mark.sqlite_only("is about answers without waiting, which only a file in this process gives")
def test_a_page_is_answered_at_once_after_a_write_of_this_process(store: Store) -> None:
    for number in range(5):
        assert store.quick.instant.page(_EVERYTHING) is not None
        _title(store, "e1", f"title {number}")
        page = store.quick.instant.page(_EVERYTHING)
        assert page is not None
        assert any(f"title {number}".encode() in feature for feature in page.features)


def test_nobody_merges_while_nobody_reads(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    merges = []
    monkeypatch.setattr(cache, "READ_SECONDS", -1)
    monkeypatch.setattr(cache, "refreshed", lambda *values: merges.append(values))
    _title(store, "e1", "read by nobody")
    assert not merges


def test_a_failed_write_changes_nothing(store: Store) -> None:
    event = store.desk.event("e1")
    _title(store, "e1", "newer")
    before = store.quick.instant.page(_EVERYTHING)
    with pytest.raises(Stale):
        store.desk.replace(structs.replace(event.draft, title="older"), event.revision, ADA)
    assert store.quick.instant.page(_EVERYTHING) == before


def test_a_write_succeeds_although_the_columns_cannot_be_merged(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("a bug in the merge")

    with monkeypatch.context() as patch:
        patch.setattr(cache, "refreshed", failing)
        _title(store, "e1", "written all the same")
    assert b"written all the same" in b"".join(store.find(_EVERYTHING).features)


def test_no_reader_sees_an_older_version_after_a_newer_one(store: Store) -> None:
    stop, versions = threading.Event(), list[int]()

    def read() -> None:
        while not stop.is_set():
            page = store.quick.instant.page(_EVERYTHING) or store.find(_EVERYTHING)
            versions.append(page.stamp.version)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        _title(store, f"e{number % 3}", f"title {number}")
        assert store.summary(_EVERYTHING).stamp.version == store.stamp().version
    stop.set()
    reader.join()
    assert versions == sorted(versions)
