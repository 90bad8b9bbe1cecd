"""Decode TopoJSON to Shapely polygons, and cut rings that cross the antimeridian."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.geometry import repair

Arc = NDArray[np.float64]
"""An array of shape (points, 2): lon, lat in degrees."""


def decode(topology: Mapping[str, Any]) -> list[Arc]:
    """Return the arcs of a topology in degrees, without its delta coding and quantisation."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.asarray(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def polygons(geometry: Mapping[str, Any], arcs: list[Arc]) -> list[BaseGeometry]:
    """Return the polygons of a TopoJSON object, each valid and within -180 … 180; none for other types."""
    kind = geometry.get("type")
    if kind == "Polygon":
        outlines = [geometry["arcs"]]
    elif kind == "MultiPolygon":
        outlines = geometry["arcs"]
    else:
        return []
    parts: list[BaseGeometry] = []
    for outline in outlines:
        parts.extend(_cut([_ring(ring, arcs) for ring in outline]))
    return parts


def _ring(indexes: list[int], arcs: list[Arc]) -> Arc:
    # Index ~i means arc i backwards; each arc begins where the previous one ended (TopoJSON, 2.1.4).
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indexes]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _cut(rings: list[Arc]) -> list[BaseGeometry]:
    outer, *inner = [_unwrap(ring) for ring in rings]
    # Each ring is unwrapped from its own first point: move holes to the same turn of the globe as their shell.
    holes = [np.add(hole, [_turns(outer, hole) * 360.0, 0.0]) for hole in inner]
    polygon = repair(Polygon(outer, holes))
    parts = []
    for turn in (-1, 0, 1):
        window = shapely.box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        part = polygon.intersection(window)
        if part.area > 0:
            parts.append(affinity.translate(part, xoff=-360.0 * turn))
    return [single for part in parts for single in shapely.get_parts(part) if single.area > 0]


def _unwrap(ring: Arc) -> Arc:
    lon = np.degrees(np.unwrap(np.radians(ring[:, 0])))
    unwrapped = np.column_stack([lon, ring[:, 1]])
    if abs(lon[-1] - lon[0]) > 180:
        # The ring goes round a pole (Antarctica): close it along the pole.
        pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
        unwrapped = np.concatenate([unwrapped, [[lon[-1], pole], [lon[0], pole], unwrapped[0]]])
    return unwrapped


def _turns(shell: Arc, hole: Arc) -> float:
    return float(np.round((shell[:, 0].mean() - hole[:, 0].mean()) / 360.0))
