"""Regions of several countries: their members, their points and their names."""

import pytest
from shapely.geometry import Point

from geo.countries import outlines
from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_code
from geo.countries.regions import Region, regions
from geo.data_files import bundled_rows
from geo.text import key


def _named(name: str) -> Region:
    matching = [region for region in regions() if key(name) in map(key, region.names)]
    assert len(matching) == 1, name
    return matching[0]


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("the Balkans", "AL BA BG RS XK", "TR UA"),
        ("Baltic states", "EE LT LV", "FI PL"),
        ("Benelux", "BE LU NL", "DE"),
        ("Gulf states", "AE QA SA", "IR IQ YE"),
        ("Persian Gulf", "AE IR SA", "YE"),
        ("Maghreb", "DZ MA TN", "EG"),
        ("Horn of Africa", "DJ ER ET SO", "KE"),
        ("Scandinavia", "DK NO SE", "FI"),
        ("Nordic countries", "DK FI IS NO SE", "EE"),
        ("Latin America", "AR BR CU MX", "US CA UM"),
        ("Central America", "GT HN PA", "MX FR"),
        ("North America", "CA MX US", "FR BR"),
        ("Africa", "EG NG ZA", "ES FR"),
        ("Polynesia", "TO WS PF", "US"),
        ("Europe", "DE GB RU UA", "KZ TR"),
        ("Asia", "CN IN TR", "RU"),
        ("European Union", "DE FR IE", "GB CH NO"),
        ("South Asia", "IN PK BD", "IR"),
        ("Soviet Union", "RU UA UZ", "PL"),
        ("Ottoman Empire", "TR IQ SY", "IR"),
    ],
)
def test_a_region_has_the_right_members(name: str, inside: str, outside: str) -> None:
    codes = set(_named(name).codes)
    assert codes >= set(inside.split())
    assert not codes & set(outside.split())


def test_every_region_has_several_countries_that_exist() -> None:
    for region in regions():
        assert len(region.codes) > 1, region.name
        assert set(region.codes) <= iso_codes(), region.name


def test_a_computed_point_is_on_land() -> None:
    with_point = {row["name"].split("|")[0] for row in bundled_rows("regions.csv") if row["lon"]}
    for region in regions():
        lands = [outlines.country_shape(code) for code in region.codes]
        point = Point(region.lon, region.lat)
        assert region.name in with_point or any(land and land.distance(point) < 0.01 for land in lands), (
            region
        )


def test_a_point_of_regions_csv_is_near_every_country_of_its_region() -> None:
    # 12 degrees: the Arctic, the Sahara and the Ottoman Empire are that wide.
    for row in bundled_rows("regions.csv"):
        if row["lon"]:
            region = _named(row["name"].split("|")[0])
            reach = region.radius_km / 111 / max(0.2, 1 - abs(region.lat) / 90) + 12
            for code in region.codes:
                land = outlines.country_shape(code)
                assert land is not None
                assert land.distance(Point(region.lon, region.lat)) < reach, (region.name, code)


def test_a_sea_has_its_point_at_sea_and_a_mountain_range_on_land() -> None:
    def is_at_sea(name: str) -> bool:
        region = _named(name)
        point = Point(region.lon, region.lat)
        lands = [outlines.country_shape(code) for code in region.codes]
        return not any(land and land.covers(point) for land in lands)

    seas = ["Mediterranean", "Black Sea", "Red Sea", "North Sea", "Gulf of Guinea", "South China Sea"]
    assert [is_at_sea(name) for name in seas] == [True] * len(seas)
    assert not any(is_at_sea(name) for name in ("Alps", "Pyrenees", "Himalayas", "Kashmir", "Kurdistan"))


def test_no_name_belongs_to_two_regions() -> None:
    keys = [key(name) for region in regions() for name in region.names]
    assert len(keys) == len(set(keys))


def test_a_region_has_a_countrys_name_only_if_regions_csv_lists_it() -> None:
    listed = {key(name) for row in bundled_rows("regions.csv") for name in row["name"].split("|")}
    shared = {
        name
        for region in regions()
        for name in region.names
        if country_code(name) and key(name) not in listed
    }
    assert shared == set()


@pytest.mark.parametrize(
    "name", ["América del Sur", "Südamerika", "南アメリカ", "أوروبا", "Ближний Восток", "els Balcans"]
)
def test_regions_have_names_in_many_languages(name: str) -> None:
    assert _named(name)
