"""Score how well an entry agrees with a text. The unit of a score is a tenfold population."""

import math
from functools import cache
from typing import NamedTuple

from geo.countries.iso_codes import sovereign
from geo.gazetteer.features import AIRPORT, SEA
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
ALTERNATIVE_RANK, CODE_RANK, SIMILAR_RANK, ABBREVIATION_RANK, FOREIGN_RANK = (
    1,
    2,
    3,
    5,
    6,
)  # see GazetteerEntry.rank
SHORT_RANKS = (CODE_RANK, ABBREVIATION_RANK)
_WEIGHT_OF_NAMES = 0.8
_PENALTY_OF_KIND = {CITY: 0.0, ADMIN2: 1.3, ADMIN1: 0.7}
_BONUS_OF_STATE_CODE = {"US": 1.0, "CA": 0.8, "AU": 0.5, "BR": 0.5}  # where people write "City, ST"
_COUNTRIES_WITH_CODES = frozenset(
    [
        "AR",
        "AT",
        "BE",
        "CH",
        "CO",
        "DE",
        "ES",
        "FR",
        "GB",
        "ID",
        "IN",
        "IT",
        "MX",
        "MY",
        "NG",
        "NL",
        "PK",
        "RO",
        "ZA",
    ]
)
_PENALTY_OF_RANK = (0.0, 2.0, 3.5, 1.5, 0.6, 3.5, 2.0)
_COUNTRY_SCORE_OF_RANK = (12.0, 6.4, 5.5, 4.0, 4.0, 5.5, 6.4)
_SCORE_OF_FEATURE = {SEA: 12.0}
_SCORE_OF_OTHER_FEATURES = 6.5  # as a city of half a million people
_PENALTY_OF_AIRPORT = 2.2  # the town is better known
_WEIGHT_OF_FEATURE = 2.0

EXCLUDED = -20.0
MISMATCH = -4.0
_UNREAD = -0.3
_REGION_OVERLAPS = 0.1
_SAME_AREA = 0.5
MIN_PEOPLE_OF_WELL_KNOWN_CITY = 100_000
PENALTY_OF_SPELLING = 0.3
KM_AROUND_TOWN = 40.0  # suburbs, and what people place near a town


def prominence(entry: GazetteerEntry) -> float:
    """Return how likely a text means an entry by the name alone: people, number of names, rank of the name."""
    if entry.kind == COUNTRY:
        return _COUNTRY_SCORE_OF_RANK[entry.rank]
    if entry.feature == AIRPORT:
        people = math.log10(entry.population + 100) - _PENALTY_OF_AIRPORT
        return people - (0.0 if entry.rank == CODE_RANK else _PENALTY_OF_RANK[entry.rank])
    if entry.feature:
        return _SCORE_OF_FEATURE.get(entry.feature, _SCORE_OF_OTHER_FEATURES) - _PENALTY_OF_RANK[entry.rank]
    if entry.kind == NEIGHBOURHOOD:
        return 3.0 - _PENALTY_OF_RANK[entry.rank]
    people = math.log10(max(entry.population, 0) + 100)
    fame = _WEIGHT_OF_NAMES * math.log10(entry.names + 1) if entry.kind == CITY else 0.4
    if entry.kind == ADMIN1 and entry.rank not in SHORT_RANKS:
        fame = 0.1 + 0.6 * math.log10(entry.names + 1)
    if entry.rank in SHORT_RANKS and entry.kind == ADMIN1:
        fame += 1 + 2 * _BONUS_OF_STATE_CODE.get(entry.country or "", 0.0)
    return people + fame - _PENALTY_OF_KIND[entry.kind] - _PENALTY_OF_RANK[entry.rank]


class Qualifier(NamedTuple):
    """A later part of a place text: an area that may contain the earlier parts.

    `countries` and `admins` map ISO codes and ids of areas to weights. A `firm` qualifier is a country's primary
    name, which no place elsewhere may contradict; a `coded` one is only a code. `towns` are the towns that the part
    means if it does not name a kind of area: "Recife", but not "Recife district". `is_elsewhere` is whether the part
    is well known, but only outside the coarser parts: "Texas" in "Lyon, Texas, France".
    """

    text: str
    entries: tuple[GazetteerEntry, ...]
    countries: dict[str, float]
    admins: dict[int, float]
    firm: bool
    coded: bool
    towns: tuple[GazetteerEntry, ...] = ()
    is_elsewhere: bool = False


def make_qualifier(
    text: str, entries: tuple[GazetteerEntry, ...], towns: tuple[GazetteerEntry, ...] = ()
) -> Qualifier:
    """Return the qualifier of the entries that a part may mean; `towns` are those that it may mean as a town."""
    countries: dict[str, float] = {}
    admins: dict[int, float] = {}
    for entry in entries:
        if entry.kind == COUNTRY:
            weight = 4.0 if entry.rank not in SHORT_RANKS else 2.5
            for code in entry.countries:
                countries[code] = max(weight, countries.get(code, 0.0))
        elif entry.feature:
            # A part that also names a town means the town, not its airport.
            for code in () if towns else entry.countries:
                countries[code] = max(_WEIGHT_OF_FEATURE, countries.get(code, 0.0))
        elif entry.kind in (ADMIN1, ADMIN2):
            weight = _weight_of_area(entry)
            admins[entry.id] = max(weight, admins.get(entry.id, 0.0))
    firm = any(entry.kind == COUNTRY and entry.rank == 0 for entry in entries)
    coded = all(entry.rank in SHORT_RANKS for entry in entries)
    # Georgia is a country and a state, and so is Luxembourg: such a name is not firm.
    ambiguous = any(entry.kind == ADMIN1 and entry.rank == 0 and not entry.feature for entry in entries)
    return Qualifier(text, entries, countries, admins, firm and not ambiguous, coded, towns)


