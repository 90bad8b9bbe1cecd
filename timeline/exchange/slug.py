"""Slugs: a text in lower-case ASCII letters and digits, for ids, categories and names of columns."""

import re

from anyascii import anyascii

_SEPARATORS = re.compile(r"[^a-z0-9]+")


def slug(text: str, joint: str = "-") -> str:
    """Return a text in lower-case ASCII letters and digits, with `joint` between words; '' if none are left."""
    return _SEPARATORS.sub(joint, anyascii(text).lower().replace("'", "")).strip(joint)
