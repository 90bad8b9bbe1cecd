"""Clusters, countries and tiles over HTTP."""

from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from timeline.api.events.maps import MVT


def test_clusters_add_up_to_the_pins(server: Any) -> None:
    pins = server.get("/events/summary", params={"category": "raid"}).json()["pins"]
    for zoom in (0, 2, 8, 22):
        response = server.get("/events/clusters", params={"category": "raid", "zoom": zoom})
        assert response.headers["content-type"].startswith("application/geo+json")
        counts = [cluster["properties"]["count"] for cluster in response.json()["features"]]
        assert sum(counts) == pins > 0


def test_a_cluster_of_a_single_pin_names_its_event(server: Any) -> None:
    clusters = server.get("/events/clusters", params={"zoom": 12}).json()["features"]
    alone = [cluster["properties"] for cluster in clusters if cluster["properties"]["count"] == 1]
    assert alone
    for cluster in alone:
        assert (
            server.get(f"/collections/events/items/{cluster['id']}").json()["properties"]["title"]
            == cluster["title"]
        )


def test_countries_are_named_and_drawn(server: Any) -> None:
    countries = server.get("/events/countries", params={"lang": "de", "country": "NL"}).json()["features"]
    (only,) = countries
    assert only["id"] == only["properties"]["country"] == "NL"
    assert only["properties"]["name"] == "Niederlande"
    assert only["geometry"]["type"] == "MultiPolygon"
    assert (
        only["properties"]["events"]
        == server.get("/events", params={"country": "NL"}).json()["numberMatched"]
    )


@pytest.mark.parametrize(("geometry", "kind"), [("point", "Point"), ("none", None)])
def test_countries_come_in_other_geometries(server: Any, geometry: str, kind: str | None) -> None:
    countries = server.get("/events/countries", params={"geometry": geometry}).json()["features"]
    assert {country["geometry"]["type"] if country["geometry"] else None for country in countries} == {kind}


def test_the_world_tile_contains_every_pin(server: Any) -> None:
    tile = server.get("/tiles/0/0/0", params={"category": "raid"})
    assert tile.headers["content-type"] == MVT
    rows = mapbox_vector_tile.decode(tile.content)["events"]["features"]
    assert len(rows) == server.get("/events/summary", params={"category": "raid"}).json()["pins"]
    assert {row["properties"]["category"] for row in rows} == {"raid"}


def test_the_tilejson_keeps_the_filter(server: Any) -> None:
    tilejson = server.get("/tiles.json", params={"category": "raid", "limit": 5}).json()
    assert tilejson["tilejson"] == "3.0.0"
    (address,) = tilejson["tiles"]
    assert address.endswith("/tiles/{z}/{x}/{y}?category=raid")
    assert httpx.get(address.format(z=0, x=0, y=0)).status_code == 200


def test_a_tile_is_grouped_on_request(server: Any) -> None:
    tile = server.get("/tiles/0/0/0", params={"category": "raid", "group": "always"})
    rows = [
        cluster["properties"] for cluster in mapbox_vector_tile.decode(tile.content)["events"]["features"]
    ]
    assert (
        sum(row.get("count", 1) for row in rows) == server.get("/events/summary?category=raid").json()["pins"]
    )
    assert {row["categories.raid"] for row in rows if "count" in row} > {2}
    (address,) = server.get("/tiles.json?group=always").json()["tiles"]
    assert address.endswith("?group=always")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/tiles/0/0/0?group=never", "group"),
        ("/tiles.json?group=never", "always"),
        ("/events/clusters", "zoom"),
        ("/events/clusters?zoom=23", "from 0 to 22"),
        ("/events/clusters?zoom=-1", "from 0 to 22"),
        ("/events/clusters?zoom=two", "from 0 to 22"),
        ("/events/clusters?zoom=4&bbbox=1,2,3,4", "bbox"),
        ("/tiles/0/1/0", "from 0 to 0"),
        ("/tiles/23/0/0", "from 0 to 22"),
        ("/tiles/a/0/0", "from 0 to 22"),
        ("/tiles/1/0/2", "from 0 to 1"),
        ("/tiles/0/0/0?category=nonsense", "category"),
        ("/events/countries?geometry=round", "geometry"),
    ],
)
def test_a_bad_tile_address_is_a_problem(server: Any, address: str, message: str) -> None:
    response = server.get(address)
    assert response.status_code == 400
    assert response.headers["content-type"].startswith("application/problem+json")
    assert message in response.text


@pytest.mark.parametrize(
    "address", ["/events/clusters?zoom=3", "/events/countries", "/tiles/0/0/0", "/tiles.json"]
)
def test_an_unchanged_view_is_not_sent_twice(server: Any, address: str) -> None:
    first = server.get(address)
    assert "stale-while-revalidate" in first.headers["cache-control"]
    again = server.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
