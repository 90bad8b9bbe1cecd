"""Lines, areas and other reference systems in imports; JSON as APIs return it."""

import io
import json
from typing import Any

import pytest
import shapely

from db.query.filter import Filter
from db.store import Store
from timeline.errors import BadFile
from timeline.imports.importer import Importer
from timeline.imports.options import Options
from timeline.imports.report import Report

LINE = {"type": "LineString", "coordinates": [[2.1, 41.3], [2.2, 41.4]]}
AREA = {"type": "Polygon", "coordinates": [[[2.1, 41.3], [2.2, 41.3], [2.2, 41.4], [2.1, 41.4], [2.1, 41.3]]]}
BOW = {"type": "Polygon", "coordinates": [[[2.1, 41.3], [2.2, 41.4], [2.2, 41.3], [2.1, 41.4], [2.1, 41.3]]]}
POINT = {"type": "Point", "coordinates": [2.1, 41.3]}


def take(store: Store, data: str, name: str = "a.geojson") -> Report:
    options = Options(publish=True, values={"category": "raid"})
    importer = Importer(store=store, find_candidates=lambda text, country: [], options=options)
    return importer.import_stream(name, io.BytesIO(data.encode()))


def features(*geometries: Any, **members: Any) -> str:
    documents = [
        {"type": "Feature", "geometry": geometry, "properties": {"title": f"t{number}"}}
        for number, geometry in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": documents, **members})


def only(store: Store) -> dict[str, Any]:
    (feature,) = map(json.loads, store.snapshot(Filter())[1])
    return {**feature["properties"], "geometry": feature["geometry"]}


@pytest.mark.parametrize(("shape", "precision"), [
    (LINE, "city"), (AREA, "city"), (BOW, "city"),
    ({"type": "GeometryCollection", "geometries": [POINT, LINE]}, "city"),
    ({"type": "MultiPolygon", "coordinates": [AREA["coordinates"]]}, "city"),
    ({"type": "Polygon", "coordinates": [[[-9, 36], [3, 36], [3, 43], [-9, 36]]]}, "country"),
    ({"type": "LineString", "coordinates": [[2.1, 41.3], [2.1001, 41.3]]}, "point"),
])  # fmt: skip
def test_a_shape_becomes_a_point_on_it_with_a_precision_and_is_stored_in_data(
    store: Store, shape: dict[str, Any], precision: str
) -> None:
    assert take(store, features(shape)).created == 1
    event = only(store)
    assert event["data"] == {"geometry": shape}
    assert event["precision"] == precision
    lon, lat = event["geometry"]["coordinates"]
    assert shapely.from_geojson(json.dumps(shape)).buffer(1e-4).covers(shapely.Point(lon, lat))


def test_a_point_without_coordinates_is_no_place(store: Store) -> None:
    # RFC 7946, 3.1: an empty array may be read as null. Programs write it for an unknown position.
    take(store, features({"type": "Point", "coordinates": []}))
    assert only(store)["geometry"] is None


def test_a_long_shape_is_stored_as_its_box(store: Store) -> None:
    ring = [[round(n / 10_000, 5), 50 + (n % 7) / 100] for n in range(6_000)]
    take(store, features({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}))
    assert only(store)["data"] == {"geometry": {"type": "Polygon", "bbox": [0, 50, 0.5999, 50.06]}}


@pytest.mark.parametrize(("shape", "why"), [
    ({"type": "Polygon", "coordinates": []}, "the Polygon is empty"),
    ({"type": "LineString", "coordinates": [[430000, 4580000], [1, 2]]}, "longitude 430000 is out of range"),
    ({"type": "Circle", "coordinates": [1, 2]}, "type 'Circle' is not a geometry; expected a GeoJSON geometry"),
])  # fmt: skip
def test_a_bad_shape_is_rejected(store: Store, shape: Any, why: str) -> None:
    report = take(store, features(shape, POINT))
    assert (report.created, why in report.rejected[0].message) == (1, True)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::25831", "EPSG:3857", "urn:ogc:def:crs:EPSG::2154"])
@pytest.mark.parametrize("last", [True, False])
def test_a_reference_system_in_metres_is_refused(store: Store, name: str, last: bool) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    collection = json.loads(features(POINT))
    data = {**collection, "crs": crs} if last else {"crs": crs, **collection}
    with pytest.raises(BadFile, match=f"coordinates in '{name}'; expected degrees of WGS84"):
        take(store, json.dumps(data))


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4258"])
def test_reference_systems_in_degrees_are_accepted_by_any_name(store: Store, name: str) -> None:
    data = features(
        POINT, crs={"type": "name", "properties": {"name": name}}, bbox=[2, 41, 3, 42], name="layer"
    )
    assert take(store, data).created == 1


def test_metres_are_rejected_with_a_solution(store: Store) -> None:
    report = take(store, features({"type": "Point", "coordinates": [430000, 4580000]}))
    assert "metres of a projection, such as UTM, are turned into degrees" in report.rejected[0].message


@pytest.mark.parametrize(("cell", "is_stored"), [
    ("LINESTRING (2.1 41.3, 2.2 41.4)", True), ('"POLYGON Z ((2.1 41.3 0, 2.2 41.3 0, 2.2 41.4 0, 2.1 41.3 0))"', True),
    ("SRID=4326;POINT(2.1 41.3)", False), ("0101000020E6100000CDCCCCCCCCCC00406666666666A64440", False),
])  # fmt: skip
def test_shapes_are_read_from_a_column(store: Store, cell: str, is_stored: bool) -> None:
    if not cell.startswith('"'):
        cell = f'"{cell}"'
    take(store, f"title,WKT\na,{cell}\n", "a.csv")
    event = only(store)
    assert event["geometry"]["coordinates"] == pytest.approx([2.15, 41.35], abs=0.1)
    assert bool(event["data"]) == is_stored


def test_a_shape_in_metres_in_a_column_is_rejected(store: Store) -> None:
    report = take(store, 'title,geom\na,"SRID=25831;POINT(430000 4580000)"\nb,POINT (2.1 41.3)\n', "a.csv")
    assert (report.created, "EPSG:25831; expected degrees" in report.rejected[0].message) == (1, True)


@pytest.mark.parametrize("key", ["data", "results", "events", "DisasterDeclarationsSummaries"])
def test_the_list_in_the_answer_of_an_api_is_read_with_a_warning(store: Store, key: str) -> None:
    row = {
        "name": "a",
        "date": "2021-03-05",
        "location": {"lat": 51.2, "lon": 4.4, "name": "Antwerp"},
        "n": [1],
    }
    report = take(
        store, json.dumps({"status": 200, "messages": [], key: [row], "meta": {"count": 1}}), "a.json"
    )
    event = only(store)
    assert (event["geometry"]["coordinates"], event["place"], event["data"]) == (
        [4.4, 51.2],
        "Antwerp",
        {"n": [1]},
    )
    assert report.warnings[0].message == f"is JSON with a list {key!r}; the objects of that list are read"


def test_several_lists_of_unknown_names_are_refused_with_their_names(store: Store) -> None:
    with pytest.raises(BadFile, match="has several lists: 'people', 'raids'"):
        take(store, json.dumps({"people": [{"title": "a"}], "raids": [{"title": "b"}]}), "a.json")


@pytest.mark.parametrize("name", ["a.json", "a.ndjson"])
def test_an_object_that_contains_a_geometry_has_that_place(store: Store, name: str) -> None:
    row = json.dumps({"title": "a", "where": POINT, "who": {"name": "b"}})
    take(store, f"[{row}]" if name == "a.json" else row, name)
    assert (only(store)["geometry"], only(store)["data"]) == (POINT, {"who.name": "b"})


def test_a_list_instead_of_a_text_rejects_only_its_row(store: Store) -> None:
    rows = [
        {"title": "a", "date": "2021", "lat": [1], "lon": [2]},
        {"title": "b", "date": "2021", "lat": 1, "lon": 2},
    ]
    report = take(store, json.dumps(rows), "a.json")
    assert (report.created, report.rejected[0].message) == (1, "[1] is a list; expected a text")
