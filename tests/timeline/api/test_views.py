"""Every case of the datetime oracle through every view: all follow from the same set of matching ids."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest
from databases import Databases

from db.dates.edtf import When
from db.events.draft import Draft, Verification
from db.store import Store
from geo.place import Place, Precision

ORACLE = json.loads((Path(__file__).parents[2] / "data" / "datetime-oracle.json").read_text("utf-8"))
CODES = ("NL", "BE", "FJ")
VERIFICATIONS: tuple[Verification, ...] = ("reported", "confirmed", "disputed")
WAYS = (("possible", {}), ("possible_dated", {"undated": "exclude"}), ("certain", {"match": "certain"}))


def _places(number: int) -> tuple[Place, ...]:
    """Return no, one or two places at different points; some at poles, the antimeridian and edges of tiles."""
    spots = [(number * 3.0 - 180, (number % 19 - 9) * 10.0)]
    if number % 7 == 3:
        spots.append((number * 1.5, 66.51326))
    precision = Precision.COUNTRY if number % 11 == 5 else Precision.CITY
    return tuple(
        Place(name="x", lon=lon, lat=lat, precision=precision, country=CODES[(number + at) % 3])
        for at, (lon, lat) in enumerate(spots if number % 10 else [])
    )


DRAFTS = {
    event["id"]: Draft(
        id=event["id"], title=event["id"], category="raid", status="published", places=_places(number),
        verification=VERIFICATIONS[number % 3],
        when=When.parse(event["date"]) if event["date"] else None,
    )
    for number, event in enumerate(ORACLE["events"])
}  # fmt: skip


@pytest.fixture(scope="module")
def client(databases: Databases, serve: Callable[..., Any]) -> Iterator[httpx.Client]:
    """Yield a client of a server with the oracle's events."""
    path = databases.new()
    store = Store(path)
    store.add(DRAFTS.values())
    store.close()
    server = serve(path)
    with httpx.Client(base_url=server.url, timeout=30) as http:
        yield http
    server.stop()


def _cases() -> Iterator[tuple[dict[str, Any], list[str]]]:
    for case in ORACLE["cases"]:
        for name, more in WAYS:
            yield {"datetime": case["datetime"], **more}, case[name]


def _get(client: httpx.Client, path: str, params: dict[str, Any] | None) -> Any:
    response = client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def test_all_pages_contain_the_matching_ids_once(client: httpx.Client) -> None:
    for params, expected in _cases():
        ids, page = (
            [],
            _get(client, "/events", params | {"limit": 40, "geometry": "none", "properties": "date"}),
        )
        while True:
            ids += [feature["id"] for feature in page["features"]]
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            if not following:
                break
            page = _get(client, following[0], None)
        assert sorted(ids) == sorted(expected), params
        assert page["numberMatched"] == len(expected)


def test_the_summary_and_the_countries_count_the_matching_events(client: httpx.Client) -> None:
    for params, expected in _cases():
        summary = _get(client, "/events/summary", params)
        drafts = [DRAFTS[id_] for id_ in expected]
        assert summary["matched"] == len(expected), params
        assert summary["undated"] == sum(draft.when is None for draft in drafts)
        assert summary["unplaced"] == sum(not draft.places for draft in drafts)
        assert sum(bucket["count"] for bucket in summary["histogram"]) + summary["undated"] == len(expected)
        codes = Counter(code for draft in drafts for code in {place.country for place in draft.places})
        assert summary["countries"] == codes
        rows = _get(client, "/events/countries", params | {"geometry": "none"})["features"]
        assert {row["id"]: row["properties"]["events"] for row in rows} == codes


def test_clusters_of_a_single_pin_name_the_matching_events(client: httpx.Client) -> None:
    for params, expected in _cases():
        pins = Counter({id_: len(DRAFTS[id_].places) for id_ in expected if DRAFTS[id_].places})
        clusters = [
            cluster["properties"]
            for cluster in _get(client, "/events/clusters", params | {"zoom": 22})["features"]
        ]
        assert Counter(cluster["id"] for cluster in clusters) == pins, params
        clusters = [
            cluster["properties"]
            for cluster in _get(client, "/events/clusters", params | {"zoom": 1})["features"]
        ]
        assert sum(cluster["count"] for cluster in clusters) == pins.total()


