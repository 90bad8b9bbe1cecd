"""The world's tiles: what lies on land at every zoom, borders, labels, the style and its settings."""

import gzip
import math
from functools import cache
from typing import Any

import mapbox_vector_tile
import pytest
from shapely.geometry import Point, shape

from timeline.web.basemap.archive import archive

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
    "Chukotka beside it": (-179.95, 67.5),
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
    """Find the tile of a point, and where the point lies in it, in 4096ths from its lower left."""
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return int(x), int(y), x % 1 * 4096, 4096 - y % 1 * 4096


@cache
def layers(zoom: int, x: int, y: int) -> dict[str, Any]:
    body = archive().tile(zoom, x, y)
    found: dict[str, Any] = mapbox_vector_tile.decode(gzip.decompress(body)) if body else {}
    return found


def on_land(lon: float, lat: float, zoom: int) -> bool:
    x, y, across, up = tile_of(lon, lat, zoom)
    layer = layers(zoom, x, y).get("land", {"extent": 4096, "features": []})
    spot = Point(across * layer["extent"] / 4096, up * layer["extent"] / 4096)
    return any(shape(one["geometry"]).buffer(0).intersects(spot) for one in layer["features"])


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("name", LAND)
def test_land_is_land_at_every_zoom(name: str, zoom: int) -> None:
    assert on_land(*LAND[name], zoom)


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("name", SEA)
def test_sea_is_sea_at_every_zoom(name: str, zoom: int) -> None:
    assert not on_land(*SEA[name], zoom)
