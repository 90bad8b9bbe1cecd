"""The addresses of the API on a running server, with the seed events."""

import csv
import gzip
import json
import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from geojson_pydantic import Feature, FeatureCollection
from openapi_spec_validator import validate

from db.events.draft import Draft
from db.store import Store
from timeline.api.description.documents import CONFORMS

ITEMS = "/collections/events/items"


def test_the_links_of_the_landing_page_work(server: Any) -> None:
    for link in server.get("/").json()["links"]:
        response = httpx.get(link["href"], headers={"Accept": link["type"]}, follow_redirects=False)
        assert response.status_code == 200, link
        assert response.headers["content-type"].startswith(link["type"].split(";")[0]), link


def test_the_openapi_document_is_valid_and_names_every_parameter(server: Any) -> None:
    document = server.get("/openapi.json").json()
    validate(document)
    names = {p["name"] for p in document["paths"]["/events"]["get"]["parameters"]}
    assert {
        "bbox",
        "datetime",
        "match",
        "undated",
        "category",
        "country",
        "q",
        "near",
        "limit",
        "cursor",
    } <= names


def test_the_openapi_document_describes_the_members_of_a_page(server: Any) -> None:
    described = server.get("/openapi.json").json()["components"]["schemas"]["EventCollection"]["properties"]
    assert set(server.get("/events").json()) == set(described)


def test_conformance_is_declared(server: Any) -> None:
    assert server.get("/conformance").json()["conformsTo"] == list(CONFORMS)


@pytest.mark.parametrize("path", ["/events", "/events.geojson", ITEMS])
def test_every_address_of_the_list_returns_valid_geojson(server: Any, path: str) -> None:
    response = server.get(path)
    assert response.headers["content-type"] == "application/geo+json"
    collection = FeatureCollection.model_validate(response.json())
    assert response.json()["numberMatched"] == response.json()["numberReturned"] == len(collection.features)


def test_csv_and_geojsonl_contain_every_matching_event(server: Any) -> None:
    query = "category=raid&limit=1"
    matched = server.get(f"/events?{query}").json()["numberMatched"]
    whole, each = server.get(f"/events.csv?{query}"), server.get(f"/events.geojsonl?{query}")
    assert whole.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.DictReader(whole.text.splitlines()))) == len(each.text.splitlines()) == matched > 1
    condition = {"If-None-Match": whole.headers["etag"]}
    assert server.get(f"/events.csv?{query}", headers=condition).status_code == 304


@pytest.mark.parametrize("geometry", ["point", "shape", "none"])
def test_every_geometry_is_valid_and_within_range(server: Any, geometry: str) -> None:
    for feature in server.get(f"/events?geometry={geometry}").json()["features"]:
        Feature.model_validate(feature)
        for lon, lat in _positions(feature["geometry"] or {}):
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90
            assert (round(lon, 5), round(lat, 5)) == (lon, lat)


def _positions(geometry: dict[str, Any]) -> list[list[float]]:
    if "geometries" in geometry:
        return [position for part in geometry["geometries"] for position in _positions(part)]
    flat, positions = [geometry.get("coordinates", [])], []
    while flat:
        part = flat.pop()
        if part and isinstance(part[0], int | float):
            positions.append(part)
        else:
            flat += part
    return positions


def test_an_event_has_what_the_contract_promises(server: Any) -> None:
    feature = server.get(f"{ITEMS}/ndrangheta-action-day").json()
    properties = feature["properties"]
    assert feature["time"] == {"date": "2023-05-03"}
    assert feature["geometry"]["type"] == "MultiPoint"
    assert len(feature["geometry"]["coordinates"]) == len(properties["places"]) == 10
    assert (properties["place"], properties["country"], properties["precision"]) == ("Italy", "IT", "country")
    assert set(properties["countries"]) == {"IT", "BE", "DE", "FR", "PT", "SI", "ES", "RO", "BR", "PA"}
    assert properties["figures"]["arrests"] == 132
    assert properties["figures"]["officers"] == 2770
    assert properties["display_date"] == "3 May 2023"


