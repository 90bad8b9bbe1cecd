"""A geometry is read from text, and becomes a point with a radius and a precision."""

import pytest
import shapely

from geo.errors import BadGeometry
from geo.shape_extent import extent, is_shape, precision_of_radius, shape_from_text


@pytest.mark.parametrize("text", ["Pointe (de la Rance)", "POLYGON", "41.3, 2.1", "0123456789abcdef"])
def test_other_texts_are_not_shapes(text: str) -> None:
    assert not is_shape(text)


@pytest.mark.parametrize("text", ["POINT (2 41)", "SRID=4326;POINT (2 41)", shapely.Point(2, 41).wkb_hex])
def test_wkt_and_hexadecimal_wkb_are_shapes(text: str) -> None:
    assert is_shape(text)
    assert shape_from_text(text) == shapely.Point(2, 41)


def test_malformed_wkt_is_an_error_with_an_example() -> None:
    with pytest.raises(BadGeometry, match=r"malformed geometry: .*; expected WKT .* POINT\(4\.35 50\.85\)"):
        shape_from_text("LINESTRING (2.1 41.3, 2.2")


def test_a_shape_in_metres_is_an_error() -> None:
    with pytest.raises(BadGeometry, match="EPSG:25831; expected degrees"):
        shape_from_text("SRID=25831;POINT (430000 4580000)")


def test_a_point_has_no_radius() -> None:
    assert extent(shapely.Point(2, 41)) == (2, 41, 0)


def test_a_line_reaches_the_corners_of_its_box() -> None:
    assert extent(shapely.LineString([(0, 0), (1, 0), (2, 0)])) == (1, 0, 111.2)


@pytest.mark.parametrize(
    ("radius_km", "precision"),
    [(0.1, "point"), (2, "neighbourhood"), (10, "city"), (50, "admin2"), (200, "admin1"), (900, "country")],
)
def test_the_precision_follows_from_the_radius(radius_km: float, precision: str) -> None:
    assert precision_of_radius(radius_km) == precision
