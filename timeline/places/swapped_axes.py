"""Latitude and longitude in each other's column, told by the name of a place that stands beside them."""

from collections import Counter
from typing import Literal

from geo.place import FindCandidates
from geo.sphere import distance_km

Way = Literal["right", "swapped", "elsewhere"]

_NEAR, _FAR = 50.0, 300.0  # kilometres from what a name may mean; its own radius comes to both
_WIDE = 500.0  # kilometres of radius: what is wider, as a continent, tells nothing
_NAMES = 10_000
_ENOUGH = 1_000  # points elsewhere, after which a file is asked no more


class Ways:
    """Hold coordinates against what their place's name may mean; of a file the first ten thousand names are asked.

    `names` is the geocoder, one that asks no network: a table may have a million names. `told` counts the answers:
    where most points lie elsewhere, names do not tell where they are.
    """

    def __init__(self, names: FindCandidates) -> None:
        self.names = names
        self.meant: dict[str, tuple[tuple[float, float, float], ...]] = {}
        self.told: Counter[Way] = Counter()

    def __call__(self, text: str, lon: float, lat: float) -> Way | None:
        """Tell whether a point in degrees lies near the place, or only the other way round; None for a name unknown."""
        meant = self._meant(text)
        if abs(lon) > 90 or not meant or distance_km(lon, lat, lat, lon) < _FAR:
            return None
        way: Way = "elsewhere"
        if any(distance_km(lon, lat, x, y) < radius + _FAR for x, y, radius in meant):
            way = "right"
        elif any(distance_km(lat, lon, x, y) < radius + _NEAR for x, y, radius in meant):
            way = "swapped"
        self.told[way] += 1
        return way

    def swapped(self, text: str, lon: float, lat: float) -> bool:
        """Tell whether a point lies near its place only the other way round, in a file whose names tell such things."""
        if self.told["elsewhere"] > max(self.told["right"], _ENOUGH):
            return False
        return self(text, lon, lat) == "swapped" and self.told["elsewhere"] <= self.told["right"]

    def _meant(self, text: str) -> tuple[tuple[float, float, float], ...]:
        if text not in self.meant:
            if len(self.meant) >= _NAMES:
                return ()
            places = (one.place for one in self.names(text, None))
            self.meant[text] = tuple(
                (one.lon, one.lat, one.radius_km) for one in places if one.radius_km < _WIDE
            )
        return self.meant[text]
