"""Make spellings of a name comparable: ignore case, accents, punctuation, spaces and common abbreviations."""

import re
import unicodedata

from anyascii import anyascii

# Letters that Unicode does not decompose, or that writers of a script use interchangeably.
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
# Apostrophes and full stops are removed ("St. John's" → "st johns"); other punctuation becomes a space.
_REMOVED_SIGNS = str.maketrans(dict.fromkeys("'’‘`´ʻʼʹʺ′″ʾʿ.·।॰"))
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670]+")
_SIGNS = re.compile(r"[^\w\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3099\u309a]|_")
_ASCII = {
    code: None if chr(code) in "'.`" else chr(code).lower() if chr(code).isalnum() else " "
    for code in range(128)
}
_ABBREVIATIONS = {
    "st": "saint",
    "ste": "sainte",
    "mt": "mount",
    "ft": "fort",
    "sta": "santa",
    "sto": "santo",
}
# Only before another word: "MT" alone is Montana.
_ABBREVIATED = re.compile(r"\b(st|ste|mt|ft|sta|sto) (?=\w)")


def fold(text: str) -> str:
    """Return a text as lower-case words, separated by single spaces, without accents and punctuation."""
    if text.isascii():
        text = text.lower() if text.isalnum() else " ".join(text.translate(_ASCII).split())
    else:
        # Compatibility forms first: a mathematical or full-width A has no lower-case letter.
        text = unicodedata.normalize("NFKD", text).casefold().translate(_REMOVED_SIGNS)
        if not text.isalpha():
            text = _MARKS.sub("", text)
        text = unicodedata.normalize("NFC", text.translate(_LETTERS))
        if not text.isalnum():
            text = " ".join(_SIGNS.sub(" ", text).split())
    if " " in text and _ABBREVIATED.search(text):
        text = _ABBREVIATED.sub(lambda match: f"{_ABBREVIATIONS[match[1]]} ", text)
    return text


def key(text: str) -> str:
    """Return the key of a name in the gazetteer: folded, without spaces."""
    return fold(text).replace(" ", "")


_ARTICLE = re.compile(
    r"^(?:al|el|ul|as|ash|ad|adh|ar|an|at|ath|az)[ -]+(?=\w{3})|\b(?:al|el|ul)[ -]+(?=\w{3})"
)
_SOUNDS = str.maketrans(
    {"q": "k", "c": "k", "w": "u", "j": "g", "z": "s", "v": "u", "x": "k"} | dict.fromkeys("aeiouyh ")
)
_LETTER_GROUPS = (
    ("ph", "f"),
    ("tch", "k"),
    ("ch", "k"),
    ("sch", "s"),
    ("sh", "s"),
    ("th", "t"),
    ("dh", "d"),
    ("gh", "g"),
)
_REPEATED = re.compile(r"(.)\1+")


def skeleton(text: str) -> str:
    """Return the consonants of a name as they sound, so that different spellings of a name compare equal.

    `Qminas` and `Qumaynas`, `Ash Shaddadi` and `Shaddadeh` share a skeleton. So do unrelated names: compare
    skeletons only within a country or an area.
    """
    return skeleton_of_folded(fold(text if text.isascii() else anyascii(text)))


def skeleton_of_folded(folded: str) -> str:
    """Return the skeleton of a folded name in Latin letters."""
    if " " in folded:
        folded = _ARTICLE.sub("", folded)
    if "h" in folded:
        for group, sound in _LETTER_GROUPS:
            folded = folded.replace(group, sound)
    return _REPEATED.sub(r"\1", folded.translate(_SOUNDS))
