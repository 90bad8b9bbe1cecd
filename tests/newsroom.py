"""Helpers for tests of editing: a database with keys, a server for it, and clients with keys."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from server_process import address

from db.dates.edtf import When
from db.editing.api_keys import Role
from db.events.draft import Draft
from db.store import Store
from geo.place import Place, Precision

ITEMS = "/collections/events/items"
HASSELT = Place(name="Hasselt", lon=5.34, lat=50.93, precision=Precision.CITY, country="BE")
ROLES: tuple[Role, ...] = ("editor", "reviewer", "admin")


def create_database(database: str | Path, drafts: list[Draft] | None = None) -> dict[str, str]:
    """Create a database, given by its address or file, with these events and a key for each role; return the keys."""
    store = Store(address(database))
    store.migrate()
    store.add(drafts or [])
    keys = {role: store.desk.create_key(f"{role} of the desk", role) for role in ROLES}
    store.close()
    return keys


def drafted(id_: str, **fields: Any) -> Draft:
    """Return a published event in Hasselt in May 2023, changed by `fields`."""
    defaults: dict[str, Any] = {
        "id": id_, "title": f"Event {id_}", "category": "raid", "status": "published",
        "when": When.parse("2023-05"), "places": (HASSELT,),
    }  # fmt: skip
    return Draft(**(defaults | fields))


def feature(id_: str | None = None, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    """Return a Feature as an editing tool sends it."""
    defaults_and_changes = {"title": "A raid", "category": "raid", "date": "2023-05-03"} | properties
    return {
        "type": "Feature",
        **({"id": id_} if id_ else {}),
        "geometry": geometry,
        "properties": defaults_and_changes,
    }


class Tool:
    """A client of the editing API with a key."""

    def __init__(self, url: str, key: str | None, **headers: str) -> None:
        authorization = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=url, headers=authorization | headers, timeout=60, verify=False)

    def at(self, id_: str) -> str:
        """Return the address of an event."""
        from urllib.parse import quote

        return f"{ITEMS}/{quote(id_, safe='')}"

    def get(self, id_: str, **more: Any) -> httpx.Response:
        """Request an event."""
        return self.http.get(self.at(id_), **more)

    def tag(self, id_: str) -> str:
        """Return the ETag of an event."""
        return self.get(id_).headers["etag"]

    def post(self, body: Any, **headers: str) -> httpx.Response:
        """Create events."""
        return self.http.post(ITEMS, json=body, headers=headers)

    def send(
        self, method: str, id_: str, body: Any, match: str | None = "*", **headers: str
    ) -> httpx.Response:
        """Change an event, by default whatever its version is."""
        condition = {"If-Match": match} if match else {}
        return self.http.request(method, self.at(id_), json=body, headers=condition | headers)

    def put(self, id_: str, body: Any, match: str | None = "*", **headers: str) -> httpx.Response:
        """Replace an event."""
        return self.send("PUT", id_, body, match, **headers)

    def patch(self, id_: str, body: Any, match: str | None = "*", **headers: str) -> httpx.Response:
        """Change parts of an event with a merge patch."""
        return self.send("PATCH", id_, body, match, **headers)

    def delete(self, id_: str, match: str | None = "*", **params: str) -> httpx.Response:
        """Delete an event."""
        condition = {"If-Match": match} if match else {}
        return self.http.delete(self.at(id_), headers=condition, params=params)

    def history(self, id_: str) -> list[dict[str, Any]]:
        """Return the history of an event."""
        entries: list[dict[str, Any]] = self.http.get(self.at(id_) + "/history").json()["history"]
        return entries


Desk = dict[str, Tool]


def desk(
    serve: Callable[..., Any], database: str | Path, drafts: list[Draft] | None = None, **settings: str
) -> Desk:
    """Serve a new database; return a client for each role, and `reader` without a key."""
    keys = create_database(database, drafts)
    url = serve(database, **settings).url
    return {role: Tool(url, key) for role, key in keys.items()} | {"reader": Tool(url, None)}


def leave(room: Desk) -> None:
    """Close the connections of all clients."""
    for tool in room.values():
        tool.http.close()


def until(moment: float) -> None:
    """Wait until shortly after a time in seconds since 1970."""
    while time.time() < moment + 0.05:
        time.sleep(0.05)
