"""What one event may contain: its size, and the names of its figures, tags and category."""

import io
import json
from typing import Any

import httpx
import pytest
from hostile.server_watch import Target

from db.events.draft import Draft, Figure
from db.store import Store
from db.writing.prepared import MAX_FEATURE_BYTES
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

ITEMS = "/collections/events/items"


def feature(**properties: Any) -> dict[str, Any]:
    """Return a Feature with these properties."""
    return {
        "type": "Feature",
        "geometry": None,
        "properties": {"title": "A", "category": "raid", **properties},
    }


def post(target: Target, document: Any) -> httpx.Response:
    """Create an event as an editor."""
    return httpx.post(target.url + ITEMS, json=document, headers=target.headers("editor"), timeout=30)


def imported(store: Store, name: str, file: io.BytesIO) -> Report:
    """Import a file, and create its categories."""
    options = Options(publish=True, create_categories=True)
    return Importer(store=store, find_candidates=lambda *_: [], options=options).import_stream(name, file)


@pytest.mark.parametrize("field", ["data", "summary", "note", "title"])
def test_an_event_of_more_than_256_kb_is_refused(target: Target, field: str) -> None:
    text = "x" * MAX_FEATURE_BYTES
    response = post(target, feature(**{field: {"a": text} if field == "data" else text}))
    assert response.status_code == 422, response.text
    assert response.json()["field"] == field
    assert "at most 262,144" in response.json()["detail"]


def test_the_size_of_each_feature_of_a_collection_counts(target: Target) -> None:
    collection = {"type": "FeatureCollection", "features": [feature(), feature(data={"a": "é" * 140_000})]}
    response = post(target, collection)
    assert response.status_code == 422, response.text
    assert response.json()["index"] == 1


def test_a_patch_cannot_make_an_event_larger(target: Target) -> None:
    created = post(target, feature(data={"a": "x" * 200_000}))
    assert created.status_code == 201, created.text
    headers = {**target.headers("editor"), "If-Match": created.headers["etag"]}
    url = f"{target.url}{ITEMS}/{created.json()['id']}"
    patch = {"properties": {"data": {"b": "x" * 70_000}}}
    assert httpx.patch(url, json=patch, headers=headers).status_code == 422
    smaller = httpx.patch(url, json={"properties": {"data": {"a": None}}}, headers=headers)
    assert smaller.status_code == 200, smaller.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("figures", {"": 1}), ("figures", {"x<b>": 1}), ("figures", {"a b": 1}), ("figures", {"1a": 1}),
        ("figures", {"a" * 61: 1}), ("figures", {"a\n": 1}), ("tags", ["x<b>"]), ("tags", [" a"]),
        ("tags", ["a\nb"]), ("tags", ["a\u2028b"]), ("tags", ["a" * 101]), ("tags", [""]), ("tags", [" "]),
    ],
)  # fmt: skip
def test_a_name_without_the_form_is_refused(target: Target, field: str, value: Any) -> None:
    response = post(target, feature(**{field: value}))
    assert response.status_code == 422, response.text
    assert response.json()["field"] == field
    assert "expected" in response.json()["detail"]


def test_names_with_the_form_are_accepted(target: Target) -> None:
    response = post(
        target, feature(figures={"détenus_2": 1, "مصابون": 2}, tags=["border police", "#ddos", "a" * 100])
    )
    assert response.status_code == 201, response.text


def test_an_event_keeps_the_names_that_it_has(target: Target) -> None:
    store = Store(target.database)
    old = Draft(
        id="old-names", title="Old", category="raid", tags=("x<b>",), figures=(Figure.named("a b", 1.0),)
    )
    store.add([old])
    store.close()
    url = f"{target.url}{ITEMS}/old-names"
    headers = target.headers("editor")
    current = httpx.get(url, headers=headers)
    changed = httpx.patch(
        url, json={"properties": {"title": "New"}}, headers={**headers, "If-Match": current.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["properties"]["tags"] == ["x<b>"]
    added = {"properties": {"tags": ["x<b>", "y<b>"]}}
    refused = httpx.patch(url, json=added, headers={**headers, "If-Match": changed.headers["etag"]})
    assert refused.status_code == 422, refused.text


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_a_place_with_a_name_alone_is_geocoded(target: Target, method: str) -> None:
    document = feature(places=[{"name": "Hasselt, Belgium"}])
    if method != "post":
        created = post(target, feature())
        url = f"{target.url}{ITEMS}/{created.json()['id']}"
        body = (
            document
            if method == "put"
            else {"properties": {"places": [{"name": "Hasselt", "country": "Belgium"}]}}
        )
        headers = {**target.headers("editor"), "If-Match": created.headers["etag"]}
        response = httpx.request(method.upper(), url, json=body, headers=headers, timeout=30)
    else:
        response = post(target, document)
    assert response.status_code in (200, 201), response.text
    [place] = response.json()["properties"]["places"]
    assert (place["country"], round(place["lat"])) == ("BE", 51)


@pytest.mark.parametrize(
    "place", [{}, {"name": ""}, {"country": "BE"}, {"name": "A", "lon": 4.3}, {"name": ["A"]}]
)
def test_a_place_without_a_name_or_a_coordinate_is_refused(target: Target, place: dict[str, Any]) -> None:
    assert post(target, feature(places=[place])).status_code == 422


def test_an_import_keeps_other_names_in_data_and_rejects_large_rows(store: Store) -> None:
    events = [
        {
            "id": "names",
            "title": "Names",
            "category": "raid",
            "tags": ["ok", "x<b>"],
            "figures": {"": 1, "arrests": 2},
        },
        {"id": "large", "title": "Large", "category": "raid", "data": {"a": "x" * 300_000}},
    ]
    file = io.BytesIO(json.dumps({"events": events}).encode())  # JSON is YAML
    report = imported(store, "events.yaml", file)
    assert report.created == 1
    [warning_of_figure, warning_of_tag] = report.warnings
    assert (warning_of_figure.field, warning_of_tag.field) == ("figures", "tags")
    [rejected] = report.rejected
    assert "at most 262,144" in rejected.message
    event = store.get("names")
    assert event
    properties = json.loads(event[0])["properties"]
    assert (properties["tags"], properties["figures"]) == (["ok"], {"arrests": 2})
    assert properties["data"] == {"figures": {"": 1}, "tags": ["x<b>"]}


def test_a_column_of_tags_is_checked_too(store: Store) -> None:
    file = io.BytesIO(b"title,category,tags\nA,raid,ok;x<b>\n")
    report = imported(store, "events.csv", file)
    assert [warning.field for warning in report.warnings if warning.field == "tags"] == ["tags"]


@pytest.mark.parametrize("label", ["a" * 101, "b" * 61, "x " * 20_000])
def test_a_long_category_rejects_its_row(store: Store, label: str) -> None:
    file = io.BytesIO(f"title,category\nA,raid\nB,{label}\n".encode())
    report = imported(store, "events.csv", file)
    assert (report.created, [remark.field for remark in report.rejected]) == (1, ["category"])
