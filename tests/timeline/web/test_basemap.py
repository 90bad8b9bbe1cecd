"""The world's tiles: land at every zoom, borders, labels, the style and its settings."""

import gzip
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mapbox_vector_tile
import pytest
from litestar.testing import TestClient
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry import Point, shape

from geo.data_files import bundled_json
from timeline.app import create_app
from timeline.settings import Settings
from timeline.web.basemap import style
from timeline.web.basemap.archive import archive
from timeline.web.basemap.borders import borders
from timeline.web.basemap.natural_earth import Scale, TopoSource, land
from timeline.web.content_security import policy

# Litestar 2.25 deprecates a way of declaring parameters whose successor its 2.12 does not know.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

LAND = {
    "Senegal": (-15.0, 14.5),
    "Mali": (-8.0, 12.8),
    "Ghana": (-1.5, 7.5),
    "Nigeria": (7.5, 9.0),
    "Congo": (23.0, -2.0),
    "Madagascar": (46.5, -19.0),
    "England": (-1.5, 52.5),
    "Iceland": (-18.5, 65.0),
    "Moscow": (37.6, 55.7),
    "Chukotka east of the antimeridian": (-175.0, 66.8),
    "Chukotka west of it": (179.0, 67.5),
    "Chukotka next to it": (-179.95, 67.5),
    "Japan": (138.0, 36.2),
    "Australia": (147.0, -32.0),
    "New Zealand": (175.5, -39.0),
    "Kansas": (-98.0, 38.5),
    "Brazil": (-48.0, -15.5),
    "Greenland": (-40.0, 72.0),
    "Antarctica": (20.0, -80.0),
    "Antarctica at the antimeridian": (179.9, -84.9),
    "Wrangel Island, west": (179.3, 71.1),
    "Wrangel Island, east": (-179.0, 71.1),
}
SEA = {
    "Gulf of Guinea": (2.0, 2.0),
    "mid-Atlantic": (-30.0, 20.0),
    "Pacific west": (179.9, 5.0),
    "Pacific east": (-179.9, 5.0),
    "Southern Ocean": (80.0, -58.0),
    "Mediterranean": (18.0, 35.0),
    "Black Sea": (34.0, 43.2),
    "Caspian Sea": (51.0, 41.8),
    "Hudson Bay": (-85.0, 60.0),
    "North Sea": (3.0, 56.0),
    "Arctic Ocean": (0.0, 84.0),
    "Tasman Sea": (160.0, -40.0),
}
ZOOMS = range(7)


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int, float, float]:
    """Return the tile of a point, and the point's position in it, in 4096ths from its lower left."""
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return int(x), int(y), x % 1 * 4096, 4096 - y % 1 * 4096


@cache
def layers(zoom: int, x: int, y: int) -> dict[str, Any]:
    body = archive().tile(zoom, x, y)
    decoded: dict[str, Any] = mapbox_vector_tile.decode(gzip.decompress(body)) if body else {}
    return decoded


def on_land(lon: float, lat: float, zoom: int) -> bool:
    x, y, across, up = tile_of(lon, lat, zoom)
    layer = layers(zoom, x, y).get("land", {"extent": 4096, "features": []})
    spot = Point(across * layer["extent"] / 4096, up * layer["extent"] / 4096)
    return any(shape(feature["geometry"]).buffer(0).intersects(spot) for feature in layer["features"])


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("name", LAND)
def test_land_is_land_at_every_zoom(name: str, zoom: int) -> None:
    assert on_land(*LAND[name], zoom)


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("name", SEA)
def test_sea_is_sea_at_every_zoom(name: str, zoom: int) -> None:
    assert not on_land(*SEA[name], zoom)


def lines_near(lon: float, lat: float, zoom: int = 6) -> list[dict[str, Any]]:
    """Return the properties of the border lines within about 25 km of a point."""
    x, y, across, up = tile_of(lon, lat, zoom)
    layer = layers(zoom, x, y)["borders"]
    spot = Point(across * layer["extent"] / 4096, up * layer["extent"] / 4096)
    reach = 25 / (40_075 * math.cos(math.radians(lat))) * 2**zoom * layer["extent"]
    return [
        feature["properties"]
        for feature in layer["features"]
        if shape(feature["geometry"]).distance(spot) < reach
    ]


@pytest.mark.parametrize(
    ("lon", "lat", "view", "disputed"),
    [
        pytest.param(0.5, 42.7, "both", False, id="France and Spain"),
        pytest.param(33.7, 46.1, "facto", True, id="Perekop"),
        pytest.param(-11.0, 27.67, "un", True, id="the north of Western Sahara"),
        pytest.param(74.6, 34.6, "both", True, id="the line of control in Kashmir"),
        pytest.param(20.6, 43.2, "both", True, id="Kosovo and Serbia"),
        pytest.param(48.5, 9.0, "facto", True, id="Somaliland"),
        pytest.param(127.0, 38.2, "both", True, id="Korea"),
    ],
)
def test_a_border_has_its_view_and_whether_it_is_disputed(
    lon: float, lat: float, view: str, disputed: bool
) -> None:
    lines = lines_near(lon, lat)
    assert {"view": view, "disputed": disputed} in lines


