"""The form of the names that an event brings along: of its figures and its tags.

Pages, addresses and exports use them as keys. Events that an earlier version stored keep the names that they have.
"""

import re
import unicodedata
from collections.abc import Iterable

from db.errors import BadEvent
from timeline.exchange.slug import slug

MAX_FIGURE_NAME_CHARACTERS = 60
MAX_TAG_CHARACTERS = 100
FIGURE_FORM = (
    f"a letter, then letters, digits and _, at most {MAX_FIGURE_NAME_CHARACTERS} in all, such as 'seized_eur'"
)
TAG_FORM = f"at most {MAX_TAG_CHARACTERS} characters without < or >, such as 'border police'"
_FIGURE_NAME = re.compile(r"[^\W\d_]\w*")
_BRACKETS = frozenset("<>")
_LINE_CATEGORIES = frozenset({"Cc", "Zl", "Zp"})  # control characters, separators of lines and paragraphs


def is_figure_name(name: str) -> bool:
    """Return whether a text has the form of the name of a figure."""
    return len(name) <= MAX_FIGURE_NAME_CHARACTERS and _FIGURE_NAME.fullmatch(name) is not None


def is_tag(tag: str) -> bool:
    """Return whether a text has the form of a tag."""
    return (
        0 < len(tag) <= MAX_TAG_CHARACTERS
        and tag == tag.strip()
        and not any(
            character in _BRACKETS or unicodedata.category(character) in _LINE_CATEGORIES for character in tag
        )
    )


def check_figure_names(names: Iterable[str]) -> None:
    """Raise BadEvent for the first name of a figure without the form, with a similar name that has it."""
    for name in names:
        if not is_figure_name(name):
            similar = slug(name[:MAX_FIGURE_NAME_CHARACTERS], "_").lstrip("0123456789_")
            hint = f"; did you mean {similar!r}?" if similar else ""
            raise BadEvent(
                "figures", f"{name[:80]!r} is not the name of a figure; expected {FIGURE_FORM}{hint}"
            )


def check_tags(tags: Iterable[str]) -> None:
    """Raise BadEvent for the first tag without the form."""
    for tag in tags:
        if not is_tag(tag):
            raise BadEvent("tags", f"{tag[:80]!r} is not a tag; expected {TAG_FORM}")
