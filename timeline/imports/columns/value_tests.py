"""Test whether the values of a column can be dates, degrees, countries or titles: its name alone proves nothing."""

import re
from collections.abc import Callable, Sequence
from itertools import islice

from db.errors import BadDate
from geo.coordinates import pair
from geo.countries.names import country_code
from timeline.exchange.field_names import DATES
from timeline.written_dates import Ambiguous, read
from timeline.written_dates.lexicon import is_ongoing

_MAX_VALUES_TESTED = 200  # of a column
_MAX_DEGREES_LENGTH = 40  # characters
_UNKNOWN = (
    "n/a", "#n/a", "n.a.", "na", "null", "nil", "none", "unknown", "undefined", "not available", "not known", "no data",
    "-", "--", "---", "–", "—", "?", "??", "\\n", "desconocido", "desconocida", "se desconoce", "desconegut",
    "desconeguda", "inconnu", "inconnue", "unbekannt", "sconosciuto", "desconhecido",
)  # fmt: skip
# In every case that tables write: every row looks up a value, and folding it would take longer.
BLANKS = frozenset(
    case for word in _UNKNOWN for case in (word, word.upper(), word.capitalize(), word.title())
)
# NA is also the code of Namibia.
_COUNTRY_BLANKS = BLANKS - {"na", "Na", "NA"}
_FIELDS_WITH_BLANKS = (
    "place",
    "city",
    "admin1",
    "admin2",
    "lat",
    "lon",
    "source_title",
    "source_url",
    "tags",
)
_YES_OR_NO = frozenset(
    ["yes", "no", "y", "n", "true", "false", "t", "f", "0", "1", "si", "sí", "oui", "non"]
)  # whether an event was verified; the field says how far
_CONTINENTS = frozenset((
    "africa", "americas", "asia", "europe", "oceania", "north america", "south america", "central america",
    "middle east", "latin america and the caribbean", "sub-saharan africa", "antarctica",
))  # fmt: skip


def is_blank(field: str, text: str) -> bool:
    """Return whether a field's text means "unknown", such as "n/a"; a title or a person's words never do."""
    return text in (_COUNTRY_BLANKS if field == "country" else BLANKS if field in _FIELDS_WITH_BLANKS else ())


def fits(field: str, values: Sequence[str], is_category: Callable[[str], bool] = lambda label: False) -> bool:
    """Return whether the values of a column are ones that a field can have.

    `is_category` returns whether a text is a category of the vocabulary.
    """
    stripped = map(str.strip, islice(values, _MAX_VALUES_TESTED))
    texts = [text for text in stripped if text and not is_blank(field, text)]
    if not texts:
        return False
    if field in DATES:
        has_open_end = field in ("end", "latest")
        return share(texts, lambda text: is_date(text) or (has_open_end and is_ongoing(text))) >= 0.5
    if field in _TESTS:
        test, min_share = _TESTS[field]
        return share(texts, test) >= min_share
    if field == "category":
        return any(map(is_category, texts)) and share(texts, has_letter) > 0
    if field == "verification":
        return not all(text.lower() in _YES_OR_NO for text in texts)
    if field == "source_title":
        return not any(map(_is_address, texts))
    if field == "id":
        return len(set(texts)) == len(texts)
    return True


def share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    """Return the share of values, 0 to 1, that pass a test."""
    return sum(map(test, values)) / len(values)


def has_letter(text: str) -> bool:
    """Return whether a text has a letter."""
    return any(map(str.isalpha, text))


def is_date(text: str) -> bool:
    """Return whether a text is a date: also one whose order is open, or a number that may be a date."""
    try:
        read(text)
    except Ambiguous:
        return True
    except BadDate:
        return bool(re.fullmatch(r"\d{5}(\.\d+)?|-?\d{9,10}|-?\d{12,13}", text))
    return True


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _may_be_title(text: str) -> bool:
    return has_letter(text) and not _is_address(text)


def _is_place(text: str) -> bool:
    return has_letter(text) and pair(text) is None


def _is_admin1(text: str) -> bool:
    return has_letter(text) and text.lower() not in _CONTINENTS


def _may_be_degrees(text: str) -> bool:
    """Return whether a text may be degrees: a small number in some notation, not metres of a projection."""
    try:
        return abs(float(text)) <= 180
    except ValueError:
        return len(text) < _MAX_DEGREES_LENGTH and any(map(str.isdigit, text))


# The test of a field's value, and the share of the values that must pass it.
_TESTS: dict[str, tuple[Callable[[str], bool], float]] = {
    "country": (lambda text: country_code(text) is not None, 0.5),
    "place": (_is_place, 0.2),
    "city": (has_letter, 0.5),
    "admin1": (_is_admin1, 0.5),
    "admin2": (has_letter, 0.5),
    "lat": (_may_be_degrees, 0.9),
    "lon": (_may_be_degrees, 0.9),
    "source_url": (_is_address, 0.5),
    "title": (_may_be_title, 0.9),
}
