"""Places that users add: read from a file, or refused with file, line and column."""

from pathlib import Path

import pytest

from geo.errors import GazetteerError
from geo.gazetteer.overlay import Overlay
from geo.gazetteer.reader import Gazetteer
from geo.resolver.resolver import Resolver

HEADER = "name,alternate_names,lon,lat,precision,country,parent,radius_km\n"
VALID = "Little Harbour,Harbour Quarter|LH,4.481,51.921,neighbourhood,NL,Rotterdam,0.8\n"


def write(folder: Path, text: str) -> Path:
    file = folder / "places.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "text", ["Little Harbour", "Harbour Quarter, Rotterdam", "little harbour, Netherlands"]
)
def test_an_added_place_is_found_by_each_of_its_names(
    gazetteer: Gazetteer, tmp_path: Path, text: str
) -> None:
    place = Resolver(gazetteer, [write(tmp_path, HEADER + VALID)]).resolve(text)
    assert place
    assert (place.name, place.country, place.lon) == ("Little Harbour", "NL", 4.481)


def test_five_columns_in_any_order_are_enough(gazetteer: Gazetteer, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "# our places\n\ufeffcountry,name,precision,lat,lon\nNL,Qarhaven,city,51.9,4.4\n".replace(
            "\ufeff", ""
        ),
    )
    place = Resolver(gazetteer, [file]).resolve("Qarhaven")
    assert place
    assert (place.country, place.radius_km) == ("NL", 10.0)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A,,x,1,city,NL,,1", "column lon: 'x' is not a number; expected degrees such as 4.48"),
        ("A,,1,nan,city,NL,,1", "column lat: 'nan' is not a number"),
        ("A,,1,91,city,NL,,1", "column lat: '91' is out of range"),
        ("A,,1,1,town,NL,,1", "column precision: 'town' is unknown; expected one of point"),
        ("A,,1,1,country,NL,,1", "column precision: 'country' is unknown"),
        (
            "A,,1,1,city,XX,,1",
            "column country: 'XX' is not an ISO 3166-1 code; expected two letters such as BR",
        ),
        ("A,,1,1,city,NL,,-1", "column radius_km: '-1' is not more than 0; expected kilometres such as 2.5"),
        (",,1,1,city,NL,,1", "column name: '' is empty"),
        ("A,,1", "column lat: '' is empty"),
    ],
)
def test_an_error_names_the_file_the_line_and_the_column(
    gazetteer: Gazetteer, tmp_path: Path, row: str, message: str
) -> None:
    file = write(tmp_path, f"# a comment\n{HEADER}{VALID}\n{row}\n")
    with pytest.raises(GazetteerError) as error:
        Overlay(gazetteer, [file])
    assert str(error.value).startswith(f"{file}, line 5, {message}")


def test_a_missing_column_is_named(gazetteer: Gazetteer, tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="line 1: there is no column 'precision'"):
        Overlay(gazetteer, [write(tmp_path, "name,lon,lat,country\n")])


def test_an_error_names_a_file_that_is_missing_or_not_text(gazetteer: Gazetteer, tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.csv", "bytes.csv"):
        with pytest.raises(GazetteerError, match=name):
            Overlay(gazetteer, [tmp_path / name])
