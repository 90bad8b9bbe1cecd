"""Words for kinds of place ("village", "governorate", "Regional Municipality of …")."""

from functools import cache
from typing import NamedTuple

from geo.data_files import bundled_rows
from geo.place import Precision
from geo.text import fold

_KINDS = {
    "n": Precision.NEIGHBOURHOOD,
    "c": Precision.CITY,
    "2": Precision.ADMIN2,
    "1": Precision.ADMIN1,
    "0": Precision.COUNTRY,
}
_JOINTS = frozenset(("of", "de", "di", "do", "da", "du", "des", "del", "della", "d", "von", "the"))
_ARTICLES = frozenset(("the", "el", "la", "le", "les", "los", "las"))
_LONGEST = 3


class Core(NamedTuple):
    """A name without its kind word, and the ranks of Precision that the word allows, likeliest first."""

    text: str
    kinds: tuple[int, ...]


class _Words(NamedTuple):
    before: dict[str, tuple[int, ...]]
    after: dict[str, tuple[int, ...]]
    glued: dict[str, tuple[int, ...]]


@cache
def _words() -> _Words:
    words = _Words({}, {}, {})
    for row in bundled_rows("kinds.csv"):
        kinds = tuple(_KINDS[letter].rank for letter in row["kinds"])
        word = fold(row["word"])
        if row["where"] in "be":
            words.before[word] = kinds
        if row["where"] in "ae":
            words.after[word] = kinds
        if row["where"] == "s":
            words.glued[word] = kinds
    return words


def is_kind(folded: str) -> bool:
    """Tell whether a folded text is nothing but a word for a kind of place."""
    words = _words()
    return folded in words.before or folded in words.after


def core(folded: str) -> Core | None:
    """Take a kind word off a folded name: `aleppo governorate` → `aleppo`; None where there is none."""
    parts = folded.split(" ")
    if len(parts) == 1:
        return _unglued(folded)
    words = _words()
    for size in range(min(_LONGEST, len(parts) - 1), 0, -1):
        if kinds := words.before.get(" ".join(parts[:size])):
            rest = parts[size:]
            while len(rest) > 1 and rest[0] in _JOINTS:
                rest = rest[1:]
            return Core(" ".join(rest), kinds)
        if kinds := words.after.get(" ".join(parts[-size:])):
            return Core(" ".join(parts[:-size]), kinds)
    return None


def _unglued(folded: str) -> Core | None:
    if folded.isascii():
        return None
    for word, kinds in _words().glued.items():
        if folded.endswith(word) and len(folded) > len(word) + 1:
            return Core(folded.removesuffix(word), kinds)
    return None


def without_article(folded: str) -> str | None:
    """Take a leading article off (`the hague` → `hague`); None where there is none."""
    first, _, rest = folded.partition(" ")
    return rest if rest and first in _ARTICLES else None
