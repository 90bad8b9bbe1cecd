"""Decide between places that a text may mean: no answer is better than a coin toss between continents."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from geo.place import Place
from geo.sphere import distance_km

SURE_CONFIDENCE = 0.65  # below it, a person should check the place
SAME_PLACE_KM = 25.0
FAR_KM = 2000.0
MAX_RIVAL_ODDS = 9.0  # a place that is more than nine times less likely than the best is not a rival


class Circle(Protocol):
    """Anything with a centre in degrees and a radius in kilometres."""

    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...
    @property
    def radius_km(self) -> float: ...


AnyCircle = TypeVar("AnyCircle", bound=Circle)


def is_elsewhere(place: Circle, other: Circle) -> bool:
    """Return whether `other` is more than 25 km outside `place`: another town is, the district around it is not."""
    return distance_km(place.lon, place.lat, other.lon, other.lat) > SAME_PLACE_KM + place.radius_km


def rival(best: Circle, others: Iterable[AnyCircle]) -> AnyCircle | None:
    """Return the first of the others, sorted best first, that is elsewhere than the best; None if there is none."""
    return next((other for other in others if is_elsewhere(best, other)), None)


def is_undecided(best: Place, others: Iterable[Place]) -> bool:
    """Return whether the best place is unsure while its rival is more than 2,000 km away.

    The rival counts only if it has at least a ninth of the best place's confidence.
    """
    if best.confidence >= SURE_CONFIDENCE:
        return False
    other = rival(best, others)
    if other is None or MAX_RIVAL_ODDS * other.confidence < best.confidence:
        return False
    return distance_km(best.lon, best.lat, other.lon, other.lat) > FAR_KM
