"""TopoJSON to Shapely, with rings that cross the antimeridian cut at it."""

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


def decode(topology: Mapping[str, Any]) -> list[Arc]:
    """Undo the delta coding and the quantisation of a topology's arcs: arrays of lon, lat in degrees."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.asarray(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def polygons(geometry: Mapping[str, Any], arcs: list[Arc]) -> list[BaseGeometry]:
    """Build the polygons of one TopoJSON object, each valid, within -180 … 180 and in its own right."""
    kind = geometry.get("type")
    if kind == "Polygon":
        outlines = [geometry["arcs"]]
    elif kind == "MultiPolygon":
        outlines = geometry["arcs"]
    else:
        return []
    made: list[BaseGeometry] = []
    for outline in outlines:
        made.extend(_cut([_ring(ring, arcs) for ring in outline]))
    return made


def _ring(indexes: list[int], arcs: list[Arc]) -> Arc:
    # An index ~i means arc i backwards; each arc begins where the one before it ended (TopoJSON, 2.1.4).
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indexes]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _cut(rings: list[Arc]) -> list[BaseGeometry]:
    unwrapped = [_unwrap(ring) for ring in rings]
    outer = unwrapped[0]
    # A hole is unwrapped from its own first point: bring it to the same turn of the globe as its shell.
    holes = [np.add(hole, [_turns(outer, hole) * 360.0, 0.0]) for hole in unwrapped[1:]]
    whole = repair(Polygon(outer, holes))
    parts = []
    for turn in (-1, 0, 1):
        window = shapely.box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        part = whole.intersection(window)
        if part.area > 0:
            parts.append(affinity.translate(part, xoff=-360.0 * turn))
    return [polygon for part in parts for polygon in shapely.get_parts(part) if polygon.area > 0]


def _unwrap(ring: Arc) -> Arc:
    lon = np.degrees(np.unwrap(np.radians(ring[:, 0])))
    turned = np.column_stack([lon, ring[:, 1]])
    if abs(lon[-1] - lon[0]) > 180:
        # The ring goes round a pole (Antarctica): close it along the pole.
        pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
        turned = np.concatenate([turned, [[lon[-1], pole], [lon[0], pole], turned[0]]])
    return turned


def _turns(shell: Arc, hole: Arc) -> float:
    return float(np.round((shell[:, 0].mean() - hole[:, 0].mean()) / 360.0))
