"""Regions of several countries, as columns of tables name them: they say less about a place than its country does."""

import re
from functools import cache

from geo.countries.regions import regions
from geo.text import key

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
_CONJUNCTIONS = re.compile(r"\s*(?:[,/&+;]|\s(?:and|y|e|i|et|und|en)\s)\s*", re.IGNORECASE)


def is_world_region(text: str) -> bool:
    """Return whether a text names a region of several countries, or several such regions, in any language.

    >>> is_world_region("North Africa and the Middle East"), is_world_region("Michigan")
    (True, False)
    """
    names = _names()
    return key(text) in names or any(key(part) in names for part in _CONJUNCTIONS.split(text) if part)


@cache
def _names() -> frozenset[str]:
    several = (region.names for region in regions() if len(region.codes) > 1)
    names = {key(name) for names in several for name in names}
    return frozenset(names | {key(name) for name in (*_ABBREVIATIONS, *_WORLD)})
