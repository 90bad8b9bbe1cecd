"""Look names up, and find the cities near a point."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadPoint
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.sphere import distance_km


@pytest.fixture(scope="module")
def cities(gazetteer: Gazetteer) -> list[GazetteerEntry]:
    """Return up to 60 cities of every row of cells, to compare with brute force."""
    return [entry for row in range(180) for entry in _row(gazetteer, row)]


def _row(gazetteer: Gazetteer, row: int) -> list[GazetteerEntry]:
    rows = gazetteer._rows("SELECT id FROM place WHERE cell BETWEEN ? AND ?", row * 360, row * 360 + 359)
    sample = random.Random(row).sample(rows, min(len(rows), 60))
    return [entry for (entry_id,) in sample if (entry := gazetteer._by_id(entry_id))]


def test_a_name_in_another_language_is_an_alternative(gazetteer: Gazetteer) -> None:
    ranks = {entry.name: entry.rank for entry in gazetteer.named("moskau") if entry.population > 10**6}
    assert ranks == {"Moscow": 1}


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_no_city_is_nearer_than_the_nearest(
    gazetteer: Gazetteer, cities: list[GazetteerEntry], lon: float, lat: float
) -> None:
    km, _ = gazetteer.near(lon, lat)[0]
    nearest_km = min(distance_km(lon, lat, city.lon, city.lat) for city in cities)
    assert km <= nearest_km + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_city_is_nearest_to_itself(
    gazetteer: Gazetteer, cities: list[GazetteerEntry], data: st.DataObject
) -> None:
    city = data.draw(st.sampled_from(cities))
    assert gazetteer.near(city.lon, city.lat)[0][0] == 0


def test_the_nearest_city_may_be_across_the_antimeridian(gazetteer: Gazetteer) -> None:
    km, city = gazetteer.near(-179.99, -16.8)[0]
    assert city.country == "FJ"
    assert city.lon > 0
    assert km < 100


@pytest.mark.parametrize(("lon", "lat"), [(0, 90), (180, 89.5), (0, -90), (-140, -45)])
def test_a_point_far_from_all_cities_is_not_compared_with_most_of_the_world(
    gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch, lon: float, lat: float
) -> None:
    compared = []

    def counted(*args: float) -> float:
        compared.append(args)
        return distance_km(*args)

    monkeypatch.setattr("geo.gazetteer.reader.distance_km", counted)
    assert len(gazetteer.near(lon, lat, 30)) == 30
    assert len(compared) < 20_000  # of 150,000


def test_a_point_out_of_range_is_refused(gazetteer: Gazetteer) -> None:
    with pytest.raises(BadPoint):
        gazetteer.near(0, 91)
