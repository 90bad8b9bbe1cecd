"""The text of a full-text search as terms: words, "a phrase" and prefix*."""

import re
from typing import NamedTuple

from db.errors import BadFilter
from db.query.search_words import NO_SPACES, search_forms

MAX_SEARCH_CHARACTERS = 20_000
MAX_SEARCH_WORDS = 32
MAX_SEARCH_PREFIXES = 8
MAX_SEARCH_SIGNS = 200  # of scripts without spaces; each is searched for like a word
_EXAMPLE = 'expected for example: cocaine "port of Antwerp" belgi*'
_TERM = re.compile(r'"([^"]*)"?|(\S+)')


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
    texts = [search_forms(term.text)[0] for term in terms]
    if not any(texts):
        raise BadFilter("q", f"there is no word to search for; {_EXAMPLE}")
    signs = sum(len(NO_SPACES.findall(text)) for text in texts)
    words = sum(len(NO_SPACES.sub(" ", text).split()) for text in texts)
    prefixes = sum(term.prefix and bool(text) for term, text in zip(terms, texts, strict=True))
    for count, limit, kind in (
        (words, MAX_SEARCH_WORDS, "different words"),
        (prefixes, MAX_SEARCH_PREFIXES, "prefixes such as belgi*"),
        (signs, MAX_SEARCH_SIGNS, "signs of scripts without spaces"),
    ):
        if count > limit:
            raise _bad(f"it has {count:,} {kind}", limit)
    return tuple(terms)


def check_search_text(text: str) -> str:
    """Return the text of a search unchanged; raise BadFilter if `search_terms` would."""
    search_terms(text)
    return text


def _bad(reason: str, limit: int) -> BadFilter:
    return BadFilter("q", f"{reason}; expected at most {limit:,}, for example cocaine belgi*")
