"""Looking names up, and what is near a point."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadPoint
from geo.gazetteer.reader import Entry, Gazetteer
from geo.sphere import distance_km


@pytest.fixture(scope="module")
def cities(gazetteer: Gazetteer) -> list[Entry]:
    """Give every city, for brute force."""
    return [entry for row in range(180) for entry in _row(gazetteer, row)]


def _row(gazetteer: Gazetteer, row: int) -> list[Entry]:
    rows = gazetteer._rows("SELECT id FROM place WHERE cell BETWEEN ? AND ?", row * 360, row * 360 + 359)
    chosen = random.Random(row).sample(rows, min(len(rows), 60))
    return [entry for (ident,) in chosen if (entry := gazetteer._entry(ident))]


def test_primary_names_and_others_are_told_apart(gazetteer: Gazetteer) -> None:
    ranks = {entry.name: entry.rank for entry in gazetteer.named("moskau") if entry.population > 10**6}
    assert ranks == {"Moscow": 1}


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_no_city_is_nearer_than_the_nearest(
    gazetteer: Gazetteer, cities: list[Entry], lon: float, lat: float
) -> None:
    km, _ = gazetteer.near(lon, lat)[0]
    brute = min(distance_km(lon, lat, city.lon, city.lat) for city in cities)
    assert km <= brute + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_city_is_nearest_to_itself(gazetteer: Gazetteer, cities: list[Entry], data: st.DataObject) -> None:
    city = data.draw(st.sampled_from(cities))
    assert gazetteer.near(city.lon, city.lat)[0][0] == 0


def test_the_nearest_city_may_lie_across_the_antimeridian(gazetteer: Gazetteer) -> None:
    km, city = gazetteer.near(-179.99, -16.8)[0]
    assert city.country == "FJ"
    assert city.lon > 0
    assert km < 100


def test_a_point_out_of_range_is_refused(gazetteer: Gazetteer) -> None:
    with pytest.raises(BadPoint):
        gazetteer.near(0, 91)
