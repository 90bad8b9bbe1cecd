"""Which of the encodings of Latin letters a text is in, by the accented letters of one language.

The bytes of é, á, ö and ü mean the same in most of them; what differs is told apart by a language as a whole:
French has è and ê but no č, Czech has č and ř but no è.
"""

import re

# What Turkish writes as ğ, ı and ş are ð, ý and þ in Windows-1252; but it has none of Icelandic's vowels.
_ICELANDIC, _VOWELS = "áðéíóúýþæö", frozenset("áéíóúæ")
_WESTERN = (
    "àâæçèéêëîïôœùûüÿ", "áéíñóúü", "àáâãçéêíóôõúü", "àèéìòù", "äöüßé", "àçèéíïòóúü", "åäöéà", "æøåéèêóòâôä",
    _ICELANDIC, "èéëïóöüáêíúä", "çë",
)  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ")
_ALPHABETS = {
    "cp1252": _WESTERN,
    "latin-1": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("âçğıîöşüû\u0307",),  # İ in lower case is i with a dot of its own
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
}
LATIN = tuple(_ALPHABETS)
_MARKS = frozenset("“”‘’‚„‹›–—…·«»¿¡ºª°§€£¥©®™½¼¾¹²³µ×÷±¶†‡•´¨ \xa0")
_INSIDE = re.compile(  # a sign amid letters, or one before a letter that never stands there
    r"(?<=[^\W\d_])[^\w\s'’‘`´·.,;:/\-–—\"“”()&@+|\xad](?=[^\W\d_])|[¶±¼½¾¹²³¯¬¦¤](?=[^\W\d_])"
)
_CAPITALS = "".join(sign for sign in map(chr, range(0xC0, 0x180)) if sign.isupper())
_CAPITAL = re.compile(f"(?<=[a-z])[{_CAPITALS}]")  # no language has one there; what was garbled before does
_FEW = 3  # bytes beyond ASCII that prove nothing
_PROOF = 0.5  # share of letters that one language has, up to which an encoding is in doubt
_MARGIN = 0.08  # by how much another encoding must be likelier than Windows-1252


def latin(sample: bytes) -> dict[str, float]:
    """Score the encodings that a text in Latin letters may be in, 0 to 1, likeliest first; Windows-1252 in doubt."""
    scores = {name: _score(sample, name) for name in LATIN}
    doubtful = sum(byte > 127 for byte in sample) < _FEW or max(scores.values()) <= _PROOF
    lead = 1 if doubtful else _MARGIN
    return dict(sorted(scores.items(), key=lambda one: -one[1] - (one[0] == "cp1252") * lead))


def _score(sample: bytes, encoding: str) -> float:
    """Return the share of letters beyond ASCII that one language has; signs amid letters count against."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    odd = [one for one in _CAPITAL.sub("", text).lower() if not one.isascii() and one not in _MARKS]
    amid = len(_INSIDE.findall(text)) + len(_CAPITAL.findall(text))
    if not odd and not amid:
        return 1.0
    alphabets = [one for one in _ALPHABETS[encoding] if one != _ICELANDIC or not _VOWELS.isdisjoint(odd)]
    known = max(sum(map(one.__contains__, odd)) for one in alphabets)
    return known / (len(odd) + amid)
