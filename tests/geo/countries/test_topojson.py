"""TopoJSON is decoded, and cut at the antimeridian."""

from itertools import pairwise
from typing import Any

import pytest
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.countries.topojson import decode, polygons
from geo.geometry import repair


def _topology(*rings: list[tuple[int, int]]) -> dict[str, Any]:
    arcs = []
    for ring in rings:
        steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(ring)]
        arcs.append([list(ring[0]), *map(list, steps)])
    return {"transform": {"scale": [1.0, 1.0], "translate": [0.0, 0.0]}, "arcs": arcs}


def _area(*rings: list[tuple[int, int]]) -> BaseGeometry:
    geometry = {"type": "Polygon", "arcs": [[number] for number in range(len(rings))]}
    return shapely.union_all(polygons(geometry, decode(_topology(*rings))))


def test_arcs_are_sums_of_steps_scaled_and_translated() -> None:
    topology = {
        "transform": {"scale": [0.5, 2.0], "translate": [10.0, 0.0]},
        "arcs": [[[0, 0], [2, 1], [2, -1]]],
    }
    assert decode(topology)[0].tolist() == [[10.0, 0.0], [11.0, 2.0], [12.0, 0.0]]


def test_a_reversed_arc_is_joined_to_a_forward_arc() -> None:
    topology = _topology([(0, 0), (4, 0), (4, 4)], [(0, 0), (0, 4), (4, 4)])
    parts = polygons({"type": "Polygon", "arcs": [[0, ~1]]}, decode(topology))
    assert [polygon.area for polygon in parts] == [16.0]


def test_a_ring_across_the_antimeridian_is_cut_in_two() -> None:
    area = _area([(170, 0), (-170, 0), (-170, 10), (170, 10), (170, 0)])
    assert area.area == 200.0
    assert area.bounds == (-180.0, 0.0, 180.0, 10.0)
    assert not area.covers(Point(0, 5))


def test_a_hole_across_the_antimeridian_stays_a_hole() -> None:
    area = _area(
        [(160, 0), (-160, 0), (-160, 10), (160, 10), (160, 0)],
        [(-175, 2), (-175, 8), (175, 8), (175, 2), (-175, 2)],
    )
    assert area.area == pytest.approx(400.0 - 60.0)
    assert not area.covers(Point(179, 5))


def test_a_ring_around_the_pole_is_closed_along_it() -> None:
    area = _area([(-180, -70), (-90, -70), (0, -70), (90, -70), (180, -70)])
    assert repair(area).covers(Point(33, -85))
    assert area.bounds == (-180.0, -90.0, 180.0, -70.0)
