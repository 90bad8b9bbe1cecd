"""What tests of editing share: a database with keys, a server over it, and an editor's client."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from db.dates.edtf import When
from db.editing.api_keys import Role
from db.events.draft import Draft
from db.store import Store
from geo.place import Place, Precision

ITEMS = "/collections/events/items"
HASSELT = Place(name="Hasselt", lon=5.34, lat=50.93, precision=Precision.CITY, country="BE")
ROLES: tuple[Role, ...] = ("editor", "reviewer", "admin")


def made(path: Path, drafts: list[Draft] | None = None) -> dict[str, str]:
    """Make a database with these events, and a key of each role; give the keys by role."""
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.add(drafts or [])
    keys = {role: store.desk.create_key(f"{role} of the desk", role) for role in ROLES}
    store.close()
    return keys


def drafted(id_: str, **fields: Any) -> Draft:
    """Make a published event in Hasselt, in May 2023, with fields of its own."""
    plain: dict[str, Any] = {
        "id": id_, "title": f"Event {id_}", "category": "raid", "status": "published",
        "when": When.parse("2023-05"), "places": (HASSELT,),
    }  # fmt: skip
    return Draft(**(plain | fields))


def feature(id_: str | None = None, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    """Make a Feature as a tool would send it."""
    said = {"title": "A raid", "category": "raid", "date": "2023-05-03"} | properties
    return {"type": "Feature", **({"id": id_} if id_ else {}), "geometry": geometry, "properties": said}


class Tool:
    """An editor's tool: a key, and the version of what it read last."""

    def __init__(self, url: str, key: str | None, **headers: str) -> None:
        said = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=url, headers=said | headers, timeout=60)

    def at(self, id_: str) -> str:
        """Give the address of an event."""
        from urllib.parse import quote

        return f"{ITEMS}/{quote(id_, safe='')}"

    def get(self, id_: str, **more: Any) -> httpx.Response:
        """Read an event."""
        return self.http.get(self.at(id_), **more)

    def tag(self, id_: str) -> str:
        """Read an event's tag."""
        return self.get(id_).headers["etag"]

    def post(self, body: Any, **headers: str) -> httpx.Response:
        """Send new events."""
        return self.http.post(ITEMS, json=body, headers=headers)

    def send(self, how: str, id_: str, body: Any, match: str | None = "*", **headers: str) -> httpx.Response:
        """Change an event: of any version, unless told which."""
        said = {"If-Match": match} if match else {}
        return self.http.request(how, self.at(id_), json=body, headers=said | headers)

    def put(self, id_: str, body: Any, match: str | None = "*", **headers: str) -> httpx.Response:
        """Write an event anew."""
        return self.send("PUT", id_, body, match, **headers)

    def patch(self, id_: str, body: Any, match: str | None = "*", **headers: str) -> httpx.Response:
        """Change parts of an event."""
        return self.send("PATCH", id_, body, match, **headers)

    def delete(self, id_: str, match: str | None = "*", **params: str) -> httpx.Response:
        """Take an event away."""
        said = {"If-Match": match} if match else {}
        return self.http.delete(self.at(id_), headers=said, params=params)

    def history(self, id_: str) -> list[dict[str, Any]]:
        """Read an event's history."""
        found: list[dict[str, Any]] = self.http.get(self.at(id_) + "/history").json()["history"]
        return found


Desk = dict[str, Tool]


def desk(serve: Callable[..., Any], path: Path, drafts: list[Draft] | None = None, **settings: str) -> Desk:
    """Serve a new database; give a tool of each role, and `reader` with no key."""
    keys = made(path, drafts)
    url = serve(path, **settings).url
    return {role: Tool(url, key) for role, key in keys.items()} | {"reader": Tool(url, None)}


def leave(room: Desk) -> None:
    """Close every tool's connections."""
    for tool in room.values():
        tool.http.close()


def until(moment: float) -> None:
    """Wait for a moment."""
    while time.time() < moment + 0.05:
        time.sleep(0.05)
