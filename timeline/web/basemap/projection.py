"""Where things stand on a drawn map: Web Mercator, one turn of the globe, cut where there is nothing to show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

TILE = 512  # pixels of the world at zoom 0
CLOSEST = 5.5  # beyond this a still picture shows no more of a country's outline
_STEPS = 4  # zooms are a multiple of a quarter, so that drawn tiles can be kept
_EVEREST = 85.05112878  # degrees: where Web Mercator's square ends
_MIDDLE = (12.0, 28.0)  # lon, lat: what an empty map shows the middle of


def mercator(lat: float) -> float:
    """Project a latitude in degrees onto 0 (north) to 1 (south)."""
    clamped = math.radians(max(-_EVEREST, min(_EVEREST, lat)))
    return (1 - math.asinh(math.tan(clamped)) / math.pi) / 2


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of `width` by `height` pixels onto the world at a zoom; `left` and `top` in that world's pixels."""

    width: int
    height: int
    zoom: float
    left: float
    top: float

    @property
    def world(self) -> float:
        """Give the width of the whole world in pixels."""
        return float(TILE * 2**self.zoom)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Place a point (degrees) in the window, in the turn of the globe that the window shows."""
        x = (lon + 180) / 360 * self.world - self.left
        x -= self.world * round((x - self.width / 2) / self.world)
        return round(x, 1), round(mercator(lat) * self.world - self.top, 1)


def fit(points: Sequence[tuple[float, float]], width: int, height: int, margin: int = 36) -> Frame:
    """Choose the closest window that shows all points (lon, lat in degrees) with a margin in pixels.

    It shows the world at most once where that has room for every point; without points, all of it.
    """
    whole = math.log2(width / TILE)
    if not points:
        return _around(*_MIDDLE, Frame(width, height, _step(whole), 0, 0))
    west, span = _arc([lon for lon, _ in points])
    ys = [mercator(lat) for _, lat in points]
    across = _zoom((width - 2 * margin) / TILE, span / 360)
    down = _zoom((height - 2 * margin) / TILE, max(ys) - min(ys))
    zoom = _step(min(max(across, whole), down, CLOSEST))
    north = (min(ys) + max(ys)) / 2
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * north))))
    # Where the whole world is in sight, the seam may as well run through the Pacific.
    lon = _MIDDLE[0] if zoom <= whole else west + span / 2
    return _around(lon, lat, Frame(width, height, zoom, 0, 0))


def _arc(lons: list[float]) -> tuple[float, float]:
    """Find the shortest arc that holds all longitudes: (west, degrees to the east of it)."""
    ordered = sorted(set(lons))
    gaps = [
        (after - before, after)
        for before, after in zip(ordered, [*ordered[1:], ordered[0] + 360], strict=True)
    ]
    widest, west = max(gaps)
    return west, 360 - widest


def _zoom(room: float, share: float) -> float:
    return math.log2(room / share) if share > 0 else CLOSEST


def _step(zoom: float) -> float:
    return math.floor(zoom * _STEPS) / _STEPS


def _around(lon: float, lat: float, frame: Frame) -> Frame:
    x, y = (lon + 180) / 360 * frame.world, mercator(lat) * frame.world
    top = y - frame.height / 2
    # Above and below the square there is nothing to show.
    top = max(0.0, min(top, frame.world - frame.height)) if frame.world > frame.height else top
    return Frame(frame.width, frame.height, frame.zoom, x - frame.width / 2, top)
