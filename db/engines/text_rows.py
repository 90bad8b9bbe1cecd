"""The words of an event as every engine indexes them for search."""

from collections.abc import Iterable

from db.query.search_text import NO_SPACES
from geo.text import fold

_SEPARATOR = " \ue000 "


def searchable(text: str) -> str:
    """Return a text without case and accents, as the gazetteer folds names, and with spaces between CJK characters."""
    folded = fold(text)
    return folded if folded.isascii() else NO_SPACES.sub(r" \1 ", folded)


def text_row(*fields: Iterable[str]) -> tuple[str, ...]:
    """Return the full-text row of an event: title, summary, places and tags, each given as a list of texts.

    A token that nobody types separates the texts of a list, so that no phrase matches across two places or tags.
    """
    return tuple(_SEPARATOR.join(map(searchable, texts)) for texts in fields)
