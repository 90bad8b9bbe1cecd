"""Batches of an import make way for other processes that wait to write."""

import pytest

from db.events.draft import Draft
from db.store import Store
from db.writing.prepared import prepare
from timeline.imports import batches
from timeline.imports.options import Options

EVENTS = 120


def _write(store: Store, monkeypatch: pytest.MonkeyPatch, waiting: list[bool], **options: bool) -> int:
    """Write events in chunks of 50; return the number of transactions. `waiting` is what each chunk finds."""
    monkeypatch.setattr(batches, "_MAX_CHUNK", 50)
    monkeypatch.setattr(store, "writers_wait", lambda: waiting.pop(0))
    writer = batches.BatchWriter(store, Options(publish=True, **options), lambda _: None)
    writer.chunk_size = 50
    drafts = (
        Draft(id=f"e{n:03}", title="A raid", category="raid", status="published") for n in range(EVENTS)
    )
    before = store.stamp().version
    writer.put([prepare(draft, 1) for draft in drafts], {})
    assert writer.finish(no_rejects=True).created == EVENTS
    return store.stamp().version - before


def test_a_batch_is_one_transaction_while_nobody_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _write(store, monkeypatch, [False] * 3) == 1


def test_a_batch_commits_after_a_chunk_when_another_process_waits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _write(store, monkeypatch, [True, False, False]) == 2


def test_all_or_nothing_stays_one_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _write(store, monkeypatch, [True] * 3, all_or_nothing=True) == 1


def test_chunks_become_smaller_when_they_take_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_SECONDS_PER_CHUNK", 0.0)
    writer = batches.BatchWriter(store, Options(), lambda _: None)
    writer.put([prepare(Draft(id="a", title="A raid", category="raid"), 1)], {})
    writer.finish(no_rejects=True)
    assert writer.chunk_size == batches._MIN_CHUNK
