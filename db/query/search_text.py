"""The text of a full-text search as terms: words, "a phrase" and prefix*."""

import re
from typing import NamedTuple

from db.errors import BadFilter

MAX_SEARCH_CHARACTERS = 1_000
MAX_SEARCH_WORDS = 32
MAX_SEARCH_PREFIXES = 8
_EXAMPLE = 'expected for example: cocaine "port of Antwerp" belgi*'
_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"\w+")


class SearchTerm(NamedTuple):
    """A word or a phrase; with `prefix`, the beginning of a word."""

    text: str
    prefix: bool


def search_terms(text: str) -> tuple[SearchTerm, ...]:
    """Return the different terms of a search; raise BadFilter if there is no word, or more than the limits.

    The limits count each term once. A prefix takes longest: its lists of events are merged for all words that begin so.
    """
    if len(text) > MAX_SEARCH_CHARACTERS:
        raise _bad(f"it has {len(text):,} characters", MAX_SEARCH_CHARACTERS)
    pairs = _TERM.findall(text)
    terms = dict.fromkeys(SearchTerm(phrase or word, word.endswith("*")) for phrase, word in pairs)
    words = [(term, len(_WORD.findall(term.text))) for term in terms]
    if not any(count for _, count in words):
        raise BadFilter("q", f"there is no word to search for; {_EXAMPLE}")
    total = sum(count for _, count in words)
    if total > MAX_SEARCH_WORDS:
        raise _bad(f"it has {total:,} different words", MAX_SEARCH_WORDS)
    prefixes = sum(count > 0 and term.prefix for term, count in words)
    if prefixes > MAX_SEARCH_PREFIXES:
        raise _bad(f"it has {prefixes} prefixes such as belgi*", MAX_SEARCH_PREFIXES)
    return tuple(terms)


def check_search_text(text: str) -> str:
    """Return the text of a search unchanged; raise BadFilter if `search_terms` would."""
    search_terms(text)
    return text


def _bad(reason: str, limit: int) -> BadFilter:
    return BadFilter("q", f"{reason}; expected at most {limit:,}, for example cocaine belgi*")
