"""Judge a place by itself: which candidate, and why a person should look, if one should."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from db.events.draft import Doubt
from geo.box import Box
from geo.choice import MAX_RIVAL_ODDS, SURE_CONFIDENCE, is_elsewhere, rival
from geo.place import MIN_CONFIDENCE, Candidate, FindCandidates, Place
from geo.sphere import around
from timeline.places.context_ranking import GAIN, MOST, Meanings, shared

CLEAR = 0.8  # of confidence: from here on a place helps others, and none can move it
CAPPED = 0.95  # what context says is never surer
_BOX = 20.0  # how much likelier places in an import's box are


class Answer(NamedTuple):
    """What a text is taken for, why a person should look, if one should, and what else it may mean.

    `meanings` begins with the place; it is empty where the place is no help to the event's others.
    """

    place: Place | None
    doubt: Doubt | None
    meanings: Meanings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an import says of all its places: their country (ISO code), a box, and what people chose before."""

    country: str | None = None
    box: Box | None = None
    below: float = SURE_CONFIDENCE
    choices: Mapping[tuple[str, str, str], Place | None] = field(default_factory=dict)
    swapped: Callable[[str, float, float], bool] = lambda text, lon, lat: (
        False
    )  # text, lon, lat: see timeline.swapped


def remembering(locate: FindCandidates, known: Surroundings, size: int = 20_000) -> "Judge":
    """Ask and judge each place once in a run: a table names the same towns again and again."""
    return lru_cache(maxsize=size)(lambda text, country: judged(locate(text, country), known))


Judge = Callable[[str, str | None], Answer]


def judged(found: list[Candidate], known: Surroundings) -> Answer:
    """Choose the best candidate, of those inside the box if there are any, and tell what is in doubt."""
    honest = next((n for n, one in enumerate(found) if one.place.confidence >= MIN_CONFIDENCE), None)
    if honest is None:
        return Answer(None, "missing")
    places = [one.place for one in found[honest:]]
    if known.box:
        inside = _inside(known.box, places)
        if not inside:
            return Answer(places[0], "outside")
        places = inside
    best = places[0]
    doubt = _doubt(best, places[1:], known.below)
    if doubt == "disagreement":
        return Answer(best, doubt)
    clear = doubt is None and best.confidence >= CLEAR
    return Answer(best, doubt, (best,) if clear else _meanings(places))


def _inside(box: Box, places: list[Place]) -> list[Place]:
    """Keep the places that may reach into a box, likelier now that it is known."""
    held = [_touches(box, one) for one in places]
    shares = shared([one.confidence for one in places], [_BOX if one else 1.0 for one in held])
    return [
        replace(one, confidence=max(one.confidence, round(min(CAPPED, share), 2)))
        for one, inside, share in zip(places, held, shares, strict=True)
        if inside
    ]


def _meanings(places: list[Place]) -> Meanings:
    """Keep the few that company could bring forward: a town and the district around it are one."""
    kept = [places[0]]
    for one in places[1:]:
        likely = one.geocoder == kept[0].geocoder and one.confidence * GAIN >= kept[0].confidence
        if likely and len(kept) < MOST and all(is_elsewhere(other, one) for other in kept):
            kept.append(one)
    return tuple(kept)


def _doubt(best: Place, others: list[Place], below: float) -> Doubt | None:
    """Tell why a person should look: another place may as well be meant, or this one is not likely enough."""
    offline = [one for one in others if one.geocoder != best.geocoder]
    if offline and offline[0].confidence >= below and best.country and best.country not in offline[0].codes:
        return "disagreement"
    if best.confidence >= below:
        return None
    other = rival(best, (one for one in others if one.geocoder == best.geocoder))
    return "ambiguous" if other and MAX_RIVAL_ODDS * other.confidence >= best.confidence else "unsure"


def _touches(box: Box, place: Place) -> bool:
    """Tell whether a place may reach into a box: areas are wider than the point that stands for them."""
    wide = around(place.lon, place.lat, max(place.radius_km, 0.001))
    return any(
        a.west <= b.east and b.west <= a.east and a.south <= b.north and b.south <= a.north
        for a in box.parts()
        for b in wide.parts()
    )
