"""Countries of many points at once: as `country_at` answers one by one, at a fraction of the time."""

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
import shapely

from geo.countries.lookup import MAX_OFFSHORE_KM, borders, nearest_country
from geo.geometry import checked_point
from geo.sphere import around

_SEA = 2  # degrees of a cell that may be all high seas


def countries_at(points: Sequence[tuple[float, float]]) -> list[str | None]:
    """Find the country of each point (lon, lat in degrees) as `geo.countries.lookup.country_at` does.

    Raises BadPoint for numbers that are not finite or out of range.
    """
    if not points:
        return []
    for lon, lat in points:
        checked_point(lon, lat)
    found = borders()
    number = _smallest(np.asarray(points, dtype=float))
    return [
        found.codes[one] if one >= 0 else _offshore(lon, lat)
        for one, (lon, lat) in zip(number.tolist(), points, strict=True)
    ]


def _smallest(
    at: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number the smallest polygon that holds each point; -1 where none does."""
    found = borders()
    lons, lats = at[:, 0], at[:, 1]
    rows, numbers = found.tree.query(shapely.points(lons, lats))
    order = np.argsort(numbers, kind="stable")
    rows, numbers = rows[order], numbers[order]
    best = np.full(len(at), -1, dtype=np.int64)
    least = np.full(len(at), np.inf)
    edges = [*np.flatnonzero(np.diff(numbers, prepend=-1)).tolist(), len(numbers)]
    for start, end in pairwise(edges):
        number, some = int(numbers[start]), rows[start:end]
        polygon, area = _prepared()[number]
        better = some[shapely.intersects_xy(polygon, lons[some], lats[some]) & (area < least[some])]
        best[better], least[better] = number, area
    return best


@cache
def _prepared() -> list[tuple[shapely.Geometry, float]]:
    polygons = borders().polygons
    shapely.prepare(polygons)
    return [(polygon, polygon.area) for polygon in polygons]


def _offshore(lon: float, lat: float) -> str | None:
    return None if _high_seas(math.floor(lon / _SEA), math.floor(lat / _SEA)) else nearest_country(lon, lat)


@lru_cache(maxsize=20_000)
def _high_seas(x: int, y: int) -> bool:
    """Tell whether no border lies in reach of any point of a cell."""
    half = _SEA / 2
    corner_km = 160.0 * half  # no farther from the middle of a cell to its corners than at the equator
    reach = around(x * _SEA + half, y * _SEA + half, MAX_OFFSHORE_KM + corner_km)
    parts = (shapely.box(part.west, part.south, part.east, part.north) for part in reach.parts())
    return not any(len(borders().tree.query(part)) for part in parts)
