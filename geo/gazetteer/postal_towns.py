"""Write geo/data/postal_towns.csv: towns of US postal codes that GeoNames' towns and UN/LOCODE lack.

A tool for maintainers, to run by hand when GeoNames publishes new postal codes:

    python -m geo.gazetteer.postal_towns US.txt

US.txt is GeoNames' table of US postal codes. Most of the towns are hamlets of fewer than 500 people. Military post
offices, and towns whose coordinates are in another state than the row says, are left out.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from geo.gazetteer.locode import missing_places
from geo.gazetteer.reader import open_gazetteer
from geo.sphere import distance_km
from geo.text import key

MAX_KM_WITHIN_TOWN = 25.0
_COLUMNS = ("code", "name", "lon", "lat", "admin1", "admin2")
_FIELDS = 12  # country, postal code, town, state, its code, county, its code, two unused, latitude, longitude, accuracy
_STATE = re.compile(r"(?!A[AEP]$)[A-Z]{2}")
_NAME = re.compile(r"[A-Z][^\d()/]{2,}")


class PostalTown(NamedTuple):
    """A town of one or more postal codes: the first code, the name, the state as `US-AK`, and degrees."""

    code: str
    name: str
    area: str
    lon: float
    lat: float
    country: str = "US"


def read_postal_codes(lines: Iterable[str]) -> Iterator[PostalTown]:
    """Yield a town for every line of GeoNames' table of postal codes that is in a state."""
    for line in lines:
        fields = line.rstrip("\n").split("\t")
        if len(fields) < _FIELDS or not _STATE.fullmatch(fields[4]) or not _NAME.fullmatch(fields[2]):
            continue
        yield PostalTown(fields[1], fields[2], f"US-{fields[4]}", float(fields[10]), float(fields[9]))


def towns_of(postal_codes: Iterable[PostalTown]) -> list[PostalTown]:
    """Return one town for all postal codes of a name and a state within 25 km, at their mean point."""
    groups: dict[tuple[str, str], list[list[PostalTown]]] = {}
    for town in postal_codes:
        namesakes = groups.setdefault((town.area, key(town.name)), [])
        for group in namesakes:
            if distance_km(town.lon, town.lat, group[0].lon, group[0].lat) <= MAX_KM_WITHIN_TOWN:
                group.append(town)
                break
        else:
            namesakes.append([town])
    return [_mean(group) for namesakes in groups.values() for group in namesakes]


def _mean(group: list[PostalTown]) -> PostalTown:
    lon = sum(town.lon for town in group) / len(group)
    lat = sum(town.lat for town in group) / len(group)
    return group[0]._replace(lon=round(lon, 3), lat=round(lat, 3))


def main(path: str) -> None:
    """Write postal_towns.csv into the folder of the package's data."""
    target = Path(__file__).parents[1] / "data" / "postal_towns.csv"
    with Path(path).open(encoding="utf-8") as lines:
        towns = towns_of(read_postal_codes(lines))
    _write(target, [])  # a gazetteer compiled from the old file would have the towns already
    places = sorted(missing_places(towns, open_gazetteer()))
    _write(target, places)
    print(f"wrote {len(places)} towns to {target}")


def _write(target: Path, places: list[tuple[object, ...]]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(places)


if __name__ == "__main__":
    main(sys.argv[1])
