"""Two areas named in one breath: "England and Wales", "Syria-Turkey border"."""

import re

from geo.gazetteer.area_extents import Spread
from geo.gazetteer.reader import GazetteerEntry
from geo.resolver.candidates import Found
from geo.resolver.lookup import Lookup
from geo.resolver.parser import Part
from geo.resolver.scoring import ADMIN1, COUNTRY, prominence, qualifier
from geo.resolver.scoring import agreement as agrees
from geo.sphere import distance_km
from geo.text import fold

_AND = re.compile(r"\s+(?:and|und|et|y|e|i|en|&)\s+|\s*[-–—]\s*", re.IGNORECASE)
_BORDER = re.compile(r"\s*\b(?:border|frontier|grenze|frontière|frontera|confine)\b.*$", re.IGNORECASE)


def joined(parts: tuple[Part, ...], lookup: Lookup) -> Found | None:
    """Read the first part as two countries or two first-level areas, or give None."""
    names = _AND.split(_BORDER.sub("", parts[0].text))
    if len(names) != 2:
        return None
    held = [qualifier(part.text, lookup.exact(part.folded)) for part in parts[1:]]
    pair = [_area(lookup.exact(fold(name)) or lookup.adjective(fold(name)), held) for name in names]
    one, two = pair
    if one is None or two is None or one.id == two.id or one.kind != two.kind:
        return None
    if one.kind == ADMIN1 and one.country != two.country:
        return None
    entry = _both(parts[0].text, one, two)
    return Found(entry, prominence(one), 3.0, len(held), 0, len(held), (), parts[0].text)


def _area(entries: tuple[GazetteerEntry, ...], held: list) -> GazetteerEntry | None:  # type: ignore[type-arg]
    areas = [
        entry
        for entry in entries
        if entry.kind in (ADMIN1, COUNTRY) and entry.rank != 2 and all(agrees(entry, one) > 0 for one in held)
    ]
    return max(areas, key=prominence, default=None)


def _both(name: str, one: GazetteerEntry, two: GazetteerEntry) -> GazetteerEntry:
    spread = Spread()
    for entry in (one, two):
        spread.add(entry.lon, entry.lat)
    lon, lat, _ = spread.circle()
    reach = max(distance_km(lon, lat, entry.lon, entry.lat) + entry.radius_km for entry in (one, two))
    codes = sorted({*one.countries, *two.countries})
    single = codes[0] if len(codes) == 1 else None
    return one._replace(
        id=0,
        name=name,
        lon=lon,
        lat=lat,
        country=single,
        admin1=None,
        codes=None if single else " ".join(codes),
        radius_km=round(reach, 1),
        population=one.population + two.population,
    )
