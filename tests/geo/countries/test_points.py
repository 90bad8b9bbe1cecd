"""The country of points in enclaves, at the edges of the map, at sea and on disputed land."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.countries import outlines
from geo.countries.disputed import claims
from geo.countries.iso_codes import iso_codes
from geo.countries.lookup import country_at
from geo.errors import BadPoint

# name, lon, lat, code; coordinates from general knowledge
POINTS: list[tuple[str, float, float, str | None]] = [
    ("Rome", 12.48, 41.89, "IT"),
    ("the Vatican inside it", 12.453, 41.903, "VA"),
    ("San Marino", 12.45, 43.94, "SM"),
    ("Monaco", 7.425, 43.738, "MC"),
    ("Maseru in Lesotho", 27.48, -29.31, "LS"),
    ("Büsingen, German land in Switzerland", 8.69, 47.70, "DE"),
    ("Campione, Italian land in Switzerland", 8.97, 45.97, "IT"),
    ("Llívia, Spanish land in France", 1.98, 42.46, "ES"),
    ("Baarle-Hertog, Belgian land in the Netherlands", 4.93, 51.44, "BE"),
    ("Ceuta", -5.31, 35.89, "ES"),
    ("Gibraltar", -5.35, 36.14, "GI"),
    ("Kaliningrad", 20.5, 54.7, "RU"),
    ("Cabinda", 12.2, -5.55, "AO"),
    ("Nakhchivan", 45.4, 39.2, "AZ"),
    ("Oecusse", 124.36, -9.2, "TL"),
    ("Musandam", 56.25, 26.18, "OM"),
    ("Point Roberts", -123.07, 48.99, "US"),
    ("Anchorage", -149.9, 61.2, "US"),
    ("Honolulu", -157.86, 21.31, "US"),
    ("Cayenne", -52.33, 4.93, "GF"),
    ("Saint-Denis, Réunion", 55.45, -20.88, "RE"),
    ("Pointe-à-Pitre", -61.53, 16.24, "GP"),
    ("Fort-de-France", -61.07, 14.6, "MQ"),
    ("Mamoudzou", 45.23, -12.78, "YT"),
    ("San Juan", -66.1, 18.43, "PR"),
    ("Hagåtña", 144.75, 13.47, "GU"),
    ("Bonaire", -68.27, 12.15, "BQ"),
    ("Marigot, the French half of the island", -63.08, 18.07, "MF"),
    ("Philipsburg, the Dutch half of the island", -63.05, 18.02, "SX"),
    ("Longyearbyen", 15.64, 78.22, "SJ"),
    ("Mariehamn", 19.94, 60.1, "AX"),
    ("Tórshavn", -6.77, 62.01, "FO"),
    ("Saint Helier", -2.11, 49.19, "JE"),
    ("Hong Kong", 114.17, 22.28, "HK"),
    ("Macau", 113.54, 22.19, "MO"),
    ("Funafuti, an atoll", 179.2, -8.52, "TV"),
    ("Malé, an atoll", 73.51, 4.17, "MV"),
    ("Adamstown, Pitcairn", -130.1, -25.07, "PN"),
    ("Tristan da Cunha", -12.31, -37.07, "SH"),
    ("Pristina", 21.16, 42.66, "XK"),
    ("Taipei", 121.56, 25.04, "TW"),
    ("Taveuni, by the antimeridian", 179.98, -16.8, "FJ"),
    ("Rabi, beyond the antimeridian", -179.98, -16.5, "FJ"),
    ("Wrangel Island, on the antimeridian", 180.0, 71.2, "RU"),
    ("Wrangel Island, by the other longitude", -180.0, 71.2, "RU"),
    ("the South Pole", 0.0, -90.0, "AQ"),
    ("the North Pole", 0.0, 90.0, None),
    ("off the Dutch coast", 4.0, 52.5, "NL"),
    ("150 km west of Nazaré", -10.9, 39.6, "PT"),
    ("the middle of the Pacific", -140.0, 0.0, None),
    ("the Gulf of Guinea, at 0, 0", 0.0, 0.0, None),
]

# Disputed land, counted as the United Nations count it, and places across the line.
DISPUTED: list[tuple[str, float, float, str | None]] = [
    ("Simferopol", 34.1, 44.95, "UA"),
    ("Kerch", 36.47, 45.35, "UA"),
    ("Taman, across the strait", 36.72, 45.21, "RU"),
    ("Laayoune", -13.2, 27.15, "EH"),
    ("Tindouf road, east of the berm", -9.5, 26.3, "EH"),
    ("Tarfaya, north of the line", -12.93, 27.94, "MA"),
    ("Majdal Shams", 35.77, 33.27, "SY"),
    ("Kiryat Shmona, west of the line", 35.57, 33.21, "IL"),
    ("Tiberias, across the lake", 35.53, 32.79, "IL"),
    ("the Temple Mount", 35.235, 31.778, "PS"),
    ("the Knesset", 35.205, 31.777, "IL"),
    ("Kyrenia", 33.32, 35.34, "CY"),
    ("Famagusta", 33.94, 35.12, "CY"),
    ("Akrotiri", 32.96, 34.6, "CY"),
    ("Hargeisa", 44.06, 9.56, "SO"),
    ("Sukhumi", 41.0, 43.0, "GE"),
    ("Tiraspol", 29.6, 46.84, "MD"),
    ("Donetsk", 37.8, 48.0, "UA"),
    ("Guantánamo Bay", -75.13, 19.93, "CU"),
]


@pytest.mark.parametrize(("name", "lon", "lat", "code"), POINTS + DISPUTED)
def test_a_point_has_its_country(name: str, lon: float, lat: float, code: str | None) -> None:
    assert country_at(lon, lat) == code, name


@pytest.mark.parametrize(("name", "lon", "lat", "code"), DISPUTED[:9])
def test_the_shape_of_a_country_agrees_with_the_country_of_the_point(
    name: str, lon: float, lat: float, code: str | None
) -> None:
    shape = outlines.country_shape(code or "")
    assert shape is not None
    assert shape.distance(Point(lon, lat)) < 0.05, name


def test_disputed_land_is_in_a_single_shape() -> None:
    for claim in claims():
        for ruler in claim.rulers:
            shape = outlines.country_shape(ruler)
            assert shape is not None
            assert shape.intersection(claim.area).area < 1e-6, claim.code


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(float("nan"), 0.0), (0.0, float("inf")), (180.1, 0.0), (0.0, -90.1), (None, 0.0), ("east", 0.0)],
)
def test_an_invalid_point_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(BadPoint):
        country_at(lon, lat)


@settings(max_examples=200, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_both_longitudes_of_the_antimeridian_have_the_same_country(lon: float, lat: float) -> None:
    assert country_at(lon, lat) in iso_codes() | {None}
    assert country_at(180.0, lat) == country_at(-180.0, lat)


def test_every_label_is_in_its_country() -> None:
    wrong = {}
    for code in iso_codes():
        label = outlines.country_label(code)
        code_at_label = country_at(label.lon, label.lat) if label else None
        if code_at_label != code:
            wrong[code] = code_at_label
    assert wrong == {}


def test_country_at_handles_8000_points_a_second() -> None:
    # 80,000 points a second on land are usual; a busy machine may be ten times slower.
    rng = random.Random(7)
    points = [(rng.uniform(-10, 40), rng.uniform(35, 60)) for _ in range(2000)]
    country_at(0.0, 0.0)
    start = time.process_time()
    for lon, lat in points:
        country_at(lon, lat)
    assert time.process_time() - start < 2000 / 8000
