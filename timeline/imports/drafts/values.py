"""Readers of single values, shared by imports, the API and the command line. Each raises BadEvent with its field."""

import math
import re
from typing import Any, get_args
from urllib.parse import urlsplit

from db.dates.edtf import When, read_edtf
from db.errors import BadDate, BadEvent
from db.events.draft import Verification
from geo.coordinates import degrees

_METRES = "metres of a projection, such as UTM, are turned into degrees (EPSG:4326) by QGIS or ogr2ogr"
_VERIFICATIONS: dict[str, Verification] = {name: name for name in get_args(Verification)}
# Matches most addresses; urlsplit, which is slower, reads the others.
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)(?:[/?#][^\s\x00-\x1f]*)?")
_SPACE = re.compile(r"\s|[\x00-\x1f]")


def required(text: str | None, field: str, example: str) -> str:
    """Return a text; raise BadEvent if it is empty."""
    if not text:
        raise BadEvent(field, f"is missing; expected a text in every row, for example by {example}")
    return text


def date(field: str, text: str) -> When:
    """Return an EDTF date; raise BadEvent for a text that is not EDTF."""
    try:
        return read_edtf(text)
    except BadDate as error:
        raise BadEvent(field, str(error)) from None


def point(lon: Any, lat: Any) -> tuple[float, float]:
    """Return longitude and latitude in degrees (CRS84), rounded to five decimals; raise BadEvent when out of range."""
    x, y = _degrees("lon", lon, 180), _degrees("lat", lat, 90)
    if -180 <= x <= 180 and -90 <= y <= 90:
        return round(x, 5), round(y, 5)
    swapped = "; are lat and lon swapped?" if 90 < abs(y) <= 180 and abs(x) <= 90 else ""
    for field, value, number, limit in (("lon", lon, x, 180), ("lat", lat, y, 90)):
        if abs(number) > limit:
            metres = f"; {_METRES}" if abs(number) > 1_000 else ""
            raise BadEvent(field, f"{value!r} is out of range; {_expected(limit)}{swapped}{metres}")
    return round(x, 5), round(y, 5)


def _degrees(field: str, value: Any, limit: int) -> float:
    try:
        # Python reads 1_000 and True as numbers, which in a table are mistakes.
        number = float("no" if isinstance(value, bool) or "_" in str(value) else value)
    except (TypeError, ValueError, OverflowError):
        number = degrees(value, field) if isinstance(value, str) else math.nan
    if not math.isfinite(number):
        raise BadEvent(field, f"{value!r} is not a number; {_expected(limit)}")
    return number


def _expected(limit: int) -> str:
    return f"expected degrees between -{limit} and {limit}, such as 50.93"


def address(field: str, url: str) -> str:
    """Return the address of a source; raise BadEvent unless it is http or https with a host (never javascript:)."""
    if _ADDRESS.fullmatch(url):
        return url
    expected = "expected an address such as 'https://example.org/story'"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise BadEvent(field, f"{url!r} is not an address; {expected}") from None
    if parts.scheme not in ("http", "https") or not host or _SPACE.search(url):
        raise BadEvent(field, f"{url!r} is not an http or https address; {expected}")
    return url


def host(url: str) -> str:
    """Return the host of an address in lower case; the whole address if it has none."""
    match = _ADDRESS.fullmatch(url)
    return match[1].lower() if match else urlsplit(url).hostname or url


def verification(text: str) -> Verification:
    """Return a verification written in any case; raise BadEvent for any other text."""
    status = _VERIFICATIONS.get(text.lower())
    if status:
        return status
    raise BadEvent("verification", f"{text!r} is unknown; expected {', '.join(get_args(Verification))}")
