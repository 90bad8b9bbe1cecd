"""Years with an era, such as `44 BC`, `AD 14` or `31 a. C.`, as ISO 8601 counts them: 1 BC is the year 0."""

import re
from typing import Literal

from db.dates.calendar import edtf_year

Era = Literal["before", "after"]

_JESUS_CHRIST = r"j(?:esus)?\.?-? ?c(?:hrist)?\.?"
_CHRISTUS = r"chr(?:istus|isti(?: geburt)?)?\.?"
# English, Spanish, Catalan, French, Italian, Portuguese and German, in folded texts.
_BEFORE = "|".join((
    r"b\.? ?c\.?(?: ?e\.?)?", r"before (?:christ|(?:the )?common era)",
    r"a\.? ?(?:de )?c\.?", r"a\.? ?e\.? ?[cv]\.?", r"a\.? ?n\.? ?e\.?",
    r"antes de (?:cristo|nuestra era|la era comun|nossa era|era comum)", r"abans de (?:crist|la nostra era)",
    rf"av(?:ant)?\.? ?{_JESUS_CHRIST}", r"avant (?:notre ere|l'ere commune)",
    r"(?:avanti|prima di) cristo", r"prima dell'era volgare",
    rf"v(?:or)?\.? ?{_CHRISTUS}", r"v\.? ?u\.? ?z\.?", r"vor unserer zeit(?:rechnung)?",
))  # fmt: skip
_AFTER = "|".join((
    r"a\.? ?d\.?", r"c\.? ?e\.?", r"anno domini", r"(?:of the )?common era",
    r"d\.? ?(?:de )?c\.?", r"(?:d\.? ?)?e\.? ?[cv]\.?", r"n\.? ?e\.?",
    r"despues de cristo", r"de nuestra era", r"despres de crist", r"de la nostra era",
    rf"ap(?:r(?:es)?)?\.? ?{_JESUS_CHRIST}", r"de notre ere", r"de l'ere commune",
    r"d(?:opo|epois de) cristo", r"da nossa era",
    rf"n(?:ach)?\.? ?{_CHRISTUS}", r"(?:n\.? ?)?u\.? ?z\.?", r"unserer zeit(?:rechnung)?",
))  # fmt: skip
_ERA = re.compile(rf"(?<=[\da-z.]) ?\b(?:(?P<before>{_BEFORE})|{_AFTER})$")
_PREFIXED = re.compile(r"\b(a\. ?d\.?|ad|anno domini|ce|b\. ?c\.?|bce?) (\d{1,4}s?)$")
_GROUPED = re.compile(r"(\d{1,3})[., ](\d{3})")
_SHORT_YEAR = re.compile(r"(?<![\d.,])\d{1,3}(?=s?$)")


def split_era(text: str) -> tuple[str, Era | None]:
    """Return a folded text without its era, its year in four digits, and the era; None if it names no era.

    >>> split_era("15 march 44 bc")
    ('15 march 0044', 'before')
    """
    text = _PREFIXED.sub(r"\2 \1", text)
    match = _ERA.search(text)
    if not match or not (core := text[: match.start()].strip()):
        return text, None
    core = _GROUPED.sub(r"\1\2", core) if _GROUPED.fullmatch(core) else core
    return _SHORT_YEAR.sub(lambda year: year[0].zfill(4), core), "before" if match["before"] else "after"


def era_text(text: str) -> str:
    """Return the words of the era at the end of a folded text; "" for none."""
    match = _ERA.search(_PREFIXED.sub(r"\2 \1", text))
    return match[0].strip() if match else ""


def astronomical(year: int) -> str:
    """Return a year before Christ as EDTF: 44 → `-0043`, 1 → `0000`, 12000 → `Y-11999`."""
    return edtf_year(1 - year)


def span_before_christ(first: int, last: int) -> str:
    """Return the years of a decade or hundred before Christ, 440 and 449, as a range: `-0448..-0439`."""
    return f"{astronomical(last)}..{astronomical(first)}"
