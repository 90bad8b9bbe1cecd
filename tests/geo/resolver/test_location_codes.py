"""Plus codes and MGRS grid references give a point with the radius of their cell."""

import pytest

from geo.place import Precision
from geo.resolver.location_codes import mgrs_cell, plus_code, plus_code_cell
from geo.resolver.resolver import Resolver
from geo.sphere import distance_km

# text, longitude, latitude, radius in kilometres, country, precision
CODES = [
    ("8FVC9G8F+6X", 8.52494, 47.36556, 0.008, "CH", Precision.POINT),
    ("8fvc9g8f+6x", 8.52494, 47.36556, 0.008, "CH", Precision.POINT),
    ("9G8F+6X Zürich", 8.52494, 47.36556, 0.008, "CH", Precision.POINT),
    ("9G8F+6X, Zürich, Switzerland", 8.52494, 47.36556, 0.008, "CH", Precision.POINT),
    ("8FVC9G00+", 8.525, 47.375, 3.4, "CH", Precision.CITY),
    ("33UXP0500444996", 16.4145, 48.24948, 0.001, "AT", Precision.POINT),
    ("33U XP 05004 44996", 16.4145, 48.24948, 0.001, "AT", Precision.POINT),
    ("33UXP0545", 16.4213, 48.25393, 0.7, "AT", Precision.NEIGHBOURHOOD),
]


@pytest.mark.parametrize(("text", "lon", "lat", "radius_km", "country", "precision"), CODES)
def test_a_code_is_the_centre_of_its_cell(
    resolver: Resolver,
    text: str,
    lon: float,
    lat: float,
    radius_km: float,
    country: str,
    precision: Precision,
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert distance_km(place.lon, place.lat, lon, lat) < 0.01
    assert place.radius_km == pytest.approx(radius_km, rel=0.15)
    assert (place.country, place.precision) == (country, precision)


@pytest.mark.parametrize(
    "text", ["9G8F+6X", "9G8F+6X, Switzerland", "33UXP", "33UXP054", "61UXP0545", "33UXP 050 45", "33IXP0545"]
)
def test_codes_that_are_incomplete_or_wrong_have_no_answer(resolver: Resolver, text: str) -> None:
    assert resolver.resolve(text) is None


def test_a_full_code_with_another_town_is_in_doubt(resolver: Resolver) -> None:
    candidate = resolver.candidates("8FVC9G8F+6X, Paris")[0]
    assert candidate.place.confidence < 0.65
    assert "it is not in “Paris”" in candidate.reasons


@pytest.mark.parametrize("text", ["+", "C++", "A+B", "1+1", "8FVC9G8F+6X" * 40, "+" * 500, "\x00+\x00"])
def test_other_texts_with_a_plus_are_no_codes(text: str) -> None:
    assert plus_code(text) is None


def test_a_code_that_no_cell_has_is_none() -> None:
    assert plus_code_cell("9G8F+6X") is None
    assert mgrs_cell("33UAA0545") is None
