"""Parts of a text that contradict each other: a later town is never ignored."""

import pytest

from geo.resolver.resolver import Resolver
from geo.sphere import distance_km

# text, longitude and latitude of the town that it names after a quarter, kilometres
QUARTERS = [
    ("Boa Vista, Recife, Pernambuco, Brazil", -34.88, -8.05, 25),
    ("Barreiras, Salvador, Bahia, Brazil", -38.49, -12.97, 30),
    ("Altstadt, München, Bavaria, Germany", 11.58, 48.14, 20),
    ("San Bernardino, Los Angeles, California", -118.24, 34.05, 50),
]


@pytest.mark.parametrize(("text", "lon", "lat", "km"), QUARTERS)
def test_a_quarter_is_in_its_town_and_not_in_a_namesake_elsewhere_in_the_state(
    resolver: Resolver, text: str, lon: float, lat: float, km: float
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert distance_km(place.lon, place.lat, lon, lat) <= km


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Brooklyn, New York, NY, USA", "Brooklyn"),
        ("Santos, São Paulo, São Paulo, Brazil", "Santos"),
        ("Santa Monica, Los Angeles, California", "Santa Monica"),
        ("Vienna, Vienna, Austria", "Vienna"),
        ("New York, New York", "New York City"),
    ],
)
def test_a_place_in_or_near_the_town_is_the_answer(resolver: Resolver, text: str, name: str) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mar del Plata, Buenos Aires, Argentina", "Mar del Plata"),
        ("Tasil town, Izra district, Daraa governorate, Syria", "Tasīl"),
        ("Dalbandin town, Nushki district, Balochistan province, Pakistan", "Dalbandin"),
    ],
)
def test_a_part_that_also_means_an_area_contradicts_no_place(
    resolver: Resolver, text: str, name: str
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert place.name == name
