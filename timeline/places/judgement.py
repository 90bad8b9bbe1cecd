"""Judge one text by itself: choose a candidate, and give the reason if a person should review it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from db.events.draft import Doubt
from geo.box import Box
from geo.choice import MAX_RIVAL_ODDS, SURE_CONFIDENCE, is_elsewhere, rival
from geo.place import MIN_CONFIDENCE, Candidate, FindCandidates, Place
from geo.sphere import around
from timeline.places.context_ranking import MAX_MEANINGS, MIN_CONFIDENCE_OF_MEANING, Meanings, normalised

CLEAR_CONFIDENCE = 0.8  # confidence from which a place helps the event's others and never changes
MAX_CONFIDENCE_BY_CONTEXT = 0.95
_BOX_GAIN = 20.0  # how many times likelier a place inside the import's box is


class Judgement(NamedTuple):
    """The place that a text is taken for, and the doubt for which a person should review it; None for none.

    `meanings` begins with the place; it is empty if the place says nothing about the event's others. `others` are the
    places that a message names as alternatives, best first.
    """

    place: Place | None
    doubt: Doubt | None
    meanings: Meanings = ()
    others: Meanings = ()


WrittenParts = tuple[tuple[str, str], ...]
"""The field ("place", "city", "admin1", "country") and text of each column that names an area, finest first."""


class AreaJudgement(NamedTuple):
    """The judgement on the columns of a row; `unused` are the fields that say nothing about the place."""

    judgement: Judgement
    unused: tuple[str, ...] = ()


def _never_swapped(_text: str, _lon: float, _lat: float) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceContext:
    """What applies to all places of an import: country (ISO code), box, threshold for review, people's choices.

    `is_swapped(text, lon, lat)` returns whether a point fits its text only with its axes swapped; see AxisCheck.
    `judge_areas(parts, country)` judges the columns of a row that name areas together; see timeline.places.areas.
    """

    country: str | None = None
    box: Box | None = None
    review_below: float = SURE_CONFIDENCE
    choices: Mapping[tuple[str, str, str], Place | None] = field(default_factory=dict)
    is_swapped: Callable[[str, float, float], bool] = _never_swapped
    judge_areas: Callable[[WrittenParts, str | None], AreaJudgement] | None = None


Judge = Callable[[str, str | None], Judgement]  # text and country
_MAX_TEXTS_CACHED = 20_000


def caching_judge(find_candidates: FindCandidates, context: PlaceContext) -> Judge:
    """Return a function that judges a text once and remembers the result: a table names the same towns many times."""
    return lru_cache(maxsize=_MAX_TEXTS_CACHED)(
        lambda text, country: judged(find_candidates(text, country), context)
    )


def judged(candidates: list[Candidate], context: PlaceContext) -> Judgement:
    """Return the judgement on a text with these candidates; those inside the box come first, if there are any."""
    first = next(
        (n for n, candidate in enumerate(candidates) if candidate.place.confidence >= MIN_CONFIDENCE), None
    )
    if first is None:
        return Judgement(None, "missing")
    places = [candidate.place for candidate in candidates[first:]]
    if context.box:
        inside = _inside(context.box, places)
        if not inside:
            return Judgement(places[0], "outside")
        places = inside
    best = places[0]
    doubt = _doubt(best, places[1:], context.review_below)
    if doubt == "disagreement":
        return Judgement(best, doubt, others=tuple(_offline(best, places))[:1])
    meanings = _meanings(places)
    return Judgement(best, doubt, meanings, meanings[1:])


def _inside(box: Box, places: list[Place]) -> list[Place]:
    """Return the places that may reach into a box, with the confidence that the box adds."""
    touching = [_touches(box, place) for place in places]
    shares = normalised(
        [place.confidence for place in places], [_BOX_GAIN if touches else 1.0 for touches in touching]
    )
    return [
        replace(place, confidence=max(place.confidence, round(min(MAX_CONFIDENCE_BY_CONTEXT, share), 2)))
        for place, touches, share in zip(places, touching, shares, strict=True)
        if touches
    ]


def _meanings(places: list[Place]) -> Meanings:
    """Return the few places that context could favour; a town and the district around it count as one."""
    meanings = [places[0]]
    for place in places[1:]:
        likely = place.geocoder == places[0].geocoder and place.confidence >= MIN_CONFIDENCE_OF_MEANING
        if likely and len(meanings) < MAX_MEANINGS and all(is_elsewhere(other, place) for other in meanings):
            meanings.append(place)
    return tuple(meanings)


def _offline(best: Place, others: list[Place]) -> list[Place]:
    """Return the gazetteer's places behind the answer of a network geocoder."""
    return [place for place in others if place.geocoder != best.geocoder]


def _doubt(best: Place, others: list[Place], review_below: float) -> Doubt | None:
    """Return why a person should review a place: another is as likely, or this one is not likely enough."""
    offline = _offline(best, others)
    if (
        offline
        and offline[0].confidence >= review_below
        and best.country
        and best.country not in offline[0].codes
    ):
        return "disagreement"
    if best.confidence >= review_below:
        return None
    other = rival(best, (place for place in others if place.geocoder == best.geocoder))
    return "ambiguous" if other and MAX_RIVAL_ODDS * other.confidence >= best.confidence else "unsure"


def _touches(box: Box, place: Place) -> bool:
    """Return whether a place may reach into a box: an area is wider than the point that represents it."""
    wide = around(place.lon, place.lat, max(place.radius_km, 0.001))
    return any(
        a.west <= b.east and b.west <= a.east and a.south <= b.north and b.south <= a.north
        for a in box.parts()
        for b in wide.parts()
    )
