"""How well an entry agrees with what a text says: numbers, on a scale of tenfolds of people."""

import math
from typing import NamedTuple

from geo.countries.iso_codes import sovereign
from geo.gazetteer.reader import GazetteerEntry
from geo.place import Precision
from geo.sphere import distance_km

NEIGHBOURHOOD, CITY, ADMIN2, ADMIN1, COUNTRY = (
    Precision.NEIGHBOURHOOD.rank,
    Precision.CITY.rank,
    Precision.ADMIN2.rank,
    Precision.ADMIN1.rank,
    Precision.COUNTRY.rank,
)
_RENOWN = 0.8
_LESSER = {CITY: 0.0, ADMIN2: 1.3, ADMIN1: 0.7}
_CODES_IN_USE = {"US": 1.0, "CA": 0.8, "AU": 0.5, "BR": 0.5}
_BY_RANK = (0.0, 2.0, 3.5, 1.5, 0.6)
_COUNTRY_BY_RANK = (12.0, 6.4, 5.5, 4.0, 4.0)

EXCLUDED = -20.0
MISMATCH = -4.0
_WIDER = 0.1


def prominence(entry: GazetteerEntry) -> float:
    """Score how likely an entry is meant by its name alone: people, renown, quality of the name."""
    if entry.kind == COUNTRY:
        return _COUNTRY_BY_RANK[entry.rank]
    if entry.kind == NEIGHBOURHOOD:
        return 3.0 - _BY_RANK[entry.rank]
    people = math.log10(max(entry.population, 0) + 100)
    known = _RENOWN * math.log10(entry.names + 1) if entry.kind == CITY else 0.4
    if entry.kind == ADMIN1 and entry.rank != 2:
        known = 0.1 + 0.6 * math.log10(entry.names + 1)
    if entry.rank == 2 and entry.kind == ADMIN1:
        known += 1 + 2 * _CODES_IN_USE.get(entry.country or "", 0.0)
    return people + known - _LESSER[entry.kind] - _BY_RANK[entry.rank]


class Qualifier(NamedTuple):
    """A later part of a place string: what may hold the earlier ones.

    `countries` and `admins` map ISO codes and ids to weights; `firm` tells that the part is a country's
    own name, which nothing outside may contradict, `coded` that it is nothing but a code.
    """

    text: str
    entries: tuple[GazetteerEntry, ...]
    countries: dict[str, float]
    admins: dict[int, float]
    towns: tuple[GazetteerEntry, ...]
    firm: bool
    coded: bool


def breadth(entry: GazetteerEntry, said: tuple[Qualifier, ...]) -> float:
    """Score whether a region of several countries is too wide: "Sahel, Burkina Faso" is an area of the country."""
    return -6.0 if entry.country is None and any(one.firm for one in said) else 0.0


def qualifier(text: str, entries: tuple[GazetteerEntry, ...]) -> Qualifier:
    """Make a qualifier of the entries that a part may mean."""
    within: dict[str, float] = {}
    admins: dict[int, float] = {}
    towns = []
    for entry in entries:
        if entry.kind == COUNTRY:
            weight = 4.0 if entry.rank != 2 else 2.5
            for code in entry.countries:
                within[code] = max(weight, within.get(code, 0.0))
        elif entry.kind in (ADMIN1, ADMIN2):
            weight = _code_weight(entry) if entry.rank == 2 else 3.0 if entry.kind == ADMIN1 else 3.3
            admins[entry.id] = max(weight, admins.get(entry.id, 0.0))
        elif entry.rank != 2:
            towns.append(entry)
    firm = any(entry.kind == COUNTRY and entry.rank == 0 for entry in entries)
    coded = all(entry.rank == 2 for entry in entries)
    # Georgia is a country and a state, and so is Luxembourg: such a name leaves room.
    shared = any(entry.kind == ADMIN1 and entry.rank == 0 for entry in entries)
    return Qualifier(text, entries, within, admins, tuple(towns), firm and not shared, coded)


def _code_weight(entry: GazetteerEntry) -> float:
    # "City, ST" is how North Americans write; in Brazil and Australia it is common as well.
    return 2.5 + _CODES_IN_USE.get(entry.country or "", 0.0)


def agreement(entry: GazetteerEntry, said: Qualifier) -> float:
    """Score whether what a later part means holds an entry: positive if so, negative where it contradicts."""
    if not said.entries:
        return -0.3
    best = said.countries.get(entry.country or "", 0.0)
    if said.firm and entry.country is None and len(said.countries) == 1:
        return _WIDER if said.countries.keys() & set(entry.countries) else EXCLUDED
    if said.countries and not best:
        best = max((said.countries.get(code, 0.0) - 1 for code in _owners(entry)), default=0.0)
    if said.admins:
        best = max(best, said.admins.get(entry.admin1 or 0, 0.0), said.admins.get(entry.admin2 or 0, 0.0))
    if best > 0:
        return best
    if said.firm:
        return EXCLUDED
    return _nearness(entry, said)


# Where texts name another holder than ISO does: until when it was so, or who else says so. Either may be written.
_SHARED = {
    "SS": ("SD",),
    "PS": ("IL",),
    "XK": ("RS",),
    "EH": ("MA",),
    "MA": ("EH",),
    "TW": ("CN",),
    "TL": ("ID",),
    "ER": ("ET",),
}


def _owners(entry: GazetteerEntry) -> tuple[str, ...]:
    if entry.country is None:
        return entry.countries
    owner = sovereign(entry.country)
    return ((owner,) if owner else ()) + _SHARED.get(entry.country, ())


def _nearness(entry: GazetteerEntry, said: Qualifier) -> float:
    for holder in said.entries:
        if holder.kind == COUNTRY or holder.country != entry.country:
            continue
        km = distance_km(entry.lon, entry.lat, holder.lon, holder.lat)
        if holder.kind in (CITY, NEIGHBOURHOOD):
            if km <= 15 + 2 * holder.radius_km:
                return 2.0 if holder.rank == 0 else 1.0
        elif km <= 20 + 1.2 * holder.radius_km:
            return 0.5
    return MISMATCH


def fits(entry: GazetteerEntry, kinds: tuple[int, ...] | None) -> float:
    """Score whether an entry is of the kind that the text names ("village", "province")."""
    if not kinds:
        return 0.0
    if entry.kind in kinds:
        return 2.5 if entry.kind == kinds[0] else 1.5
    # A word such as "district" may well stand for a town's surroundings: only a country is out of question.
    return -1.0 if entry.kind != COUNTRY else -6.0
