"""The words of a text as search knows them: one tokenizer for every engine, for the index and for what people type.

Words are folded (no case, no accents), and signs of scripts without spaces are words of their own. Engines split only
at spaces, so that all of them give the same answers.
"""

import re
import unicodedata

from geo.text import fold

# Scripts that are written without spaces: Japanese, Chinese, Korean, Thai.
NO_SPACES = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f])")
# Signs inside a word or between two: apostrophes (L'Hospitalet), hyphens (Saint-Denis), middle dots (paral·lel).
_APOSTROPHES = "'’‘`´ʻʼʹʺ′″ʾʿ"
_HYPHENS = "\u00ad\u2010\u2011-"
_MIDDLE_DOTS = "·•‧∙⋅"
_JOINING_SIGN = re.compile(rf"(?<=[^\W_])[{_APOSTROPHES}{_MIDDLE_DOTS}{_HYPHENS}](?=[^\W_])")
_SPACING_ACUTE = str.maketrans("´", "'")  # its compatibility form is a space with an accent


def searchable(text: str) -> str:
    """Return the words of a text, separated by spaces."""
    folded = fold(text)
    return folded if folded.isascii() else " ".join(NO_SPACES.sub(r" \1 ", folded).split())


def search_forms(text: str) -> tuple[str, ...]:
    """Return the words of a text, once split at the signs inside words and once without the signs.

    A text without such a sign has one form. Both are indexed and searched for, so that `L'Hospitalet` is found as
    `hospitalet`, `l'hospitalet` and `lhospitalet`, and phrases with it as well:

    >>> search_forms("L'Hospitalet docks")
    ('l hospitalet docks', 'lhospitalet docks')
    """
    if text.isascii():
        if "'" not in text and "-" not in text and "`" not in text:
            return (fold(text),)  # as most texts, without a search for other signs
    else:
        text = unicodedata.normalize("NFKC", text.translate(_SPACING_ACUTE))  # `ŀ` is `l·`
    forms = (searchable(_JOINING_SIGN.sub(joint, text)) for joint in (" ", ""))
    return tuple(dict.fromkeys(forms)) if _JOINING_SIGN.search(text) else (searchable(text),)
