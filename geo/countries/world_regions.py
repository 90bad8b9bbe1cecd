"""Regions of several countries, as columns of tables name them: they say less about a place than its country does."""

import re
from functools import cache, lru_cache

from geo.countries.names import country_code
from geo.countries.regions import named_regions
from geo.text import fold, key

# What statistics of international organisations write for regions that have no name in everyday language.
_ABBREVIATIONS = ("EMEA", "APAC", "AMER", "LAC", "SSA", "WANA", "MEA", "CEE", "CIS", "ANZ")
_WORLD = (
    "World",
    "Worldwide",
    "Global",
    "International",
    "Mundo",
    "Monde",
    "Món",
    "Mondo",
    "Welt",
    "Weltweit",
)
_CONTINENTS = frozenset((
    "africa", "afrique", "afrika", "america", "americas", "americhe", "amerique", "ameriques", "amerika",
    "asia", "asie", "asien", "europa", "europe", "oceania", "oceanie", "ozeanien", "pacific", "pacifico",
    "pacifique", "pazifik", "orient", "oriente", "caribbean", "caribe", "carib", "caraibes", "caraibi",
    "karibik", "mediterranean", "eurasia",
))  # fmt: skip
_DIRECTIONS = frozenset((
    "north", "south", "east", "west", "northern", "southern", "eastern", "western", "northeast", "northwest",
    "southeast", "southwest", "northeastern", "southeastern", "central", "middle", "far", "near", "latin",
    "sub", "saharan", "norte", "sur", "este", "oeste", "noreste", "sudeste", "sudoeste", "nordeste", "noroeste",
    "sul", "leste", "nord", "sud", "est", "ovest", "ouest", "oest", "sudest", "nordest", "centrale", "centro",
    "medio", "moyen", "mitja", "proche", "prossimo", "proximo", "proper", "extreme", "estremo", "extremo",
    "lejano", "latina", "latine", "meridional", "meridionale", "septentrional", "settentrionale", "oriental",
    "orientale", "occidental", "occidentale", "du", "de", "del", "dell", "della", "d", "do", "da", "of", "the",
    "and", "y", "e", "i", "et", "und", "la", "le", "l", "el", "les", "los", "las", "subsahariana",
    "subsaharienne", "ost", "mittlerer", "naher", "ferner", "osten", "lateinamerika",
))  # fmt: skip
_MAX_TEXTS_CACHED = 10_000
_CONJUNCTIONS = re.compile(r"\s*(?:[,/&+;]|\s(?:and|y|e|i|et|und|en)\s)\s*", re.IGNORECASE)


@lru_cache(maxsize=_MAX_TEXTS_CACHED)
def is_world_region(text: str) -> bool:
    """Return whether a text names a region of several countries, or several such regions, in any language.

    >>> is_world_region("North Africa and the Middle East"), is_world_region("South Africa")
    (True, False)
    """
    if key(text) in _names():
        return True
    if _names_continent(fold(text).split()) and country_code(text) is None:
        return True
    parts = [part for part in _CONJUNCTIONS.split(text) if part]
    return len(parts) > 1 and all(key(part) in _names() for part in parts)


def _names_continent(words: list[str]) -> bool:
    """Return whether words name a continent or a part of one by its direction, such as "Àfrica del Nord"."""
    return any(word in _CONTINENTS for word in words) and all(
        word in _CONTINENTS or word in _DIRECTIONS for word in words
    )


@cache
def _names() -> frozenset[str]:
    several = (region.names for region in named_regions() if len(region.codes) > 1)
    names = {key(name) for names in several for name in names}
    return frozenset(names | {key(name) for name in (*_ABBREVIATIONS, *_WORLD)})