@pytest.mark.parametrize("zoom", [0, 1])
def test_tiles_contain_the_matching_events(client: httpx.Client, zoom: int) -> None:
    for params, expected in list(_cases())[:: 1 + 3 * zoom]:
        counts = Counter[str]()
        for x in range(2**zoom):
            for y in range(2**zoom):
                raw = client.get(f"/tiles/{zoom}/{x}/{y}", params=params).content
                rows = mapbox_vector_tile.decode(raw)["events"]["features"] if raw else []
                counts.update(row["properties"]["id"] for row in rows)
        assert counts == Counter({id_: len(DRAFTS[id_].places) for id_ in expected if DRAFTS[id_].places}), (
            params
        )


def test_the_index_contains_the_matching_events(client: httpx.Client) -> None:
    for params, expected in list(_cases())[::3]:
        assert sorted(_get(client, "/events/index", params)["ids"]) == sorted(expected), params


@pytest.mark.parametrize(
    "parameters",
    [
        {"bbox": "170,-90,-170,90"}, {"bbox": "-180,85,180,90"}, {"bbox": "0,0,90,66.51326", "unplaced": "exclude"},
        {"country": "FJ,BE"}, {"near": "0,0", "radius": "4000"}, {"unplaced": "only"},
        {"precision": "country"}, {"precision": "city,admin1", "country": "FJ"}, {"min_precision": "city"},
        {"within": "POLYGON((-180 -90,0 -90,0 90,-180 90,-180 -90))"}, {"undated": "only"},
        {"filter": "S_INTERSECTS(geometry, BBOX(170, -90, -170, 90)) AND country = 'FJ'"},
        {"filter": "T_INTERSECTS(datetime, INTERVAL('2016-01-01', '..')) OR NOT precision = 'city'"},
        {"verification": "confirmed"}, {"verification": "disputed,reported", "country": "NL"},
        {"q": "e00*"}, {"ids": "e001,e003,e010"},
    ],
    ids=str,
)  # fmt: skip
def test_every_view_agrees_under_every_kind_of_filter(
    client: httpx.Client, parameters: dict[str, str]
) -> None:
    page = _get(client, "/events", parameters | {"limit": 1000})
    ids = sorted(item["id"] for item in page["features"])
    summary = _get(client, "/events/summary", parameters)
    clusters = _get(client, "/events/clusters", parameters | {"zoom": 22})["features"]
    tile = client.get("/tiles/0/0/0", params=parameters).content
    rows = mapbox_vector_tile.decode(tile)["events"]["features"] if tile else []
    assert len(ids) == page["numberMatched"] == summary["matched"] == len(set(ids)) > 0
    assert sorted(_get(client, "/events/index", parameters)["ids"]) == ids
    assert len(clusters) == len(rows) == summary["pins"]
    named = Counter(item["properties"]["id"] for item in clusters)
    assert named == Counter(row["properties"]["id"] for row in rows)
    assert set(named) <= set(ids)
    assert {id_ for id_ in ids if DRAFTS[id_].places} == set(named) or parameters.get("unplaced") == "only"
    for code, count in summary["countries"].items():
        narrowed = set(parameters.get("country", code).split(",")) & {code}
        assert _get(client, "/events", parameters | {"country": ",".join(narrowed)})["numberMatched"] == count


def test_the_bars_of_a_figure_add_up_to_its_total(server: Any) -> None:
    summary = server.get("/events/summary?measure=arrests&undated=exclude&interval=year").json()
    assert sum(bar["sum"] for bar in summary["histogram"]) == summary["figures"]["arrests"]
    assert [bar["count"] for bar in summary["histogram"]] == [
        bar["count"]
        for bar in server.get("/events/summary?undated=exclude&interval=year").json()["histogram"]
    ]
    for bar in summary["histogram"]:
        assert sum(bar["sums"].values()) == bar["sum"]
        assert set(bar["sums"]) <= set(bar["categories"])
    bar = next(bar for bar in summary["histogram"] if bar["sum"])
    events = server.get("/events?limit=1000&undated=exclude").json()["features"]
    own = [
        event["properties"]["figures"].get("arrests", 0)
        for event in events
        if bar["start"] <= event["properties"]["earliest"] <= bar["end"]
    ]
    assert sum(own) == bar["sum"]


def test_an_unknown_figure_is_refused_with_the_known_figures(server: Any) -> None:
    problem = server.get("/events/summary?measure=arests").json()
    assert problem["status"] == 400
    assert "arrests" in problem["detail"]


def test_assets_of_pages_are_immutable_and_other_files_are_revalidated(server: Any) -> None:
    page = server.get("/", headers={"accept": "text/html"}).text
    asset = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in server.get(asset).headers["cache-control"]
    assert server.get("/static/site.css").headers["cache-control"] == "no-cache"
    assert server.get("/assets/000000000000/site.css").status_code == 404
