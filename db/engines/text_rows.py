"""The words of an event as every engine indexes them for search."""

from collections.abc import Iterable

import msgspec

from db.query.search_words import search_forms

_SEPARATOR = " \ue000 "


def text_row(*fields: Iterable[str]) -> tuple[str, ...]:
    """Return the full-text row of an event: title, summary, places and tags, each given as a list of texts.

    A token that nobody types separates the texts of a list and the forms of a text, so that no phrase matches across
    two places or tags.
    """
    return tuple(_SEPARATOR.join(form for text in texts for form in search_forms(text)) for texts in fields)


def text_row_of(feature: bytes) -> tuple[str, ...]:
    """Return the full-text row of a stored Feature."""
    properties = msgspec.json.decode(feature)["properties"]
    names = [place["name"] for place in properties["places"]]
    return text_row([properties["title"]], [properties["summary"]], names, properties["tags"])
