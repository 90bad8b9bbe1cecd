"""Hostile request bodies: they are refused with a clear problem, change nothing, and accepted ones break no page."""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from databases import Databases, all_rows
from newsroom import HASSELT, ITEMS, Desk, desk, drafted, feature, leave

from timeline.writers.registry import WRITERS

WHOLE = feature(
    "w", None, summary="Words", figures={"arrests": 3, "seized_eur": 1.5}, tags=["a"], status="published",
    places=[{"name": "Gent", "lon": 3.7, "lat": 51.0, "precision": "city", "country": "BE", "countries": ["BE"],
             "radius_km": 3, "confidence": 0.9}],
    sources=[{"title": "A", "url": "https://example.org/", "date": "2023"}], data={"a": {"b": [1, None]}},
    note="N", verification="reported", embargo_until=None,
) | {"why": "W", "correction": "C", "time": {"date": "2023-05-03"}}  # fmt: skip
ODD: list[Any] = [
    None, True, 0, -1, 1e308, -1e308, float("nan"), float("inf"), 2**53, 2**63, 10**400, "", " ", "x", "\x00", "\ud800",
    "\u202e<script>", "9" * 5000, "../..", "Y999999999", "2023-05-03/2020", "2999-01-01", "2026-01-01T00:00:00Z", [],
    {}, [None], [[]], ["x"], [1e308, 1], [181, 91], {"": ""}, {"type": "Feature"}, {"a": 1e308, "b": 1e308},
    {"type": "Point", "coordinates": [[1], 2]}, {"type": "MultiPoint", "coordinates": [[1, 2], None]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
    {"type": "FeatureCollection", "features": [{}]}, [{"name": "a", "lon": 1, "lat": 1, "precision": "country"}],
]  # fmt: skip
VIEWS = (
    "/?f=html", "/embed", "/events?f=html", *(writer.path for writer in WRITERS), "/events/summary?f=html",
    "/events/summary?measure=arrests", "/events/index", "/events/clusters?zoom=3", "/events/countries", "/tiles/0/0/0",
    "/events.svg", "/categories", "/changes",
)  # fmt: skip


@pytest.fixture(scope="module")
def where(databases: Databases) -> str:
    """Return the address of the database."""
    return databases.new()


@pytest.fixture(scope="module")
def room(serve: Callable[..., Any], where: str) -> Iterator[Desk]:
    """Yield a client for each role, of a server with its own database."""
    drafts = [drafted(id_, status="draft") for id_ in "de"]
    clients = desk(serve, where, [drafted("x", places=(HASSELT,)), *drafts])
    yield clients
    leave(clients)


def state(database: str) -> dict[str, list[str]]:
    """Return every row of the database, without the times at which keys were used."""
    rows = all_rows(database)
    return {name: rows[name] for name in rows if name not in ("api_key", "sqlite_sequence")}


def check(response: httpx.Response) -> None:
    """Fail if the server failed, or if a refusal is not a problem (RFC 9457) of a sensible length."""
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json", response.text
        assert len(response.json()["detail"]) < 2_100


def spoiled(document: Any, dice: random.Random) -> Any:
    """Return a document with an odd value in one place, or without one of its members."""
    if not isinstance(document, dict | list) or not document or dice.random() < 0.15:
        return dice.choice(ODD)
    copy = dict(document) if isinstance(document, dict) else list(document)
    at = dice.choice(list(copy) if isinstance(copy, dict) else range(len(copy)))
    if dice.random() < 0.1:
        del copy[at]
    else:
        copy[at] = spoiled(copy[at], dice)
    return copy


def written(document: Any, dice: random.Random) -> bytes:
    """Return a document as JSON, sometimes made invalid."""
    body = json.dumps(document).encode()
    fate, at = dice.random(), dice.randrange(len(body) + 1)
    if fate < 0.05:
        return body[:at]
    if fate < 0.1:
        return body[:at] + bytes([dice.randrange(256)]) + body[at:]
    return body


@pytest.mark.slow_on_server
def test_no_body_breaks_anything(room: Desk, where: str) -> None:
    dice, tool = random.Random(7), room["reviewer"]
    before, accepted, refused = state(where), 0, 0
    for number in range(400):
        document = spoiled({key: value for key, value in WHOLE.items() if key != "id"}, dice)
        if number % 4 == 3:
            document = {"type": "FeatureCollection", "features": [feature(), document, feature()]}
        method, path = (("POST", ITEMS), ("PATCH", tool.at("x")), ("PUT", tool.at("d")), ("POST", ITEMS))[
            number % 4
        ]
        kind = "application/merge-patch+json" if method == "PATCH" else "application/geo+json"
        headers = {"Content-Type": kind, "If-Match": "*"}
        response = tool.http.request(method, path, content=written(document, dice), headers=headers)
        check(response)
        after = state(where)
        assert response.status_code < 300 or after == before, (method, document, response.text)
        accepted, refused = accepted + (response.status_code < 300), refused + (response.status_code >= 400)
        before = after
    assert min(accepted, refused) > 50, "neither is tried enough"
    shown = [
        room["reader"].at(address["id"]) for address in room["reader"].http.get("/events").json()["features"]
    ]
    for path in (
        *VIEWS,
        *(f"{address}?f=html" for address in shown),
        *(f"{address}/history" for address in shown),
    ):
        assert room["reader"].http.get(path).status_code in (200, 204), path
    for kind in ("draft", "review", "places"):
        queue = tool.http.get("/review/queue", params={"kind": kind})
        for id_ in re.findall(r'href="#event/([^"]+)"', queue.text):
            assert tool.http.get(f"/review/events/{id_}").status_code == 200, id_
        assert queue.status_code == 200


@pytest.mark.parametrize(
    ("field", "properties"),
    [
        ("country", {"place": "Gent", "country": ["BE"]}),
        ("country", {"place": "Gent", "country": {"a": 1}}),
        ("country", {"place": "Gent", "country": 7}),
        (None, {"data": {"a": -(2**63)}}),
        ("figures.a", {"figures": {"a": 1e308}}),
        ("figures.a", {"figures": {"a": 2**63 - 1}}),
        ("figures", {"figures": {f"f{n}": n for n in range(1_001)}}),
        ("tags", {"tags": [f"t{n}" for n in range(1_001)]}),
        ("places", {"places": [{}] * 1_001}),
        ("places.country", {"places": [{"country": "<b>"}]}),
        ("places.country", {"places": [{"country": ["BE"]}]}),
        ("places.countries", {"places": [{"countries": [None]}]}),
        ("places.radius_km", {"places": [{"radius_km": 1e308}]}),
        ("places.confidence", {"places": [{"confidence": 99}]}),
    ],
)
def test_a_value_that_pages_cannot_show_is_refused(
    room: Desk, field: str | None, properties: dict[str, Any]
) -> None:
    place = {"name": "Gent", "lon": 3.7, "lat": 51.0, "precision": "city"}
    if "places" in properties:
        properties = {"places": [place | other for other in properties["places"]]}
    for response in (
        room["editor"].post(feature(**properties)),
        room["editor"].patch("e", {"properties": properties}),
    ):
        assert (response.status_code, response.json().get("field")) == (422, field)


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/x", "/review/settle"])
def test_a_body_over_the_limit_is_refused_without_content_length_too(room: Desk, path: str) -> None:
    method = "PATCH" if path.endswith("x") else "POST"
    response = room["reviewer"].http.request(
        method,
        path,
        content=iter([b" " * 65_536] * 150),
        headers={"Content-Type": "application/json", "If-Match": "*"},
    )
    assert (response.status_code, "larger" in response.json()["detail"]) == (413, True)


@pytest.mark.parametrize("deep", [60, 900, 100_000])
@pytest.mark.parametrize("ends", ["[]", "{}"])
def test_a_deeply_nested_body_is_refused(room: Desk, deep: int, ends: str) -> None:
    inner = ("[" * deep + "]" * deep) if ends == "[]" else '{"a":' * deep + "1" + "}" * deep
    body = json.dumps({"properties": {"data": {"a": "INNER"}}}).replace('"INNER"', inner)
    response = room["reviewer"].http.patch(
        room["editor"].at("x"), content=body, headers={"Content-Type": "application/json", "If-Match": "*"}
    )
    assert response.status_code in (400, 422)
    check(response)


def test_a_reason_in_the_address_must_be_storable_text(room: Desk) -> None:
    for name in ("why", "correction"):
        response = room["reviewer"].delete("e", **{name: "a\x00"})
        assert (response.status_code, response.json()["field"]) == (422, name)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (415, "{}", "text/plain"),
        (400, "[]", "application/json"),
        (400, '{"event": "x", "number": 1, "lon": 1e400, "lat": 1}', "application/json"),
        (404, '{"event": "none", "number": 1}', "application/json"),
        (422, '{"event": "x", "number": 1, "why": "a\\u0000"}', "application/json"),
    ],
)
def test_a_choice_of_a_place_that_cannot_be_read_is_refused(
    room: Desk, where: str, status: int, body: str, kind: str
) -> None:
    before = state(where)
    response = room["reviewer"].http.post(
        "/review/settle", content=body, headers={"Content-Type": kind, "If-Match": "*"}
    )
    assert response.status_code == status
    check(response)
    assert state(where) == before


@pytest.mark.parametrize("tag", ['"x"r1"', 'x"r1"', '"r1"x', '*,"x"', '"r9","r8"'])
def test_a_list_of_tags_is_read_tag_by_tag(room: Desk, tag: str) -> None:
    assert room["editor"].patch("e", {"properties": {"title": "B"}}, tag).status_code == 412
