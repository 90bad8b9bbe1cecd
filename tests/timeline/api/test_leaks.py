"""Unpublished events do not leak: every route responds as if they did not exist, until the embargo ends."""

import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx
import pytest
from databases import Databases, all_rows
from msgspec.structs import replace

from db.dates.edtf import When
from db.events.draft import Author, Draft, Figure, Source
from db.store import Store
from geo.place import Place, Precision
from timeline.app import create_app
from timeline.settings import Settings
from timeline.writers.registry import WRITERS

DESK = Author("Ada")
SITE = "https://events.example.org"
SEEN = Place(name="Gent", lon=3.71667, lat=51.05, precision=Precision.CITY, country="BE")
# Of a country, a category, words, a tag, a figure and a source that no other event has.
SECRET = Draft(
    id="zephyrquux-1",
    title="Zephyrquux one",
    summary="Zephyrquux summary",
    category="zephyrkind",
    when=When.parse("1977-07-07"),
    places=(Place(name="Zephyrville", lon=166.9, lat=-0.5, precision=Precision.CITY, country="NR"),),
    figures=(Figure.named("zephyrfigures", 7),),
    tags=("zephyrtag",),
    sources=(Source(title="Zephyrsource", url="https://zephyr.example/"),),
    note="Zephyrnote",
    status="published",
)
OPEN = Draft(
    id="open", title="Open", category="raid", when=When.parse("2023"), places=(SEEN,), status="published"
)

# What is requested from each route; the secret's own values where they might make a difference.
_Q = (
    "q=zephyrquux",
    "country=NR",
    "tag=zephyrtag",
    "datetime=1977",
    "ids=zephyrquux-1",
    "bbox=166,-1,167,0",
    "",
)
_VIEWS = [
    f"?{q}" for q in (*_Q, "category=zephyrkind", "measure=zephyrfigures", "filter=title LIKE 'Zephyr%'")
]
QUERIES: dict[str, list[str]] = {
    "/": ["", "?f=html", *(f"?{q}&f=html" for q in _Q if q), "?event=zephyrquux-1&f=html"],
    "/embed": _VIEWS,
    "/embed.js": [""],
    "/favicon.ico": [""],
    "/oembed": [
        "?url={url}/?q=zephyrquux",
        "?url={url}/collections/events/items/zephyrquux-1",
        "?url={url}/?category=zephyrkind",
    ],
    "/conformance": ["", "?f=html"],
    "/collections": ["", "?f=html"],
    "/collections/{collection_id}": [""],
    "/collections/events": ["", "?f=html"],
    "/collections/events/queryables": [""],
    "/collections/events/schema": [""],
    "/collections/events/schema/geojson": [""],
    "/collections/events/items": [*_VIEWS, "?f=html", "?sortby=-updated", "?limit=1", "?nonsense=zephyr"],
    "/collections/events/items/{routed}": [
        "zephyrquux-1",
        "zephyrquux-1?f=html",
        "zephyrquux-1/history",
        "open",
        "open?f=html",
    ],
    "/events": _VIEWS,
    **{writer.path: ["", "?q=zephyrquux"] if writer.streams else _VIEWS for writer in WRITERS},
    "/events.svg": ["", "?country=NR", "?part=map"],
    "/events.png": ["", "?country=NR"],
    "/events/summary": [*_VIEWS, "?interval=year", "?f=html"],
    "/events/index": _VIEWS,
    "/events/clusters": ["?zoom=2", "?zoom=8&bbox=166,-1,167,0", "?zoom=2&category=zephyrkind"],
    "/events/countries": ["?geometry=none", "?country=NR&geometry=none"],
    "/tiles.json": [""],
    "/tiles/{z}/{x}/{y}": ["0/0/0", "4/15/8", "0/0/0?group=always"],
    "/basemap/style.json": [""],
    "/basemap/{version}/{z}/{x}/{y}": ["x/0/0/0"],
    "/categories": ["", "?lang=fr", "?f=html"],
    "/geocode": ["?q=Zephyrville"],
    "/reverse": ["?lon=166.9&lat=-0.5"],
    "/changes": ["", "?since=now", "?limit=1"],
    "/imports": [""],
    "/imports/{import_id}": ["x"],
    "/imports/{import_id}/rejected.csv": [""],
    "/review": ["", "?lang=ar"],
    "/review/queue": ["", "?kind=draft"],
    "/review/events/{routed}": ["zephyrquux-1"],
    "/review/date": ["?text=1977"],
    "/review/settle": [""],
    "/health": [""],
    "/openapi.json": [""],
    "/docs": [""],
}
_MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ|\b[0-9a-f]{8}-\d+(?:-\d+)?\b")


