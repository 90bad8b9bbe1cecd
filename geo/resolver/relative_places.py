"""Compute where "12 km south of Kherson", "off the coast of Lampedusa" or "between Madrid and Toledo" is.

A candidate for the other place becomes a candidate for the text: moved, with a larger radius, or both.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from geo.choice import is_elsewhere
from geo.gazetteer.reader import Gazetteer
from geo.geometry import DECIMALS
from geo.place import Candidate, Place, Precision
from geo.resolver.computed_places import coarser, computed_place, first_with_area, precision_of_radius
from geo.resolver.relative_texts import MAX_KM, Relation, RelativeText
from geo.sphere import destination, distance_km, midpoint

NEAR_KM = 25.0
COAST_KM = 40.0
OUTSKIRTS_KM = 10.0
# A compass word such as "south" stands for 45 degrees and the number is rounded: a third of the distance.
SHARE_OF_DISTANCE = 0.3
MAX_KM_TO_NAME = 25.0  # between a computed point and the place that a text names before it
_CONFIDENCE_IN_OTHER_COUNTRY = 0.8
_TYPICAL_KM_BETWEEN = 150.0
_FALL_WITH_DISTANCE = 1.5  # so that London in Ontario, and not in England, is near Hamilton
_MAX_PAIR_CONFIDENCE = 0.95
_MAX_PAIRS = 50
_MIN_WEIGHT = 0.005  # confidences are rounded to 0: Armenia near Pereira is the town in Colombia
_AREAS = (Precision.ADMIN2, Precision.ADMIN1, Precision.COUNTRY)

FindAnchors = Callable[[str], list[Candidate]]
"""A text without a relation → candidates, best first."""


def relative_candidates(
    relative: RelativeText, text: str, find: FindAnchors, gazetteer: Gazetteer
) -> list[Candidate] | None:
    """Return the candidates for a relative text, best first; None if no place that it names is known.

    A distance beyond the other side of the Earth has no candidates.
    """
    if relative.km is not None and relative.km > MAX_KM:
        return []
    if relative.pairs:
        candidates = next(filter(None, (_between(pair, relative, text, find) for pair in relative.pairs)), [])
        return _with_area(candidates, gazetteer) or None
    moved = [_moved(anchor, relative, text) for anchor in find(relative.anchor)]
    moved = _with_area(moved, gazetteer)
    if relative.before and moved:
        return _named_before(relative.before, moved, find)
    return moved or None


def _with_area(candidates: list[Candidate], gazetteer: Gazetteer) -> list[Candidate]:
    """Return candidates, the first with its area if its point was computed."""
    is_computed = candidates and candidates[0].place.gazetteer_id is None
    is_point = is_computed and candidates[0].place.precision is not Precision.COUNTRY
    return first_with_area(candidates, gazetteer) if is_point else candidates


def _moved(anchor: Candidate, relative: RelativeText, text: str) -> Candidate:
    """Return the candidate for a text that is measured from one place."""
    place, km = anchor.place, relative.km
    if km == 0:
        return anchor
    if relative.bearing is None or km is None or place.precision in _AREAS:
        return _widened(anchor, relative)
    point = destination(place.lon, place.lat, relative.bearing, km)
    radius_km = place.radius_km + SHARE_OF_DISTANCE * km + relative.margin_km
    there = computed_place(text, point, radius_km, place.confidence, place.country)
    reasons = [f"{_kilometres(km)} from “{place.name}”, in the direction that the text gives"]
    if there.country and there.country != place.country:
        there = replace(there, confidence=round(place.confidence * _CONFIDENCE_IN_OTHER_COUNTRY, 2))
        reasons.append(f"“{place.name}” is in another country than that point")
    there = replace(there, precision=coarser(there.precision, place.precision), text=place.text)
    return Candidate(place=there, reasons=(*reasons, *anchor.reasons))


def _widened(anchor: Candidate, relative: RelativeText) -> Candidate:
    """Return the place itself with a radius that contains all that the text may mean."""
    place, km = anchor.place, relative.km
    if km is not None:
        # The direction is unknown, or the place is an area and the distance is from its border.
        wider, reason = km + relative.margin_km, f"within {_kilometres(km)} of it"
    elif relative.relation is Relation.COAST:
        wider, reason = COAST_KM, "the text means the sea off its coast"
    elif relative.relation is Relation.OUTSKIRTS:
        wider, reason = OUTSKIRTS_KM, "the text means its outskirts"
    else:
        wider, reason = NEAR_KM, "the text means its surroundings"
    radius_km = round(place.radius_km + wider, 1)
    precision = place.precision
    if km is not None or relative.relation is Relation.COAST:
        precision = coarser(precision, precision_of_radius(radius_km))
    wide = replace(place, radius_km=radius_km, precision=precision)
    return Candidate(place=wide, reasons=(*anchor.reasons, reason))


def _kilometres(km: float) -> str:
    return f"{km:,.1f}".removesuffix(".0") + " km"


def _named_before(before: str, moved: list[Candidate], find: FindAnchors) -> list[Candidate]:
    """Return the place that a text names before the distance, if it is where the distance ends; else that point."""
    end = moved[0].place
    for candidate in find(before):
        place = candidate.place
        km = distance_km(end.lon, end.lat, place.lon, place.lat)
        if place.text is None and km <= max(MAX_KM_TO_NAME, 2 * end.radius_km):
            confidence = max(place.confidence, end.confidence)
            near = replace(place, confidence=confidence)
            return [Candidate(place=near, reasons=(*candidate.reasons, "the distance agrees")), *moved]
    return [
        replace(
            candidate,
            place=replace(candidate.place, text=before),
            reasons=(f"“{before}” was not found near that point", *candidate.reasons),
        )
        for candidate in moved
    ]


def _between(pair: tuple[str, str], relative: RelativeText, text: str, find: FindAnchors) -> list[Candidate]:
    """Return the candidates for a text between two places: near ones are likelier than far ones of the same names."""
    first, second = pair
    _, comma, area = second.partition(",")
    ends = (find(f"{first},{area}") if comma else []) or find(first), find(second)
    if not all(ends):
        return []
    if all(anchors[0].place.precision in _AREAS[1:] for anchors in ends):
        both = find(f"{first} and {second}")  # two areas: the resolver knows their union
        if both:
            return both
    weighted = sorted(_pairs(*ends), key=lambda item: -item[0])
    middles = [(weight, _middle(start, end, relative, text)) for weight, start, end in weighted[:_MAX_PAIRS]]
    return _with_confidence(middles)


def _with_confidence(middles: list[tuple[float, Candidate]]) -> list[Candidate]:
    """Return candidates that share the confidence by weight; a town and the area around it are not rivals."""
    if not middles:
        return []
    best = middles[0][1].place
    rivals = [(weight, item) for weight, item in middles if is_elsewhere(best, item.place)]
    total = middles[0][0] + sum(weight for weight, _ in rivals)
    return [
        replace(
            item, place=replace(item.place, confidence=round(min(item.place.confidence, weight / total), 2))
        )
        for weight, item in (middles[0], *rivals)
    ]


def _pairs(starts: list[Candidate], ends: list[Candidate]) -> Iterator[tuple[float, Candidate, Candidate]]:
    for start in starts:
        for end in ends:
            a, b = start.place, end.place
            km = distance_km(a.lon, a.lat, b.lon, b.lat)
            if km > 0:
                weight = max(a.confidence, _MIN_WEIGHT) * max(b.confidence, _MIN_WEIGHT)
                yield weight / (1 + (km / _TYPICAL_KM_BETWEEN) ** _FALL_WITH_DISTANCE), start, end


def _middle(start: Candidate, end: Candidate, relative: RelativeText, text: str) -> Candidate:
    a, b = start.place, end.place
    km = distance_km(a.lon, a.lat, b.lon, b.lat)
    share = SHARE_OF_DISTANCE / 2 if relative.relation is Relation.HALFWAY else 0.5
    radius_km = share * km + max(a.radius_km, b.radius_km)
    point = midpoint(a.lon, a.lat, b.lon, b.lat)
    codes = tuple(sorted({*a.codes, *b.codes}))
    place = Place(
        name=text,
        lon=round(point[0], DECIMALS) + 0.0,
        lat=round(point[1], DECIMALS) + 0.0,
        precision=coarser(coarser(a.precision, b.precision), precision_of_radius(radius_km)),
        radius_km=round(radius_km, 1),
        confidence=min(_MAX_PAIR_CONFIDENCE, max(a.confidence, b.confidence)),
    )
    if len(codes) == 1:
        place = replace(place, country=codes[0], admin1=a.admin1 if a.admin1 == b.admin1 else None)
    else:
        place = replace(place, countries=codes, precision=Precision.COUNTRY)
    reason = f"the middle between “{a.name}” and “{b.name}”, {_kilometres(round(km))} apart"
    return Candidate(place=place, reasons=(reason, *start.reasons[:1], *end.reasons[:1]))
