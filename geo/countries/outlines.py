"""Shapes of countries for drawing, label points inside their land, and how far they reach (Natural Earth)."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry import shape as from_mapping
from shapely.geometry.base import BaseGeometry

from geo.countries import topojson
from geo.countries.disputed import divide
from geo.countries.iso_codes import alpha2, sovereign
from geo.countries.lookup import country_at
from geo.data_files import bundled_json
from geo.geometry import DECIMALS
from geo.sphere import EARTH_KM

SHARE = 0.95
_FINE = 0.05  # degrees: about a pixel of a map of a continent
_SPECK = 0.05  # square degrees


class Label(NamedTuple):
    """A point on a country's land, in degrees, and the radius in kilometres that holds 95 % of the land."""

    lon: float
    lat: float
    radius_km: float


@cache
def _shapes() -> dict[str, MultiPolygon]:
    document = bundled_json("countries-50m.json")
    arcs = topojson.decode(document)
    parts: dict[str, list[BaseGeometry]] = {}
    for geometry in document["objects"]["countries"]["geometries"]:
        whole = alpha2(geometry.get("id"))
        for polygon in topojson.polygons(geometry, arcs):
            owner = _owner(polygon, whole)
            for code, part in divide(owner, polygon) if owner else ():
                parts.setdefault(code, []).append(part)
    for feature in bundled_json("islands.geojson")["features"]:
        code = feature["properties"]["code"]
        parts[code] = list(shapely.get_parts(from_mapping(feature["geometry"])))
    return {code: _gather(polygons) for code, polygons in parts.items()}


def _gather(polygons: list[BaseGeometry]) -> MultiPolygon:
    whole = _multi(polygons)
    # Somaliland and Northern Cyprus share an edge with the rest of their country.
    return whole if whole.is_valid else _multi(shapely.get_parts(shapely.union_all(polygons)))


def _multi(polygons: Iterable[BaseGeometry]) -> MultiPolygon:
    return MultiPolygon([polygon for polygon in polygons if isinstance(polygon, Polygon)])


def _owner(polygon: BaseGeometry, whole: str | None) -> str | None:
    # Natural Earth draws French Guiana, Svalbard and the like inside the mother country, and Kosovo
    # and Somaliland without a number: ask country-coder about a point of each polygon.
    inside = polygon.representative_point()
    found = country_at(inside.x, inside.y)
    return found if whole is None or (found and sovereign(found) == whole) else whole


def shape(code: str) -> MultiPolygon | None:
    """Draw a country by its ISO code: a MultiPolygon in degrees, cut at the antimeridian; None if unknown."""
    return _shapes().get(code.upper())


@lru_cache(maxsize=512)
def outline(code: str) -> MultiPolygon | None:
    """Draw a country for a map of a continent or the world: a fifth of the points, without its smaller islands."""
    whole = shape(code)
    if whole is None:
        return None
    drawn = [polygon.simplify(_FINE) for polygon in whole.geoms]
    largest = max(polygon.area for polygon in drawn)
    return _multi(polygon for polygon in drawn if polygon.area >= min(largest, _SPECK))


@lru_cache(maxsize=512)
def label(code: str) -> Label | None:
    """Find a country's label point and extent, or None for a code without land of its own.

    The point is the centroid of the largest polygon where that lies well inside it, else the centre of the
    largest circle inside (Garcia-Castellanos and Lombardo's pole of inaccessibility). The radius holds
    95 % of the land, so that far islands don't blow it up.
    """
    whole = shape(code)
    if whole is None:
        return None
    polygons = sorted(whole.geoms, key=_area, reverse=True)
    lon, lat = _pole(polygons[0])
    return Label(round(lon, DECIMALS), round(lat, DECIMALS), _reach(polygons, lon, lat))


def _area(polygon: BaseGeometry) -> float:
    return float(polygon.area * np.cos(np.radians(polygon.centroid.y)))


def _pole(polygon: Polygon) -> tuple[float, float]:
    shrink = max(0.05, float(np.cos(np.radians(polygon.centroid.y))))
    flat = affinity.scale(polygon, xfact=shrink, yfact=1.0, origin=(0.0, 0.0))
    circle = shapely.maximum_inscribed_circle(flat, tolerance=0.01 * float(np.sqrt(flat.area)))
    centre = flat.centroid
    lon, lat = circle.coords[0]
    if flat.contains(centre) and flat.exterior.distance(centre) > 0.4 * circle.length:
        lon, lat = centre.x, centre.y
    return lon / shrink, lat


def _reach(polygons: list[Polygon], lon: float, lat: float) -> float:
    total = sum(map(_area, polygons))
    distances, weights = [], []
    for polygon in polygons:
        if _area(polygon) < 0.002 * total:
            continue
        xy = _grid(polygon)
        distances.append(_distances(lon, lat, xy))
        weights.append(np.full(len(xy), _area(polygon) / len(xy)))
    far, weight = np.concatenate(distances), np.concatenate(weights)
    order = np.argsort(far)
    held = np.cumsum(weight[order]) / weight.sum()
    return max(1.0, round(float(far[order][np.searchsorted(held, SHARE)]), 1))


def _grid(polygon: BaseGeometry, steps: int = 24) -> topojson.Arc:
    west, south, east, north = polygon.bounds
    x, y = np.meshgrid(np.linspace(west, east, steps), np.linspace(south, north, steps))
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, x.ravel(), y.ravel())
    points: topojson.Arc = np.column_stack([x.ravel()[inside], y.ravel()[inside]])
    return points if len(points) else shapely.get_coordinates(polygon)


def _distances(lon: float, lat: float, xy: topojson.Arc) -> topojson.Arc:
    a, b = np.radians(lat), np.radians(xy[:, 1])
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(xy[:, 0] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(1, np.sqrt(half))))
