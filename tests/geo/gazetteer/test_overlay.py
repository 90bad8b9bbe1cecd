"""Places of one's own: read from a file, and refused with file, line and column."""

from pathlib import Path

import pytest

from geo.errors import GazetteerError
from geo.gazetteer.overlay import Overlay
from geo.gazetteer.reader import Gazetteer
from geo.resolver.resolver import Resolver

HEADER = "name,alternate_names,lon,lat,precision,country,parent,radius_km\n"
GOOD = "Little Harbour,Harbour Quarter|LH,4.481,51.921,neighbourhood,NL,Rotterdam,0.8\n"


def write(folder: Path, text: str) -> Path:
    file = folder / "own.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "text", ["Little Harbour", "Harbour Quarter, Rotterdam", "little harbour, Netherlands"]
)
def test_a_place_of_ones_own_is_found_by_each_of_its_names(
    gazetteer: Gazetteer, tmp_path: Path, text: str
) -> None:
    place = Resolver(gazetteer, [write(tmp_path, HEADER + GOOD)]).resolve(text)
    assert place
    assert (place.name, place.country, place.lon) == ("Little Harbour", "NL", 4.481)


def test_only_five_columns_are_needed_in_any_order(gazetteer: Gazetteer, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "# ours\n\ufeffcountry,name,precision,lat,lon\nNL,Qarhaven,city,51.9,4.4\n".replace("\ufeff", ""),
    )
    place = Resolver(gazetteer, [file]).resolve("Qarhaven")
    assert place
    assert (place.country, place.radius_km) == ("NL", 10.0)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A,,x,1,city,NL,,1", "column lon: 'x' is not a number"),
        ("A,,1,nan,city,NL,,1", "column lat: 'nan' is not a number"),
        ("A,,1,91,city,NL,,1", "column lat: '91' is out of range"),
        ("A,,1,1,town,NL,,1", "column precision: 'town' is unknown; expected one of point"),
        ("A,,1,1,country,NL,,1", "column precision: 'country' is unknown"),
        ("A,,1,1,city,XX,,1", "column country: 'XX' is no ISO 3166-1 code"),
        ("A,,1,1,city,NL,,-1", "column radius_km: '-1' must be more than 0"),
        (",,1,1,city,NL,,1", "column name: '' is empty"),
        ("A,,1", "column lat: '' is empty"),
    ],
)
def test_a_bad_cell_is_named_by_file_line_and_column(
    gazetteer: Gazetteer, tmp_path: Path, row: str, message: str
) -> None:
    file = write(tmp_path, f"# a comment\n{HEADER}{GOOD}\n{row}\n")
    with pytest.raises(GazetteerError) as error:
        Overlay(gazetteer, [file])
    assert str(error.value).startswith(f"{file}, line 5, {message}")


def test_a_missing_column_is_named(gazetteer: Gazetteer, tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="line 1: there is no column 'precision'"):
        Overlay(gazetteer, [write(tmp_path, "name,lon,lat,country\n")])


def test_a_missing_file_and_bytes_that_are_no_text_are_named(gazetteer: Gazetteer, tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("none.csv", "bytes.csv"):
        with pytest.raises(GazetteerError, match=name):
            Overlay(gazetteer, [tmp_path / name])
