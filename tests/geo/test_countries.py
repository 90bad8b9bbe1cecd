"""Countries: by point, by name, by shape."""

import subprocess
import sys

import pytest
import shapely
from shapely.geometry import Point

from geo import countries, shapes
from geo.regions import regions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Italia", "IT"),
        ("ITALY", "IT"),
        ("it", "IT"),
        ("ITA", "IT"),
        ("Włochy", "IT"),
        ("日本", "JP"),
        ("مصر", "EG"),
        ("Ivory Coast", "CI"),
        ("Russian Federation", "RU"),
        ("Türkiye", "TR"),
        ("Zaire", "CD"),
        ("Kosovo", "XK"),
        ("UK", "GB"),
        ("Narnia", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_a_country_is_read_in_any_language_or_code(text: str, code: str | None) -> None:
    assert countries.country_code(text) == code


def test_every_country_is_known_by_its_english_name() -> None:
    missed = {
        code for code in countries.codes() if countries.country_code(countries.country_name(code)) != code
    }
    assert missed == set()


def test_names_come_in_the_language_asked_for_and_in_english_otherwise() -> None:
    names = [countries.country_name("DE", lang) for lang in ("de", "pt-BR", "xx", "!")]
    assert names == ["Deutschland", "Alemanha", "Germany", "Germany"]


def test_every_country_has_a_valid_shape_with_its_label_inside() -> None:
    for code in sorted(countries.codes()):
        shape, label = shapes.shape(code), shapes.label(code)
        assert shape is not None, code
        assert label is not None, code
        assert shape.is_valid, code
        assert shape.distance(Point(label.lon, label.lat)) < 0.01, code


def test_shapes_stay_within_the_world() -> None:
    whole = shapely.GeometryCollection([shapes.shape(code) for code in countries.codes()])
    assert shapely.box(-180, -90, 180, 90).covers(whole.envelope)


def test_overseas_parts_are_not_in_the_mother_country() -> None:
    france = shapes.shape("FR")
    assert france is not None
    assert not france.covers(Point(-53.2, 4.0))
    assert shapes.label("SJ")


def test_a_radius_holds_the_country_and_little_more() -> None:
    italy, aruba = shapes.label("IT"), shapes.label("AW")
    assert italy is not None
    assert aruba is not None
    assert 400 < italy.radius_km < 800
    assert 5 < aruba.radius_km < 25


def test_the_union_has_27_members() -> None:
    assert len(countries.members("EU")) == 27
    assert "GB" not in countries.members("EU")


def test_every_region_has_several_countries_and_a_point_on_land() -> None:
    for region in regions():
        assert len(region.codes) > 1, region.name
        lands = [shapes.shape(code) for code in region.codes]
        assert any(land and land.distance(Point(region.lon, region.lat)) < 0.01 for land in lands), (
            region.name
        )


def test_importing_reads_no_data() -> None:
    code = "import sys, geo.countries, geo.shapes as s; sys.exit(s._shapes.cache_info().currsize)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
