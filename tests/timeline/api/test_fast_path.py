"""The fast path and the usual path return the same responses, and only suitable requests take the fast path."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from databases import Databases, run_sql

from db.dates.edtf import When
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store
from geo.place import Place, Precision
from timeline.api.events.fast_path import fast_path
from timeline.context import Context
from timeline.settings import Settings

# A conditional request takes the usual path. Neither compresses small responses.
USUAL_PATH = {"Accept-Encoding": "identity", "If-None-Match": '"x"'}
FAST_PATH = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def database(databases: Databases) -> str:
    """Return the address of a database with a few events."""
    path = databases.new()
    store = Store(path)
    place = Place(name="Hasselt", lon=5.34, lat=50.93, precision=Precision.CITY, country="BE")
    store.add(
        Draft(
            id=f"e/{n}", title=f"é{n}", category="raid" if n % 2 else "arrest", status="published",
            when=When.parse(f"20{n + 10}") if n else None, places=(place,) if n % 3 else (),
        )
        for n in range(9)
    )  # fmt: skip
    store.close()
    return path


@pytest.fixture(scope="module")
def client(serve: Callable[..., Any], database: str) -> Iterator[httpx.Client]:
    """Yield a client of a server that has read its columns."""
    with httpx.Client(base_url=serve(database).url) as http:
        http.get("/events/summary")
        yield http


@pytest.mark.parametrize(
    "path",
    [
        "/events",
        "/events.geojson?limit=2",
        "/collections/events/items?bbox=5,50,6,51&datetime=2012/2014",
        "/events?bbox=5,50,6,51&undated=exclude&unplaced=exclude&match=certain&datetime=2012",
        "/events?country=be&category=raid&limit=3&utm_source=x",
        "/events?near=5,51&radius=100&precision=city,point&min_precision=city",
        "/events?within=POLYGON((5%2050,6%2050,6%2052,5%2050))",
        "/events?unplaced=only",
        "/collections/events/items/e%2F3",
        "/events?q=%C3%A91",
        "/events?ids=e/1,e/2",
        "/events?lang=fr&limit=2",
    ],
)
@pytest.mark.parametrize("more", [{}, {"Origin": "https://news.example"}, {"Accept": "application/json"}])
def test_both_paths_return_the_same_response(client: httpx.Client, path: str, more: dict[str, str]) -> None:
    fast, usual = (client.get(path, headers=more | encoding) for encoding in (FAST_PATH, USUAL_PATH))
    assert (fast.status_code, fast.content) == (usual.status_code, usual.content)
    for name in (
        "etag",
        "cache-control",
        "vary",
        "content-type",
        "access-control-allow-origin",
        "x-content-type-options",
    ):
        tag = (usual.headers.get(name) or "").replace("-gzip", "")
        assert (fast.headers.get(name) or "") == tag, name


@pytest.mark.parametrize(
    ("path", "status"),
    [("/events?category=rade", 400), ("/events?bbox=1,2", 400), ("/events?limit=0", 400), ("/events?x=1", 400),
     ("/collections/events/items/nobody", 404), ("/collections/events/items/e%2F3?x=1", 400)],
)  # fmt: skip
def test_an_error_is_described_by_the_usual_path(client: httpx.Client, path: str, status: int) -> None:
    fast, usual = (client.get(path, headers=encoding) for encoding in (FAST_PATH, USUAL_PATH))
    assert (fast.status_code, fast.json()) == (status, usual.json())
    assert fast.headers["content-type"].startswith("application/problem+json")


def test_html_and_head_take_the_usual_path(client: httpx.Client) -> None:
    assert (
        client.get("/events", headers=FAST_PATH | {"Accept": "text/html"})
        .headers["content-type"]
        .startswith("text/html")
    )
    head = client.head("/events", headers=FAST_PATH)
    assert (head.content, head.headers["etag"]) == (
        b"",
        client.get("/events", headers=FAST_PATH).headers["etag"],
    )


def test_a_write_is_visible_immediately(client: httpx.Client, database: str) -> None:
    before = client.get("/events", headers=FAST_PATH).json()["numberMatched"]
    store = Store(database)
    store.add([Draft(id="new", title="new", category="raid", status="published")])
    store.close()
    assert client.get("/events", headers=FAST_PATH).json()["numberMatched"] == before + 1
    assert client.get("/collections/events/items/new", headers=FAST_PATH).json()["id"] == "new"


def test_a_missing_table_is_a_problem(serve: Callable[..., Any], database_url: str) -> None:
    server = serve(database_url)
    assert httpx.get(server.url + "/events/summary").status_code == 200
    run_sql(database_url, "DROP TABLE data_version")
    time.sleep(0.1)
    assert httpx.get(server.url + "/events", headers=FAST_PATH).status_code == 503


@pytest.mark.parametrize(
    ("query", "fast"),
    [
        (b"limit=500", True),
        (b"country=be", True),
        (b"limit=501", False),
        (b"limit=10000", False),
        (b"within=POLYGON((5%2050,6%2050,6%2052,5%2050))", False),
    ],
)
def test_only_a_quick_page_is_made_in_the_event_loop(database: str, query: bytes, fast: bool) -> None:
    store = Store(database)
    store.summary(Filter())
    slow: list[object] = []

    async def usual_path(scope: object, receive: object, send: object) -> None:
        slow.append(scope)

    async def send(message: object) -> None:
        pass

    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": "/events", "query_string": query, "headers": [],
    }  # fmt: skip
    app = fast_path(Context(Settings(), store))(usual_path)  # type: ignore[arg-type]  # all that it calls
    anyio.run(app, scope, None, send)
    store.close()
    assert (not slow) == fast
