"""The two functions of CQL2 on texts, CASEI and ACCENTI, and chains of them."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

# A filter compares the same text of an event with many patterns, one after the other.
_TEXTS_REMEMBERED = 16


def casei(text: str | None) -> str | None:
    """Return a text with its case folded (CQL2 1.0, 7.2: Unicode full case folding); None stays None."""
    return None if text is None else text.casefold()


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def accenti(text: str | None) -> str | None:
    """Return a text without its accents (CQL2 1.0, 7.3); None stays None."""
    if text is None or text.isascii():
        return text
    characters = unicodedata.normalize("NFD", text)
    plain = "".join(character for character in characters if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", plain)


FOLDS: dict[str, Callable[[str | None], str | None]] = {"casei": casei, "accenti": accenti}


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def folded(text: str | None, names: str) -> str | None:
    """Return a text with several folds applied; `names` are separated by spaces, the innermost first.

    It stops when neither fold changes the text any more, so that fifty folds cost little more than two.
    """
    if text is None or text.isascii():
        return casei(text) if "casei" in names else text
    unchanging = set[str]()
    for name in names.split(" "):
        if name in unchanging:
            continue
        result = FOLDS[name](text)
        if result != text:
            unchanging.clear()
        # A fold that was applied changes nothing when it is applied again.
        unchanging.add(name)
        if len(unchanging) == len(FOLDS):
            return result
        text = result
    return text
