"""ISO 3166-1 country codes: which exist, whose territory each is, and which groups they belong to.

Codes are alpha-2, with XK for Kosovo. The data is read on first use, not on import.
"""

from functools import cache
from typing import Any

from geo.data_files import bundled_json, country_facts

_CYPRUS = "Q644636"  # the island's Wikidata id, a group of country-coder
# GeoNames' continents and their codes in UN M49.
_CONTINENTS = {"AF": "002", "AS": "142", "EU": "150", "NA": "003", "OC": "009", "SA": "005"}


@cache
def iso_codes() -> frozenset[str]:
    """Return every ISO 3166-1 alpha-2 code in force, and XK."""
    features = (feature["properties"] for feature in bundled_json("borders.json")["features"])
    return frozenset(p["iso1A2"] for p in features if "iso1A2" in p and p.get("isoStatus") != "excRes")


def code_of(properties: dict[str, Any]) -> str | None:
    """Return the ISO code of a country-coder feature: its own, its group's (SJ, BQ), or its sovereign's."""
    own: str | None = properties.get("iso1A2")
    if own in iso_codes():
        return own
    groups: list[str] = properties.get("groups", [])
    if _CYPRUS in groups:
        # ISO 3166 has one code for the whole island, its north and the British bases included.
        return "CY"
    sovereign: str | None = properties.get("country")
    return next((group for group in groups if group in iso_codes()), sovereign)


def alpha2(numeric: str | None) -> str | None:
    """Return the alpha-2 code of an ISO 3166-1 numeric code such as `380`; None if unknown."""
    return _by_number().get(numeric or "")


@cache
def _by_number() -> dict[str, str]:
    facts = country_facts().items()
    return {f"{fact['isonumeric']:03}": code for code, fact in facts if code in iso_codes()}


def sovereign(code: str) -> str | None:
    """Return the sovereign country of a territory (`AW` → `NL`), or None for an independent country."""
    return _sovereigns().get(code)


@cache
def _sovereigns() -> dict[str, str]:
    features = (feature["properties"] for feature in bundled_json("borders.json")["features"])
    return {p["iso1A2"]: p["country"] for p in features if "iso1A2" in p and "country" in p}


@cache
def group_members(group: str) -> tuple[str, ...]:
    """Return the codes of the countries in a group: a UN M49 code such as `011`, or `EU`; territories included.

    A country belongs to the group of its main part: the United States are not in Polynesia, nor Spain in Africa.
    """
    members = set()
    for feature in bundled_json("borders.json")["features"]:
        properties = feature["properties"]
        groups = properties.get("groups", ())
        if group in groups and (code := code_of(properties)):
            continent = _CONTINENTS.get(country_facts().get(code, {}).get("continentcode", ""))
            if properties.get("iso1A2") == code or group == "EU" or continent in groups:
                members.add(code)
    if group == "EU":
        # country-coder puts overseas parts in the group of their sovereign; the EU has only its member states.
        members -= {code for code in members if _sovereigns().get(code, code) != code}
    return tuple(sorted(members))
