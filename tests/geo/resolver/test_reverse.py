"""Points back to places."""

import pytest

from geo.errors import BadPoint
from geo.resolver.resolver import Resolver


def test_a_point_has_a_country_areas_and_a_city(resolver: Resolver) -> None:
    held = resolver.reverse(15.66, 38.11, "it")
    assert held.country is not None
    assert held.city is not None
    assert (held.country.name, held.city.name) == ("Italia", "Reggio Calabria")
    assert [area.name for area in held.areas] == ["Calabria", "Reggio Calabria"]
    assert held.distance_km is not None
    assert held.distance_km < 2


def test_the_nearest_city_is_looked_for_at_home_first(resolver: Resolver) -> None:
    held = resolver.reverse(7.59, 47.585)
    assert held.country is not None
    assert held.city is not None
    assert held.country.country == held.city.country


def test_the_high_seas_have_no_country_and_no_areas(resolver: Resolver) -> None:
    held = resolver.reverse(-140.0, -40.0)
    assert held.country is None
    assert held.areas == ()
    assert held.distance_km is not None
    assert held.distance_km > 1000


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), 0.0), (0.0, float("inf")), (181.0, 0.0), (0.0, -91.0)]
)
def test_what_is_no_point_is_refused(resolver: Resolver, lon: float, lat: float) -> None:
    with pytest.raises(BadPoint):
        resolver.reverse(lon, lat)
