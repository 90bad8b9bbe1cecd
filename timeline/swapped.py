"""Latitude and longitude in each other's column, told by the name of a place that stands beside them."""

from typing import Literal

from geo.sphere import distance_km
from timeline.judge import Locate

Way = Literal["right", "swapped"]

_NEAR, _FAR = 50.0, 300.0  # kilometres from what a name may mean; its own radius comes to both
_NAMES = 10_000


class Ways:
    """Hold coordinates against what their place's name may mean; of a file the first ten thousand names are asked.

    `names` is the geocoder, one that asks no network: a table may have a million names.
    """

    def __init__(self, names: Locate) -> None:
        self.names = names
        self.meant: dict[str, tuple[tuple[float, float, float], ...]] = {}

    def __call__(self, text: str, lon: float, lat: float) -> Way | None:
        """Tell whether a point in degrees lies near the place, or only the other way round; None for neither."""
        if abs(lon) > 90 or distance_km(lon, lat, lat, lon) < _FAR:
            return None
        meant = self._meant(text)
        if any(distance_km(lon, lat, x, y) < radius + _FAR for x, y, radius in meant):
            return "right"
        return (
            "swapped" if any(distance_km(lat, lon, x, y) < radius + _NEAR for x, y, radius in meant) else None
        )

    def _meant(self, text: str) -> tuple[tuple[float, float, float], ...]:
        if text not in self.meant:
            if len(self.meant) >= _NAMES:
                return ()
            places = (one.place for one in self.names(text, None))
            self.meant[text] = tuple((one.lon, one.lat, one.radius_km) for one in places)
        return self.meant[text]
