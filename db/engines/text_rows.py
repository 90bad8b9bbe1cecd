"""The words of an event as every engine indexes them for search."""

import re
from collections.abc import Iterable

from geo.text import fold

# Scripts that are written without spaces: Japanese, Chinese, Korean, Thai.
_NO_SPACES = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f])")
_SEPARATOR = " \ue000 "


def searchable(text: str) -> str:
    """Return a text without case and accents, as the gazetteer folds names, and with spaces between CJK characters."""
    folded = fold(text)
    return folded if folded.isascii() else _NO_SPACES.sub(r" \1 ", folded)


def text_row(*fields: Iterable[str]) -> tuple[str, ...]:
    """Return the full-text row of an event: title, summary, places and tags, each given as a list of texts.

    A token that nobody types separates the texts of a list, so that no phrase matches across two places or tags.
    """
    return tuple(_SEPARATOR.join(map(searchable, texts)) for texts in fields)
