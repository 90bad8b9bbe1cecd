"""Points and geometries are checked, repaired and rounded."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box, shape

from geo.errors import BadGeometry, BadPoint
from geo.geometry import (
    checked_point,
    from_geojson,
    repair,
    representative_point,
    round_coordinates,
    to_geojson,
)


@pytest.mark.parametrize(
    ("lon", "lat"), [(math.nan, 0), (0, math.inf), (180.1, 0), (0, -90.1), ("x", 0), (None, 0), (10**400, 0)]
)
def test_a_point_out_of_range_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(BadPoint):
        checked_point(lon, lat)


def test_the_limits_of_the_range_are_accepted() -> None:
    assert checked_point(-180, 90) == (-180.0, 90.0)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "Feature", "geometry": None},
        {"type": "Point"},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Point", "coordinates": [200, 0]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": 7},
        {"type": ["Point"], "coordinates": [0, 0]},
        [],
        None,
    ],
)
def test_an_invalid_document_is_refused(document: object) -> None:
    with pytest.raises(BadGeometry):
        from_geojson(document)  # type: ignore[arg-type]  # what a client may send


def test_a_bow_tie_becomes_two_triangles() -> None:
    geometry = from_geojson({"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]})
    assert geometry.is_valid
    assert geometry.area == pytest.approx(2.0)


def test_repair_returns_a_valid_geometry_unchanged() -> None:
    square = box(0, 0, 1, 1)
    assert repair(square) is square


def test_outer_rings_are_written_anticlockwise() -> None:
    clockwise = Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    assert shapely.is_ccw(shapely.get_exterior_ring(shape(to_geojson(clockwise))))


def test_written_coordinates_have_five_decimals() -> None:
    assert to_geojson(shape({"type": "Point", "coordinates": [1.23456789, -0.0000001]})) == {
        "type": "Point",
        "coordinates": [1.23457, 0.0],
    }


def test_rounding_reaches_nested_coordinates_and_leaves_no_minus_zero() -> None:
    rounded = round_coordinates(((1.000004, -0.000001), [(2.5,)]))
    assert str(rounded) == "[[1.0, 0.0], [[2.5]]]"


@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(0.01, 5), st.floats(0.01, 5))
def test_a_rectangle_is_the_same_after_writing_and_reading(
    west: float, south: float, width: float, height: float
) -> None:
    square = box(west, south, west + width, south + height)
    assert from_geojson(to_geojson(square)).symmetric_difference(square).area < 1e-4


def test_the_representative_point_of_a_ring_is_on_the_ring() -> None:
    ring = box(0, 0, 9, 9).difference(box(1, 1, 8, 8))
    lon, lat = representative_point(ring)
    assert ring.covers(shape({"type": "Point", "coordinates": [lon, lat]}))
