"""Conditions on texts inside Features: they are the stored texts, whatever stands around them."""

import json

import pytest

from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store

_TEXTS = (
    "",
    "a raid",
    'a "quoted" raid',
    '","category":"study',
    ',"category":',
    '\\","category":"x',
    ',"summary":"x","category":"y"',
    "line\nbreak\ttab \\ é 漢 😀 \x01",
)


@pytest.mark.parametrize("text", _TEXTS)
def test_a_summary_is_compared_as_it_was_written(store: Store, text: str) -> None:
    data = {"summary": "other", "category": "other"}
    store.add(
        Draft(id=f"e{number}", title=title, summary=summary, category="raid", status="published", data=data)
        for number, (title, summary) in enumerate(
            ((text or "x", text), ("x", text), (text or "x", "something else"))
        )
    )
    assert store.find(Filter(expression=_equal(text))).matched == 2
    assert store.find(Filter(expression=_equal("other"))).matched == 0


def _equal(text: str) -> str:
    return json.dumps({"op": "=", "args": [{"property": "summary"}, text]})
