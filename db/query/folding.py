"""The two functions of CQL2 on texts: CASEI and ACCENTI."""

import unicodedata


def casei(text: str | None) -> str | None:
    """Return a text with its case folded (CQL2 1.0, 7.2: Unicode full case folding); None stays None."""
    return None if text is None else text.casefold()


def accenti(text: str | None) -> str | None:
    """Return a text without its accents (CQL2 1.0, 7.3); None stays None."""
    if text is None:
        return None
    characters = unicodedata.normalize("NFD", text)
    plain = "".join(character for character in characters if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", plain)
