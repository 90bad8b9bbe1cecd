"""What was found, put into words: name, precision, radius, confidence and reasons of a candidate."""

import math
import re
from dataclasses import replace
from typing import NamedTuple

from geo.choice import SURE_CONFIDENCE
from geo.countries.names import country_name
from geo.gazetteer.entry_ids import is_overlay_id, locode_of_id
from geo.gazetteer.reader import Gazetteer, GazetteerEntry
from geo.geometry import DECIMALS
from geo.place import MIN_CONFIDENCE, Candidate, Place
from geo.resolver.scoring import ADMIN1, ADMIN2, CITY, COUNTRY

_NEAR_KM = 25.0
_SIMILAR, _AREA = 0.6, 0.85
_SLOPE = 1.9
_KNOWN = 5000
_FEATURE = re.compile(
    r"(?:lake|lac|lago|lago di|mount|mont|monte|cape|cabo|gulf|bay|strait|river|valley|sea)\s|"
    r".*\s(?:airport|camp|lake|river|valley|bay|island|mountains?|house|base|canal|strait)$",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """An entry that a text may mean, and how the text's parts agree with it.

    `gap` is how much it scores above the next (below the best, for the others); `lost` are the finer
    parts that are unknown and were given up.
    """

    entry: GazetteerEntry
    score: float
    gap: float
    agreed: int
    unread: int
    said: int
    lost: tuple[str, ...]
    text: str
    doubt: float = 0.0

    @property
    def fallen(self) -> bool:
        """Tell whether a finer part was given up."""
        return bool(self.lost)

    @property
    def weak(self) -> bool:
        """Tell whether the name is only a code, only similar, or a later part could not be read."""
        return self.entry.rank in (2, 3) or self.unread > 0


def candidates(
    found: list[Found], gazetteer: Gazetteer, lang: str, *, near: bool = False, limit: int = 10
) -> list[Candidate]:
    """Make candidates of what was found, best first; the others share what the best one's confidence leaves."""
    if not found:
        return []
    sure = _confidence(found[0])
    if sure >= SURE_CONFIDENCE and limit == 1:
        found = found[:1]
    odds = [math.exp(_SLOPE * min(0.0, one.gap)) for one in found[1:]]
    least = [min(sure * odd, (1 - sure) * odd / sum(odds)) for odd in odds]
    shares = [sure, *(round(share, 2) for share in least)]
    return [
        _candidate(one, share, gazetteer, lang, near=near)
        for one, share in zip(found[:limit], shares, strict=False)
    ]


def _candidate(found: Found, sure: float, gazetteer: Gazetteer, lang: str, *, near: bool) -> Candidate:
    place = place_of(found.entry, gazetteer, lang)
    measured = replace(place, radius_km=_radius(found, near=near), confidence=sure)
    return Candidate(place=measured, reasons=tuple(_reasons(found, near=near)))


def place_of(entry: GazetteerEntry, gazetteer: Gazetteer, lang: str = "en") -> Place:
    """Make a place of an entry, named in a language where that is known (countries), else by its own name."""
    admin1 = gazetteer.by_id(entry.admin1) if entry.admin1 and entry.kind < ADMIN1 else None
    return Place(
        name=_name(entry, lang),
        lon=round(entry.lon, DECIMALS) + 0.0,
        lat=round(entry.lat, DECIMALS) + 0.0,
        precision=entry.precision,
        country=entry.country,
        countries=() if entry.country else entry.countries,
        admin1=entry.name if entry.kind == ADMIN1 else admin1.name if admin1 else None,
        radius_km=entry.radius_km,
        gazetteer_id=_ident(entry),
    )


def _name(entry: GazetteerEntry, lang: str | None) -> str:
    lang = lang or "en"
    if entry.kind == COUNTRY and entry.country:
        return country_name(entry.country, lang)
    return entry.name


def _radius(found: Found, *, near: bool) -> float:
    radius = found.entry.radius_km
    if found.fallen and found.entry.kind <= CITY:
        # The lost part lies somewhere in the town or around it.
        radius = max(2 * radius, 10.0)
    return round(radius + _NEAR_KM, 1) if near else round(radius, 1)


def _confidence(found: Found) -> float:
    """Say how likely a place is right: curves read off the development set, see tests/bench/geocoding.

    The lead over the next best place elsewhere counts, on the scale of geo.score. A name with nothing beside it
    mostly means the best known place; "Springfield, United States" says that a lesser one may be meant.
    """
    entry = found.entry
    offset, slope = (-0.7, 1.75) if found.said else (0.4, _SLOPE)
    sure: float = 1 / (1 + math.exp(-(offset + slope * found.gap)))
    if found.fallen:
        sure *= _inside(entry.radius_km)
    elif entry.rank == 3:
        sure = min(sure, _SIMILAR)
    elif entry.rank == 2 and entry.kind != COUNTRY:
        sure *= 0.5
    elif entry.kind in (ADMIN1, ADMIN2):
        sure = min(sure, _AREA)
    elif entry.kind == COUNTRY and entry.rank == 0 and found.gap > 0.5:
        sure = max(sure, 0.97)
    if _obscure(found):
        sure = min(sure, _SIMILAR)
    if found.unread:
        sure *= 0.9
    least = MIN_CONFIDENCE if found.fallen and found.gap > 0 else 0.01
    return round(max(least, min(0.98, sure - found.doubt)), 2)


def _obscure(found: Found) -> bool:
    """Tell whether a bare name is a small place's, or a lake's: nobody means Heathrow in Florida by "Heathrow"."""
    entry = found.entry
    if found.said or entry.kind != CITY:
        return False
    return entry.population < _KNOWN or (bool(_FEATURE.match(found.text)) and entry.population < 20 * _KNOWN)


def _inside(radius_km: float) -> float:
    # What was given up lies anywhere in what holds it: in a town that is as good as there, in a big state it is not.
    share: float = (40 / max(radius_km, 1)) ** 1.2
    return min(_SIMILAR, share)


def _ident(entry: GazetteerEntry) -> str | None:
    if entry.id > 0:
        return f"geonames:{entry.id}"
    if code := locode_of_id(entry.id):
        return f"locode:{code}"
    if entry.kind == COUNTRY and entry.country:
        return f"iso:{entry.country}"
    if is_overlay_id(entry.id):
        return f"overlay:{entry.name}"
    if entry.kind == COUNTRY and entry.id:
        return f"region:{entry.name}"
    return None


def _reasons(found: Found, *, near: bool) -> list[str]:
    entry = found.entry
    how = (
        "is its name",
        "is another name of it",
        "is its code or abbreviation",
        "resembles its name",
        "is short for it",
    )
    reasons = [f"“{found.text}” {how[entry.rank]}"]
    if found.lost:
        unknown = ", ".join(f"“{text}”" for text in found.lost)
        reasons.insert(0, f"{unknown} is not known there: the place that holds it")
    if found.agreed:
        reasons.append(f"{found.agreed} of {found.said} later parts hold it")
    if found.unread:
        reasons.append(f"{found.unread} later parts could not be read")
    if entry.kind == CITY and entry.population:
        reasons.append(f"{entry.population:,} people")
    if near:
        reasons.append("the text says near it")
    if found.gap < 0.7:
        reasons.append("another place scores nearly as well" if found.gap >= 0 else "others score better")
    return reasons
