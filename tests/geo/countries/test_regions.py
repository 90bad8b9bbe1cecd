"""Regions of several countries: their members, where they lie, and whose name is whose."""

import pytest
from shapely.geometry import Point

from geo.countries import outlines
from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_code
from geo.countries.regions import Region, regions
from geo.data_files import bundled_rows
from geo.text import key


def _named(name: str) -> Region:
    found = [region for region in regions() if key(name) in map(key, region.names)]
    assert len(found) == 1, name
    return found[0]


@pytest.mark.parametrize(
    ("name", "some", "none"),
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
def test_a_region_holds_these_and_not_those(name: str, some: str, none: str) -> None:
    codes = set(_named(name).codes)
    assert codes >= set(some.split())
    assert not codes & set(none.split())


def test_every_region_has_several_countries_that_exist() -> None:
    for region in regions():
        assert len(region.codes) > 1, region.name
        assert set(region.codes) <= iso_codes(), region.name


def test_a_point_that_nobody_chose_lies_on_land() -> None:
    chosen = {row["name"].split("|")[0] for row in bundled_rows("regions.csv") if row["lon"]}
    for region in regions():
        lands = [outlines.country_shape(code) for code in region.codes]
        where = Point(region.lon, region.lat)
        assert region.name in chosen or any(land and land.distance(where) < 0.01 for land in lands), region


def test_a_chosen_point_lies_near_every_country_of_its_region() -> None:
    # 12 degrees: the Arctic, the Sahara and the Ottoman Empire are that wide.
    for row in bundled_rows("regions.csv"):
        if row["lon"]:
            region = _named(row["name"].split("|")[0])
            reach = region.radius_km / 111 / max(0.2, 1 - abs(region.lat) / 90) + 12
            for code in region.codes:
                land = outlines.country_shape(code)
                assert land is not None
                assert land.distance(Point(region.lon, region.lat)) < reach, (region.name, code)


def test_a_sea_has_its_point_at_sea_and_a_mountain_range_not() -> None:
    def wet(name: str) -> bool:
        region = _named(name)
        where = Point(region.lon, region.lat)
        lands = [outlines.country_shape(code) for code in region.codes]
        return not any(land and land.covers(where) for land in lands)

    seas = ["Mediterranean", "Black Sea", "Red Sea", "North Sea", "Gulf of Guinea", "South China Sea"]
    assert [wet(name) for name in seas] == [True] * len(seas)
    assert not any(wet(name) for name in ("Alps", "Pyrenees", "Himalayas", "Kashmir", "Kurdistan"))


def test_no_name_is_given_twice() -> None:
    keys = [key(name) for region in regions() for name in region.names]
    assert len(keys) == len(set(keys))


def test_a_countrys_own_name_is_no_regions_unless_a_row_says_so() -> None:
    ours = {key(name) for row in bundled_rows("regions.csv") for name in row["name"].split("|")}
    both = {
        name for region in regions() for name in region.names if country_code(name) and key(name) not in ours
    }
    assert both == set()


@pytest.mark.parametrize(
    "name", ["América del Sur", "Südamerika", "南アメリカ", "أوروبا", "Ближний Восток", "els Balcans"]
)
def test_regions_have_names_in_many_languages(name: str) -> None:
    assert _named(name)
