"""Read Plus codes ("8FVC9G8F+6X") and MGRS grid references ("33UXP0500444996"), which both name a cell of a grid."""

import re
import warnings
from functools import cache
from types import ModuleType
from typing import NamedTuple

from geo.sphere import distance_km

MAX_CHARACTERS = 200
_DIGITS = "23456789CFGHJMPQRVWX"
_PLUS_CODE = re.compile(
    rf"(?:^|(?<=[\s,;(]))(?P<code>[{_DIGITS}]{{2,8}}0{{0,6}}\+[{_DIGITS}]{{0,7}})(?=$|[\s,;)])", re.IGNORECASE
)
# Zone, latitude band, 100 km square, and an even number of digits: at least four (a cell of a kilometre), since
# "33UXP" alone may be the number of a flight or a plate.
_MGRS = re.compile(
    r"(?P<square>\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2})\s?(?P<digits>\d{4,10}|\d{2,5}\s\d{2,5})", re.IGNORECASE
)
_MAX_SIDE_KM = 100.0


class CodedCell(NamedTuple):
    """The centre of a cell in degrees, and the distance to its corners."""

    code: str
    lon: float
    lat: float
    radius_km: float


class PlusCode(NamedTuple):
    """A Plus code in capitals, and what its text has besides: the town that a short code belongs to."""

    code: str
    town: str

    @property
    def is_short(self) -> bool:
        """Return whether the code is complete only with a place near it."""
        return bool(_plus_codes().isShort(self.code))


def plus_code(text: str) -> PlusCode | None:
    """Return the Plus code in a text, or None."""
    if "+" not in text or len(text) > MAX_CHARACTERS:
        return None
    match = _PLUS_CODE.search(text)
    if match is None or not _plus_codes().isValid(match["code"]):
        return None
    town = f"{text[: match.start()].strip(' ,;(')}, {text[match.end() :].strip(' ,;)')}".strip(", ")
    return PlusCode(match["code"].upper(), town)


def plus_code_cell(code: str, near: tuple[float, float] | None = None) -> CodedCell | None:
    """Return the cell of a full Plus code, or of a short one near a point (lon, lat); None if it is not valid."""
    plus_codes = _plus_codes()
    if near is not None and plus_codes.isShort(code):
        code = plus_codes.recoverNearest(code, near[1], near[0])
    if not plus_codes.isFull(code):
        return None
    area = plus_codes.decode(code)
    lon, lat = area.longitudeCenter, area.latitudeCenter
    return CodedCell(code, lon, lat, distance_km(lon, lat, area.longitudeLo, area.latitudeLo))


def mgrs_cell(text: str) -> CodedCell | None:
    """Return the cell of a text that is an MGRS grid reference, or None."""
    if not text[:1].isdigit() or len(text) > MAX_CHARACTERS:
        return None
    match = _MGRS.fullmatch(text)
    if match is None:
        return None
    digits = match["digits"].split()
    if len(digits) == 2 and len(digits[0]) != len(digits[1]):
        return None
    code = re.sub(r"\s", "", match[0]).upper()
    try:
        lat, lon = _mgrs().MGRS().toLatLon(code)
    except (
        _mgrs().core.MGRSError,
        RuntimeWarning,
    ):  # an odd number of digits, or a square that does not exist
        return None
    side_km = _MAX_SIDE_KM / 10.0 ** (len("".join(digits)) / 2)
    return CodedCell(code, lon, lat, side_km * 2**0.5 / 2)


# Few texts have a code: the packages are imported with the first one.
@cache
def _plus_codes() -> ModuleType:
    from openlocationcode import openlocationcode

    return openlocationcode  # type: ignore[no-any-return]


@cache
def _mgrs() -> ModuleType:
    import mgrs

    # A square outside its latitude band has a warning; the point is right all the same.
    warnings.filterwarnings("ignore", message='Warning in "Convert_MGRS', category=RuntimeWarning)
    return mgrs  # type: ignore[no-any-return]
