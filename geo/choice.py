"""Decide between places that a text may mean: no answer is better than a coin tossed between continents."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from geo.place import Place
from geo.sphere import distance_km

SURE = 0.65  # of confidence: below it a person should look
APART_KM = 25.0
FAR_KM = 2000.0
CHANCE = 9.0  # a rival that is less than a ninth as likely is none


class Spot(Protocol):
    """Anything with a point in degrees and a radius in kilometres."""

    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...
    @property
    def radius_km(self) -> float: ...


AnySpot = TypeVar("AnySpot", bound=Spot)


def apart(one: Spot, other: Spot) -> bool:
    """Tell whether a spot lies elsewhere than `one`: a town and the district around it do not."""
    return distance_km(one.lon, one.lat, other.lon, other.lat) > APART_KM + one.radius_km


def rival(best: Spot, others: Iterable[AnySpot]) -> AnySpot | None:
    """Give the first of the others, best first, that lies elsewhere."""
    return next((one for one in others if apart(best, one)), None)


def undecided(best: Place, others: Iterable[Place]) -> bool:
    """Tell whether the best place is too unsure to be the answer, with another more than 2,000 km away.

    The other, the next best that lies elsewhere, must have a chance too: a ninth of the best one's at least.
    """
    if best.confidence >= SURE:
        return False
    other = rival(best, others)
    if other is None or CHANCE * other.confidence < best.confidence:
        return False
    return distance_km(best.lon, best.lat, other.lon, other.lat) > FAR_KM
