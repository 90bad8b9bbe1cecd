"""Rank the places that a text may mean by the other places of its event: "Cambridge" with "Boston" is in Massachusetts.

Each text has a list of meanings, weighted by confidence: a single place for a person's choice or given coordinates, the
best few for a text. A meaning becomes more likely if another text of the event is in the same country, in the same
area, or near it; each factor is weighted by the probability of that other place. The weights are then normalised. This
is one step of Bayes' rule over pairs: it needs no search over all combinations, unclear texts can support each other,
and the order of the texts does not matter.

The gains of the other texts are added, up to a limit: the places of an event are often close together, but one raid
may span ten countries. There is no threshold above which a text is too clear to change: "Odessa" alone is in Texas four
times in five, but not with "Kharkiv" and "Mykolaiv". A city of world rank is so much likelier than its namesakes that
only many companions that agree outweigh it. The name of a state with towns in that state counts more: "Atlanta",
"Savannah" and "Georgia" are hardly ever together by chance.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from geo.place import Place, Precision
from geo.sphere import distance_km

MAX_MEANINGS = 8  # of a text
MIN_CONFIDENCE_OF_MEANING = 1e-6
_MAX_COMPANIONS = 100
_COUNTRY_GAIN, _AREA_GAIN, _NEAR_GAIN = 8.0, 3.0, 8.0  # times as likely
MAX_GAIN = 600.0  # of all companions together; one next door adds 191
_CONTAINED_GAIN, MAX_CONTAINED_GAIN = (
    1e4,
    1e8,
)  # for the name of a state with one of its towns, and with several
_MIN_SHARE_OF_EVIDENCE = 0.01
_REACH_KM = 200.0
_MAX_RADIUS_KM = 100.0  # the centre of a wider place says nothing about distance
_KM_PER_DEGREE = 111.0

Meanings = tuple[Place, ...]
"""The places that a text may mean, best first; one for given coordinates, none for a text that takes no part."""

_Spots = tuple[tuple[float, float], ...]
_Area = tuple[str | None, str | None]  # country and name


class RankedPlace(NamedTuple):
    """A place that a text may mean, and its probability (0 to 1) by itself and in the context of the event."""

    place: Place
    share_alone: float
    share: float


def ranked_together(texts: Sequence[Meanings]) -> list[list[RankedPlace]]:
    """Return the meanings of each text, best first, in the context of the others; the texts keep their order."""
    companions = _most_confident(texts)
    return [_ranked(meanings, companions) for meanings in texts]


def normalised(
    weights: Sequence[float], factors: Sequence[float], remainder_factor: float | None = None
) -> list[float]:
    """Multiply each confidence by its factor and normalise; the results sum to at most 1.

    The remainder `1 - sum(weights)` is the probability that no candidate is right. It is scaled by the largest factor,
    or by another one; with any of the factors, a factor shared by all candidates changes nothing.
    """
    products = [weight * factor for weight, factor in zip(weights, factors, strict=True)]
    if remainder_factor is None:
        remainder_factor = max(factors, default=1.0)
    remainder = max(0.0, 1 - sum(weights)) * remainder_factor
    return [product / ((sum(products) + remainder) or 1.0) for product in products]


class _Companion(NamedTuple):
    """A text of the event as evidence: its likely meanings with their shares, and the areas that it may name."""

    likely: tuple[tuple[Place, float], ...]
    areas: frozenset[_Area]

    @classmethod
    def of(cls, meanings: Meanings) -> "_Companion":
        """Return the evidence of a text; meanings below one per cent are left out, since they count for nothing."""
        total = max(1.0, sum(place.confidence for place in meanings))
        shares = ((place, place.confidence / total) for place in meanings)
        return cls(tuple(pair for pair in shares if pair[1] >= _MIN_SHARE_OF_EVIDENCE), _areas(meanings))


def _most_confident(texts: Iterable[Meanings]) -> dict[_Spots, _Companion]:
    """Return the most confident texts, each set of places once; their number bounds the work for an event."""
    ordered = sorted(
        filter(None, texts),
        key=lambda meanings: [(-place.confidence, place.lon, place.lat) for place in meanings],
    )
    companions: dict[_Spots, _Companion] = {}
    for meanings in ordered:
        if len(companions) < _MAX_COMPANIONS:
            companions.setdefault(_spots(meanings), _Companion.of(meanings))
    return companions


def _spots(meanings: Meanings) -> _Spots:
    return tuple(sorted((place.lon, place.lat) for place in meanings))


def _areas(meanings: Meanings) -> frozenset[_Area]:
    """Return the areas that a text may mean; "New York" with "Buffalo" is the city in the state of that name."""
    towns = {_area(place) for place in meanings if place.precision.rank < Precision.ADMIN1.rank}
    return (
        frozenset(_area(place) for place in meanings if place.precision is Precision.ADMIN1 and place.admin1)
        - towns
    )


def _area(place: Place) -> _Area:
    return place.country, place.admin1


def _ranked(meanings: Meanings, companions: dict[_Spots, _Companion]) -> list[RankedPlace]:
    weights = [place.confidence for place in meanings]
    alone = normalised(weights, [1.0] * len(meanings))
    if len(meanings) < 2:
        return [RankedPlace(place, share, share) for place, share in zip(meanings, alone, strict=True)]
    # The same text in another spelling is not evidence.
    own_spots, own_areas = _spots(meanings), _areas(meanings)
    others = [companion for spots, companion in companions.items() if spots != own_spots]
    factors = [_factor(place, own_areas, others) for place in meanings]
    shares = normalised(weights, factors, min(factors))
    return sorted(map(RankedPlace, meanings, alone, shares), key=lambda ranked: -ranked.share)


def _factor(place: Place, own_areas: frozenset[_Area], companions: Iterable[_Companion]) -> float:
    """Return how many times likelier the other texts of the event make a place."""
    near, contained = 0.0, 1.0
    for likely, areas in companions:
        for other, share in likely:
            if _names_area(place, other, own_areas) or _names_area(other, place, areas):
                contained *= 1 + share * (_CONTAINED_GAIN - 1)
            else:
                near += share * (_likelihood(place, other) - 1)
    return min(near, MAX_GAIN) + min(contained, MAX_CONTAINED_GAIN)


def _names_area(area: Place, town: Place, areas: frozenset[_Area]) -> bool:
    """Return whether a place is one of a text's areas, and contains a town."""
    return (
        area.precision is Precision.ADMIN1
        and town.precision.rank < Precision.ADMIN1.rank
        and _area(area) == _area(town)
        and _area(area) in areas
    )


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
