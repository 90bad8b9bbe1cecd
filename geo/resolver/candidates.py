"""Turn matches into candidates: name, precision, radius, confidence and reasons."""

import math
import re

from geo.choice import SURE_CONFIDENCE
from geo.countries.names import country_name
from geo.gazetteer.entry_ids import is_overlay_id, locode_of_id, postal_code_of_id
from geo.gazetteer.features import AIRPORT, SEA
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.geometry import DECIMALS
from geo.place import MIN_CONFIDENCE, Candidate, Place
from geo.resolver.matches import Match
from geo.resolver.scoring import ADMIN1, ADMIN2, ALTERNATIVE_RANK, CITY, CODE_RANK, COUNTRY, SIMILAR_RANK

NEAR_KM = 25.0
MIN_FALLBACK_RADIUS_KM = 10.0
MIN_PEOPLE_OF_KNOWN_TOWN = 5000
MAX_CONFIDENCE = 0.98
MAX_CONFIDENCE_OF_SIMILAR = 0.6
MAX_CONFIDENCE_OF_STATE = 0.85
MAX_CONFIDENCE_OF_DISTRICT = 0.89
SHARE_OF_TOWN_AROUND = 0.87  # of the confidence, if the town is right but not all of the text was found
MIN_CONFIDENCE_OF_COUNTRY = 0.97
MIN_GAP_OF_SURE_COUNTRY = 0.5
MIN_GAP_WITHOUT_RIVAL = 0.7
MIN_SHARE_OF_TWO_DECIMALS = 0.1
_SLOPE = 1.9
_CURVE_IN_COUNTRY = (-0.7, 1.75)
_CURVE_IN_AREA = (0.8, 1.05)
_LANDMARK = re.compile(
    r"(?:lake|lac|lago|lago di|mount|mont|monte|cape|cabo|gulf|bay|strait|river|valley|sea)\s|"
    r".*\s(?:airport|camp|lake|river|valley|bay|island|mountains?|house|base|canal|strait)$",
    re.IGNORECASE,
)
_REASON_OF_RANK = (
    "is its name",
    "is another of its names",
    "is its code or abbreviation",
    "resembles its name",
    "is short for its name",
    "is its abbreviation",
    "is its name in another language",
)


def make_candidates(
    matches: list[Match],
    gazetteer: Gazetteer,
    lang: str,
    *,
    near: bool = False,
    limit: int = 10,
) -> list[Candidate]:
    """Return candidates for matches, best first; the others share the confidence that the best one leaves."""
    if not matches:
        return []
    best = _confidence(matches[0])
    if best >= SURE_CONFIDENCE and limit == 1:
        matches = matches[:1]
    odds = [math.exp(_SLOPE * min(0.0, match.gap)) for match in matches[1:]]
    total = sum(odds)
    shares = [best, *(_rounded(min(best * ratio, (1 - best) * ratio / total)) for ratio in odds)]
    return [
        _candidate(match, share, gazetteer, lang, near=near)
        for match, share in zip(matches[:limit], shares, strict=False)
    ]


def is_sure(match: Match) -> bool:
    """Return whether the best match is so likely that no other needs to be compared with it."""
    return _confidence(match) >= SURE_CONFIDENCE


def _rounded(share: float) -> float:
    """Round to two decimals, a smaller share to two digits: the other places of an event may make it likely."""
    return round(share, 2) if share >= MIN_SHARE_OF_TWO_DECIMALS else float(f"{share:.1e}")


def _candidate(match: Match, confidence: float, gazetteer: Gazetteer, lang: str, *, near: bool) -> Candidate:
    place = place_of(
        match.entry,
        gazetteer,
        lang,
        radius_km=_radius_km(match, near=near),
        confidence=confidence,
        text=", ".join(match.lost_parts) or None,
    )
    return Candidate(place=place, reasons=tuple(_reasons(match, near=near)))


def place_of(
    entry: GazetteerEntry,
    gazetteer: Gazetteer,
    lang: str = "en",
    *,
    radius_km: float | None = None,
    confidence: float = 1.0,
    text: str | None = None,
) -> Place:
    """Return the place of an entry; a country is named in the language, all other places by their own name.

    `radius_km` replaces the entry's own; `confidence` and `text` are those of the place.
    """
    admin1 = gazetteer.by_id(entry.admin1) if entry.admin1 and entry.kind < ADMIN1 else None
    is_area = entry.kind == ADMIN1 and not entry.feature
    return Place(
        name=_name(entry, lang),
        lon=round(entry.lon, DECIMALS) + 0.0,
        lat=round(entry.lat, DECIMALS) + 0.0,
        precision=entry.precision,
        country=entry.country,
        countries=() if entry.country or entry.feature == SEA else entry.countries,
        admin1=entry.name if is_area else admin1.name if admin1 else None,
        radius_km=entry.radius_km if radius_km is None else radius_km,
        confidence=confidence,
        gazetteer_id=_gazetteer_id(entry),
        text=text,
    )


def _name(entry: GazetteerEntry, lang: str | None) -> str:
    if entry.kind == COUNTRY and entry.country:
        return country_name(entry.country, lang or "en")
    return entry.name