def _weight_of_area(entry: GazetteerEntry) -> float:
    if entry.rank in SHORT_RANKS:
        country = entry.country or ""
        return 2.5 + _BONUS_OF_STATE_CODE.get(country, 0.0 if country in _COUNTRIES_WITH_CODES else -1.0)
    return 3.0 if entry.kind == ADMIN1 else 3.3


def agreement(entry: GazetteerEntry, qualifier: Qualifier) -> float:
    """Return a positive score if a later part contains an entry, a negative one if it contradicts the entry."""
    if not qualifier.entries:
        return _UNREAD
    score = qualifier.countries.get(entry.country or "", 0.0)
    if score and not qualifier.admins:
        return score  # most texts: a name and its country
    if qualifier.firm and entry.country is None and len(qualifier.countries) == 1:
        return _REGION_OVERLAPS if qualifier.countries.keys() & set(entry.countries) else EXCLUDED
    if qualifier.countries and not score and (owners := _owners(entry)):
        score = max(qualifier.countries.get(code, 0.0) - 1 for code in owners)
    if qualifier.admins:
        admins = qualifier.admins
        if entry.id in admins:  # "Tadmur, Tadmur district" is the town: an area is not inside itself
            score = max(score, _SAME_AREA)
        else:
            score = max(score, admins.get(entry.admin1 or 0, 0.0), admins.get(entry.admin2 or 0, 0.0))
    if score > 0:
        return score
    if qualifier.firm:
        return EXCLUDED
    return _nearness(entry, qualifier)


# Territories that texts may place in another country than ISO 3166 does, because it once ruled or claims them.
# Both countries agree with the entry.
_OTHER_OWNERS = {
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
    return entry.countries if entry.country is None else _owners_of_country(entry.country)


@cache
def _owners_of_country(code: str) -> tuple[str, ...]:
    owner = sovereign(code)
    return ((owner,) if owner else ()) + _OTHER_OWNERS.get(code, ())


def _nearness(entry: GazetteerEntry, qualifier: Qualifier) -> float:
    """Return a positive score if an entry is near what a later part means, though not inside it."""
    for other in qualifier.entries:
        if other.kind == COUNTRY or (other.country != entry.country and not _is_around(entry, other)):
            continue
        km = distance_km(entry.lon, entry.lat, other.lon, other.lat)
        if other.kind in (CITY, NEIGHBOURHOOD):
            if km <= 15 + 2 * other.radius_km:
                return 2.0 if other.rank == 0 else 1.0
        elif other.population or not qualifier.towns:
            # An area in which no town is known does not overrule the town of its name.
            reach = 20 + 1.2 * other.radius_km + (entry.radius_km if entry.feature else 0.0)
            if km <= reach:
                return 0.5
    return MISMATCH


def _is_around(feature: GazetteerEntry, entry: GazetteerEntry) -> bool:
    """Return whether a lake or a mountain is in the country of an entry, and in others."""
    return feature.feature is not None and entry.country in feature.countries


def is_well_known_area(entry: GazetteerEntry) -> bool:
    """Return whether an entry is a country or state by its primary name."""
    return entry.rank == 0 and entry.kind in (ADMIN1, COUNTRY)


def is_well_known(entry: GazetteerEntry) -> bool:
    """Return whether a primary name alone is enough for most readers: a country, a state, a large city."""
    is_city = entry.kind == CITY and entry.rank == 0
    return is_well_known_area(entry) or (is_city and entry.population >= MIN_PEOPLE_OF_WELL_KNOWN_CITY)


def is_outside_town(entry: GazetteerEntry, qualifier: Qualifier) -> bool:
    """Return whether a later part is a town, and an entry is too far from it to be one of its quarters or suburbs."""
    return bool(qualifier.towns) and all(
        distance_km(entry.lon, entry.lat, town.lon, town.lat) > KM_AROUND_TOWN + 2 * town.radius_km
        for town in qualifier.towns
    )


def breadth_score(entry: GazetteerEntry, qualifiers: tuple[Qualifier, ...]) -> float:
    """Return a penalty for a region wider than a country: "Sahel, Burkina Faso" is an area of the country."""
    is_region = entry.country is None and entry.feature in (None, SEA)
    return -6.0 if is_region and any(qualifier.firm for qualifier in qualifiers) else 0.0


def distinctive_spelling(text: str) -> str | None:
    """Return a name with accents or a hyphen, which tells "Saint-Paul" from "Saint Paul"; None for a plain one."""
    return text if not text.isascii() or "-" in text else None


def is_spelt_otherwise(entry: GazetteerEntry, spelling: str) -> bool:
    """Return whether a town's primary name differs from a spelling in accents or hyphens only."""
    return entry.kind == CITY and entry.rank == 0 and entry.name != spelling


def kind_score(entry: GazetteerEntry, kinds: tuple[int, ...] | None) -> float:
    """Return whether an entry is of the kind that the text names ("village", "province"), as a score."""
    if not kinds:
        return 0.0
    if entry.feature and entry.feature != AIRPORT:
        return -6.0  # "Red Sea State" is not the sea
    if entry.kind in kinds:
        return 2.5 if entry.kind == kinds[0] else 1.5
    # A word such as "district" may also mean the surroundings of a town, but never a country.
    return -1.0 if entry.kind != COUNTRY else -6.0
