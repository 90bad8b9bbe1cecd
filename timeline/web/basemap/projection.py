"""Positions on a still map: Web Mercator, one copy of the world, cropped to what there is to show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

TILE = 512  # pixels of the world at zoom 0
MAX_ZOOM = 5.5  # closer, a still picture would show no country's outline
_STEPS_PER_ZOOM = 4  # zooms are rounded, so that the paths of tiles can be cached
_MAX_LATITUDE = 85.05112878  # degrees: the edge of Web Mercator's square
_CENTRE = (12.0, 28.0)  # lon, lat of the middle of an empty map
_MARGIN_PIXELS = 36  # around the points that a window shows


def mercator(lat: float) -> float:
    """Return a latitude (degrees) in Web Mercator, from 0 in the north to 1 in the south."""
    clamped = math.radians(max(-_MAX_LATITUDE, min(_MAX_LATITUDE, lat)))
    return (1 - math.asinh(math.tan(clamped)) / math.pi) / 2


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of `width` by `height` pixels onto the world at a zoom; `left` and `top` are in the world's pixels."""

    width: int
    height: int
    zoom: float
    left: float
    top: float

    @property
    def world(self) -> float:
        """Return the width of the world in pixels."""
        return float(TILE * 2**self.zoom)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the pixels of a point (degrees) in the window, on the copy of the world nearest its middle."""
        x = (lon + 180) / 360 * self.world - self.left
        x -= self.world * round((x - self.width / 2) / self.world)
        return round(x, 1), round(mercator(lat) * self.world - self.top, 1)


def fit(points: Sequence[tuple[float, float]], width: int, height: int) -> Frame:
    """Return the closest window that shows all points (lon, lat in degrees) with a margin.

    It shows the world at most once if every point fits; without points it shows all of it.
    """
    world_zoom = math.log2(width / TILE)
    if not points:
        return _centred(*_CENTRE, Frame(width, height, _rounded_zoom(world_zoom), 0, 0))
    west, span = _arc([lon for lon, _ in points])
    ys = [mercator(lat) for _, lat in points]
    across = _zoom((width - 2 * _MARGIN_PIXELS) / TILE, span / 360)
    down = _zoom((height - 2 * _MARGIN_PIXELS) / TILE, max(ys) - min(ys))
    zoom = _rounded_zoom(min(max(across, world_zoom), down, MAX_ZOOM))
    north = (min(ys) + max(ys)) / 2
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * north))))
    # A window as wide as the world is centred so that its edges are in the Pacific.
    lon = _CENTRE[0] if zoom <= world_zoom else west + span / 2
    return _centred(lon, lat, Frame(width, height, zoom, 0, 0))


def _arc(lons: list[float]) -> tuple[float, float]:
    """Return the shortest arc that contains all longitudes, as its west end and its degrees to the east."""
    ordered = sorted(set(lons))
    gaps = [
        (after - before, after)
        for before, after in zip(ordered, [*ordered[1:], ordered[0] + 360], strict=True)
    ]
    widest, west = max(gaps)
    return west, 360 - widest


def _zoom(room: float, share: float) -> float:
    return math.log2(room / share) if share > 0 else MAX_ZOOM


def _rounded_zoom(zoom: float) -> float:
    return math.floor(zoom * _STEPS_PER_ZOOM) / _STEPS_PER_ZOOM


def _centred(lon: float, lat: float, frame: Frame) -> Frame:
    x, y = (lon + 180) / 360 * frame.world, mercator(lat) * frame.world
    top = y - frame.height / 2
    # There is no map above and below Web Mercator's square.
    top = max(0.0, min(top, frame.world - frame.height)) if frame.world > frame.height else top
    return Frame(frame.width, frame.height, frame.zoom, x - frame.width / 2, top)
