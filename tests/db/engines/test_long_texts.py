"""Texts that are longer than a row of an index."""

import json
from random import Random
from string import ascii_letters

import pytest

from db.errors import BadEvent
from db.events.draft import Draft
from db.query.filter import Filter, Sort
from db.store import Store

LONG = "".join(Random(1).choices(ascii_letters, k=9_000))


def _draft(number: int, title: str) -> Draft:
    return Draft(id=f"{number:02}", title=title, category="raid", status="published")


def _folded(title: str) -> str:
    """Return a title as SQLite's NOCASE compares it: the letters A to Z alone are changed."""
    return title.lower() if title.isascii() else title


def test_titles_of_any_length_are_stored_and_sorted(store: Store) -> None:
    titles = [
        LONG + "c",
        LONG + "B",
        LONG + "a",
        LONG[:300],
        f"{LONG[:200]}zz",
        LONG[:199],
        "zz",
        "A",
        "É",
        "z",
    ]
    drafts = [_draft(number, title) for number, title in enumerate(titles * 2)]
    store.add(drafts)
    ids: list[str] = []
    cursor = None
    while cursor is not None or not ids:
        page = store.find(Filter(), limit=3, sort=Sort.TITLE, cursor=cursor)
        ids += [json.loads(feature)["id"] for feature in page.features]
        cursor = page.next
    assert ids == [draft.id for draft in sorted(drafts, key=lambda draft: (_folded(draft.title), draft.id))]


def test_a_name_that_no_index_takes_is_a_bad_event(store: Store, engine_name: str) -> None:
    draft = Draft(id="a", title="A raid", category="raid", tags=(LONG,))
    if engine_name == "sqlite":
        assert store.add([draft]).created == 1
        return
    with pytest.raises(BadEvent, match="too long for an index"):
        store.add([draft])
    assert store.stamp().version == 0
