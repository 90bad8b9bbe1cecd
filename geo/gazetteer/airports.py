"""Airports by name, by code and by the towns that they serve."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from geo.data_files import bundled_rows
from geo.gazetteer.cells import CELLS_PER_ROW, cell
from geo.text import fold

MAX_KM_OF_SERVED_TOWN = 50.0
MAX_KM_OF_TOWN_AT_AIRPORT = 6.0
MIN_PEOPLE_OF_LARGE_TOWN = 100_000  # has an airport even if the airport's name does not say so
MIN_PEOPLE_FOR_BARE_NAME = 500_000  # "Heathrow" means the airport, "Lincoln" the town
MIN_CHARACTERS_OF_NAME = 4
CHARACTERS_OF_IATA_CODE = 3
_KM_PER_DEGREE = 111.2
_WORDS = frozenset(
    (
        "airport", "airports", "airfield", "field", "aerodrome", "airstrip", "airpark", "heliport", "base", "air",
        "force", "afb", "airbase", "naval", "station", "international", "intl", "regional", "municipal", "domestic",
        "national", "ntl", "county", "memorial", "executive", "metropolitan",
    )
)  # fmt: skip
_WORDS_WITHOUT_NAME = frozenset(
    ("capital", "central", "city", "downtown", "east", "island", "new", "north", "old", "south", "west")
)


class Airport(NamedTuple):
    """An airport: its IATA code, or else its ICAO code; name, country, degrees and ids of areas or 0."""

    code: str
    name: str
    country: str
    lon: float
    lat: float
    admin1: int
    admin2: int

    @property
    def area(self) -> str:
        """Return no area: the table has only names of states."""
        return ""


def airports() -> Iterator[Airport]:
    """Yield the airports of airports.csv."""
    for row in bundled_rows("airports.csv"):
        lon, lat = float(row["lon"]), float(row["lat"])
        areas = int(row["admin1"] or 0), int(row["admin2"] or 0)
        yield Airport(row["code"], row["name"], row["country"], lon, lat, *areas)


def short_name(name: str) -> str:
    """Return the folded name of an airport without words for airports: `Bagram Air Base` → bagram."""
    words = fold(name).split(" ")
    while len(words) > 1 and words[-1] in _WORDS:
        words.pop()
    return " ".join(
        word for at, word in enumerate(words) if at == 0 or word not in ("airport", "international")
    )


def name_without_town(short: str, town: str) -> str | None:
    """Return what is left of an airport's short name without a town in it: `london heathrow` → heathrow; else None."""
    if f" {town} " not in f" {short} ":
        return None
    own_name = " ".join(f" {short} ".replace(f" {town} ", " ", 1).split())
    is_name = len(own_name) >= MIN_CHARACTERS_OF_NAME and own_name not in _WORDS_WITHOUT_NAME | _WORDS
    return own_name if is_name else None


class AirportNames:
    """Collects the names of an airport from the towns around it; `people` is the population of the largest of them."""

    def __init__(self, airport: Airport) -> None:
        self.airport = airport
        self.short = short_name(airport.name)
        self.people = 0
        self.names = {self.short}  # with a word for an airport
        self.names_of_nearest_towns: set[str] = set()  # keys
        self.bare_names: set[str] = set()  # without a word for an airport
        self.is_named_after_town = False
        self._km_per_degree_of_lon = _KM_PER_DEGREE * math.cos(math.radians(airport.lat))

    @property
    def is_public(self) -> bool:
        """Return whether the airport has an IATA code."""
        return len(self.airport.code) == CHARACTERS_OF_IATA_CODE

    def km_to(self, lon: float, lat: float) -> float:
        """Return the distance to a point in kilometres; approximate, which is exact enough for 50 km."""
        x = (lon - self.airport.lon) * self._km_per_degree_of_lon
        return math.hypot(x, (lat - self.airport.lat) * _KM_PER_DEGREE)

    def add_town(self, name: str, population: int) -> bool:
        """Take a nearby town by its folded name into account; return whether the airport is named after it."""
        self.people = max(self.people, population)
        if f" {name} " not in f" {self.short} ":
            return False
        self.is_named_after_town = True
        if own_name := name_without_town(self.short, name):
            self.names.add(own_name)
            if population >= MIN_PEOPLE_FOR_BARE_NAME:
                self.bare_names |= {own_name, self.short}
        return True

    def plain_names(self) -> set[str]:
        """Return the folded names that mean the airport without a word for one: `charles de gaulle`, `heathrow`."""
        full = fold(self.airport.name)
        names = self.bare_names | ({full} if full != self.short else set())
        is_large = self.people >= MIN_PEOPLE_FOR_BARE_NAME and "international" in full
        if is_large and not self.is_named_after_town and " " in self.short:
            names.add(self.short)
        return names


class AirportIndex:
    """The airports by square degree, so that each town finds those around it."""

    def __init__(self) -> None:
        self.airports = [AirportNames(airport) for airport in airports()]
        self._cells: dict[int, list[AirportNames]] = {}
        for airport in self.airports:
            here = cell(airport.airport.lon, airport.airport.lat)
            for row in (-CELLS_PER_ROW, 0, CELLS_PER_ROW):
                for column in (-1, 0, 1):
                    self._cells.setdefault(here + row + column, []).append(airport)

    def add_town(self, name: str, names: set[str], point: tuple[float, float], population: int) -> None:
        """Add a town's names to the airports that serve it: those with its name, or at the town, or the nearest.

        `name` is folded; `names` are keys, that is, folded and without spaces; `point` is lon, lat in degrees.
        """
        nearby = self._cells.get(cell(*point), ())
        pairs = [(airport.km_to(*point), airport) for airport in nearby]
        pairs = [pair for pair in pairs if pair[0] <= MAX_KM_OF_SERVED_TOWN]
        if not pairs:
            return
        named_after_town = [airport for _, airport in pairs if airport.add_town(name, population)]
        for airport in named_after_town:
            airport.names |= names
        public = [(km, airport) for km, airport in pairs if airport.is_public]
        if public and not named_after_town:
            km, nearest = min(public, key=lambda pair: pair[0])
            if km <= MAX_KM_OF_TOWN_AT_AIRPORT or population >= MIN_PEOPLE_OF_LARGE_TOWN:
                nearest.names_of_nearest_towns |= names
