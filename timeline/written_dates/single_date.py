"""One written date, in parts: `May 12, 2023`, `c. 1916`, `siglo XIX`; in a range, parts may be missing."""

import re
from dataclasses import dataclass, replace
from functools import cache

from timeline.written_dates import lexicon
from timeline.written_dates.lexicon import any_of

_TH = r"(?:st|nd|rd|th|er|ero|r|n|t|e|eme|a|o|\.)?"
_OF = r"(?:,? ?(?:de l'any|del ano|de|del|d'|of|en) ?|,? )"
_YEAR = r"(?P<y>\d{4})"
_ROMAN = {"i": 1, "v": 5, "x": 10}
_HALVES = {"first half": 40, "second half": 41, "primer semestre": 40, "segundo semestre": 41, "segon semestre": 41,
           "premier semestre": 40, "second semestre": 41, "deuxieme semestre": 41, "h1": 40, "h2": 41,
           "1st half": 40, "2nd half": 41, "1r semestre": 40, "2n semestre": 41, "1er semestre": 40, "1o semestre": 40,
           "2o semestre": 41, "2e semestre": 41,
           "primera mitad": 40, "segunda mitad": 41, "primera meitat": 40, "segona meitat": 41}  # fmt: skip
_NTH = (
    ("first", "1st", "primer", "premier", "1er", "1r", "1o"),
    ("second", "2nd", "segundo", "segon", "deuxieme", "2e", "2eme", "2n", "2o", "2do"),
    ("third", "3rd", "tercer", "troisieme", "3e", "3eme", "3er", "3r", "3o"),
    ("fourth", "4th", "last", "cuarto", "quart", "quatrieme", "4e", "4eme", "4t", "4o", "4to"),
)
_NAMED = {
    f"{name} {word}": first + number
    for first, words_ in ((33, ("quarter", "trimestre")), (37, ("cuatrimestre", "quadrimestre")))
    for number, names in enumerate(_NTH[: 4 if first == 33 else 3])
    for name in names
    for word in words_
}
_QUARTERS = {form.format(n): 32 + n for n in range(1, 5) for form in ("q{}", "t{}", "{}q", "{}t")}
_PORTIONS = lexicon.SEASONS | _HALVES | _NAMED | _QUARTERS
_EARLY = re.compile(rf"^(?:the )?(?:{lexicon.EARLY}|{lexicon.MIDDLE}|{lexicon.LATE})(?:[ -]+|(?<='))")
# Short in Catalan; "des" is the head of "des de 2020" elsewhere.
_AFTER_A_DAY = {"des": 12, "ag": 8}
_WINTERS = any_of(name for name, code in lexicon.SEASONS.items() if code == 24)
# "los 1990" are ten years.
_NOISE = re.compile(rf"^(?:{lexicon.NOISE}(?: |(?<='))|(?:los|els|les) (?!\d{{4}}$))")
_ABOUT = re.compile(rf"^(?:{lexicon.ABOUT}\b\.? ?|ca?\.?(?=\d)|~ ?)(?=\S)")
_ABOUT_AFTER = re.compile(r"[ ,(]+(?:approx\.?|approximately|circa|aprox\.?|aproximadamente|environ)\)?$")
_UNSURE = re.compile(rf"^{lexicon.UNCERTAIN}:? ")
_UNSURE_AFTER = re.compile(rf"(?: ?\(?\?\)?| ?\({lexicon.UNCERTAIN}\)|, ?{lexicon.UNCERTAIN})$")
_ERA = re.compile(
    r" ?\b(?:(?P<before>bce?|b\.c\.?(?:e\.?)?|a\. ?c\.?|av\. ?j\.?-? ?c\.?)"
    r"|ce|ad|a\.d\.?|c\.e\.?|d\. ?c\.?|ap\. ?j\.?-? ?c\.?)$"
)
_AD = re.compile(r"^(?:ad|a\. ?d\.?) (\d{1,4})$")


