"""Latitude and longitude in one cell: as maps copy them, latitude first, or as a point of WKT, longitude first."""

import re

_LONGEST = 80  # characters of two coordinates
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"[(\[]?\s*({_NUMBER})\s*[,;]\s*({_NUMBER})\s*[)\]]?")
# As KoboToolbox and ODK write where the telephone was: latitude, longitude, metres of height and of error.
_SPACED = re.compile(rf"({_NUMBER})\s+({_NUMBER})(?:\s+-?\d+(?:\.\d+)?){{0,2}}")
_COMMA = r"[-+]?\d{1,3},\d{2,}"
_COMMAS = re.compile(rf"\(?({_COMMA})(?:\s*;\s*|,?\s+)({_COMMA})\)?")  # decimal commas
# With the letters of the sky, before or after: 41°23'6"N 2°10'24"E.
_SKY = tuple(
    (re.compile(pattern, re.IGNORECASE), lat)
    for pattern, lat in (
        (r"(\d[^NSEWO]*[NS])[\s,;/]*(\d[^NSEWO]*[EWO])", 1),
        (r"([NS][^NSEWO]*\d[^NSEWO]*?)[\s,;/]*([EWO][^NSEWO]*\d[^NSEWO]*)", 1),
        (r"(\d[^NSEWO]*[EWO])[\s,;/]*(\d[^NSEWO]*[NS])", 2),
    )
)
_POINT = re.compile(
    rf"(?:SRID=4326;)?POINT\s*Z?\s*\(\s*({_NUMBER})\s+({_NUMBER})(?:\s+\S+)?\s*\)", re.IGNORECASE
)


def pair(text: str) -> tuple[str, str] | None:
    """Return longitude and latitude as they are written in a text of both; None for any other text.

    A pair without a decimal point in each number is none: it may be anything.
    """
    text = text.strip()
    if found := _POINT.fullmatch(text):
        return found[1], found[2]
    found = _PAIR.fullmatch(text) or _SPACED.fullmatch(text)
    if found:
        return (found[2], found[1]) if "." in found[1] and "." in found[2] else None
    if found := _COMMAS.fullmatch(text):
        return found[2], found[1]
    return _lettered(text)


def _lettered(text: str) -> tuple[str, str] | None:
    for pattern, lat in _SKY if len(text) <= _LONGEST else ():
        if found := pattern.fullmatch(text):
            return found[3 - lat].strip(" ,;"), found[lat].strip(" ,;")
    return None