def _gazetteer_id(entry: GazetteerEntry) -> str | None:
    if entry.id > 0:
        return f"geonames:{entry.id}"
    if code := locode_of_id(entry.id):
        return f"locode:{code}"
    if code := postal_code_of_id(entry.id):
        return f"postal:US-{code}"
    if entry.kind == COUNTRY and entry.country:
        return f"iso:{entry.country}"
    if entry.feature and entry.id:
        return f"{entry.feature}:{entry.name}"
    if is_overlay_id(entry.id):
        return f"overlay:{entry.name}"
    if entry.kind == COUNTRY and entry.id:
        return f"region:{entry.name}"
    return None


def _radius_km(match: Match, *, near: bool) -> float:
    radius = match.entry.radius_km
    if match.lost_parts and match.entry.kind <= CITY:
        # The part that was not found is in the town or close to it.
        radius = max(2 * radius, MIN_FALLBACK_RADIUS_KM)
    return round(radius + NEAR_KM, 1) if near else round(radius, 1)


def _confidence(match: Match) -> float:
    """Return the probability that a match is right; the curves were fitted to the development set.

    See tests/bench/geocoding. The gap to the best place elsewhere counts, on the scale of geo.resolver.scoring. A
    name alone usually means the best-known place; "Springfield, United States" suggests a lesser-known one; and a
    state rarely has two towns of a name that are often mentioned.
    """
    entry = match.entry
    offset, slope = _CURVE_IN_AREA if match.is_in_named_area else _CURVE_IN_COUNTRY
    if not match.later_parts:
        offset, slope = 0.4, _SLOPE
    confidence: float = 1 / (1 + math.exp(-(offset + slope * match.gap)))
    if match.is_lost_in_town:
        confidence *= SHARE_OF_TOWN_AROUND
    elif match.lost_parts:
        confidence *= _share_of_area(entry.radius_km)
    elif entry.rank == SIMILAR_RANK or (entry.feature == AIRPORT and entry.rank == ALTERNATIVE_RANK):
        confidence = min(confidence, MAX_CONFIDENCE_OF_SIMILAR)
    elif entry.rank == CODE_RANK and entry.kind != COUNTRY and not entry.feature:
        confidence *= 0.5
    elif entry.kind in (ADMIN1, ADMIN2) and not entry.feature:
        confidence = min(confidence, _limit_of_area(entry))
    elif entry.kind == COUNTRY and entry.rank == 0 and match.gap > MIN_GAP_OF_SURE_COUNTRY:
        confidence = max(confidence, MIN_CONFIDENCE_OF_COUNTRY)
    if _is_obscure(match):
        confidence = min(confidence, MAX_CONFIDENCE_OF_SIMILAR)
    if match.is_contradicted:
        confidence = min(confidence, MAX_CONFIDENCE_OF_SIMILAR)
    elif match.unread_parts:
        confidence *= 0.9
    least = MIN_CONFIDENCE if match.lost_parts and match.gap > 0 else 0.01
    return round(max(least, min(MAX_CONFIDENCE, confidence - match.doubt)), 2)


def _limit_of_area(entry: GazetteerEntry) -> float:
    """Return the greatest confidence in an area; the position of one without towns is an estimate."""
    if entry.population:
        return MAX_CONFIDENCE_OF_DISTRICT if entry.kind == ADMIN2 else MAX_CONFIDENCE_OF_STATE
    return max(MIN_CONFIDENCE, _share_of_area(entry.radius_km))


def _is_obscure(match: Match) -> bool:
    """Return whether a name without later parts is a small town's, or a landmark's.

    "Heathrow" alone never means the town in Florida.
    """
    entry = match.entry
    if match.later_parts or entry.kind != CITY or entry.feature:
        return False
    is_landmark = bool(_LANDMARK.match(match.text))
    return entry.population < MIN_PEOPLE_OF_KNOWN_TOWN * (20 if is_landmark else 1)


def _share_of_area(radius_km: float) -> float:
    # The part that was not found may be anywhere inside the area that was. Inside a town that is close enough;
    # inside a large state it is not, so confidence falls with the radius.
    share: float = (40 / max(radius_km, 1)) ** 1.2
    return min(MAX_CONFIDENCE_OF_SIMILAR, share)


def _reasons(match: Match, *, near: bool) -> list[str]:
    entry = match.entry
    reasons = [f"“{match.text}” {_REASON_OF_RANK[entry.rank]}"]
    if match.lost_parts:
        lost = ", ".join(f"“{text}”" for text in match.lost_parts)
        reasons.insert(0, f"{lost} was not found: this place contains it")
    if match.agreeing_parts:
        reasons.append(f"{match.agreeing_parts} of {match.later_parts} later parts agree")
    if match.unread_parts:
        reasons.append(f"{match.unread_parts} later parts could not be read")
    if entry.kind == CITY and entry.population:
        reasons.append(f"{entry.population:,} people")
    if near:
        reasons.append("the text means its surroundings")
    if match.gap < MIN_GAP_WITHOUT_RIVAL:
        reasons.append(
            "another place scores nearly as well" if match.gap >= 0 else "other places score better"
        )
    return reasons
