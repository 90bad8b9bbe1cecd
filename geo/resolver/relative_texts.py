"""Read texts that place something by another place: "12 km south of Kherson", "between Madrid and Toledo"."""

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from geo.data_files import bundled_rows

MAX_CHARACTERS = 200
MAX_KM = 20_015.1  # half the circumference of the Earth: no two places are further apart
_MAX_WORDS_BEFORE = 4
_NUMBER = r"(?:\d{1,3}(?:[ .,\u00a0\u202f']\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
_RANGE = rf"(?P<number>{_NUMBER})(?:\s*(?:-|–|to|bis|a|tot|i|y|الى)\s*(?P<upper>{_NUMBER}))?"
_AND = re.compile(r"\s+(?:and|&|und|et|y|e|i|en|a|to|nach|à|naar|الى|إلى)\s+|\s+و\s*(?=\S)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_DASH = re.compile(r"\s*[-–—]\s*")
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
_ENGLISH = ("of", "from", "out", "away", "inland")  # headlines write "12 km South Of Kherson"
_WITHOUT_SPACE_AFTER = ("'", "~", "≈")


class Relation(StrEnum):
    """How a text relates something to a place."""

    AWAY = "away"
    COAST = "coast"
    OUTSKIRTS = "outskirts"
    NEAR = "near"
    BETWEEN = "between"
    HALFWAY = "halfway"


class RelativeText(NamedTuple):
    """A text that places something by another place, whose text is `anchor`, or between two places.

    `km` and `bearing` (degrees from north, clockwise) are None where the text has none. `margin_km` is half the
    width of a range ("10–15 km"). `before` is a name that comes first: "Bila" in "Bila, 12 km south of Kherson".
    `pairs` are the ways to divide the names of two places; "Trinidad and Tobago and Grenada" has two.
    """

    relation: Relation
    anchor: str = ""
    km: float | None = None
    bearing: float | None = None
    margin_km: float = 0.0
    before: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


class _Patterns(NamedTuple):
    """Patterns over texts without accents, the values of their words, and the first and last words that may match."""

    distance: re.Pattern[str]
    phrase: re.Pattern[str]
    between: re.Pattern[str]
    halfway: re.Pattern[str]
    road: re.Pattern[str]
    values: dict[str, dict[str, float]]
    relations: dict[str, Relation]
    leads: frozenset[str]
    first_words: frozenset[str]
    last_words: frozenset[str]


def read_relative(text: str) -> RelativeText | None:
    """Return what a text says about the place that it is measured from; None for any other text."""
    if not may_be_relative(text) or len(text) > MAX_CHARACTERS:
        return None
    text = " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())
    plain = _without_accents(text)
    if text.isupper():
        plain = plain.lower()
    patterns = _patterns()
    if match := patterns.distance.fullmatch(plain):
        return _by_distance(match, text, patterns)
    if match := patterns.between.fullmatch(plain):
        is_halfway = patterns.halfway.search(plain, 0, match.start("pair"))
        relation = Relation.HALFWAY if is_halfway else Relation.BETWEEN
        return _between(relation, _AND, text[match.start("pair") :])
    if match := patterns.road.fullmatch(plain):
        group = next(name for name in ("ends", "pair", "other") if match[name])
        separator = _AND if group == "ends" else _DASH
        return _between(Relation.BETWEEN, separator, text[slice(*match.span(group))])
    if match := patterns.phrase.fullmatch(plain):
        word = _spaced(match["word"]) if match["word"] else ""
        relation = patterns.relations.get(word, Relation.NEAR)
        return RelativeText(relation, text[match.start("place") :])
    return None


def may_be_relative(text: str) -> bool:
    """Return whether the first or last word of a text, or a digit, allows that it is relative; a quick test."""
    words = text.split()
    if len(words) < 2:
        return False
    patterns = _patterns()
    first = words[0].lower()
    if not first.isascii() or "'" in first:
        first = _without_accents(first.translate(_APOSTROPHES)).partition("'")[0]
    if first in patterns.first_words or first[:1].isdigit() or first[:1] in ("~", "≈"):
        return True
    if words[-1].lower() in patterns.last_words or (len(words) > 3 and first in patterns.leads):
        return True
    return "," in text and _DIGIT.search(text) is not None


def _between(relation: Relation, separator: re.Pattern[str], text: str) -> RelativeText | None:
    pairs = tuple((text[: match.start()], text[match.end() :]) for match in separator.finditer(text))
    pairs = tuple(pair for pair in pairs if all(pair))
    return RelativeText(relation, pairs=pairs) if pairs else None


def _by_distance(match: re.Match[str], text: str, patterns: _Patterns) -> RelativeText | None:
    anchor = text[slice(*match.span("place"))].strip()
    if anchor.islower() and _spaced(anchor) in patterns.values["of"]:
        return None  # "12 km south of"
    unit = patterns.values["unit"][_spaced(match["unit"])]
    if match["number"]:
        numbers = [_number(written) for written in (match["number"], match["upper"]) if written]
    else:
        numbers = [patterns.values["number"][_spaced(match["word_number"])]]
    km, margin = sum(numbers) / len(numbers) * unit, (max(numbers) - min(numbers)) / 2 * unit
    bearing = None
    if match["compass"]:
        word = _spaced(match["compass"])
        bearing = patterns.values["compass"].get(word, patterns.values["letters"].get(word))
    return RelativeText(
        Relation.COAST if match["coast"] else Relation.AWAY,
        anchor,
        km,
        bearing,
        margin,
        text[slice(*match.span("before"))] if match["before"] else "",
    )


def _number(written: str) -> float:
    """Return the number of "1,200", "1.200" (both a thousand two hundred), "12.5" or "12,5"."""
    grouped = re.fullmatch(r"\d{1,3}(?:[ .,\u00a0\u202f']\d{3})+", written)
    return float(re.sub(r"\D", "", written) if grouped else written.replace(",", "."))


def _without_accents(text: str) -> str:
    """Return a text of the same length with each letter's base letter, so that positions stay the same."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def _spaced(words: str) -> str:
    """Return a word of the patterns as a key: `North-East` → `north east`, and `northeast` too."""
    return re.sub(r"[\s-]+", "", words.lower())


@cache
def _patterns() -> _Patterns:
    words: dict[str, list[str]] = {}
    values: dict[str, dict[str, float]] = {}
    for row in bundled_rows("relative_words.csv"):
        meaning, _, value = row["meaning"].partition(":")
        for written in _without_accents(row["words"]).split("|"):
            words.setdefault(meaning, []).append(written)
            values.setdefault(meaning, {})[_spaced(written)] = float(value or 0)
    phrases = [(word, relation) for relation in ("coast", "outskirts", "near") for word in words[relation]]
    first = {
        re.split(r"[\s']", word)[0]
        for meaning in words
        if meaning not in ("unit", "letters", "of", "from", "lead")
        for word in words[meaning]
    }
    prepositions = frozenset(word for word in (*words["of"], *words["from"]) if not word.startswith(_ENGLISH))
    compiled = _compiled(
        {
            meaning: _alternatives(listed, prepositions if meaning in ("of", "from") else frozenset())
            for meaning, listed in words.items()
        }
    )
    return _Patterns(
        compiled["distance"],
        compiled["phrase"],
        compiled["between"],
        compiled["halfway"],
        compiled["road"],
        values,
        {_spaced(word): Relation(relation) for word, relation in phrases},
        frozenset(word.split()[0] for word in words["lead"]),
        frozenset(first),
        frozenset(word for word in words["road"] if " " not in word),
    )


def _compiled(words: dict[str, str]) -> dict[str, re.Pattern[str]]:
    lead = rf"(?:(?:{words['lead']}|{words['road']})(?:[^\s,\d]+\s+){{0,{_MAX_WORDS_BEFORE}}}?)??"
    number = rf"(?:{_RANGE}|(?P<word_number>{words['number']}))"
    measure = rf"(?:{words['approximately']}){{0,2}}{number}\s*(?P<unit>{words['unit']})"
    towards = (
        rf"(?:{words['to']}){{0,2}}(?P<compass>{words['compass']}|{words['letters']})(?:{words['of']}){{0,2}}"
    )
    away = rf"(?:{towards}|(?P<coast>{words['coast']})|(?:{words['from']}))"
    direction = rf"(?:{words['to']}){{0,2}}(?:{words['compass']})(?:(?:{words['of']})|(?=[\u0621-\u064a]))"
    phrase = rf"(?P<word>{words['coast']}|{words['outskirts']}|{words['near']})"
    pair = r"[^,()]{2,60}?\s?[-–—]\s?[^,()]{2,60}?"
    road = rf"(?:{words['road']})(?:(?:{words['from']})(?P<ends>\S.*)|(?P<other>{pair}))"
    patterns = {
        "distance": rf"(?:(?P<before>[^,\d]{{1,60}}),\s*)?{lead}{measure}{away}(?P<place>\S.*?)(?:\s+entfernt)?",
        "phrase": rf"{lead}(?:{phrase}|{direction})(?P<place>\S.*)",
        "between": rf"{lead}(?:{words['halfway']})?(?:{words['between']})(?P<pair>\S.*)",
        "halfway": words["halfway"],
        "road": rf"(?:{words['lead']}){{0,2}}(?:(?P<pair>{pair})\s+(?:{words['road']})|{road})",
    }
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in patterns.items()}


def _alternatives(words: list[str], lower_case: frozenset[str]) -> str:
    """Return the pattern of any of the words, the longest first, and the space after it.

    Articles and prepositions are in lower case, unlike those of a name: "al norte de La Paz", "südlich von Da Nang".
    """
    patterns = []
    for word in sorted(words, key=len, reverse=True):
        pattern = re.escape(word).replace(r"\ ", r"[\s-]?")
        if word in lower_case:
            pattern = f"(?-i:{pattern})"
        patterns.append(pattern + (r"\s*" if word.endswith(_WITHOUT_SPACE_AFTER) else r"(?:\s+|$)"))
    return "|".join(patterns)
