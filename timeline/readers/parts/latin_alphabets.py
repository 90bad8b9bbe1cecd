"""Score the encodings of Latin letters by the accented letters of single languages.

The bytes of é, á, ö and ü mean the same in most of them. The alphabet of a language decides the others:
French has è and ê but no č, Czech has č and ř but no è.
"""

import re

# The bytes of Turkish ğ, ı and ş are ð, ý and þ in Windows-1252; Icelandic is likely only with its own vowels.
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
    "cp1254": ("âçğıîöşüû\u0307",),  # the lower case of İ is i with a combining dot
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
}
LATIN = tuple(_ALPHABETS)
_MARKS = frozenset("“”‘’‚„‹›–—…·«»¿¡ºª°§€£¥©®™½¼¾¹²³µ×÷±¶†‡•´¨ \xa0")
_MISPLACED_SIGN = re.compile(  # a sign between letters, or directly before a letter where it never occurs
    r"(?<=[^\W\d_])[^\w\s'’‘`´·.,;:/\-–—\"“”()&@+|\xad](?=[^\W\d_])|[¶±¼½¾¹²³¯¬¦¤](?=[^\W\d_])"
)
_CAPITALS = "".join(sign for sign in map(chr, range(0xC0, 0x180)) if sign.isupper())
_CAPITAL = re.compile(
    f"(?<=[a-z])[{_CAPITALS}]"
)  # no language has a capital there; text that was decoded wrongly before does
_MIN_BYTES = 3  # outside ASCII; with fewer, Windows-1252 is assumed
_MAX_DOUBTFUL_SCORE = 0.5  # up to this best score, Windows-1252 is assumed
_MIN_LEAD = 0.08  # by which another encoding must beat Windows-1252


# Short words on one side of a no-break space; in CP850, which has á for its byte, they would be parts of words.
_SHORT_WORDS = frozenset(
    b"a an and are as at by for from had has he her his in is it its mr mrs ms no not of on or p pp the to was were "
    b"al con de del el en es la las los no por que se un una y le les du des et est un une par pour sur dans au aux il "
    b"lo gli i di da e che per con non der die das und in im am zu den von mit auf ist ein eine st nr".split()
)
_NO_BREAK_SPACE = re.compile(rb"([A-Za-z]*)\xa0+(?=([A-Za-z]*))")
_MAX_WORD_BYTES = 16  # longer ones are two words


def _no_break_spaces(sample: bytes) -> int:
    """Return how many bytes 0xA0 are no-break spaces, as in Windows-1252; 0 if most of them are inside of words."""
    evidence = count = 0
    for match in _NO_BREAK_SPACE.finditer(sample):
        left, right = match.groups()
        count += 1
        is_edge = not left or not right
        is_short = left.lower() in _SHORT_WORDS or right.lower() in _SHORT_WORDS
        evidence += is_edge or is_short or len(left) + len(right) >= _MAX_WORD_BYTES
    return count if evidence * 2 > count else 0


def latin(sample: bytes) -> dict[str, float]:
    """Return the encodings of a text in Latin letters with scores from 0 to 1, best first; in doubt, Windows-1252."""
    scores = {name: _score(sample, name) for name in LATIN}
    doubtful = sum(byte > 127 for byte in sample) < _MIN_BYTES or max(scores.values()) <= _MAX_DOUBTFUL_SCORE
    lead = 1 if doubtful else _MIN_LEAD
    return dict(sorted(scores.items(), key=lambda item: -item[1] - (item[0] == "cp1252") * lead))


def _score(sample: bytes, encoding: str) -> float:
    """Return the share of letters outside ASCII that the best language has; misplaced signs lower it."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    letters = [
        letter for letter in _CAPITAL.sub("", text).lower() if not letter.isascii() and letter not in _MARKS
    ]
    misplaced = len(_MISPLACED_SIGN.findall(text)) + len(_CAPITAL.findall(text))
    if not letters and not misplaced:
        return 1.0
    alphabets = [
        alphabet
        for alphabet in _ALPHABETS[encoding]
        if alphabet != _ICELANDIC or not _VOWELS.isdisjoint(letters)
    ]
    explained = max(sum(map(alphabet.__contains__, letters)) for alphabet in alphabets)
    spaces = _no_break_spaces(sample)
    if not spaces:
        return explained / (len(letters) + misplaced)
    letter = b"\xa0".decode(encoding, "ignore")
    if letter.isalpha():  # a word such as "theátrial" is not one
        return max(explained - letters.count(letter.lower()), 0) / (len(letters) + misplaced)
    return (explained + spaces) / (len(letters) + misplaced + spaces)
