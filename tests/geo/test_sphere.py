"""Points at a distance and between others, on the sphere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.sphere import EARTH_KM, destination, distance_km, midpoint

LONGITUDES, LATITUDES = st.floats(-180, 180), st.floats(-89.9, 89.9)


@given(LONGITUDES, LATITUDES, st.floats(0, 360), st.floats(0, 20_000))
def test_a_destination_is_as_far_away_as_asked(lon: float, lat: float, bearing: float, km: float) -> None:
    end = destination(lon, lat, bearing, km)
    assert -180 <= end[0] <= 180
    assert -90 <= end[1] <= 90
    assert distance_km(lon, lat, *end) == pytest.approx(km, abs=0.01)


@pytest.mark.parametrize(
    ("bearing", "lon", "lat"), [(0, 10, 1), (90, 11, 0), (180, 10, -1), (270, 9, 0), (360, 10, 1)]
)
def test_bearings_run_clockwise_from_north(bearing: float, lon: float, lat: float) -> None:
    km_per_degree = math.radians(1) * EARTH_KM
    assert destination(10, 0, bearing, km_per_degree) == pytest.approx((lon, lat))


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_the_midpoint_is_half_way_to_both_points(lon: float, lat: float, lon2: float, lat2: float) -> None:
    km = distance_km(lon, lat, lon2, lat2)
    middle = midpoint(lon, lat, lon2, lat2)
    if km < 20_000:
        assert distance_km(lon, lat, *middle) == pytest.approx(km / 2, abs=0.01)
        assert distance_km(lon2, lat2, *middle) == pytest.approx(km / 2, abs=0.01)


def test_the_midpoint_of_points_on_both_sides_of_the_antimeridian_is_between_them() -> None:
    lon, _ = midpoint(179, 0, -179, 0)
    assert abs(lon) == pytest.approx(180)
