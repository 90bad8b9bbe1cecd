"""Let the places of one event help each other: "Cambridge" beside "Boston" is the one in Massachusetts.

Every text brings what it may mean, with confidences as weights: a sure text, a person's choice or given
coordinates one place, a doubtful text its best few. What a doubtful text may mean gains by the other texts: for the
same country, the same area and nearness, each weighed by how likely the other is. Then the weights are shared
out anew. This is one step of Bayes' rule over pairs, so it needs no search through all combinations, texts that
are all unsure can still agree, and the order of the texts cannot matter.

Why so tame: the places of one event often lie together, but a raid may span ten countries. So the best
companion counts and not the sum of all, the gain is bounded, and a sure text is never moved.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from geo.place import Place
from geo.sphere import distance_km

MOST = 5  # places that a doubtful text may mean
_COMPANIONS = 100
_COUNTRY, _AREA, _NEAR = 8.0, 3.0, 8.0  # times as likely
GAIN = _COUNTRY * _AREA * _NEAR
_REACH_KM = 200.0
_WIDE_KM = 100.0  # the middle of anything wider says nothing about distance
_DEGREE_KM = 111.0

Meanings = tuple[Place, ...]
"""What a text may mean, best first; one place for a sure text, none for a text that can neither help nor be helped."""


class Weighed(NamedTuple):
    """A place that a text may mean, and its share of all that the text may mean, before and after."""

    place: Place
    before: float
    share: float


def weighed(texts: Sequence[Meanings]) -> list[list[Weighed]]:
    """Weigh what each text may mean by what the others may mean; answer in the same order, each best first."""
    company = _surest(texts)
    return [_beside(meanings, company) for meanings in texts]


def shared(weights: Sequence[float], factors: Sequence[float]) -> list[float]:
    """Share out what is likely: weights (confidences) times factors, made to sum to one at most.

    What the weights leave to one, the chance that none is right, gains as much as the one that gains most: a
    factor that all have in common changes nothing.
    """
    products = [weight * factor for weight, factor in zip(weights, factors, strict=True)]
    rest = max(0.0, 1 - sum(weights)) * max(factors, default=1.0)
    return [product / ((sum(products) + rest) or 1.0) for product in products]


def _surest(texts: Iterable[Meanings]) -> dict[tuple[tuple[float, float], ...], Meanings]:
    """Keep as many texts as bounded work allows, the surest first, each set of meanings once."""
    ordered = sorted(
        filter(None, texts), key=lambda some: [(-one.confidence, one.lon, one.lat) for one in some]
    )
    company: dict[tuple[tuple[float, float], ...], Meanings] = {}
    for meanings in ordered:
        if len(company) < _COMPANIONS:
            company.setdefault(_spots(meanings), meanings)
    return company


def _spots(meanings: Meanings) -> tuple[tuple[float, float], ...]:
    return tuple(sorted((one.lon, one.lat) for one in meanings))


def _beside(meanings: Meanings, company: dict[tuple[tuple[float, float], ...], Meanings]) -> list[Weighed]:
    weights = [one.confidence for one in meanings]
    before = shared(weights, [1.0] * len(meanings))
    if len(meanings) < 2:
        return [Weighed(one, share, share) for one, share in zip(meanings, before, strict=True)]
    # The same text once more, in other letters, is no evidence.
    mine = _spots(meanings)
    others = [theirs for spots, theirs in company.items() if spots != mine]
    factors = [1 + max((_gain(one, theirs) for theirs in others), default=0.0) for one in meanings]
    after = shared(weights, factors)
    return sorted(map(Weighed, meanings, before, after), key=lambda one: -one.share)


def _gain(one: Place, theirs: Meanings) -> float:
    total = max(1.0, sum(other.confidence for other in theirs))
    return sum(other.confidence / total * (_pull(one, other) - 1) for other in theirs)


def _pull(one: Place, other: Place) -> float:
    """Tell how many times likelier a place is beside another: from 1 for a far country to GAIN for the same spot."""
    pull = 1.0
    if one.country and one.country == other.country:
        pull = _COUNTRY * (_AREA if one.admin1 and one.admin1 == other.admin1 else 1.0)
    elif not (one.country and other.country):
        mine, theirs = set(one.codes), set(other.codes)
        pull += (_COUNTRY - 1) * len(mine & theirs) / (len(mine | theirs) or 1)
    narrow = max(one.radius_km, other.radius_km) <= _WIDE_KM
    if narrow and abs(one.lat - other.lat) * _DEGREE_KM < _REACH_KM:
        km = distance_km(one.lon, one.lat, other.lon, other.lat)
        pull *= 1 + (_NEAR - 1) * max(0.0, 1 - km / _REACH_KM)
    return pull