@dataclass(frozen=True, slots=True)
class Parts:
    """A date in parts as EDTF writes them; `year` may be `192X`; `left` are words that EDTF has no sign for."""

    year: str = ""
    month: str = ""
    day: str = ""
    unsure: bool = False
    about: bool = False
    left: str = ""
    weekdays: frozenset[int] = frozenset()  # that are said, Monday 0

    @property
    def grain(self) -> tuple[bool, bool]:
        """Tell whether there is a month, and a day."""
        return bool(self.month), bool(self.day)

    def edtf(self) -> str:
        """Write the parts as EDTF."""
        mark = {(True, True): "%", (True, False): "?", (False, True): "~"}.get((self.unsure, self.about), "")
        return "-".join(part for part in (self.year, self.month, self.day) if part) + mark


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    month = rf"(?:d'|de )?(?P<m>{any_of(lexicon.months())})\b\.?"
    of_a_day = rf"(?:d'|de )?(?P<m>{any_of({**lexicon.months(), **_AFTER_A_DAY})})"
    day = rf"(?P<d>\d{{1,2}}){_TH}"
    year = rf"(?:{_OF}{_YEAR})?"
    portion = rf"(?P<p>{any_of(_PORTIONS)})"
    return tuple(map(re.compile, (
        rf"{day}(?:[ /-]| of | de | del )?{of_a_day}\b\.?(?:{_OF}|[ /-]){_YEAR}",
        rf"(?P<d>\d{{1,2}}){of_a_day}{_YEAR}",
        rf"{day}(?:[ -]| of | de | del )?{of_a_day}\b\.?",
        rf"(?P<d>\d{{1,2}})(?P<s>[. /-]) ?(?P<rm>[ivx]+)(?P=s) ?{_YEAR}",
        rf"{month} (?:the )?{day}(?:(?:{_OF}|,){_YEAR})?",
        rf"{month}[ /-]{_YEAR}",
        rf"{month}{year}",
        rf"{_YEAR}[ ,-]+{month}(?:[ -]{day})?",
        rf"{portion}(?:{_OF}|/|-)?{_YEAR}",
        rf"{_YEAR}[ -]?{portion}",
        portion,
        rf"(?P<w>{_WINTERS})(?:{_OF}){_YEAR}[/-](?P<to>\d{{4}}|\d\d)",
        rf"{_YEAR}[/-](?P<to>\d{{4}}|\d\d) (?P<w>{_WINTERS})",
        r"(?:los|els|les) (?P<ten>\d{3})0",
        r"(?:decada |decade )?(?:de|del|dels|des|of)?(?: ?los| ?els)? ?(?:anos|anys|annees) (?:de )?(?P<ten>\d{3})0s?",
        r"(?:decada (?:de|del|dels)|decade of)(?: los| els| the)? (?P<ten>\d{3})0s?",
        r"(?P<ten>\d{3})0'?s",
        r"(?P<c>\d{1,2})(?:st|nd|rd|th|e|eme)? ?(?:century|centuries|cent\.?|c\.?|siecle|segle)",
        r"(?:siglo|segle|s\.) ?(?P<r>[ivx]+)",
        r"(?P<r>[ivx]+)e(?:me)? siecle",
        _YEAR,
        rf"{day},? {_YEAR}",  # the end of "May 12-14, 2023"; alone it is no date
        day,
    )))  # fmt: skip


def parts_of(text: str) -> Parts | None:
    """Read one folded date, year or month missing where they are; None when it is none."""
    text, found = marks(text)
    early = _EARLY.match(text)
    if early:
        found = replace(found, left=early[0].strip(" -"))
        text = _bare(text[early.end() :])
    text = _AD.sub(r"\1 ad", text)
    era = _ERA.search(text)
    if era and (number := re.fullmatch(r"(\d{1,4})", text[: era.start()].strip())):
        return replace(found, year=f"{'-' if era['before'] else ''}{int(number[1]):04}")
    core = text[: era.start()].strip() if era else text
    read = next((one for pattern in _patterns() if (one := pattern.fullmatch(core))), None)
    parts = _filled(found, read.groupdict()) if read else None
    if parts and era and era["before"]:
        return replace(parts, year=f"-{parts.year}") if parts.year.endswith("XX") else None
    return parts


@cache
def _weekday() -> re.Pattern[str]:
    # "mar" is Tuesday only before a day and its month: "mar. 28 mai 1974", "mar 28/05/1974".
    tuesday = rf"mar(?=\.?,? \d{{1,4}}(?:[/.-]\d|(?:\.|er)? (?:de |d')?{any_of(lexicon.months())}\b))"
    return re.compile(rf"(?:({lexicon.weekday()}|{tuesday})\.?,?|({any_of(lexicon.SHORT_DAYS)})[.,]+) (?=.)")


def marks(text: str) -> tuple[str, Parts]:
    """Take off what says how sure the date is, and words that say nothing."""
    unsure = about = False
    days: frozenset[int] = frozenset()
    before = None
    while before != text:
        before = text
        text = _bare(text)
        if found := _weekday().match(text):
            days, text = lexicon.weekdays()[found[1] or found[2]], text[found.end() :]
        for pattern in (_UNSURE, _UNSURE_AFTER):
            shorter = pattern.sub("", text)
            unsure, text = unsure or shorter != text, shorter
        for pattern in (_ABOUT, _ABOUT_AFTER):
            shorter = pattern.sub("", text)
            about, text = about or shorter != text, shorter
    return text, Parts(unsure=unsure, about=about, weekdays=days)


def _bare(text: str) -> str:
    while (found := _NOISE.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    return text.strip(" ,;")


def _filled(found: Parts, got: dict[str, str | None]) -> Parts | None:
    year = got.get("y") or ""
    if got.get("ten"):
        ten = got["ten"] or ""
        # "the 1800s" may be ten years or a hundred: the hundred holds both.
        year = f"{ten[:2]}XX" if ten.endswith("0") else f"{ten}X"
    if got.get("c") or got.get("r"):
        number = int(got["c"] or 0) if got.get("c") else _roman(got["r"] or "")
        if not 1 <= number <= 21:
            return None
        year = f"{number - 1:02}XX"
    month = _month(got)
    if month is None or (got.get("w") and int(got["to"] or 0) not in (int(year) + 1, (int(year) + 1) % 100)):
        return None
    day = f"{int(got['d'] or 0):02}" if got.get("d") else ""
    return replace(found, year=year, month=month, day=day)


def _month(got: dict[str, str | None]) -> str | None:
    """Write the month, season or part of a year, '' for none; None for a roman number that is no month."""
    if got.get("m"):
        return f"{(lexicon.months() | _AFTER_A_DAY)[got['m'] or '']:02}"
    if got.get("rm"):
        number = _roman(got["rm"] or "")
        return f"{number:02}" if 1 <= number <= 12 else None
    portion = got.get("p") or got.get("w")
    return str(_PORTIONS[portion]) if portion else ""


def _roman(text: str) -> int:
    """Read a roman number up to 39; 0 for what is none, such as XIIX."""
    if not re.fullmatch(r"x{0,3}(?:ix|iv|v?i{0,3})", text):
        return 0
    values = [_ROMAN[letter] for letter in text]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
