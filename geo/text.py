"""Names made comparable: case, accents, punctuation, spaces and the commonest abbreviations put aside."""

import re
import unicodedata

from anyascii import anyascii

# Letters that Unicode does not decompose, or that writers of one script use for one another.
_LETTERS = str.maketrans(
    {
        **dict(zip("łøđıħŧŋĸðƒəɓɗƙƴɛɔɲ", "lodihtnkdfebdkyeon", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ة": "ه",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ـ": None,
        "ё": "е",
    }
)
# Apostrophes and full stops join what they stand in ("St. John's" is "st johns"); other signs part words.
_JOINING = str.maketrans(dict.fromkeys("'’‘`´ʻʼʹʺ′″ʾʿ.·।॰"))
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670]+")
_SIGNS = re.compile(r"[^\w\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3099\u309a]|_")
_ASCII = {
    code: None if chr(code) in "'.`" else chr(code).lower() if chr(code).isalnum() else " "
    for code in range(128)
}
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "sta": "santa", "sto": "santo"}
# Only before another word: "MT" alone is Montana.
_HAS_SHORT = re.compile(r"\b(st|ste|mt|ft|sta|sto) (?=\w)")


def fold(text: str) -> str:
    """Put aside case, accents and punctuation: lower-case words parted by single spaces."""
    if text.isascii():
        text = text.lower() if text.isalnum() else " ".join(text.translate(_ASCII).split())
    else:
        # Compatibility forms first: a mathematical or full-width A has no small letter of its own.
        text = unicodedata.normalize("NFKD", text).casefold().translate(_JOINING)
        if not text.isalpha():
            text = _MARKS.sub("", text)
        text = unicodedata.normalize("NFC", text.translate(_LETTERS))
        if not text.isalnum():
            text = " ".join(_SIGNS.sub(" ", text).split())
    if " " in text and _HAS_SHORT.search(text):
        text = _HAS_SHORT.sub(lambda found: f"{_SHORT[found[1]]} ", text)
    return text


def key(text: str) -> str:
    """Make the key under which the gazetteer keeps a name: folded, without spaces."""
    return fold(text).replace(" ", "")


_ARTICLE = re.compile(
    r"^(?:al|el|ul|as|ash|ad|adh|ar|an|at|ath|az)[ -]+(?=\w{3})|\b(?:al|el|ul)[ -]+(?=\w{3})"
)
_SOUNDS = str.maketrans(
    {"q": "k", "c": "k", "w": "u", "j": "g", "z": "s", "v": "u", "x": "k"} | dict.fromkeys("aeiouyh ")
)
_GROUPS = (
    ("ph", "f"),
    ("tch", "k"),
    ("ch", "k"),
    ("sch", "s"),
    ("sh", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("gh", "g"),
)
_TWICE = re.compile(r"(.)\1+")


def skeleton(text: str) -> str:
    """Reduce a name to its consonants as they sound, so that spellings of one name meet.

    `Qminas` and `Qumaynas`, `Ash Shaddadi` and `Shaddadeh` share a skeleton; so do unrelated names, which is
    why a skeleton only ever serves inside a known country.
    """
    return bones(fold(text if text.isascii() else anyascii(text)))


def bones(folded: str) -> str:
    """Reduce a folded name in Latin letters to its skeleton."""
    if " " in folded:
        folded = _ARTICLE.sub("", folded)
    if "h" in folded:
        for group, sound in _GROUPS:
            folded = folded.replace(group, sound)
    return _TWICE.sub(r"\1", folded.translate(_SOUNDS))
