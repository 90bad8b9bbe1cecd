"""Every case of the datetime oracle over HTTP, whatever the server's time zone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from databases import Databases

from db.dates.edtf import When
from db.events.draft import Draft
from db.store import Store

ORACLE = json.loads((Path(__file__).parents[2] / "data" / "datetime-oracle.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def database(databases: Databases) -> str:
    path = databases.new()
    store = Store(path)
    store.add(
        Draft(
            id=event["id"],
            title=event["id"],
            category="raid",
            when=When.parse(event["date"]) if event["date"] else None,
            status="published",
        )
        for event in ORACLE["events"]
    )
    store.close()
    return path


@pytest.mark.parametrize(
    "zone",
    [
        "Pacific/Kiritimati",
        *(pytest.param(zone, marks=pytest.mark.slow) for zone in ("UTC", "America/Los_Angeles")),
    ],
)
def test_every_query_of_the_oracle_returns_its_ids(
    zone: str, database: str, serve: Callable[..., Any]
) -> None:
    server = serve(database, TZ=zone)
    with httpx.Client(base_url=server.url, timeout=30) as client:
        for case in ORACLE["cases"]:
            for name, params in (
                ("possible", {}),
                ("possible_dated", {"undated": "exclude"}),
                ("certain", {"match": "certain"}),
            ):
                query = {"datetime": case["datetime"], "limit": 1000, "properties": "date", **params}
                page = client.get("/events", params=query).json()
                assert sorted(f["id"] for f in page["features"]) == sorted(case[name]), (
                    case["datetime"],
                    name,
                )
                assert page["numberMatched"] == len(case[name])
    server.stop()


@pytest.mark.slow
def test_no_date_shifts_by_a_day(database: str, serve: Callable[..., Any]) -> None:
    server = serve(database, TZ="Pacific/Kiritimati")
    shown = {f["id"]: f["properties"] for f in server.get("/events?limit=1000").json()["features"]}
    for event in ORACLE["events"]:
        when = When.parse(event["date"]) if event["date"] else None
        assert shown[event["id"]]["earliest"] == (when.earliest if when else None)
    server.stop()
