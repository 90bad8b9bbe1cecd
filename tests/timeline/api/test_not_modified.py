"""A 304 without the framework: only for the database's current version, and only for the identical request."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from databases import Databases, run_sql
from litestar.testing import TestClient

from db.events.draft import Draft
from db.store import Store
from timeline.app import create_app
from timeline.settings import Settings


@pytest.fixture(scope="module")
def database(databases: Databases) -> str:
    """Return the address of a database with one event."""
    path = databases.new()
    store = Store(path)
    store.add([_draft("a")])
    store.close()
    return path


def _draft(id_: str) -> Draft:
    return Draft(id=id_, title=id_, category="raid", status="published")


@pytest.fixture(scope="module")
def client(serve: Callable[..., Any], database: str) -> Iterator[httpx.Client]:
    """Yield a client of a server with that database."""
    with httpx.Client(base_url=serve(database, TIMELINE_ALLOWED_HOSTS="127.0.0.1,other").url) as http:
        yield http


VIEWS = (
    "/events",
    "/events/summary",
    "/events/clusters?zoom=2",
    "/events/countries",
    "/tiles/0/0/0?unplaced=include",
)


@pytest.mark.parametrize("path", VIEWS)
def test_a_version_that_the_client_has_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    for _ in range(3):
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "vary", "cache-control"):
            assert again.headers[name] == first.headers[name]


def test_a_write_of_another_process_is_seen_at_once(client: httpx.Client, database: str) -> None:
    tag = {"If-None-Match": (client.get("/events")).headers["etag"]}
    assert [(client.get("/events", headers=tag)).status_code for _ in range(2)] == [304, 304]
    store = Store(database)
    store.add([_draft("b")])
    store.close()
    fresh = client.get("/events", headers=tag)
    assert (fresh.status_code, fresh.json()["numberMatched"]) == (200, 2)


def test_no_event_is_read(client: httpx.Client, database: str) -> None:
    tag = {"If-None-Match": client.get("/events").headers["etag"]}
    client.get("/events", headers=tag)
    run_sql(database, "ALTER TABLE event RENAME TO hidden")
    response = client.get("/events", headers=tag)
    run_sql(database, "ALTER TABLE hidden RENAME TO event")
    assert response.status_code == 304


def test_a_different_request_is_not_answered_with_304(client: httpx.Client) -> None:
    tag = (client.get("/events")).headers["etag"]
    condition = {"If-None-Match": tag}
    client.get("/events", headers=condition)
    for path, more in (
        ("/events?limit=1", {}), ("/events", {"Accept": "text/html"}), ("/events", {"Host": "other"}),
    ):  # fmt: skip
        assert (client.get(path, headers=condition | more)).status_code == 200
    assert (client.get("/events", headers=condition | {"Host": "evil.example"})).status_code == 400
    assert (client.get("/events?nonsense=1", headers=condition)).status_code == 400


def test_a_browser_of_another_site_may_read_it(client: httpx.Client) -> None:
    headers = {"Origin": "https://news.example"}
    tag = (client.get("/events", headers=headers)).headers["etag"]
    for _ in range(2):
        again = client.get("/events", headers=headers | {"If-None-Match": tag})
        assert (again.status_code, again.headers["access-control-allow-origin"]) == (304, "*")


@pytest.mark.parametrize("form", ["W/{}", '"x", {}', "*", "{}-gzip"])
def test_tags_match_in_every_form(client: httpx.Client, form: str) -> None:
    tag = (client.get("/events", headers={"Accept-Encoding": "identity"})).headers["etag"]
    tags = form.format(tag).replace('"-gzip', '-gzip"')
    for _ in range(2):
        headers = {"If-None-Match": tags, "Accept-Encoding": "identity"}
        assert (client.get("/events", headers=headers)).status_code == 304


def test_an_event_that_a_migration_may_have_rewritten_has_another_tag(database: str) -> None:
    app = create_app(Settings(database_url=database))
    path = "/collections/events/items/a"
    with TestClient(app) as client:
        before = client.get(path).headers["etag"]
        store = app.state["context"].store
        store.schema_revision = f"{int(store.schema_revision) + 1:04}"
        after = client.get(path, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["etag"] != before
