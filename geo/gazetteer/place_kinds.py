"""Words for kinds of place ("village", "governorate", "Regional Municipality of …")."""

from functools import cache
from typing import NamedTuple

from geo.data_files import bundled_rows
from geo.place import Precision
from geo.text import fold

_PRECISION_OF_LETTER = {
    "n": Precision.NEIGHBOURHOOD,
    "c": Precision.CITY,
    "2": Precision.ADMIN2,
    "1": Precision.ADMIN1,
    "0": Precision.COUNTRY,
}
_PREPOSITIONS = frozenset(("of", "de", "di", "do", "da", "du", "des", "del", "della", "d", "von", "the"))
_ARTICLES = frozenset(("the", "el", "la", "le", "les", "los", "las"))
MAX_WORDS_OF_KIND = 3
MAX_CHARACTERS_OF_SUFFIX = 5


class NameWithKind(NamedTuple):
    """A folded name without its kind word, and the ranks of Precision that the word means, likeliest first."""

    name: str
    kinds: tuple[int, ...]


class _KindWords(NamedTuple):
    """Ranks of Precision by folded kind word: words before or after a name, and suffixes without a space."""

    before: dict[str, tuple[int, ...]]
    after: dict[str, tuple[int, ...]]
    suffixes: dict[str, tuple[int, ...]]


@cache
def _kind_words() -> _KindWords:
    words = _KindWords({}, {}, {})
    for row in bundled_rows("kinds.csv"):
        kinds = tuple(_PRECISION_OF_LETTER[letter].rank for letter in row["kinds"])
        word = fold(row["word"])
        if row["where"] in "be":
            words.before[word] = kinds
        if row["where"] in "ae":
            words.after[word] = kinds
        if row["where"] == "s":
            words.suffixes[word] = kinds
    return words


def is_kind(folded: str) -> bool:
    """Return whether a folded text is only a word for a kind of place."""
    words = _kind_words()
    return folded in words.before or folded in words.after


def split_kind(folded: str) -> NameWithKind | None:
    """Return a folded name without its kind word: `aleppo governorate` → `aleppo`; None if it has none."""
    parts = folded.split(" ")
    if len(parts) == 1:
        return _split_suffix(folded)
    words = _kind_words()
    for size in range(min(MAX_WORDS_OF_KIND, len(parts) - 1), 0, -1):
        if kinds := words.before.get(" ".join(parts[:size])):
            return NameWithKind(without_prepositions(" ".join(parts[size:])), kinds)
        if kinds := words.after.get(" ".join(parts[-size:])):
            return NameWithKind(" ".join(parts[:-size]), kinds)
    return None


def without_prepositions(folded: str) -> str:
    """Return a folded name without the prepositions before it: `de la rochelle` → `la rochelle`."""
    words = folded.split(" ")
    while len(words) > 1 and words[0] in _PREPOSITIONS:
        words = words[1:]
    return " ".join(words)


def _split_suffix(folded: str) -> NameWithKind | None:
    if folded.isascii():
        return None
    suffixes = _kind_words().suffixes
    # The longest suffix first: 自治区 is not a 区 of 自治.
    for size in range(MAX_CHARACTERS_OF_SUFFIX, 0, -1):
        if (kinds := suffixes.get(folded[-size:])) and len(folded) > size + 1:
            return NameWithKind(folded[:-size], kinds)
    return None


def ends_with_kind(text: str) -> bool:
    """Return whether a text ends with a suffix such as 市 or 구."""
    suffixes = _kind_words().suffixes
    return any(text[-size:] in suffixes for size in range(1, MAX_CHARACTERS_OF_SUFFIX + 1))


def without_article(folded: str) -> str | None:
    """Return a folded name without its article (`the hague` → `hague`); None if it has none."""
    article, _, name = folded.partition(" ")
    return name if name and article in _ARTICLES else None
