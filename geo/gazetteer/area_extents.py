"""How far an area reaches, estimated from the towns inside it."""

import math

from geo.geometry import DECIMALS
from geo.sphere import EARTH_KM

MIN_RADIUS_KM = 5.0


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
