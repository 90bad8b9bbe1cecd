"""A wrong value of an optional field goes into `data` with a warning; the row is imported."""

import json
import math
from typing import Any

import pytest

from db.store import Store
from tests.timeline.imports.test_importer import features, only, table, take
from timeline.exchange.native_table import COLUMNS, cells
from timeline.imports.columns.plan import planned
from timeline.imports.report import Report


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("source_url", "/www.example.org/rss/7", "not an http or https address"),
        ("source_url", "javascript:alert(1)", "not an http or https address"),
        ("source_url", "https://", "not an http or https address"),
        ("source_url", "http://[::1", "not an address"),
        ("verification", "sure", "'sure' is unknown; expected reported"),
    ],
)
def test_a_wrong_value_in_a_table_goes_into_data(store: Store, field: str, value: str, message: str) -> None:
    report = take(store, table(**{field: value}))
    assert (report.created, report.rejected.total) == (1, 0)
    assert only(store)["data"] == {field: value}
    (warning,) = report.warnings
    assert (warning.at, warning.field, warning.value) == ("line 2", field, value)
    assert message in warning.message
    assert warning.message.endswith("; the value goes to data")


def test_a_column_of_another_name_keeps_its_name_in_data(store: Store) -> None:
    report = take(
        store,
        "titre,type,lien\na,raid,https://example.org/a\nb,raid,en panne\n",
        columns={"lien": "source_url"},
    )
    assert report.created == 2
    assert report.warnings[0].where == "source_url (column 'lien'): "


@pytest.mark.parametrize("heading", ["link", "url", "fuente", "Source"])
def test_one_bad_address_does_not_hide_the_column_of_addresses(store: Store, heading: str) -> None:
    rows = "a,raid,https://example.org/a\nb,raid,en panne\nc,raid,https://example.org/c\n"
    report = take(store, f"title,category,{heading}\n{rows}")
    assert [(warning.at, warning.value) for warning in report.warnings] == [("line 3", "en panne")]
    events = [feature["properties"] for feature in features(store)]
    sources = {event["title"]: [source["url"] for source in event["sources"]] for event in events}
    assert sources == {"a": ["https://example.org/a"], "b": [], "c": ["https://example.org/c"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("note", ["a", "b"]), ("tags", [1, 2]), ("tags", True), ("summary", [1]), ("source_title", ["x"])],
)
def test_a_value_of_a_wrong_type_goes_into_data(store: Store, field: str, value: Any) -> None:
    report = take(store, json.dumps({"title": "a", "category": "raid", field: value}), "a.ndjson")
    assert (report.created, only(store)["data"]) == (1, {field: value})
    assert "the value goes to data" in report.warnings[0].message


def test_a_column_that_is_not_used_is_described_by_a_value_that_does_not_fit() -> None:
    plan = planned({"title": ["a", "b", "c"], "country": ["Peru", "12", "0.5"]}, {}, {"category": "raid"})
    assert plan.unused == ("country, which is called like country but holds values such as '12'",)


def test_a_source_without_its_address_keeps_its_title(store: Store) -> None:
    take(store, table(source_title="Harbour Post", source_url="page 4"))
    assert [source["title"] for source in only(store)["sources"]] == ["Harbour Post"]
    assert only(store)["data"] == {"source_url": "page 4"}


def test_more_tags_than_an_event_may_have_go_into_data(store: Store) -> None:
    tags = ";".join(f"t{number}" for number in range(1_001))
    report = take(store, table(tags=tags))
    assert (report.created, only(store)["tags"], only(store)["data"]) == (1, [], {"tags": tags})


def test_a_shape_that_is_too_large_for_data_is_reported(store: Store) -> None:
    ring = [[5 + math.cos(n / 500) / 10, 51 + math.sin(n / 500) / 10] for n in range(3_142)]
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    feature = {"type": "Feature", "properties": {"title": "a", "category": "raid"}, "geometry": geometry}
    report = take(store, json.dumps(feature), "a.geojsonl")
    assert (report.created, only(store)["data"]["geometry"]["type"]) == (1, "Polygon")
    assert "has 1 line or area of more than 50,000 bytes, first in line 1" in report.warnings[0].message


def test_sources_that_no_event_refers_to_are_reported(store: Store) -> None:
    sources = {"a": {"title": "Post"}, "b": {"title": "Times", "publisher": "Times Ltd"}}
    document = {"sources": sources, "events": [{"title": "x", "category": "raid", "sources": ["a"]}]}
    report = take(store, json.dumps(document), "a.yaml")
    assert "sources that no event refers to: 'b'; left out" in report.warnings[0].message
    assert (report.cells.left_out, report.cells.read) == (2, 5)


PLACE = {"name": "Ribe", "lon": 8.77, "lat": 55.33, "precision": "city", "country": "DK"}
OWN = {
    "title": "a", "date_precision": "undated", "places": [], "sources": [], "figures": {},
    "verification": "reported", "data": {}, "category": "raid",
}  # fmt: skip


def take_own(store: Store, **properties: Any) -> Report:
    feature = {"type": "Feature", "geometry": None, "properties": OWN | properties}
    return take(store, json.dumps(feature), "a.geojsonl")


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        ("verification", "certain", "certain"),
        ("figures", {"seized": "many", "arrests": 3}, {"seized": "many"}),
        ("figures", [3], [3]),
        ("tags", ["harbour", 7], 7),
        ("note", {"a": 1}, {"a": 1}),
        ("summary", [1], [1]),
        ("sources", [{"title": "Post", "url": "page 4"}], "page 4"),
        ("sources", [{"title": "Post", "date": "soon"}], "soon"),
        ("sources", [{"url": "https://example.org"}], {"url": "https://example.org"}),
        ("sources", [{"title": "Post", "page": 4}], {"page": 4}),
        ("places", [PLACE | {"precision": "street"}], {"precision": "street"}),
        ("places", [PLACE | {"confidence": "high"}], {"confidence": "high"}),
        ("places", [PLACE | {"country": "Denmark"}], {"country": "Denmark"}),
        ("corrections", [{"note": "x"}], {"note": "x"}),
        ("weather", "rain", "rain"),
    ],
)
def test_a_wrong_value_of_our_own_format_goes_into_data(
    store: Store, field: str, value: Any, refused: Any
) -> None:
    report = take_own(store, **{field: value})
    assert (report.created, report.rejected.total, only(store)["data"]) == (1, 0, {field: refused})
    assert "data" in report.warnings[0].message


@pytest.mark.parametrize(("name", "value"), [("lat", "51"), ("place", "Esbjerg"), ("earliest", "2020-01-02")])
def test_a_changed_column_that_repeats_another_one_is_reported(store: Store, name: str, value: str) -> None:
    take_own(store, places=[PLACE], date="2020-01-01")
    (event,) = features(store)
    header, row = COLUMNS, cells(event)
    row[COLUMNS.index(name)] = value
    lines = "\n".join(
        ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in (header, row)
    )
    report = take(store, lines, "own.csv")
    assert (report.unchanged, report.rejected.total) == (1, 0)
    (warning,) = report.warnings
    assert (warning.at, warning.field) == ("line 2", name)
    assert warning.message.startswith(f"{value!r} is left out: it repeats another field")


@pytest.mark.parametrize(("field", "value"), [("tags", " ; "), ("tags", ","), ("place", "; ;")])
def test_a_value_of_separators_alone_goes_into_data(store: Store, field: str, value: str) -> None:
    report = take(store, table(**{field: value}))
    assert only(store)["data"] == {field: value}
    assert (report.cells.read, report.cells.in_data) == (3, 1)
