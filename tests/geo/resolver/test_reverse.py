"""From points to places."""

import pytest

from geo.errors import BadPoint
from geo.resolver.resolver import Resolver


def test_a_point_has_a_country_areas_and_a_city(resolver: Resolver) -> None:
    places = resolver.reverse(15.66, 38.11, "it")
    assert places.country is not None
    assert places.city is not None
    assert (places.country.name, places.city.name) == ("Italia", "Reggio Calabria")
    assert [area.name for area in places.areas] == ["Calabria", "Reggio Calabria"]
    assert places.distance_km is not None
    assert places.distance_km < 2


def test_the_nearest_city_is_in_the_same_country(resolver: Resolver) -> None:
    places = resolver.reverse(7.59, 47.585)
    assert places.country is not None
    assert places.city is not None
    assert places.country.country == places.city.country


def test_the_high_seas_have_no_country_and_no_areas(resolver: Resolver) -> None:
    places = resolver.reverse(-140.0, -40.0)
    assert places.country is None
    assert places.areas == ()
    assert places.distance_km is not None
    assert places.distance_km > 1000


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), 0.0), (0.0, float("inf")), (181.0, 0.0), (0.0, -91.0)]
)
def test_a_point_out_of_range_is_refused(resolver: Resolver, lon: float, lat: float) -> None:
    with pytest.raises(BadPoint):
        resolver.reverse(lon, lat)
