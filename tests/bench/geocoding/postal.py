"""Make geo/data/postal.tsv.gz: towns that have a postal code but stand in no list of cities.

    python tests/bench/geocoding/postal.py allCountries.txt

The input is GeoNames' file of postal codes (CC BY 4.0, tab-separated, its readme tells the columns); the
output's columns are country, name, longitude, latitude (degrees, 3 decimals) and the GeoNames id of the
first-level area. Only rows whose point is a place of its own count (accuracy 4 and more), of names that the
gazetteer lacks there, and of countries where such rows are few enough to be towns rather than farms.
"""

import gzip
import re
import sys
from collections import defaultdict
from pathlib import Path

from geo.gazetteer import Gazetteer, open_gazetteer
from geo.score import ADMIN1, CITY
from geo.sphere import distance_km
from geo.text import key

TARGET = Path(__file__).parents[3] / "geo/data/postal.tsv.gz"
MOST = 1800
ALWAYS = frozenset(("US", "GB", "AU", "DE"))
SAME_KM, WIDE_KM = 25.0, 20.0
CLEAN = re.compile(r"[^\d,;/()\"]{2,40}")


def places(source: Path) -> list[tuple[str, str, str, float, float]]:
    """Read (country, name, first-level area, lon, lat), one for all the postal codes of a town."""
    points: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    for line in source.open(encoding="utf-8"):
        country, _, name, area, *_, lat, lon, accuracy = line.rstrip("\n").split("\t")
        if accuracy >= "4" and CLEAN.fullmatch(name):
            points[country, name, area].append((float(lon), float(lat)))
    found = []
    for (country, name, area), where in points.items():
        lon, lat = (sum(values) / len(where) for values in zip(*where, strict=True))
        if all(distance_km(lon, lat, *one) <= WIDE_KM for one in where):
            found.append((country, name, area, lon, lat))
    return found


def area_of(gazetteer: Gazetteer, country: str, area: str, lon: float, lat: float) -> int | None:
    """Find the id of a first-level area by its name, else by the nearest city's."""
    for entry in gazetteer.named(key(area)):
        if entry.kind == ADMIN1 and entry.country == country:
            return entry.id
    near = gazetteer.near(lon, lat)
    return near[0][1].admin1 if near and near[0][1].country == country else None


def main(source: Path) -> None:
    """Write the file."""
    gazetteer = open_gazetteer()
    rows: dict[str, list[str]] = defaultdict(list)
    taken: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for country, name, area, lon, lat in sorted(places(source)):
        known = [
            (e.lon, e.lat)
            for e in gazetteer.named(key(name))
            # A gazetteer made with this very file holds what is looked for here, under ids below 0.
            if e.kind == CITY and e.country == country and e.id > 0
        ]
        mine = taken[country, key(name)]
        if key(name) and all(distance_km(lon, lat, *one) > SAME_KM for one in known + mine):
            mine.append((lon, lat))
            ident = area_of(gazetteer, country, area, lon, lat) or 0
            rows[country].append(f"{country}\t{name}\t{lon:.3f}\t{lat:.3f}\t{max(ident, 0) or ''}\n")
    kept = [
        row for country, many in sorted(rows.items()) if len(many) < MOST or country in ALWAYS for row in many
    ]
    with gzip.GzipFile(TARGET, "wb", mtime=0) as out:
        out.write("".join(kept).encode())
    print(f"{len(kept)} places, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
