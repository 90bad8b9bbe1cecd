"""Split Chinese, Japanese and Korean names of areas that are written as one word, coarsest first: 東京都渋谷区."""

import re
from collections.abc import Callable
from functools import cache

from geo.gazetteer.place_kinds import ends_with_kind, split_kind
from geo.gazetteer.reader import GazetteerEntry
from geo.resolver.lookup import PartLookup
from geo.resolver.parser import Part
from geo.resolver.scoring import ADMIN1, COUNTRY
from geo.text import fold

MAX_CHARACTERS = 40
MIN_CHARACTERS_OF_NAME = 2
MAX_CHARACTERS_OF_NAME = 10
CHARACTERS_WITHOUT_KIND = (2, 3, 4)  # of a country or first-level area without its kind: 北京, 神奈川
_SCRIPTS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]{3}|[\u3400-\u9fff\uac00-\ud7af] ")

_SplitNames = tuple[int, tuple[str, ...]]
"""The number of characters in names that the gazetteer lacks, and the names."""


def may_be_glued(text: str) -> bool:
    """Return whether a text has at least three Chinese, Japanese or Korean letters in a row, or names with spaces."""
    return not text.isascii() and bool(_SCRIPTS.search(text))


def split_glued(part: Part, lookup: PartLookup) -> tuple[Part, ...]:
    """Return the parts of names that are written as one word, finest first; the part alone if it is one name.

    The letters of kinds also occur inside names (京都, 四日市市): of all ways to split the text, the one with the
    fewest letters in unknown names is right.
    """
    if len(part.text) > MAX_CHARACTERS or not may_be_glued(part.text):
        return (part,)
    text, named = part.folded.replace(" ", ""), _entries_of(lookup)
    if named(text):
        return (part,)
    unknown, names = _split(text, named)
    if unknown == len(text):
        return (part,)
    return tuple(reversed(_as_written(part.text, names)))


def _as_written(text: str, names: tuple[str, ...]) -> list[Part]:
    """Return the parts of a text that are the folded names, as written: 神南1-1-1 is folded to 神南111."""
    parts, start = [], 0
    for name in names:
        end, size = start, 0
        while end < len(text) and size < len(name):
            size += len(fold(text[end]))
            end += 1
        parts.append(Part(text[start:end].strip(), name))
        start = end
    return parts


def _entries_of(lookup: PartLookup) -> Callable[[str], tuple[GazetteerEntry, ...]]:
    """Return a function from a name to its entries, with or without its kind."""

    @cache
    def entries(name: str) -> tuple[GazetteerEntry, ...]:
        without_kind = split_kind(name)
        return lookup.named(name) or (lookup.named(without_kind.name) if without_kind else ())

    return entries


def _split(text: str, named: Callable[[str], tuple[GazetteerEntry, ...]]) -> _SplitNames:
    """Return the best split; a first name without its kind must be a country or a first-level area."""

    @cache
    def split_from(start: int) -> _SplitNames:
        whole = text[start:]
        best: _SplitNames = (0 if named(whole) else len(whole), (whole,))
        last = min(len(text) - MIN_CHARACTERS_OF_NAME, start + MAX_CHARACTERS_OF_NAME)
        for end in range(start + MIN_CHARACTERS_OF_NAME, last + 1):
            name = text[start:end]
            if not ends_with_kind(name) and not (start == 0 and _is_wide(name, named)):
                continue
            unknown, names = split_from(end)
            unknown += 0 if named(name) else len(name)
            if (unknown, len(names) + 1) < (best[0], len(best[1])):
                best = (unknown, (name, *names))
        return best

    return split_from(0)


def _is_wide(name: str, named: Callable[[str], tuple[GazetteerEntry, ...]]) -> bool:
    return len(name) in CHARACTERS_WITHOUT_KIND and any(
        entry.kind in (ADMIN1, COUNTRY) for entry in named(name)
    )
