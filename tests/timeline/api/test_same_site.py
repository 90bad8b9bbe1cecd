"""An editor of the host application is trusted on requests from the host's own pages, and on no others."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from timeline.editing.roles import Editor
from timeline.plugin import DatelinePlugin
from timeline.settings import Settings

ITEMS = "/map/collections/events/items"
FEATURE = {"type": "Feature", "geometry": None, "properties": {"title": "Raid", "category": "raid"}}


def _identify(scope: Any) -> Editor | None:
    headers = dict(scope["headers"])
    return Editor("Ana", "editor") if b"session=ana" in headers.get(b"cookie", b"") else None


@pytest.fixture
def client(database_url: str) -> Any:
    plugin = DatelinePlugin(Settings(database_url=database_url), "/map", identify=_identify)
    with TestClient(Litestar(plugins=[plugin], openapi_config=None), base_url="https://desk.example") as http:
        yield http


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 201),
        ({"sec-fetch-site": "same-site", "origin": "https://desk.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": "https://desk.example"}, 201),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://desk.example.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
        ({"authorization": "Token of-the-host"}, 201),
        ({"authorization": "Basic YTpi", "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_a_change_with_the_hosts_cookie_must_come_from_the_same_origin(
    client: Any, headers: dict[str, str], status: int
) -> None:
    sent = client.post(ITEMS, json=FEATURE, headers={"cookie": "session=ana", **headers})
    assert sent.status_code == status, sent.text
    if status == 403:
        assert sent.json()["title"] == "Sent from another site"


def test_reading_needs_no_origin_and_other_users_are_not_editors(client: Any) -> None:
    client.post(ITEMS, json=FEATURE, headers={"cookie": "session=ana", "sec-fetch-site": "same-origin"})
    drafts = f"{ITEMS}?status=draft"
    response = client.get(drafts, headers={"cookie": "session=ana", "sec-fetch-site": "cross-site"})
    assert response.json()["numberMatched"] == 1
    assert client.get(drafts).status_code == 400
    refused = client.post(ITEMS, json=FEATURE, headers={"sec-fetch-site": "same-origin"})
    assert refused.status_code == 401
