"""Recognise the parts of an address by their words: streets, flats and boxes, and quarters that have only a number."""

import unicodedata
from functools import cache
from typing import NamedTuple

from geo.data_files import bundled_rows

_MIN_LETTERS_BEFORE_ENDING = 3
_MAX_LETTERS_OF_LABEL = 2  # "4B", "II"
_MAX_POSITION_OF_FIRST_WORD = 1  # a house number may come before "rue"
_PREPOSITIONS = frozenset(
    ("de", "du", "des", "della", "del", "da", "do", "dos", "of", "the", "di", "la", "van")
)
_ORDINALS = ("st", "nd", "rd", "th", "er", "e", "eme")

_ASCII_SIGNS = {code: None if chr(code) in ".'" else " " for code in range(128) if not chr(code).isalnum()}


class _Words(NamedTuple):
    before: frozenset[str]
    after: frozenset[str]
    ending: tuple[str, ...]
    unit: frozenset[str]
    quarter: frozenset[str]


def is_street(text: str) -> bool:
    """Return whether a text has a street word with a name: "Baker Street", "12 rue de Rivoli", "Hauptstraße"."""
    tokens, words = _tokens(text), _words()
    return any(
        (token in words.after and position > 0)
        or _has_ending(token, words)
        or (
            position <= _MAX_POSITION_OF_FIRST_WORD
            and token in words.before
            and _names(tokens[position + 1 :])
        )
        for position, token in enumerate(tokens)
    )


def ends_street(word: str) -> bool:
    """Return whether a word may be the last of a street's name: "Street", "Hauptstraße"."""
    tokens, words = _tokens(word), _words()
    return len(tokens) == 1 and (tokens[0] in words.after or _has_ending(tokens[0], words))


def is_unit(text: str) -> bool:
    """Return whether a text is a flat, floor, building or box, with a number: "Apt 4B", "3rd Floor", "P.O. Box 12"."""
    return _is_labelled(_tokens(text), _words().unit)


def is_quarter(text: str) -> bool:
    """Return whether a text is a quarter that has only a number: "District 1", "16th arrondissement"."""
    return _is_labelled(_tokens(text), _words().quarter)


def _is_labelled(tokens: list[str], words: frozenset[str]) -> bool:
    others = [token for token in tokens if token not in words]
    return len(others) < len(tokens) and any(map(_has_digit, tokens)) and all(map(_is_label, others))


def _is_label(token: str) -> bool:
    return len(token.strip("0123456789")) <= _MAX_LETTERS_OF_LABEL or _is_ordinal(token)


def _is_ordinal(token: str) -> bool:
    return token.endswith(_ORDINALS) and _has_digit(token)


def _has_digit(token: str) -> bool:
    return any(letter.isdigit() for letter in token)


def _has_ending(token: str, words: _Words) -> bool:
    return token.endswith(words.ending) and any(
        token.endswith(ending) and len(token) >= len(ending) + _MIN_LETTERS_BEFORE_ENDING
        for ending in words.ending
    )


def _names(tokens: list[str]) -> bool:
    """Return whether a word of these is a name: "rue de" lacks one."""
    return any(not token.isdigit() and token not in _PREPOSITIONS for token in tokens)


def _tokens(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents and signs."""
    if text.isascii():
        return text.lower().translate(_ASCII_SIGNS).split()
    plain = "".join(
        letter
        if letter.isalnum()
        else " "
        if not unicodedata.combining(letter) and letter not in ".'’"
        else ""
        for letter in unicodedata.normalize("NFD", text.casefold())
    )
    return plain.split()


@cache
def _words() -> _Words:
    words: dict[str, set[str]] = {meaning: set() for meaning in _Words._fields}
    for row in bundled_rows("address_words.csv"):
        words[row["meaning"]].update(token for word in row["words"].split("|") for token in _tokens(word))
    return _Words(
        frozenset(words["before"]),
        frozenset(words["after"]),
        tuple(words["ending"]),
        frozenset(words["unit"]),
        frozenset(words["quarter"]),
    )
