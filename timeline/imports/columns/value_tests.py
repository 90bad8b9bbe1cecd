"""What the values of a column can be: dates, degrees, countries, titles; a name alone proves nothing."""

import re
from collections.abc import Callable, Sequence
from itertools import islice

from db.errors import BadDate
from geo.coordinates import pair
from geo.countries.names import country_code
from timeline.exchange.field_names import DATES
from timeline.imports.columns.blanks import nothing
from timeline.written_dates import Ambiguous, read

_YES_OR_NO = frozenset(
    ["yes", "no", "y", "n", "true", "false", "t", "f", "0", "1", "si", "sí", "oui", "non"]
)  # whether it was verified, not how
_CONTINENTS = frozenset((
    "africa", "americas", "asia", "europe", "oceania", "north america", "south america", "central america",
    "middle east", "latin america and the caribbean", "sub-saharan africa", "antarctica",
))  # fmt: skip
_SAMPLE = 200  # values of a column that are looked at


def holds(one: str, values: Sequence[str], known: Callable[[str], bool] = lambda label: False) -> bool:
    """Tell whether the values of a column can be those of a field; `known` tells a category of the vocabulary."""
    stripped = map(str.strip, islice(values, _SAMPLE))
    some = [value for value in stripped if value and not nothing(one, value)]
    if not some:
        return False
    if one in DATES:
        return share(some, is_date) >= 0.5
    if one in _TESTS:
        test, least = _TESTS[one]
        return share(some, test) >= least
    if one == "category":
        return all(map(known, some)) and share(some, worded) > 0
    if one == "verification":
        return not all(value.lower() in _YES_OR_NO for value in some)
    if one == "source_title":
        return not any(map(_address, some))
    if one == "id":
        return len(set(some)) == len(some)
    return True


def share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    """Return the share of values, 0 to 1, that pass a test."""
    return sum(map(test, values)) / len(values)


def worded(value: str) -> bool:
    """Tell whether a text has a letter."""
    return any(map(str.isalpha, value))


def is_date(value: str) -> bool:
    """Tell whether a text is a date, be its order of numbers open, or a number that may stand for one."""
    try:
        read(value)
    except Ambiguous:
        return True
    except BadDate:
        return bool(re.fullmatch(r"\d{5}(\.\d+)?|-?\d{9,10}|-?\d{12,13}", value))
    return True


def _address(value: str) -> bool:
    return value.lower().startswith(("http://", "https://"))


def _named(value: str) -> bool:
    return worded(value) and pair(value) is None


def _part(value: str) -> bool:
    return worded(value) and value.lower() not in _CONTINENTS


def _degrees(value: str) -> bool:
    """Tell whether a text may be degrees: a number of some kind, and none of metres in a projection."""
    try:
        return abs(float(value)) <= 180
    except ValueError:
        return len(value) < 40 and any(map(str.isdigit, value))


# Tests of a value, and the share of the values that must pass.
_TESTS: dict[str, tuple[Callable[[str], bool], float]] = {
    "country": (lambda value: country_code(value) is not None, 0.5),
    "place": (_named, 0.2),
    "city": (worded, 0.5),
    "admin1": (_part, 0.5),
    "lat": (_degrees, 0.9),
    "lon": (_degrees, 0.9),
    "source_url": (_address, 1.0),
    "title": (worded, 0.9),
}
