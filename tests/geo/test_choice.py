"""A place is undecided if it is unsure and a rival is far away."""

import pytest

from geo.choice import SURE_CONFIDENCE, is_undecided
from geo.place import Place, Precision


def place(lon: float, confidence: float) -> Place:
    return Place(name="x", lon=lon, lat=0.0, precision=Precision.CITY, confidence=confidence, radius_km=2.0)


@pytest.mark.parametrize(
    ("best", "rival", "undecided"),
    [
        (place(0, SURE_CONFIDENCE), place(30, 0.3), False),  # sure enough
        (place(0, 0.6), place(30, 0.3), True),
        (place(0, 0.6), place(10, 0.3), False),  # not far
        (place(0, 0.6), place(30, 0.05), False),  # too unlikely
        (place(0, 0.6), place(0.1, 0.3), False),  # the same town
    ],
)
def test_a_place_is_undecided_if_it_is_unsure_and_its_rival_is_far(
    best: Place, rival: Place, undecided: bool
) -> None:
    assert is_undecided(best, [rival]) is undecided


def test_a_place_without_rivals_is_decided() -> None:
    assert not is_undecided(place(0, 0.1), [])
