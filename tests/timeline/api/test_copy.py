"""A copy that follows /changes equals the export, whatever happens to the events."""

import json
import os
import random
from collections.abc import Callable
from typing import Any

import newsroom
import pytest

EDITS = int(os.environ.get("DATELINE_EDITS", "10000"))
ACTIONS = (
    "make",
    "put",
    "patch",
    "patch",
    "place",
    "publish",
    "publish",
    "retract",
    "draft",
    "again",
    "delete",
)
PLACES = (
    None,
    {"type": "Point", "coordinates": [5.34, 50.93]},
    {"type": "Point", "coordinates": [-70.7, -33.4]},
)


class Copy:
    """A copy of the events that reads /changes from its last token."""

    def __init__(self, tool: newsroom.Tool) -> None:
        self.tool, self.features, self.token = tool, dict[str, Any](), ""

    def follow(self, limit: int) -> None:
        """Read pages of `limit` changes until there are no more."""
        more = True
        while more:
            since = {"since": self.token} if self.token else {}
            response = self.tool.http.get("/changes", params={"limit": str(limit), **since})
            feed = response.raise_for_status().json()
            for change in feed["changes"]:
                if change["feature"] is None:
                    self.features.pop(change["id"], None)
                else:
                    self.features[change["id"]] = change["feature"]
            self.token, more = feed["token"], feed["more"]


class RandomEditor:
    """An admin who changes events at random, and counts the accepted changes."""

    def __init__(self, tool: newsroom.Tool, chance: random.Random) -> None:
        self.tool, self.chance = tool, chance
        self.ids: list[str] = []
        self.gone: set[str] = set()
        self.done = 0

    def edit(self) -> None:
        """Make one random change; a refused one does not count."""
        action = self.chance.choice(ACTIONS)
        if action == "make" or not self.ids:
            self._make(self.chance.choice((1, 2, 40)))
            return
        id_ = self.chance.choice(self.ids)
        response = self._send(action, id_)
        expected = (404, 410) if id_ in self.gone else (200, 204, 400)
        assert response.status_code in expected, response.text
        self.done += response.is_success
        if response.status_code == 204:
            self.gone.add(id_)

    def _make(self, count: int) -> None:
        new = [f"e{len(self.ids) + n}" for n in range(count)]
        drafts = [
            newsroom.feature(id_, self._place(), status=self._status(), title=f"Made {id_}") for id_ in new
        ]
        response = self.tool.post({"type": "FeatureCollection", "features": drafts})
        assert response.status_code == 201, response.text
        self.ids += new
        self.done += count

    def _send(self, action: str, id_: str) -> Any:
        if action == "delete":
            return self.tool.delete(id_)
        if action == "put":
            return self.tool.put(
                id_, newsroom.feature(id_, self._place(), title=self._title(), status="published")
            )
        if action == "place":
            return self.tool.patch(id_, {"geometry": self._place()})
        status = {"publish": "published", "again": "published", "retract": "retracted", "draft": "draft"}.get(
            action
        )
        return self.tool.patch(
            id_, {"properties": {"status": status} if status else {"title": self._title()}}
        )

    def _title(self) -> str:
        return f"Title {self.chance.random()}"

    def _place(self) -> Any:
        return self.chance.choice(PLACES)

    def _status(self) -> str:
        return self.chance.choice(("draft", "review", "published", "published"))


def _export(tool: newsroom.Tool) -> dict[str, Any]:
    lines = tool.http.get("/events.geojsonl").raise_for_status().text.splitlines()
    exported = [json.loads(line.lstrip("\x1e")) for line in lines]
    listed: dict[str, Any] = {}
    url: str | None = "/events.geojson?limit=700"
    while url:
        page = tool.http.get(url).raise_for_status().json()
        listed |= {feature["id"]: feature for feature in page["features"]}
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    # Lines are plain GeoJSON, without the member of JSON-FG.
    plain = {
        id_: {name: feature[name] for name in feature if name != "time"} for id_, feature in listed.items()
    }
    assert {feature["id"]: feature for feature in exported} == plain
    return listed


@pytest.mark.slow
def test_a_copy_fed_by_changes_equals_the_export(serve: Callable[..., Any], database_url: str) -> None:
    room = newsroom.desk(serve, database_url)
    chance = random.Random(7)
    desk, copy, late = RandomEditor(room["admin"], chance), Copy(room["reader"]), Copy(room["reader"])
    while desk.done < EDITS:
        desk.edit()
        if chance.random() < 0.02:
            copy.follow(chance.choice((1, 7, 1000)))
    copy.follow(100)
    late.follow(1000)
    exported = _export(room["reader"])
    assert len(exported) > EDITS // 100
    assert copy.features == exported
    assert late.features == exported
    newsroom.leave(room)
