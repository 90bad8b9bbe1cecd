"""Rank the places that a text may mean by the other places of its event: "Cambridge" with "Boston" is in Massachusetts.

Each text has a list of meanings, weighted by confidence: one place for a clear text, a person's choice or given
coordinates; the best few for a doubtful text. A meaning of a doubtful text becomes more likely if another text of the
event is in the same country, in the same area, or near it; each factor is weighted by the probability of that other
place. The weights are then normalised. This is one step of Bayes' rule over pairs: it needs no search over all
combinations, unclear texts can support each other, and the order of the texts does not matter.

The effect is limited on purpose: the places of an event are often close together, but one raid may span ten countries.
Only the strongest companion counts instead of the sum of all, its gain is bounded, and a clear text never changes.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from geo.place import Place
from geo.sphere import distance_km

MAX_MEANINGS = 5  # of a doubtful text
_MAX_COMPANIONS = 100
_COUNTRY_GAIN, _AREA_GAIN, _NEAR_GAIN = 8.0, 3.0, 8.0  # times as likely
MAX_GAIN = _COUNTRY_GAIN * _AREA_GAIN * _NEAR_GAIN
_REACH_KM = 200.0
_MAX_RADIUS_KM = 100.0  # the centre of a wider place says nothing about distance
_KM_PER_DEGREE = 111.0

Meanings = tuple[Place, ...]
"""The places that a text may mean, best first; one for a clear text, none for a text that takes no part."""

_Spots = tuple[tuple[float, float], ...]


class RankedPlace(NamedTuple):
    """A place that a text may mean, and its probability (0 to 1) by itself and in the context of the event."""

    place: Place
    share_alone: float
    share: float


def ranked_together(texts: Sequence[Meanings]) -> list[list[RankedPlace]]:
    """Return the meanings of each text, best first, in the context of the others; the texts keep their order."""
    companions = _most_confident(texts)
    return [_ranked(meanings, companions) for meanings in texts]


def normalised(weights: Sequence[float], factors: Sequence[float]) -> list[float]:
    """Multiply each confidence by its factor and normalise; the results sum to at most 1.

    The remainder `1 - sum(weights)` is the probability that no candidate is right; it is scaled by the largest
    factor, so that a factor shared by all candidates changes nothing.
    """
    products = [weight * factor for weight, factor in zip(weights, factors, strict=True)]
    remainder = max(0.0, 1 - sum(weights)) * max(factors, default=1.0)
    return [product / ((sum(products) + remainder) or 1.0) for product in products]


def _most_confident(texts: Iterable[Meanings]) -> dict[_Spots, Meanings]:
    """Return the most confident texts, each set of places once; their number bounds the work for an event."""
    ordered = sorted(
        filter(None, texts),
        key=lambda meanings: [(-place.confidence, place.lon, place.lat) for place in meanings],
    )
    companions: dict[_Spots, Meanings] = {}
    for meanings in ordered:
        if len(companions) < _MAX_COMPANIONS:
            companions.setdefault(_spots(meanings), meanings)
    return companions


def _spots(meanings: Meanings) -> _Spots:
    return tuple(sorted((place.lon, place.lat) for place in meanings))


def _ranked(meanings: Meanings, companions: dict[_Spots, Meanings]) -> list[RankedPlace]:
    weights = [place.confidence for place in meanings]
    alone = normalised(weights, [1.0] * len(meanings))
    if len(meanings) < 2:
        return [RankedPlace(place, share, share) for place, share in zip(meanings, alone, strict=True)]
    # The same text in another spelling is not evidence.
    own_spots = _spots(meanings)
    others = [companion for spots, companion in companions.items() if spots != own_spots]
    factors = [1 + max((_gain(place, companion) for companion in others), default=0.0) for place in meanings]
    shares = normalised(weights, factors)
    return sorted(map(RankedPlace, meanings, alone, shares), key=lambda ranked: -ranked.share)


def _gain(place: Place, companion: Meanings) -> float:
    total = max(1.0, sum(other.confidence for other in companion))
    return sum(other.confidence / total * (_likelihood(place, other) - 1) for other in companion)


def _likelihood(place: Place, other: Place) -> float:
    """Return the factor by which one place makes another likelier: from 1 to MAX_GAIN at the same spot."""
    factor = 1.0
    if place.country and place.country == other.country:
        factor = _COUNTRY_GAIN * (_AREA_GAIN if place.admin1 and place.admin1 == other.admin1 else 1.0)
    elif not (place.country and other.country):
        codes, other_codes = set(place.codes), set(other.codes)
        factor += (_COUNTRY_GAIN - 1) * len(codes & other_codes) / (len(codes | other_codes) or 1)
    narrow = max(place.radius_km, other.radius_km) <= _MAX_RADIUS_KM
    if narrow and abs(place.lat - other.lat) * _KM_PER_DEGREE < _REACH_KM:
        km = distance_km(place.lon, place.lat, other.lon, other.lat)
        factor *= 1 + (_NEAR_GAIN - 1) * max(0.0, 1 - km / _REACH_KM)
    return factor
