"""Notice swapped latitude and longitude by comparing a point with the place that the row names."""

from collections import Counter
from typing import Literal

from geo.place import FindCandidates
from geo.sphere import distance_km

AxisOrder = Literal["right", "swapped", "elsewhere"]

_NEAR_KM, _FAR_KM = 50.0, 300.0  # from a place that the name may mean; its own radius is added to both
_MAX_RADIUS_KM = 500.0  # wider places, such as continents, prove nothing
_MAX_NAMES_COMPARED = 10_000
_MAX_POINTS_ELSEWHERE = 1_000  # after so many points far from their places, the check ends for this file


class AxisCheck:
    """Compare points with the places that their names may mean, for the first ten thousand names of a file.

    `find_offline` uses no network, since a table may have a million names. `counts` are the results so far: where
    most points are elsewhere, names do not say where the points are.
    """

    def __init__(self, find_offline: FindCandidates) -> None:
        self.find_offline = find_offline
        self.areas: dict[str, tuple[tuple[float, float, float], ...]] = {}
        self.counts: Counter[AxisOrder] = Counter()

    def compare(self, name: str, lon: float, lat: float) -> AxisOrder | None:
        """Return whether a point (degrees) is near the place, or only with its axes swapped; None if undecided."""
        areas = self._areas(name)
        if abs(lon) > 90 or not areas or distance_km(lon, lat, lat, lon) < _FAR_KM:
            return None
        order: AxisOrder = "elsewhere"
        if any(distance_km(lon, lat, x, y) < radius + _FAR_KM for x, y, radius in areas):
            order = "right"
        elif any(distance_km(lat, lon, x, y) < radius + _NEAR_KM for x, y, radius in areas):
            order = "swapped"
        self.counts[order] += 1
        return order

    def is_swapped(self, name: str, lon: float, lat: float) -> bool:
        """Return whether a point is near its place only with its axes swapped; False if most points are elsewhere."""
        if self.counts["elsewhere"] > max(self.counts["right"], _MAX_POINTS_ELSEWHERE):
            return False
        return self.compare(name, lon, lat) == "swapped" and self.counts["elsewhere"] <= self.counts["right"]

    def _areas(self, name: str) -> tuple[tuple[float, float, float], ...]:
        """Return longitude, latitude (degrees) and radius (km) of each place that a name may mean."""
        if name not in self.areas:
            if len(self.areas) >= _MAX_NAMES_COMPARED:
                return ()
            places = (candidate.place for candidate in self.find_offline(name, None))
            self.areas[name] = tuple(
                (place.lon, place.lat, place.radius_km)
                for place in places
                if place.radius_km < _MAX_RADIUS_KM
            )
        return self.areas[name]
