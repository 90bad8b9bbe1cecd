"""What was found, put into words: name, precision, radius, confidence and reasons of a candidate."""

import math
from dataclasses import replace
from typing import NamedTuple

from geo import countries
from geo.gazetteer import Entry, Gazetteer
from geo.geometry import DECIMALS
from geo.harvest import locode
from geo.overlay import is_overlay
from geo.place import Candidate, Place
from geo.score import ADMIN1, CITY, COUNTRY

_NEAR_KM = 25.0


class Found(NamedTuple):
    """An entry that a text may mean, and how the text's parts agree with it.

    `gap` is how much it scores above the next (below the best, for the others); `lost` are the finer
    parts that are unknown and were given up.
    """

    entry: Entry
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


def candidate(found: Found, gazetteer: Gazetteer, lang: str, *, near: bool = False) -> Candidate:
    """Make a candidate of what was found, named in a language where that is known."""
    place = place_of(found.entry, gazetteer, lang)
    measured = replace(place, radius_km=_radius(found, near=near), confidence=_confidence(found))
    return Candidate(place=measured, reasons=tuple(_reasons(found, near=near)))


def place_of(entry: Entry, gazetteer: Gazetteer, lang: str = "en") -> Place:
    """Make a place of an entry, named in a language where that is known (countries), else by its own name."""
    admin1 = gazetteer.entry(entry.admin1) if entry.admin1 and entry.kind < ADMIN1 else None
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


def _name(entry: Entry, lang: str) -> str:
    if entry.kind == COUNTRY and entry.country:
        return countries.country_name(entry.country, lang)
    return entry.name


def _radius(found: Found, *, near: bool) -> float:
    radius = found.entry.radius_km
    if found.fallen and found.entry.kind <= CITY:
        # The lost part lies somewhere in the town or around it.
        radius = max(2 * radius, 10.0)
    return round(radius + _NEAR_KM, 1) if near else round(radius, 1)


def _confidence(found: Found) -> float:
    sure = 1 / (1 + math.exp(-(0.4 + 1.1 * found.gap)))
    if found.said and found.agreed == found.said:
        sure = 0.15 + 0.85 * sure
    elif found.unread:
        sure *= 0.8
    if found.entry.kind == COUNTRY and found.entry.rank == 0:
        sure = max(sure, 0.97)
    if found.entry.rank == 3 or (found.entry.rank == 2 and found.entry.kind != COUNTRY):
        sure *= 0.5
    if found.fallen:
        sure *= 0.35
    return round(max(0.01, min(0.99, sure - found.doubt)), 2)


def _ident(entry: Entry) -> str | None:
    if entry.id > 0:
        return f"geonames:{entry.id}"
    if code := locode(entry.id):
        return f"locode:{code}"
    if entry.kind == COUNTRY and entry.country:
        return f"iso:{entry.country}"
    if is_overlay(entry.id):
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
