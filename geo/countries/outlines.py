"""Shapes of countries for drawing, a label point on their land, and how far they reach (Natural Earth)."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from geo.countries import topojson
from geo.countries.disputed import divide
from geo.countries.iso_codes import alpha2, sovereign
from geo.countries.lookup import country_at
from geo.data_files import bundled_json
from geo.geometry import DECIMALS
from geo.sphere import EARTH_KM

SHARE_OF_LAND_IN_RADIUS = 0.95
SIMPLIFY_DEGREES = 0.05  # about a pixel on a map of a continent
MIN_SQUARE_DEGREES_DRAWN = 0.05
MIN_SHARE_OF_LAND_MEASURED = 0.002  # smaller islands do not change the radius
GRID_STEPS = 24


class CountryLabel(NamedTuple):
    """A point on a country's land, in degrees, and the radius in kilometres of 95 % of the land around it."""

    lon: float
    lat: float
    radius_km: float


def country_shape(code: str) -> MultiPolygon | None:
    """Return a country's land by ISO code, in degrees, cut at the antimeridian; None if unknown."""
    return _country_shapes().get(code.upper())


@cache
def _country_shapes() -> dict[str, MultiPolygon]:
    document = bundled_json("countries-50m.json")
    arcs = topojson.decode(document)
    parts: dict[str, list[BaseGeometry]] = {}
    for geometry in document["objects"]["countries"]["geometries"]:
        country = alpha2(geometry.get("id"))
        for polygon in topojson.polygons(geometry, arcs):
            owner = _owner(polygon, country)
            for code, part in divide(owner, polygon) if owner else ():
                parts.setdefault(code, []).append(part)
    for feature in bundled_json("islands.geojson")["features"]:
        code = feature["properties"]["code"]
        parts[code] = list(shapely.get_parts(shape(feature["geometry"])))
    return {code: _joined(polygons) for code, polygons in parts.items()}


def _owner(polygon: BaseGeometry, country: str | None) -> str | None:
    # Natural Earth draws French Guiana, Svalbard and others as part of their sovereign, and Kosovo and Somaliland
    # without a number: look up a point of each polygon in country-coder's borders.
    inside = polygon.representative_point()
    code = country_at(inside.x, inside.y)
    return code if country is None or (code and sovereign(code) == country) else country


def _joined(polygons: list[BaseGeometry]) -> MultiPolygon:
    joined = _multi(polygons)
    # Somaliland and Northern Cyprus share an edge with the main part of their country.
    return joined if joined.is_valid else _multi(shapely.get_parts(shapely.union_all(polygons)))


def _multi(polygons: Iterable[BaseGeometry]) -> MultiPolygon:
    return MultiPolygon([polygon for polygon in polygons if isinstance(polygon, Polygon)])


@lru_cache(maxsize=512)
def simplified_shape(code: str) -> MultiPolygon | None:
    """Return a country's land for a map of a continent or the world: a fifth of the points, no small islands."""
    land = country_shape(code)
    if land is None:
        return None
    polygons = [polygon.simplify(SIMPLIFY_DEGREES) for polygon in land.geoms]
    min_area = min(max(polygon.area for polygon in polygons), MIN_SQUARE_DEGREES_DRAWN)
    return _multi(polygon for polygon in polygons if polygon.area >= min_area)


@lru_cache(maxsize=512)
def country_label(code: str) -> CountryLabel | None:
    """Return a country's label point and radius, or None for a code without land.

    The point is the centroid of the largest polygon if that is well inside it, else the centre of the largest
    circle inside it (the pole of inaccessibility of Garcia-Castellanos and Lombardo). The radius covers 95 % of the
    land, so that remote islands do not inflate it.
    """
    land = country_shape(code)
    if land is None:
        return None
    polygons = sorted(land.geoms, key=_area, reverse=True)
    lon, lat = _centre(polygons[0])
    return CountryLabel(round(lon, DECIMALS), round(lat, DECIMALS), _radius(polygons, lon, lat))


def _area(polygon: BaseGeometry) -> float:
    return float(polygon.area * np.cos(np.radians(polygon.centroid.y)))


def _centre(polygon: Polygon) -> tuple[float, float]:
    shrink = max(0.05, float(np.cos(np.radians(polygon.centroid.y))))
    flat = affinity.scale(polygon, xfact=shrink, yfact=1.0, origin=(0.0, 0.0))
    circle = shapely.maximum_inscribed_circle(flat, tolerance=0.01 * float(np.sqrt(flat.area)))
    centroid = flat.centroid
    lon, lat = circle.coords[0]
    if flat.contains(centroid) and flat.exterior.distance(centroid) > 0.4 * circle.length:
        lon, lat = centroid.x, centroid.y
    return lon / shrink, lat


def _radius(polygons: list[Polygon], lon: float, lat: float) -> float:
    total = sum(map(_area, polygons))
    distances, weights = [], []
    for polygon in polygons:
        if _area(polygon) < MIN_SHARE_OF_LAND_MEASURED * total:
            continue
        points = _grid(polygon)
        distances.append(_distances_km(lon, lat, points))
        weights.append(np.full(len(points), _area(polygon) / len(points)))
    km, weight = np.concatenate(distances), np.concatenate(weights)
    order = np.argsort(km)
    covered = np.cumsum(weight[order]) / weight.sum()
    return max(1.0, round(float(km[order][np.searchsorted(covered, SHARE_OF_LAND_IN_RADIUS)]), 1))


def _grid(polygon: BaseGeometry) -> topojson.Arc:
    """Return points (lon, lat in degrees) that cover a polygon evenly; its corners if it is too thin for any."""
    west, south, east, north = polygon.bounds
    x, y = np.meshgrid(np.linspace(west, east, GRID_STEPS), np.linspace(south, north, GRID_STEPS))
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, x.ravel(), y.ravel())
    points: topojson.Arc = np.column_stack([x.ravel()[inside], y.ravel()[inside]])
    return points if len(points) else shapely.get_coordinates(polygon)


def _distances_km(lon: float, lat: float, points: topojson.Arc) -> topojson.Arc:
    a, b = np.radians(lat), np.radians(points[:, 1])
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(points[:, 0] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(1, np.sqrt(half))))