def test_pages_hold_every_event_once(server: Any) -> None:
    url, ids = f"{server.url}/events?limit=7", []
    while url:
        page = httpx.get(url).json()
        ids += [feature["id"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(ids) == len(set(ids)) == page["numberMatched"]


def test_a_country_and_a_range_of_years(server: Any) -> None:
    page = server.get("/events?country=nl&datetime=2020/2023&undated=exclude").json()
    assert {feature["id"] for feature in page["features"]} == {
        "balkan-cartel-raids",
        "balkan-cartel-arrest-netherlands",
        "cocaine-rotterdam-2020",
    }


def test_the_summary_agrees_with_the_list(server: Any) -> None:
    for query in (
        "",
        "?country=BR",
        "?datetime=2020/2023",
        "?bbox=-10,35,30,60",
        "?category=raid,death&match=certain",
    ):
        summary, page = server.get(f"/events/summary{query}").json(), server.get(f"/events{query}").json()
        assert summary["matched"] == page["numberMatched"]
        assert sum(bar["count"] for bar in summary["histogram"]) + summary["undated"] == summary["matched"]
        for code, count in summary["countries"].items():
            joint = "&" if query else "?"
            if "country" not in query:
                assert server.get(f"/events{query}{joint}country={code}").json()["numberMatched"] == count


def test_limit_and_cursor_do_not_change_the_counts(server: Any) -> None:
    plain, paged = (
        server.get("/events/summary"),
        server.get("/events/summary?limit=2&sortby=title&geometry=none"),
    )
    assert plain.json() == paged.json()
    assert server.get("/events/summary?limit=ten").status_code == 400


def test_a_shape_is_drawn_for_a_country_and_a_point_for_a_city(server: Any) -> None:
    drawn = {f["id"]: f["geometry"] for f in server.get("/events?geometry=shape").json()["features"]}
    assert drawn["cocaine-aruba-2020"]["type"] in ("Polygon", "MultiPolygon")
    assert drawn["cocaine-hasselt-2020"]["type"] == "Point"
    assert drawn["efecc-founded"] is None


def test_properties_and_language_can_be_chosen(server: Any) -> None:
    (feature,) = server.get("/events?ids=duisburg-massacre&properties=title,display_date").json()["features"]
    assert set(feature["properties"]) == {"title", "display_date"}
    french = server.get(f"{ITEMS}/ndrangheta-action-day?lang=fr").json()["properties"]
    assert (french["display_date"], french["place"]) == ("3 mai 2023", "Italie")


def test_the_same_version_gives_the_same_bytes_and_304(server: Any) -> None:
    first, second = server.get("/events?country=BR"), server.get("/events?country=BR")
    assert first.content == second.content
    again = server.get("/events?country=BR", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (
        server.get("/events?country=NL", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    )


def test_responses_are_compressed_for_clients_that_accept_it(server: Any) -> None:
    with httpx.stream("GET", server.url + "/events", headers={"Accept-Encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(raw))["type"] == "FeatureCollection"


def test_head_and_options_work_everywhere(server: Any) -> None:
    for path in (
        "/",
        "/events",
        "/events/summary",
        "/health",
        "/docs",
        "/openapi.json",
        f"{ITEMS}/duisburg-massacre",
    ):
        head = httpx.head(server.url + path)
        assert (head.status_code, head.content) == (200, b""), path
        assert httpx.options(server.url + path).status_code == 204, path


def test_reading_is_open_to_other_origins_without_credentials(server: Any) -> None:
    response = server.get("/events?limit=1", headers={"Origin": "null"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/geo+json, text/html;q=0.5", "application/geo+json"),
    ],
)
def test_the_accept_header_chooses_between_page_and_json(server: Any, accept: str, kind: str) -> None:
    response = server.get("/events?limit=1", headers={"Accept": accept})
    assert response.headers["content-type"] == kind
    assert "Accept" in response.headers["vary"]


def test_categories_are_labelled_in_a_language(server: Any) -> None:
    categories = {c["slug"]: c for c in server.get("/categories?lang=es").json()["categories"]}
    assert len(categories) == 12
    assert categories["raid"]["label"] == "Redada"
    assert len({(c["color"], c["shape"]) for c in categories.values()}) == 12


def test_geocode_ranks_candidates_and_gives_reasons(server: Any) -> None:
    response = server.get("/geocode?q=Hasselt&country=Belgium").json()
    best = response["features"][0]
    assert (best["properties"]["name"], best["properties"]["country"]) == ("Hasselt", "BE")
    assert best["properties"]["precision"] == "city"
    assert best["properties"]["reasons"]
    FeatureCollection.model_validate(response)


def test_reverse_names_the_places_that_contain_a_point(server: Any) -> None:
    response = server.get("/reverse?lon=5.34&lat=50.93").json()
    assert "BE" in json.dumps(response)
    assert "Hasselt" in json.dumps(response)


def test_browsers_get_a_page_with_a_form_that_works_without_javascript(server: Any) -> None:
    response = server.get("/?start=2020-01-01&end=&category=&q=cocaine&f=html")
    assert response.status_code == 303
    assert response.headers["location"] == "/?q=cocaine&f=html&datetime=2020-01-01/.."
    page = httpx.get(server.url + "/", headers={"Accept": "text/html"})
    # Scripts come from files of our own; data blocks are none.
    assert [
        tag for tag in re.findall("<script[^>]*>", page.text) if "src=" not in tag and "json" not in tag
    ] == []
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_what_a_user_typed_is_escaped(server: Any) -> None:
    page = server.get("/events?f=html&q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_write_changes_the_data_version_and_every_response(
    serve: Any, store: Store, database_url: str
) -> None:
    server = serve(database_url)
    before = server.get("/events")
    store.add([Draft(id="new", title="New", category="raid", status="published")])
    after = server.get("/events", headers={"If-None-Match": before.headers["etag"]})
    assert (before.json()["numberMatched"], after.status_code, after.json()["numberMatched"]) == (0, 200, 1)
    store.add([Draft(id="secret", title="Secret", category="raid", status="draft")])
    assert server.get("/events").json()["numberMatched"] == 1
    assert server.get(f"{ITEMS}/secret").status_code == 404
    server.stop()


def test_each_encoding_has_its_own_tag_and_each_tag_gives_304(server: Any) -> None:
    plain = server.get("/events", headers={"Accept-Encoding": "identity"})
    packed = server.get("/events", headers={"Accept-Encoding": "gzip"})
    assert plain.headers["etag"] != packed.headers["etag"]
    for tag in (plain.headers["etag"], packed.headers["etag"], "W/" + packed.headers["etag"]):
        again = server.get("/events", headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"]) == (304, tag.removeprefix("W/"))
    assert "content-encoding" not in server.get("/events", headers={"Accept-Encoding": "gzip;q=0"}).headers


@pytest.mark.slow
def test_the_link_of_an_event_works_for_any_id(serve: Any, store: Store, database_url: str) -> None:
    ids = ("a/b", "a//b", "x/", "a b?c#d", "é ü", 'a"><script>', "100%")
    store.add(Draft(id=id_, title="Odd", category="raid", status="published") for id_ in ids)
    server = serve(database_url)
    page = server.get("/events?f=html").text
    for id_ in ids:
        address = f"{ITEMS}/{quote(id_, safe='')}"
        event = server.get(address).json()
        link = next(link["href"] for link in event["links"] if link["rel"] == "self")
        assert event["id"] == httpx.get(link).json()["id"] == id_
        assert address in page
    server.stop()
