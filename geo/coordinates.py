"""Read a latitude or longitude as people write it: decimal, with a comma, or in degrees, minutes and seconds."""

import math
import re

_NUMBER = r"\d{1,3}(?:[.,]\d+)?"
_WRITTEN = re.compile(
    rf"(?P<sign>[-+−])?\s*(?P<before>[NSEWO])?\s*(?P<d>{_NUMBER})\s*(?:[°º:d\s]\s*"
    rf"(?:(?P<m>\d{{1,2}}(?:[.,]\d+)?)\s*(?:['’′:m\s]\s*(?:(?P<s>\d{{1,2}}(?:[.,]\d+)?)\s*(?:[\"”″]|(?-i:s)|'')?)?)?)?)?"
    r"\s*(?P<after>[NSEWO])?",
    re.IGNORECASE,
)


# As aviation writes them, without signs between: 433400N and 1161300W.
_PACKED = re.compile(
    r"(\d{2}(?=\d{4}(?:\.\d+)?\s*[NS])|\d{3}(?=\d{4}(?:\.\d+)?\s*[EW]))(\d{2})(\d{2}(?:\.\d+)?)\s*([NSEW])"
)


def degrees(text: str, axis: str) -> float:
    """Return degrees of a coordinate on the axis "lat" or "lon"; NaN when the text is none.

    `50°51'N`, `50 51 0 N`, `W 3° 42.5'`, `505100N` and `50,85` are read; a letter of the other axis makes it none. O is
    west in Spanish, Catalan and French.
    """
    if packed := _PACKED.fullmatch(text.strip()):
        text = f"{packed[1]} {packed[2]} {packed[3]} {packed[4]}"
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or (found["before"] and found["after"]):
        return math.nan
    if text.rstrip().endswith("s") and "m" not in text.lower():
        return math.nan  # seconds, or south
    letter = (found["before"] or found["after"] or "").upper()
    if letter and (letter in "NS") != (axis == "lat"):
        return math.nan
    whole, minutes, seconds = (float((found[name] or "0").replace(",", ".")) for name in "dms")
    if minutes >= 60 or seconds >= 60 or (found["m"] and not whole.is_integer()):
        return math.nan
    if letter and found["sign"]:
        return math.nan
    negative = letter in ("S", "W", "O") if letter else found["sign"] in ("-", "−")
    value = whole + minutes / 60 + seconds / 3600
    return -value if negative else value
