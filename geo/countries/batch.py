"""The countries of many points at once: the answers of `country_at`, at a fraction of its time."""

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
import shapely

from geo.countries.lookup import MAX_OFFSHORE_KM, borders, nearest_country
from geo.geometry import checked_point
from geo.sphere import around

SEA_CELL_DEGREES = 2
_KM_PER_DEGREE_OF_DIAGONAL = 160.0  # at the equator; less elsewhere


def countries_at(points: Sequence[tuple[float, float]]) -> list[str | None]:
    """Return the country of each point (lon, lat in degrees), as `geo.countries.lookup.country_at` does.

    Raises BadPoint for numbers that are not finite or out of range.
    """
    if not points:
        return []
    for lon, lat in points:
        checked_point(lon, lat)
    codes = borders().codes
    numbers = _smallest_polygons(np.asarray(points, dtype=float))
    return [
        codes[number] if number >= 0 else _offshore(lon, lat)
        for number, (lon, lat) in zip(numbers.tolist(), points, strict=True)
    ]


def _smallest_polygons(
    points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the number of the smallest polygon around each point (rows of lon, lat); -1 if there is none."""
    lons, lats = points[:, 0], points[:, 1]
    rows, numbers = borders().tree.query(shapely.points(lons, lats))
    order = np.argsort(numbers, kind="stable")
    rows, numbers = rows[order], numbers[order]
    smallest = np.full(len(points), -1, dtype=np.int64)
    areas = np.full(len(points), np.inf)
    edges = [*np.flatnonzero(np.diff(numbers, prepend=-1)).tolist(), len(numbers)]
    for start, end in pairwise(edges):
        number, nearby = int(numbers[start]), rows[start:end]
        polygon, area = _prepared()[number]
        smaller = nearby[shapely.intersects_xy(polygon, lons[nearby], lats[nearby]) & (area < areas[nearby])]
        smallest[smaller], areas[smaller] = number, area
    return smallest


@cache
def _prepared() -> list[tuple[shapely.Geometry, float]]:
    polygons = borders().polygons
    shapely.prepare(polygons)
    return [(polygon, polygon.area) for polygon in polygons]


def _offshore(lon: float, lat: float) -> str | None:
    if _is_high_seas(math.floor(lon / SEA_CELL_DEGREES), math.floor(lat / SEA_CELL_DEGREES)):
        return None
    return nearest_country(lon, lat)


@lru_cache(maxsize=20_000)
def _is_high_seas(x: int, y: int) -> bool:
    """Return whether every point of a cell is more than 200 km from any border."""
    half = SEA_CELL_DEGREES / 2
    corner_km = _KM_PER_DEGREE_OF_DIAGONAL * half
    reach = around(x * SEA_CELL_DEGREES + half, y * SEA_CELL_DEGREES + half, MAX_OFFSHORE_KM + corner_km)
    parts = (shapely.box(part.west, part.south, part.east, part.north) for part in reach.parts())
    return not any(len(borders().tree.query(part)) for part in parts)
