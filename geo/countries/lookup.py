"""The country of a point: inside its borders, or nearest off its coast.

Codes are ISO 3166-1 alpha-2, with XK for Kosovo. The borders are read on first use, not on import.
"""

import math
from functools import cache, lru_cache
from typing import NamedTuple

import shapely
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from geo.countries.disputed import divide
from geo.countries.iso_codes import code_of
from geo.data_files import bundled_json
from geo.geometry import checked_point, repair
from geo.sphere import around, distance_km

MAX_OFFSHORE_KM = 200.0
CELLS_PER_DEGREE = 4


class Borders(NamedTuple):
    """country-coder's polygons and the ISO code of each, in the same order, and their spatial index."""

    codes: list[str]
    polygons: list[BaseGeometry]
    tree: shapely.STRtree


@cache
def borders() -> Borders:
    """Return the borders of all countries; most polygons reach far out to sea and must never be drawn."""
    codes: list[str] = []
    polygons: list[BaseGeometry] = []
    for feature in bundled_json("borders.json")["features"]:
        if feature["geometry"] and (code := code_of(feature["properties"])):
            for polygon in shapely.get_parts(repair(shape(feature["geometry"]))):
                for owner, part in divide(code, polygon):
                    codes.append(owner)
                    polygons.append(part)
    return Borders(codes, polygons, shapely.STRtree(polygons))


def country_at(lon: float, lat: float) -> str | None:
    """Return the country at a point in degrees, or the nearest one within 200 km; None on the high seas.

    A territory with its own code (`PR`, `GF`) is returned, not its sovereign. Disputed land is counted as the
    United Nations count it (see geo.countries.disputed). Of GeoNames' 234,908 places, 99.9 % are in the country
    that GeoNames names; the borders are accurate to about a kilometre.
    Raises BadPoint for numbers that are not finite or out of range.
    """
    lon, lat = checked_point(lon, lat)
    code = only_country_of_cell(math.floor(lon * CELLS_PER_DEGREE), math.floor(lat * CELLS_PER_DEGREE))
    if code:
        return code
    table = borders()
    hits = table.tree.query(Point(lon, lat), predicate="intersects")
    if len(hits) == 1:
        return table.codes[int(hits[0])]
    if len(hits):
        # Where rough polygons overlap (an enclave and the country around it), the smaller one is more accurate.
        return table.codes[int(min(hits, key=lambda number: table.polygons[number].area))]
    return nearest_country(lon, lat)


@lru_cache(maxsize=50_000)
def only_country_of_cell(x: int, y: int) -> str | None:
    """Return the country whose one polygon covers a quarter-degree cell with no other near; else None."""
    table = borders()
    west, south, size = x / CELLS_PER_DEGREE, y / CELLS_PER_DEGREE, 1 / CELLS_PER_DEGREE
    cell = shapely.box(west, south, west + size, south + size)
    hits = table.tree.query(cell, predicate="intersects")
    if len(hits) != 1 or not table.polygons[int(hits[0])].contains(cell):
        return None
    return table.codes[int(hits[0])]


def nearest_country(lon: float, lat: float) -> str | None:
    """Return the country whose border is nearest to a point in degrees, within 200 km; else None."""
    # A degree of longitude shrinks towards the poles, and longitudes jump at the antimeridian. The index only
    # selects polygons within reach; the distance in kilometres decides.
    table = borders()
    nearest, least_km = None, MAX_OFFSHORE_KM
    for part in around(lon, lat, MAX_OFFSHORE_KM).parts():
        numbers = table.tree.query(shapely.box(part.west, part.south, part.east, part.north))
        turned = lon + 360.0 * round(((part.west + part.east) / 2 - lon) / 360.0)
        shores = shapely.shortest_line(table.tree.geometries[numbers], Point(turned, lat))
        for number, shore in zip(numbers, shapely.get_coordinates(shores)[::2], strict=True):
            if (km := distance_km(lon, lat, *shore)) <= least_km:
                nearest, least_km = table.codes[number], km
    return nearest
