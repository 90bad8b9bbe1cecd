"""Adjectives of countries and areas: "Dutch", "española", "bayerischer"."""

from collections.abc import Iterator
from functools import cache

from geo.data_files import bundled_rows
from geo.text import fold

_GERMAN_ENDINGS = ("", "e", "em", "en", "er", "es")


def demonym(folded: str) -> str | None:
    """Return the ISO code (`NL`) or the name (`Catalonia`) of the country or area that an adjective belongs to.

    `folded` is one or more words, folded by `geo.text.fold`; any other text returns None. An adjective of two
    countries returns a name of both (`congolese` → `Congo`).
    """
    return _targets().get(folded)


@cache
def _targets() -> dict[str, str]:
    return {fold(word): target for word, target in demonyms()}


def demonyms() -> Iterator[tuple[str, str]]:
    """Yield every (adjective, target) of demonyms.csv, German adjectives with all their endings."""
    for row in bundled_rows("demonyms.csv"):
        for word in row["words"].split("|"):
            stem = word.removesuffix("*")
            endings = _GERMAN_ENDINGS if stem != word else ("",)
            yield from ((stem + ending, row["target"]) for ending in endings)
