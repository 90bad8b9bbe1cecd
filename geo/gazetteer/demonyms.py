"""Adjectives of countries and areas: "Dutch", "española", "bayerischer"."""

from collections.abc import Iterator
from functools import cache

from geo.data_files import bundled_rows
from geo.text import fold

_GERMAN = ("", "e", "em", "en", "er", "es")


def demonym(folded: str) -> str | None:
    """Find what an adjective points to: an ISO code (`NL`), or a text that names an area (`Catalonia`).

    `folded` is a word, or several, as `geo.text.fold` gives them; None for anything else. What means two
    countries answers a text that means both (`congolese` → `Congo`).
    """
    return _targets().get(folded)


@cache
def _targets() -> dict[str, str]:
    return {fold(word): target for word, target in words()}


def words() -> Iterator[tuple[str, str]]:
    """Give every (word, target) of demonyms.csv, German adjectives with all of their endings."""
    for row in bundled_rows("demonyms.csv"):
        for word in row["words"].split("|"):
            stem = word.removesuffix("*")
            yield from ((stem + ending, row["target"]) for ending in (_GERMAN if stem != word else ("",)))
