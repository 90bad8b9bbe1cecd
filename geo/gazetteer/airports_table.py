"""Write geo/data/airports.csv: airports by name and code, from the table of the package airportsdata.

A tool for maintainers, to run by hand when the package has a new version:

    python -m geo.gazetteer.airports_table airports.csv

The towns in the table are not used. Airports without an IATA code in the United States are left out: most are strips of
farms. So are airports whose coordinates are in another country than the row says.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from geo.gazetteer.airports import Airport
from geo.gazetteer.locode import AreaFinder
from geo.gazetteer.reader import open_gazetteer

_COLUMNS = ("code", "name", "country", "lon", "lat", "admin1", "admin2")
_ICAO = re.compile(r"[A-Z]{4}")


def read_table(path: Path) -> Iterator[Airport]:
    """Yield the airports of airportsdata's table that are worth a name."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            is_official = row["country"] != "US" and _ICAO.fullmatch(row["icao"])
            if row["iata"] or is_official:
                lon, lat = round(float(row["lon"]), 4), round(float(row["lat"]), 4)
                name = row["name"].replace("Airport Airport", "Airport")
                yield Airport(row["iata"] or row["icao"], name, row["country"], lon, lat, 0, 0)


def main(path: str) -> None:
    """Write airports.csv into the folder of the package's data."""
    target = Path(__file__).parents[1] / "data" / "airports.csv"
    rows = sorted(_with_areas(read_table(Path(path))))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(rows)
    print(f"wrote {len(rows)} airports to {target}")


def _with_areas(table: Iterable[Airport]) -> Iterator[tuple[object, ...]]:
    finder = AreaFinder(open_gazetteer())
    for airport in table:
        areas = finder.ids(airport)
        if areas:
            yield (*airport[:-2], *areas)


if __name__ == "__main__":
    main(sys.argv[1])