def test_the_deepest_tiles_name_towns_and_the_first_ones_no_city() -> None:
    x, y, *_ = tile_of(2.17, 41.39, 6)
    assert "Barcelona" in {city["properties"]["name"] for city in layers(6, x, y)["cities"]["features"]}
    assert "cities" not in layers(0, 0, 0)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Any]]:
    with TestClient(create_app(Settings())) as opened:
        yield opened


def test_a_tile_is_sent_as_stored_and_may_be_cached_for_ever(client: TestClient[Any]) -> None:
    path = f"/basemap/{archive().version}/0/0/0"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-length"] == str(len(archive().tile(0, 0, 0)))
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content == gzip.decompress(archive().tile(0, 0, 0))


@pytest.mark.parametrize(
    ("address", "status"),
    [("6/5/32", 204), ("7/0/0", 404), ("1/2/0", 404), ("1/0/-1", 404), ("0/0/nought", 404)],
)
def test_an_empty_tile_is_204_and_one_outside_the_world_404(
    client: TestClient[Any], address: str, status: int
) -> None:
    assert client.get(f"/basemap/{archive().version}/{address}").status_code == status


def test_the_tiles_of_another_file_are_404(client: TestClient[Any]) -> None:
    assert client.get("/basemap/0123456789ab/0/0/0").status_code == 404


@pytest.mark.parametrize(("theme", "land"), [("light", "#f6f3ec"), ("dark", "#24272d")])
def test_the_style_has_the_colours_of_its_theme(client: TestClient[Any], theme: str, land: str) -> None:
    layers_by_id = {
        layer["id"]: layer
        for layer in client.get("/basemap/style.json", params={"theme": theme}).json()["layers"]
    }
    assert layers_by_id["land"]["paint"]["fill-color"] == land


@pytest.mark.parametrize(
    ("lang", "name", "case"),
    [("en", "Spain", "uppercase"), ("ca", "Espanya", "uppercase"), ("es", "España", "uppercase"),
     ("fr", "Espagne", "uppercase"), ("ar", "إسبانيا", "none"), ("ja", "スペイン", "none")],
)  # fmt: skip
def test_countries_are_named_in_the_requested_language(
    client: TestClient[Any], lang: str, name: str, case: str
) -> None:
    style = client.get("/basemap/style.json", params={"lang": lang}).json()
    layout = next(layer for layer in style["layers"] if layer["id"] == "countries")["layout"]
    field = layout["text-field"]
    assert field[field.index("ES") + 1] == name
    assert layout["text-transform"] == case
    assert (layout["text-letter-spacing"] > 0) == (case == "uppercase")


def test_the_style_loads_nothing_from_other_hosts() -> None:
    with TestClient(create_app(Settings(base_url="https://events.example.org/map"))) as opened:
        style = opened.get("/basemap/style.json").json()
    (source,) = style["sources"].values()
    assert source["tiles"] == [
        f"https://events.example.org/map/basemap/{archive().version}/{{z}}/{{x}}/{{y}}"
    ]
    assert source["attribution"] == "Natural Earth · GeoNames"
    assert "glyphs" not in style
    assert "sprite" not in style


@pytest.mark.parametrize("query", ["theme=sepia", "colour=red", "lang=klingonese"])
def test_an_unknown_parameter_of_the_style_is_refused(client: TestClient[Any], query: str) -> None:
    assert client.get(f"/basemap/style.json?{query}").status_code == 400


def own(folder: Path, layer: dict[str, Any], kind: TileType = TileType.MVT) -> Path:
    """Write a PMTiles file of one tile, with the given metadata."""
    path = folder / "own.pmtiles"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(10, 518, 382), gzip.compress(b""))
        header = {
            "tile_type": kind,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": 20000000, "min_lat_e7": 412000000, "max_lon_e7": 23000000, "max_lat_e7": 415000000,
            "center_zoom": 10, "center_lon_e7": 21500000, "center_lat_e7": 413500000,
        }  # fmt: skip
        writer.finalize(header, layer)
    return path


PROTOMAPS = {"vector_layers": [{"id": name} for name in ("earth", "water", "roads", "places")]}


