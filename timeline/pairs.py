"""Latitude and longitude in one cell: as maps copy them, latitude first, or as a point of WKT, longitude first."""

import re

_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"[(\[]?\s*({_NUMBER})\s*[,;]\s*({_NUMBER})\s*[)\]]?")
# As KoboToolbox and ODK write where the telephone was: latitude, longitude, metres of height and of error.
_SPACED = re.compile(rf"({_NUMBER})\s+({_NUMBER})(?:\s+-?\d+(?:\.\d+)?){{0,2}}")
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
    return (found[2], found[1]) if found and "." in found[1] and "." in found[2] else None