def addresses() -> list[str]:
    """Return the addresses to fetch; a route that is missing in this module is a failure."""
    routes = {route.path for route in create_app(Settings()).routes}
    plain = {re.sub(r":\w+}", "}", path) for path in routes} - {"/assets", "/static"}
    plain = {path for path in plain if not path.startswith(("/assets", "/static"))}
    assert plain == set(QUERIES), f"add to QUERIES (or remove): {plain ^ set(QUERIES)}"
    paths = []
    for path, more in QUERIES.items():
        stem = re.sub(r"/?{.*", "", path)
        tail = "/rejected.csv" if path.endswith("rejected.csv") else ""
        paths += [
            f"{stem}/x{tail}" if tail else f"{stem}/{query}" if "{" in path else f"{stem}{query}"
            for query in more
        ]
    return paths


def _store(database: str, secret: Draft | None) -> None:
    store = Store(database)
    if secret:
        # As an import would: the category is new.
        store.add([replace(secret, status="draft")], categories={"zephyrkind": "Zephyrkind"})
        if secret.status != "draft":
            store.desk.replace(secret, 1, DESK)
    # Last, so that a number that counts the secret event as well would reveal it.
    store.desk.create([OPEN], DESK)
    store.close()


@pytest.fixture(scope="module")
def plain(serve: Callable[..., Any], databases: Databases) -> Any:
    """Return a server of a database that never contained the event."""
    path = databases.new()
    _store(path, None)
    return serve(path, TIMELINE_BASE_URL=SITE)


@cache
def answer_of(server: Any, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Return a response without the parts that differ between any two databases: moments and tokens."""
    response = httpx.get(server.url + path.format(url=server.url), headers=headers, timeout=30, verify=False)
    host = server.url.removeprefix("http://").encode()
    body = (
        response.content if "png" in path else _MOMENT.sub(b"MOMENT", response.content.replace(host, b"HOST"))
    )
    compared = {
        name: value
        for name, value in response.headers.items()
        if name not in ("date", "etag", "content-length")
    }
    compared["version"] = response.headers.get("etag", "").partition("-")[0]
    return response.status_code, body, compared


HIDDEN = {
    "embargo": replace(SECRET, embargo=int(time.time()) + 99_999),
    "draft": replace(SECRET, status="draft"),
    "review": replace(SECRET, status="review"),
}


@pytest.mark.parametrize(
    "kind", ["embargo", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("draft", "review"))]
)
def test_every_route_responds_as_if_the_event_did_not_exist(
    kind: str, plain: Any, serve: Callable[..., Any], database_url: str
) -> None:
    _store(database_url, HIDDEN[kind])
    server = serve(database_url, TIMELINE_BASE_URL=SITE)
    store = Store(database_url)
    key = store.desk.create_key("Ada", "admin")
    store.close()
    for path in addresses():
        # An editor has seen it in this very process: readers must not get it from any cache.
        if kind == "embargo" and path.startswith(("/events", "/collections", "/categories")):
            answer_of(server, path, Authorization=f"Bearer {key}")
        for accept in ("*/*", "text/html") if kind == "embargo" else ("*/*",):
            assert answer_of(server, path, Accept=accept) == answer_of(plain, path, Accept=accept), (
                path,
                accept,
            )
    server.stop()


def test_an_event_appears_everywhere_when_its_embargo_ends_without_a_write(
    serve: Callable[..., Any], database_url: str
) -> None:
    until = int(time.time()) + 6
    _store(database_url, replace(SECRET, embargo=until))
    server = serve(database_url)
    before = server.get("/events").headers["etag"]
    assert server.get("/events/summary").json()["matched"] == 1
    rows = all_rows(database_url)
    time.sleep(max(0.0, until - time.time()) + 0.2)
    after = server.get("/events", headers={"If-None-Match": before})
    assert (after.status_code, after.json()["numberMatched"]) == (200, 2)
    assert "zephyrkind" in server.get("/categories").text
    assert "zephyrfigures" in server.get("/events/summary").json()["figures"]
    assert [change["id"] for change in server.get("/changes").json()["changes"]] == ["open", "zephyrquux-1"]
    assert server.get("/collections/events/items/zephyrquux-1").status_code == 200
    assert all_rows(database_url) == rows, "nobody wrote"


def test_a_retracted_event_leaves_every_view_and_its_address_returns_the_note(
    serve: Callable[..., Any], database_url: str
) -> None:
    _store(database_url, SECRET)
    store = Store(database_url)
    store.desk.replace(
        replace(SECRET, status="retracted", note=None), 2, Author("Ada", note="It was a drill.")
    )
    store.close()
    server = serve(database_url)
    for path in addresses():
        if re.search("zephyr|NR|1977|/geocode|/reverse", path, re.IGNORECASE):
            continue  # the response repeats the request
        body = answer_of(server, path)[1].lower()
        if path.startswith("/changes"):
            body = body.replace(
                b"zephyrquux-1", b""
            )  # the feed names the deleted event, and nothing else of it
        assert b"zephyr" not in body, path
    gone = server.get("/collections/events/items/zephyrquux-1")
    assert (gone.status_code, gone.json()["note"]) == (410, "It was a drill.")
    assert server.get("/changes").json()["changes"][-1]["type"] == "deleted"
