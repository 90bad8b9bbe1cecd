"""The index: every matching event as columns, compact, and refused when there are too many."""

import gzip
from itertools import accumulate
from typing import Any

import httpx
import pytest

from db.columns import index


def _index(server: Any, query: str = "") -> dict[str, Any]:
    response = server.get(f"/events/index{query}")
    assert response.status_code == 200, response.text
    return dict(response.json())


@pytest.mark.parametrize(
    "query", ["", "?country=NL", "?q=cocaine", "?undated=only", "?bbox=0,40,10,60&unplaced=exclude"]
)
def test_the_index_has_the_events_of_the_list_in_the_same_order(server: Any, query: str) -> None:
    listed = server.get(f"/events{query or '?'}&limit=1000".replace("?&", "?")).json()["features"]
    index = _index(server, query)
    assert index["ids"] == [feature["id"] for feature in listed]
    assert [index["dates"][n] for n in index["date"]] == [
        feature["properties"]["display_date"] for feature in listed
    ]


def test_its_pins_are_the_places_of_the_features(server: Any) -> None:
    index = _index(server, "?ids=ndrangheta-action-day")
    (feature,) = server.get("/events?ids=ndrangheta-action-day").json()["features"]
    lon, lat = ([n / 100_000 for n in accumulate(index[name])] for name in ("lon", "lat"))
    spots = {(lon[n], lat[n], index["countries"][n]) for n in index["pin_spot"]}
    assert spots == {(p["lon"], p["lat"], p["country"]) for p in feature["properties"]["places"]}


def test_a_figure_comes_along_when_it_is_measured(server: Any) -> None:
    index = _index(server, "?measure=arrests")
    events, values = index["measure"]
    total = server.get("/events/summary").json()["figures"]["arrests"]
    assert sum(values) == total
    assert len(set(events)) == len(events)


def test_an_unchanged_index_is_not_modified(server: Any) -> None:
    tag = server.get("/events/index").headers["etag"]
    assert server.get("/events/index", headers={"If-None-Match": tag}).status_code == 304


def test_an_event_takes_few_bytes_in_addition_to_its_title(server: Any) -> None:
    index = _index(server)
    titles = len(gzip.compress(httpx.Response(200, json=index["titles"]).content))
    whole = len(gzip.compress(httpx.Response(200, json=index).content))
    assert (whole - titles) / index["matched"] < 60  # 38 events share little; of 20,000 each takes some 15


def test_too_many_events_are_refused_with_alternatives(monkeypatch: pytest.MonkeyPatch, store: Any) -> None:
    from db.events.draft import Draft
    from db.query.filter import Filter

    monkeypatch.setattr(index, "MAX_EVENTS", 1)
    store.add([Draft(id=name, title=name, category="raid", status="published") for name in ("a", "b")])
    matched, document, _ = store.index(Filter(), str)
    assert (matched, document) == (2, None)
