"""Read two areas in one part of a text: "England and Wales", "Syria-Turkey border"."""

import re

from geo.gazetteer.area_extents import Spread
from geo.gazetteer.reader import GazetteerEntry
from geo.resolver.lookup import PartLookup
from geo.resolver.matches import Match
from geo.resolver.parser import Part
from geo.resolver.scoring import (
    ADMIN1,
    COUNTRY,
    SHORT_RANKS,
    Qualifier,
    agreement,
    make_qualifier,
    prominence,
)
from geo.sphere import distance_km
from geo.text import fold

GAP_OF_TWO_AREAS = 3.0
_AND = re.compile(r"\s+(?:and|und|et|y|e|i|en|&)\s+|\s*[-–—]\s*", re.IGNORECASE)
_BORDER = re.compile(r"\s*\b(?:border|frontier|grenze|frontière|frontera|confine)\b.*$", re.IGNORECASE)


def match_two_areas(parts: tuple[Part, ...], lookup: PartLookup) -> Match | None:
    """Return a match if the first part names two countries, or two first-level areas of a country; else None."""
    names = _AND.split(_BORDER.sub("", parts[0].text))
    if len(names) != 2:
        return None
    qualifiers = [make_qualifier(part.text, lookup.named(part.folded)) for part in parts[1:]]
    first, second = (_area(name, qualifiers, lookup) for name in names)
    if first is None or second is None or first.id == second.id or first.kind != second.kind:
        return None
    if first.kind == ADMIN1 and first.country != second.country:
        return None
    entry = _union(parts[0].text, first, second)
    later = len(qualifiers)
    return Match(entry, prominence(first), GAP_OF_TWO_AREAS, later, 0, later, (), parts[0].text)


def _area(name: str, qualifiers: list[Qualifier], lookup: PartLookup) -> GazetteerEntry | None:
    areas = [
        entry
        for entry in lookup.named(fold(name)) or lookup.adjective(fold(name))
        if entry.kind in (ADMIN1, COUNTRY)
        and entry.rank not in SHORT_RANKS
        and all(agreement(entry, qualifier) > 0 for qualifier in qualifiers)
    ]
    return max(areas, key=prominence, default=None)


def _union(name: str, first: GazetteerEntry, second: GazetteerEntry) -> GazetteerEntry:
    spread = Spread()
    for entry in (first, second):
        spread.add(entry.lon, entry.lat)
    lon, lat, _ = spread.circle()
    reach = max(distance_km(lon, lat, entry.lon, entry.lat) + entry.radius_km for entry in (first, second))
    codes = sorted({*first.countries, *second.countries})
    country = codes[0] if len(codes) == 1 else None
    return first._replace(
        id=0,
        name=name,
        lon=lon,
        lat=lat,
        country=country,
        admin1=None,
        codes=None if country else " ".join(codes),
        radius_km=round(reach, 1),
        population=first.population + second.population,
    )