def test_an_operators_tiles_are_above_the_world_with_their_attribution(tmp_path: Path) -> None:
    settings = Settings(basemap=own(tmp_path, PROTOMAPS), basemap_attribution="© OpenStreetMap contributors")
    with TestClient(create_app(settings)) as opened:
        style = opened.get("/basemap/style.json").json()
        detail = style["sources"]["detail"]
        assert opened.get(urlsplit(detail["tiles"][0].format(z=10, x=518, y=382)).path).status_code == 200
    assert style["sources"]["basemap"]["maxzoom"] == 6
    assert detail["attribution"] == "© OpenStreetMap contributors"
    assert {layer.get("source") for layer in style["layers"]} == {None, "basemap", "detail"}
    assert len({layer["id"] for layer in style["layers"]}) == len(style["layers"])


@pytest.mark.parametrize("body", [b"", b"PMTiles", b"SQLite format 3" + bytes(200)])
def test_a_file_without_tiles_is_refused_at_the_start(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "own.pmtiles"
    path.write_bytes(body)
    with pytest.raises(ValueError, match=r"cannot be read: .*; expected a PMTiles 3 file"):
        Settings(basemap=path)


def test_a_missing_file_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        Settings(basemap=tmp_path / "none.pmtiles")


def test_tiles_with_unknown_layers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the layers soil; expected"):
        Settings(basemap=own(tmp_path, {"vector_layers": [{"id": "soil"}]}))


def test_tiles_that_are_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PNG"):
        Settings(basemap=own(tmp_path, PROTOMAPS, TileType.PNG))


def test_an_operators_style_replaces_ours() -> None:
    with TestClient(create_app(Settings(basemap_style="https://maps.example.org/style.json"))) as opened:
        response = opened.get("/basemap/style.json", follow_redirects=False)
    assert response.status_code == 307
    assert response.headers["location"] == "https://maps.example.org/style.json"


def test_pages_may_load_an_operators_style_and_nothing_else_from_elsewhere() -> None:
    assert Settings(basemap_hosts="https://tiles.example.org").basemap_origins == ()
    settings = Settings(
        basemap_style="https://maps.example.org/style.json", basemap_hosts="https://tiles.example.org"
    )
    header = policy(hosts=settings.basemap_origins)
    assert "connect-src 'self' https://maps.example.org https://tiles.example.org;" in header
    assert "script-src 'self';" in header
    with pytest.raises(ValueError, match="not a host"):
        Settings(basemap_hosts="not a host")


@pytest.mark.parametrize(("view", "views"), [("un", {"both", "un"}), ("facto", {"both", "facto"})])
def test_the_operator_chooses_the_view_of_borders(view: str, views: set[str]) -> None:
    filters = [
        layer["filter"] for layer in style.ground(style.THEMES["light"], view) if "borders" in str(layer)
    ]
    for condition in filters:
        assert {side for side in ("both", "un", "facto") if f"'{side}'" in str(condition)} == views


@pytest.fixture(scope="module")
def atlas() -> TopoSource:
    """Return Natural Earth at the scale that is in geo/."""
    return TopoSource(bundled_json("countries-50m.json"))


def test_no_polygon_of_the_builder_is_broken_inverted_or_beyond_the_world(atlas: TopoSource) -> None:
    drawn = [shape(polygon["geometry"]) for polygon in land(atlas, Scale("50m", 2, 4))]
    assert all(polygon.is_valid for polygon in drawn)
    assert all(polygon.bounds[0] >= -180.31 and polygon.bounds[2] <= 180.31 for polygon in drawn)
    # The land in square degrees, where the whole world is 64,800.
    assert 20_000 < sum(polygon.area for polygon in drawn) < 23_000


def test_a_ring_without_area_is_left_out() -> None:
    arcs = [[[0, 0], [1, 0], [-1, 0]], [[5, 5], [1, 0], [0, 1], [-1, -1]]]
    geometry = {"type": "MultiPolygon", "arcs": [[[0]], [[1]]]}
    source = TopoSource(
        {"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": arcs, "objects": {"land": geometry}}
    )
    (left,) = source.polygons("land")
    assert left.bounds == pytest.approx((5, 5, 6, 6))


@pytest.mark.parametrize(
    ("lon", "lat", "facts"),
    [
        (33.7, 46.13, {"view": "facto", "disputed": True}),
        (-11.0, 27.667, {"view": "un", "disputed": True}),
        (0.5, 42.7, {"view": "both", "disputed": False}),
        (78.0, 35.5, {"view": "both", "disputed": True}),
    ],
)
def test_the_builder_gives_each_line_its_view(
    atlas: TopoSource, lon: float, lat: float, facts: dict[str, Any]
) -> None:
    lines = borders(atlas, Scale("50m", 2, 4))
    facts_nearby = [
        line["properties"] for line in lines if shape(line["geometry"]).distance(Point(lon, lat)) < 0.3
    ]
    assert facts in facts_nearby
