"""Parsers of single parameter values: text in, a checked value out; BadParameter with an example otherwise."""

import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import get_args

from db.dates.interval import Interval
from db.events.draft import Verification
from geo.box import Box
from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_code
from geo.errors import BadBox
from geo.place import Precision
from timeline.errors import BadParameter

MAX_RADIUS_KM = 20_038.0  # half of the equator: no point of the sphere is farther away
PRECISIONS: tuple[str, ...] = tuple(precision.value for precision in Precision)
VERIFICATIONS: tuple[str, ...] = get_args(Verification)


def split_list(text: str | None) -> tuple[str, ...]:
    """Return the parts of a comma-separated list, without blanks and duplicates."""
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))


def choose(name: str, text: str, choices: Iterable[str]) -> str:
    """Return the text if it is one of the choices; raise BadParameter with the nearest choice otherwise."""
    choices = list(choices)
    if text in choices:
        return text
    nearest = get_close_matches(text[:80], choices, n=1, cutoff=0.4)
    raise BadParameter(
        name, f"{text[:80]!r} is not one of {', '.join(choices)}", f"{name}={(nearest or choices)[0]}"
    )


def read_numbers(name: str, text: str, example: str) -> list[float]:
    """Return comma-separated finite numbers; raise BadParameter for any other text."""
    numbers = []
    for part in text.split(","):
        try:
            number = float(part)
        except ValueError:
            raise BadParameter(name, f"{part.strip()[:80]!r} is not a number", example) from None
        if not math.isfinite(number):
            raise BadParameter(name, f"{part.strip()} is not a finite number", example)
        numbers.append(number)
    return numbers


def read_whole_number(name: str, text: str, minimum: int, maximum: int | None, example: str) -> int:
    """Return a whole number of ASCII digits from `minimum` to `maximum` (None: no upper limit)."""
    digits = text.strip()
    number = int(digits[:9]) if digits.isascii() and digits.isdigit() else -1
    if number < minimum or (maximum is not None and (number > maximum or len(digits) > 9)):
        limits = f"from {minimum}" if maximum is None else f"from {minimum} to {maximum:,}"
        raise BadParameter(name, f"{text[:40]!r} is not a whole number {limits}", example)
    return number


def check_point(name: str, lon: float, lat: float) -> tuple[float, float]:
    """Return lon and lat in degrees if they are in range; raise BadParameter otherwise."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadParameter(
            name,
            f"longitude {lon:g}, latitude {lat:g} are out of range (-180 to 180, -90 to 90)",
            "near=4.35,50.85",
        )
    return lon, lat


def read_box(text: str) -> Box:
    """Return the box of `west,south,east,north` in degrees; raise BadBox for any other text."""
    try:
        return Box.parse(text)
    except BadBox as error:
        raise BadBox(f"{error}; expected west,south,east,north in degrees") from None


def read_interval(text: str) -> Interval:
    """Return the interval of a `datetime` value; raise BadInterval for any other text."""
    return Interval.parse(text)


def read_countries(text: str) -> tuple[str, ...]:
    """Return ISO 3166-1 alpha-2 codes in capitals; raise BadParameter, with the code of a name, otherwise."""
    codes = tuple(code.upper() for code in split_list(text))
    for code in codes:
        if code not in iso_codes():
            likely = country_code(code)
            hint = f"; did you mean {likely}?" if likely else ""
            example = f"country={likely or 'NL,BE'}"
            raise BadParameter("country", f"{code[:80]!r} is not an ISO 3166-1 alpha-2 code{hint}", example)
    return codes


def read_verifications(text: str) -> tuple[str, ...]:
    """Return one or several of `reported`, `confirmed` and `disputed`; raise BadParameter otherwise."""
    return tuple(choose("verification", value, VERIFICATIONS) for value in split_list(text))


def read_precisions(text: str) -> tuple[Precision, ...]:
    """Return one or several precisions of a place; raise BadParameter for an unknown one."""
    return tuple(Precision(choose("precision", value, PRECISIONS)) for value in split_list(text))


def read_min_precision(text: str) -> Precision:
    """Return a precision of a place; raise BadParameter for an unknown one."""
    return Precision(choose("min_precision", text, PRECISIONS))


def read_centre(text: str) -> tuple[float, float]:
    """Return the lon and lat of `near` in degrees; raise BadParameter for any other text."""
    numbers = read_numbers("near", text, "near=4.35,50.85")
    if len(numbers) != 2:
        raise BadParameter("near", f"expected 2 numbers, lon,lat, got {len(numbers)}", "near=4.35,50.85")
    return check_point("near", *numbers)


def read_radius(text: str) -> float:
    """Return a radius in kilometres, above 0 and at most half of the equator; raise BadParameter otherwise."""
    radius_km, *more = read_numbers("radius", text, "near=4.35,50.85&radius=100")
    if more:
        raise BadParameter("radius", f"expected 1 number, got {1 + len(more)}", "near=4.35,50.85&radius=100")
    if not 0 < radius_km <= MAX_RADIUS_KM:
        raise BadParameter(
            "radius", f"{radius_km:g} is not between 0 and {MAX_RADIUS_KM:,.0f} km", "radius=100"
        )
    return radius_km
