"""Programs of others read the API: GDAL through pyogrio, and OWSLib."""

import json
from typing import Any

import newsroom
import pyogrio
import pytest
from jsonschema import Draft202012Validator
from owslib.ogcapi.features import Features


def _read(server: Any, **options: Any) -> Any:
    return pyogrio.raw.read(f"OAPIF:{server.url}", layer="events", **options)


def test_gdal_reads_every_event(server: Any) -> None:
    wanted = server.get("/events?limit=1").json()["numberMatched"]
    meta, _, geometries, _ = _read(server)
    assert len(geometries) == wanted
    assert {"title", "category", "date", "place", "country"} <= set(meta["fields"])


def test_gdal_pages_through_all_events(server: Any) -> None:
    _, _, geometries, fields = pyogrio.raw.read(f"OAPIF:{server.url}", layer="events", PAGE_SIZE="5")
    assert len(geometries) == server.get("/events").json()["numberMatched"]
    assert (
        len(
            set(
                fields[
                    list(pyogrio.read_info(f"OAPIF:{server.url}", layer="events")["fields"]).index("title")
                ]
            )
        )
        > 30
    )


def test_gdal_sends_a_bbox(server: Any) -> None:
    box = (4.0, 50.0, 6.0, 52.0)
    wanted = server.get("/events?bbox=4,50,6,52&unplaced=exclude&limit=1").json()["numberMatched"]
    _, _, geometries, _ = _read(server, bbox=box)
    assert len([geometry for geometry in geometries if geometry is not None]) == wanted > 0


def test_gdal_sends_a_date_range(server: Any) -> None:
    url = f"OAPIF:{server.url}/collections/events/items?datetime=2020-01-01/2020-12-31"
    wanted = server.get("/events?datetime=2020-01-01/2020-12-31").json()["numberMatched"]
    _, _, geometries, _ = pyogrio.raw.read(
        f"{server.url}/collections/events/items?datetime=2020-01-01/2020-12-31&limit=1000"
    )
    assert len(geometries) == wanted, url


def _count(source: Any, **options: Any) -> int:
    """Return the number of Features that GDAL reads; bytes are what geopandas passes for an address."""
    return len(pyogrio.raw.read(source, **options)[3][0])


@pytest.mark.parametrize("suffix", ["geojsonl", "geojson", "jsonfg"])
def test_gdal_reads_every_event_of_a_json_format(server: Any, suffix: str) -> None:
    path = f"/events.{suffix}?limit=10000&country=NL,BE,DE"
    wanted = server.get("/events/summary?country=NL,BE,DE").json()["matched"]
    assert _count(server.get(path).content) == wanted > 3


def test_gdal_reads_every_line_from_the_address(server: Any) -> None:
    wanted = server.get("/events?limit=1").json()["numberMatched"]
    assert _count(f"GeoJSONSeq:{server.url}/events.geojsonl") == wanted


def test_gdal_takes_jsonfg_for_what_it_is(server: Any) -> None:
    info = pyogrio.read_info(f"{server.url}/events?f=jsonfg&undated=exclude&limit=1000")
    assert (info["driver"], info["layer_name"]) == ("JSONFG", "event")
    assert info["features"] == server.get("/events/summary?undated=exclude").json()["matched"]


def test_a_line_is_a_plain_feature_and_jsonfg_is_declared(server: Any) -> None:
    line = json.loads(server.get("/events.geojsonl").text.splitlines()[0])
    assert set(line) == {"type", "id", "geometry", "properties"}
    page = server.get("/events?f=jsonfg&limit=2").json()
    assert set(page["conformsTo"]) <= set(server.get("/conformance").json()["conformsTo"])
    assert (page["featureType"], page["numberReturned"]) == ("event", 2)
    assert page["featureSchema"] == f"{server.url}/collections/events/schema"
    assert all({"time", "place"} <= set(feature) for feature in page["features"])


def test_an_event_is_offered_as_jsonfg(server: Any) -> None:
    address = "/collections/events/items/ndrangheta-action-day"
    response = server.get(address, headers={"Accept": "application/vnd.ogc.fg+json"})
    assert response.headers["content-type"] == "application/vnd.ogc.fg+json"
    event, plain = response.json(), server.get(address).json()
    assert (event["time"], event["properties"]) == (plain["time"], plain["properties"])
    assert event["conformsTo"]
    assert event["coordRefSys"].endswith("CRS84")


def test_a_feature_is_valid_by_the_schema_that_describes_the_collection(server: Any) -> None:
    links = server.get("/collections/events").json()["links"]
    (address,) = (link["href"] for link in links if link["rel"] == "describedby")
    assert address == f"{server.url}/collections/events/schema/geojson"
    schema = server.get("/collections/events/schema/geojson").json()
    assert schema["properties"]["properties"]["properties"]["date"]["type"] == ["string", "null"]
    features = server.get("/events?limit=1000").json()["features"]
    validator = Draft202012Validator(schema)
    assert [error.message for feature in features for error in validator.iter_errors(feature)] == []


def test_owslib_lists_describes_and_pages(server: Any) -> None:
    client = Features(server.url)
    assert client.feature_collections() == ["events"]
    assert client.collection("events")["extent"]["spatial"]["bbox"]
    assert "properties" in client.collection_queryables("events")
    first = client.collection_items("events", limit=5)
    assert (len(first["features"]), first["numberReturned"]) == (5, 5)
    assert client.collection_item("events", first["features"][0]["id"])["id"] == first["features"][0]["id"]
    page = client.collection_items("events", datetime_="2020-01-01/2023-12-31", bbox=[-10, 35, 30, 60])
    assert page["numberMatched"] < client.collection_items("events")["numberMatched"]


@pytest.mark.parametrize("path", ["/", "/conformance", "/collections", "/collections/events"])
def test_the_documents_exist_as_pages(server: Any, path: str) -> None:
    response = server.get(path, headers={"Accept": "text/html"})
    assert response.headers["content-type"].startswith("text/html")
    assert "<main" in response.text


def test_owslib_creates_updates_and_deletes(serve: Any, database_url: str) -> None:
    keys = newsroom.create_database(database_url)
    server = serve(database_url)
    # OWSLib keeps one set of headers for all its clients: ours is removed again.
    client = Features(server.url)
    before = dict(client.headers)
    client.headers |= {"Authorization": f"Bearer {keys['reviewer']}", "Content-Type": "application/geo+json"}
    try:
        feature = newsroom.feature("owslib", place="Hasselt, Belgium", status="published")
        assert client.collection_item_create("events", json.dumps(feature))
        assert client.collection_item("events", "owslib")["properties"]["country"] == "BE"
        client.headers["If-Match"] = '"r1"'
        feature["properties"]["title"] = "Another title"
        assert client.collection_item_update("events", "owslib", json.dumps(feature))
        assert client.collection_item("events", "owslib")["properties"]["title"] == "Another title"
        with pytest.raises(RuntimeError, match="Changed meanwhile"):
            client.collection_item_update("events", "owslib", json.dumps(feature))
        client.headers["If-Match"] = '"r2"'
        assert client.collection_item_delete("events", "owslib")
    finally:
        client.headers.clear()
        client.headers.update(before)
    assert server.get("/collections/events/items/owslib").status_code == 410
