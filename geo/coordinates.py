"""Read coordinates as people write them: one latitude or longitude, or both in one text."""

import math
import re

_NUMBER_OR_COMMA = r"\d{1,3}(?:[.,]\d+)?"
_DEGREES = re.compile(
    rf"(?P<sign>[-+−])?\s*(?P<before>[NSEWO])?\s*(?P<d>{_NUMBER_OR_COMMA})\s*(?:[°º:d\s]\s*"
    rf"(?:(?P<m>\d{{1,2}}(?:[.,]\d+)?)\s*(?:['’′:m\s]\s*(?:(?P<s>\d{{1,2}}(?:[.,]\d+)?)\s*(?:[\"”″]|(?-i:s)|'')?)?)?)?)?"
    r"\s*(?P<after>[NSEWO])?",
    re.IGNORECASE,
)
# As in aviation, without separators: 433400N and 1161300W.
_PACKED_DEGREES = re.compile(
    r"(\d{2}(?=\d{4}(?:\.\d+)?\s*[NS])|\d{3}(?=\d{4}(?:\.\d+)?\s*[EW]))(\d{2})(\d{2}(?:\.\d+)?)\s*([NSEW])"
)


def degrees(text: str, axis: str) -> float:
    """Return the degrees of a coordinate on the axis "lat" or "lon", or NaN if the text is not one.

    Examples: `50°51'N`, `50 51 0 N`, `W 3° 42.5'`, `505100N`, `50,85`. A compass letter of the other axis gives NaN.
    O is west in Spanish, Catalan and French.
    """
    if packed := _PACKED_DEGREES.fullmatch(text.strip()):
        text = f"{packed[1]} {packed[2]} {packed[3]} {packed[4]}"
    match = _DEGREES.fullmatch(text.strip())
    if match is None or (match["before"] and match["after"]):
        return math.nan
    if text.rstrip().endswith("s") and "m" not in text.lower():
        return math.nan  # a final "s" may mean seconds or south
    letter = (match["before"] or match["after"] or "").upper()
    if letter and (match["sign"] or (letter in "NS") != (axis == "lat")):
        return math.nan
    degree, minutes, seconds = (float((match[name] or "0").replace(",", ".")) for name in "dms")
    if minutes >= 60 or seconds >= 60 or (match["m"] and not degree.is_integer()):
        return math.nan
    negative = letter in ("S", "W", "O") if letter else match["sign"] in ("-", "−")
    value = degree + minutes / 60 + seconds / 3600
    return -value if negative else value


MAX_CHARACTERS_WITH_LETTERS = (
    80  # of a latitude and longitude with compass letters; bounds the regular expressions
)
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"[(\[]?\s*({_NUMBER})\s*[,;]\s*({_NUMBER})\s*[)\]]?")
# KoboToolbox and ODK write a telephone's position as latitude, longitude, height and accuracy in metres.
_SPACED_PAIR = re.compile(rf"({_NUMBER})\s+({_NUMBER})(?:\s+-?\d+(?:\.\d+)?){{0,2}}")
_DECIMAL_COMMA = r"[-+]?\d{1,3},\d{2,}"
_COMMA_PAIR = re.compile(rf"\(?({_DECIMAL_COMMA})(?:\s*;\s*|,?\s+)({_DECIMAL_COMMA})\)?")
# With compass letters after or before the number (41°23'6"N 2°10'24"E); the group that holds the latitude.
_COMPASS_PAIRS = tuple(
    (re.compile(pattern, re.IGNORECASE), latitude_group)
    for pattern, latitude_group in (
        (r"(\d[^NSEWO]*[NS])[\s,;/]*(\d[^NSEWO]*[EWO])", 1),
        (r"([NS][^NSEWO]*\d[^NSEWO]*?)[\s,;/]*([EWO][^NSEWO]*\d[^NSEWO]*)", 1),
        (r"(\d[^NSEWO]*[EWO])[\s,;/]*(\d[^NSEWO]*[NS])", 2),
    )
)
_WKT_POINT = re.compile(
    rf"(?:SRID=4326;)?POINT\s*Z?\s*\(\s*({_NUMBER})\s+({_NUMBER})(?:\s+\S+)?\s*\)", re.IGNORECASE
)


def pair(text: str) -> tuple[str, str] | None:
    """Return the longitude and latitude, as written, of a text with both; None for any other text.

    Map services copy latitude first, and WKT points have longitude first. Two numbers of which one has no decimal
    point are not a pair: they may be anything.
    """
    text = text.strip()
    if match := _WKT_POINT.fullmatch(text):
        return match[1], match[2]
    match = _PAIR.fullmatch(text) or _SPACED_PAIR.fullmatch(text)
    if match:
        return (match[2], match[1]) if "." in match[1] and "." in match[2] else None
    if match := _COMMA_PAIR.fullmatch(text):
        return match[2], match[1]
    return _compass_pair(text)


def _compass_pair(text: str) -> tuple[str, str] | None:
    if len(text) > MAX_CHARACTERS_WITH_LETTERS:
        return None
    for pattern, latitude_group in _COMPASS_PAIRS:
        if match := pattern.fullmatch(text):
            return match[3 - latitude_group].strip(" ,;"), match[latitude_group].strip(" ,;")
    return None
