"""Coordinates are read in the notations that people use."""

import math

import pytest

from geo.coordinates import degrees, pair


@pytest.mark.parametrize(("text", "axis", "expected"), [
    ("50°51'N", "lat", 50.85), ("50 51 0 N", "lat", 50.85), ("S 33° 52' 7.68\"", "lat", -33.8688),
    ("3º 42.5' O", "lon", -3.708333), ("-118,25", "lon", -118.25), ("50.85", "lat", 50.85),
])  # fmt: skip
def test_degrees_are_read_in_many_notations(text: str, axis: str, expected: float) -> None:
    assert degrees(text, axis) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["50°61'N", "4°E", "N 5 N", "-5°S", "1e1", "five", "", "1,000,000"])
def test_other_texts_are_not_degrees(text: str) -> None:
    assert math.isnan(degrees(text, "lat"))


@pytest.mark.parametrize(("text", "axis", "expected"), [
    ("433400N", "lat", 43.56667), ("1161300W", "lon", -116.21667), ("0021024E", "lon", 2.17333),
    ("412306.5S", "lat", -41.38514),
])  # fmt: skip
def test_degrees_are_read_in_the_notation_of_aviation(text: str, axis: str, expected: float) -> None:
    assert degrees(text, axis) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("text", "expected"), [
    ("33 51 35 S", -33.85972), ("33°51'35S", -33.85972), ("33d51m35s", 33.85972), ("33 51.5 S", -33.85833),
])  # fmt: skip
def test_a_capital_s_is_south_and_a_small_s_after_minutes_is_seconds(text: str, expected: float) -> None:
    assert degrees(text, "lat") == pytest.approx(expected, abs=1e-5)
    assert math.isnan(degrees("33 51 35 s", "lat"))


@pytest.mark.parametrize(("text", "expected"), [
    ("34.05, -118.24", ("-118.24", "34.05")), ("(34.05;-118.24)", ("-118.24", "34.05")),
    ("POINT (-118.24 34.05)", ("-118.24", "34.05")), ("SRID=4326;point z(-118.24 34.05 3)", ("-118.24", "34.05")),
    ("34, -118", None), ("34.05", None), ("34.05, -118.24, 3.1", None), ("12,5", None), ("", None),
])  # fmt: skip
def test_a_pair_is_returned_as_written_longitude_first(text: str, expected: tuple[str, str] | None) -> None:
    assert pair(text) == expected


@pytest.mark.parametrize("text", [
    "41°23'06\"N 2°10'24\"E", "41°23'06\" N, 2°10'24\" E", "N41 23 06 E2 10 24", "2°10'24\"E 41°23'06\"N",
    "41.385 N, 2.17333 E",
    "41,385 2,17333", "41,385; 2,17333", "41,385, 2,17333", "41.385 2.17333 12 4.5",
])  # fmt: skip
def test_a_pair_is_read_in_many_notations(text: str) -> None:
    written = pair(text)
    assert written
    lon, lat = (degrees(text, axis) for text, axis in zip(written, ("lon", "lat"), strict=True))
    assert (lon, lat) == pytest.approx((2.17333, 41.385), abs=1e-4)


@pytest.mark.parametrize(
    "text", ["12 Main Street, 5 East Road", "1, 2", "3 N", "41,3", "12,5 kg, 3,25 m", "NE 2nd, SE 3rd"]
)
def test_other_texts_are_not_a_pair(text: str) -> None:
    assert pair(text) is None
