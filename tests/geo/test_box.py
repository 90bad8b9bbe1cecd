"""Boxes: longitudes beyond ±180, and the two longitudes of the antimeridian."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.box import Box
from geo.errors import BadBox


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("170,-5,190,5", Box(170, -5, -170, 5)),
        ("-190.5,-5,-170,5", Box(169.5, -5, -170, 5)),
        ("350,-5,370,5", Box(-10, -5, 10, 5)),
        ("530.25,-5,545,5", Box(170.25, -5, -175, 5)),
        ("-400,-5,400,5", Box(-180, -5, 180, 5)),
        ("-200,-5,160,5", Box(-180, -5, 180, 5)),
        ("190,-5,0,190,5,9", Box(-170, -5, -170, 5)),
        ("-180,-5,180,5", Box(-180, -5, 180, 5)),
        ("-169.9,-5,-169.8,5", Box(-169.9, -5, -169.8, 5)),
    ],
)
def test_longitudes_of_a_map_that_was_moved_around_the_world_are_wrapped(text: str, box: Box) -> None:
    assert Box.parse(text) == box


@pytest.mark.parametrize("text", ["0,-91,1,1", "0,0,inf,1", "nan,0,1,1", "200,5,210,1"])
def test_other_numbers_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(BadBox):
        Box.parse(text)


@pytest.mark.parametrize(
    "box", [Box(170, -5, 180, 5), Box(-180, -5, -170, 5), Box(180, -5, 180, 5), Box(-180, 0, -180, 0)]
)
def test_a_box_at_the_antimeridian_holds_both_of_its_longitudes(box: Box) -> None:
    assert box.contains(180, 0)
    assert box.contains(-180, 0)
    assert not box.contains(0, 0)


_halves = st.integers(-2400, 2400).map(lambda number: number / 2)


@given(west=_halves, width=st.integers(0, 800).map(lambda number: number / 2), lon=st.integers(-360, 360))
def test_a_point_is_in_a_wrapped_box_if_one_of_its_turns_is(west: float, width: float, lon: int) -> None:
    box = Box.parse(f"{west},-5,{west + width},5")
    first_turn = math.ceil((Fraction(west) - Fraction(lon, 2)) / 360)
    assert box.contains(lon / 2, 0) == (
        Fraction(lon, 2) + 360 * first_turn <= Fraction(west) + Fraction(width)
    )
