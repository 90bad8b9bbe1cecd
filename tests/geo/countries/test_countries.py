"""Names, codes, shapes and labels of countries."""

import math
import subprocess
import sys

import babel
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.countries import outlines
from geo.countries.iso_codes import group_members, iso_codes
from geo.countries.lookup import CELLS_PER_DEGREE, borders, only_country_of_cell
from geo.countries.names import CODE, country_code, country_name, ranked_names, translations
from geo.data_files import bundled_rows
from geo.text import key


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
        ("AO", "AO"),
        ("Áo", "AT"),
        ("Guiana", "GY"),
        ("Guyane", "GF"),
        ("Scotland", "GB"),
        ("West Bank", "PS"),
        ("Somaliland", "SO"),
        ("Germany, East (GDR)", "DE"),
        ("GDR", "DE"),
        ("Korea, South", "KR"),
        ("Viet Nam", "VN"),
        ("Micronesia, Fed. Sts.", "FM"),
        ("Congo, Dem. Rep.", "CD"),
        ("Congo, Rep.", "CG"),
        ("Macedonia, the former Yugoslav Republic of", "MK"),
        ("Swaziland", "SZ"),
        ("Ceylon", "LK"),
        ("Siam", "TH"),
        ("Abyssinia", "ET"),
        ("Formosa", "TW"),
        ("Upper Volta", "BF"),
        ("car", "CF"),
        ("Narnia", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_a_country_is_found_by_a_name_in_any_language_or_by_a_code(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_every_country_is_found_by_its_english_name() -> None:
    not_found = {code for code in iso_codes() if country_code(country_name(code)) != code}
    assert not_found == set()


_MAIN_LANGUAGES = "ar bg ca cs da de el en es fa fi fr he hi hu it ja ko nl no pl pt ro ru sv tr uk zh"


def test_every_name_in_the_main_languages_gives_the_right_code() -> None:
    wrong = [
        (lang, name, code)
        for lang in _MAIN_LANGUAGES.split()
        for code, name in babel.Locale(lang).territories.items()
        if code in iso_codes() and country_code(name) != code
    ]
    # Norwegians call Congo-Kinshasa what most call Congo-Brazzaville.
    assert wrong == [("no", "Kongo", "CD")]


def test_a_name_gives_another_code_only_if_languages_disagree() -> None:
    codes_by_key: dict[str, set[str]] = {code.lower(): {code} for code in iso_codes()}
    names = {(name, code) for name, code, _ in translations() if code in iso_codes()}
    for name, code in names:
        codes_by_key.setdefault(key(name), set()).add(code)
    wrong = {(name, code) for name, code in names if country_code(name) != code}
    assert len(wrong) < 50
    # Nigeria's code, French Guiana to the French, and "S. Sudan" come before Vietnamese, Rundi and Berber.
    assert {key(name) for name, _ in wrong if len(codes_by_key[key(name)]) < 2} == {"nga", "guyane", "ssudan"}


def test_every_alias_gives_the_code_of_its_row() -> None:
    wrong = [
        row for row in bundled_rows("aliases.csv") if country_code(row["name"]) not in (row["code"], "CG")
    ]
    assert wrong == []


def test_only_codes_and_our_aliases_have_three_letters_or_fewer() -> None:
    short = {name for name, _, rank in ranked_names() if rank != CODE and len(name) < 4 and name.isascii()}
    aliases = {key(row["name"]) for row in bundled_rows("aliases.csv")}
    assert short - aliases <= {"usa", "uk", "us", "uae"}


def test_the_gazetteer_does_not_use_names_of_parts_for_countries() -> None:
    parts = {key(row["name"]) for row in bundled_rows("aliases.csv") if row["part"]}
    assert parts.isdisjoint(name for name, _, rank in ranked_names() if rank == 0)


def test_an_unknown_language_gives_the_english_name() -> None:
    names = [country_name("DE", lang) for lang in ("de", "pt-BR", "xx", "!")]
    assert names == ["Deutschland", "Alemanha", "Germany", "Germany"]


def test_every_country_has_a_valid_shape_and_its_label_is_inside() -> None:
    for code in sorted(iso_codes()):
        shape, label = outlines.country_shape(code), outlines.country_label(code)
        assert shape is not None, code
        assert label is not None, code
        assert shape.is_valid, code
        assert shape.distance(Point(label.lon, label.lat)) < 0.01, code


def test_shapes_are_within_180_and_90_degrees() -> None:
    shapes = shapely.GeometryCollection([outlines.country_shape(code) for code in iso_codes()])
    assert shapely.box(-180, -90, 180, 90).covers(shapes.envelope)


def test_overseas_territories_are_not_part_of_their_sovereign() -> None:
    france = outlines.country_shape("FR")
    assert france is not None
    assert not france.covers(Point(-53.2, 4.0))
    assert outlines.country_label("SJ")


def test_the_radius_of_a_label_fits_the_country() -> None:
    italy, aruba = outlines.country_label("IT"), outlines.country_label("AW")
    assert italy is not None
    assert aruba is not None
    assert 400 < italy.radius_km < 800
    assert 5 < aruba.radius_km < 25


def test_the_european_union_has_27_members() -> None:
    assert len(group_members("EU")) == 27
    assert "GB" not in group_members("EU")


def test_importing_the_modules_reads_no_data() -> None:
    modules = "geo.countries.lookup, geo.countries.names, geo.countries.outlines as s"
    code = f"import sys, {modules}; sys.exit(s._country_shapes.cache_info().currsize)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(max_examples=300, deadline=None)
@given(lon=st.floats(-11, 32), lat=st.floats(35, 62))
def test_a_cell_with_a_single_country_agrees_with_the_borders(lon: float, lat: float) -> None:
    code = only_country_of_cell(math.floor(lon * CELLS_PER_DEGREE), math.floor(lat * CELLS_PER_DEGREE))
    hits = borders().tree.query(Point(lon, lat), predicate="intersects")
    assert code is None or [borders().codes[int(hit)] for hit in hits] == [code]
