"""Lists inside objects become events with --each; a list that would make too many of them is refused."""

import io
import json
from typing import Any

import pytest

from timeline.errors import BadFile
from timeline.readers import Row, geojson, ndjson


def rows(data: Any, each: str | None) -> list[Row]:
    return list(geojson.read(io.BytesIO(json.dumps(data).encode()), lambda note: None, each))


def test_ids_do_not_depend_on_the_position_in_the_list() -> None:
    times = [{"start": "2024-02-01"}, {"start": "2024-03-01"}, {"start": "2024-03-01", "room": "2"}]
    first = rows([{"id": 5, "title": "a", "times": times}], "times")
    longer = rows([{"id": 5, "title": "a", "times": [{"start": "2024-01-01"}, *times]}], "times")
    assert [row.columns["id"] for row in first] == ["5-2024-02-01", "5-2024-03-01", "5-2024-03-01-2"]
    assert [row.columns["id"] for row in longer][1:] == [row.columns["id"] for row in first]


def test_items_without_a_date_have_ids_of_their_content() -> None:
    (first, second), (_, again) = (
        rows([{"id": "x", "parts": parts}], "parts") for parts in ([{"n": 1}, {"n": 2}], [{"n": 3}, {"n": 2}])
    )
    assert first.columns["id"] != second.columns["id"] == again.columns["id"]


def test_what_the_object_and_the_item_both_say_is_kept() -> None:
    (row,) = rows([{"uuid": "u", "title": "a", "lang": "en", "l": [{"title": "b", "lang": "en"}]}], "l")
    assert row.columns["title"] == "b"
    assert {name: row.columns[name] for name in row.columns if name.startswith("parent")} == {
        "parent.title": "a"
    }


def test_the_position_names_the_object_and_the_item() -> None:
    assert [row.at for row in rows([{"title": "a"}, {"title": "b", "l": [1, 2]}], "l")] == [
        "item 1 (object 1)",
        "item 2 (object 2, l 1)",
        "item 3 (object 2, l 2)",
    ]


def test_each_line_of_json_lines_may_have_a_list() -> None:
    lines = b'{"id": "a", "dates": ["2024-02-01", "2024-02-08"]}\n{"id": "b", "dates": "2024-03-01"}\n'
    lists = [row.columns for row in ndjson.read(io.BytesIO(lines), lambda note: None, "dates")]
    assert [(columns["id"], columns["dates"]) for columns in lists] == [
        ("a-2024-02-01", "2024-02-01"),
        ("a-2024-02-08", "2024-02-08"),
        ("b", "2024-03-01"),
    ]


@pytest.mark.parametrize(("data", "reason"), [
    ([{"l": list(range(10_001))}], "10,001 items in its list 'l'; expected at most 10,000"),
    ([{"text": "x" * 100_000, "l": list(range(1_000))}], "would make more than 50,000,000 bytes"),
    ([{"title": "a"}], "has no object with a list 'l'"),
])  # fmt: skip
def test_lists_that_cannot_be_expanded_are_refused(data: Any, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        rows(data, "l")
