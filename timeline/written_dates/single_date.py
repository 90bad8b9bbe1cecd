"""Read one written date into its parts: `May 12, 2023`, `c. 1916`, `siglo XIX`, or `12 May` inside a range."""

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
_ORDINALS = (
    ("first", "1st", "primer", "premier", "1er", "1r", "1o"),
    ("second", "2nd", "segundo", "segon", "deuxieme", "2e", "2eme", "2n", "2o", "2do"),
    ("third", "3rd", "tercer", "troisieme", "3e", "3eme", "3er", "3r", "3o"),
    ("fourth", "4th", "last", "cuarto", "quart", "quatrieme", "4e", "4eme", "4t", "4o", "4to"),
)
_NUMBERED_PORTIONS = {
    f"{name} {word}": first + number
    for first, words_ in ((33, ("quarter", "trimestre")), (37, ("cuatrimestre", "quadrimestre")))
    for number, ordinals in enumerate(_ORDINALS[: 4 if first == 33 else 3])
    for name in ordinals
    for word in words_
}
_QUARTERS = {form.format(n): 32 + n for n in range(1, 5) for form in ("q{}", "t{}", "{}q", "{}t")}
# Seasons, quarters and other parts of a year, by their numbers in EDTF (ISO 8601-2, 4.8).
_PORTIONS = lexicon.SEASONS | _HALVES | _NUMBERED_PORTIONS | _QUARTERS
_EARLY = re.compile(rf"^(?:the )?(?:{lexicon.EARLY}|{lexicon.MIDDLE}|{lexicon.LATE})(?:[ -]+|(?<='))")
# Short names of months in Catalan; elsewhere "des" begins "des de 2020".
_AFTER_A_DAY = {"des": 12, "ag": 8}
_WINTERS = any_of(name for name, code in lexicon.SEASONS.items() if code == 24)
# The article stays in "los 1990", which means the 1990s.
_FILLER = re.compile(rf"^(?:{lexicon.FILLER}(?: |(?<='))|(?:los|els|les) (?!\d{{4}}$))")
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
    """A date in parts as EDTF writes them.

    `year` may be `192X`. `remainder` has the words that EDTF cannot express. `weekdays` are the days of the week that
    the text may name (Monday is 0).
    """

    year: str = ""
    month: str = ""
    day: str = ""
    unsure: bool = False
    about: bool = False
    remainder: str = ""
    weekdays: frozenset[int] = frozenset()

    @property
    def grain(self) -> tuple[bool, bool]:
        """Whether there is a month, and whether there is a day."""
        return bool(self.month), bool(self.day)

    def edtf(self) -> str:
        """Return the parts as EDTF."""
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
        rf"{day},? {_YEAR}",  # the end of "May 12-14, 2023"; alone it is not a date
        day,
    )))  # fmt: skip


def parts_of(text: str) -> Parts | None:
    """Return the parts of one folded date, which may lack the year or the month; None for another text."""
    text, marked = split_marks(text)
    early = _EARLY.match(text)
    if early:
        marked = replace(marked, remainder=early[0].strip(" -"))
        text = _without_filler(text[early.end() :])
    text = _AD.sub(r"\1 ad", text)
    era = _ERA.search(text)
    if era and (number := re.fullmatch(r"(\d{1,4})", text[: era.start()].strip())):
        return replace(marked, year=f"{'-' if era['before'] else ''}{int(number[1]):04}")
    core = text[: era.start()].strip() if era else text
    match = next((match for pattern in _patterns() if (match := pattern.fullmatch(core))), None)
    parts = _from_groups(marked, match.groupdict()) if match else None
    if parts and era and era["before"]:
        return replace(parts, year=f"-{parts.year}") if parts.year.endswith("XX") else None
    return parts


@cache
def _weekday() -> re.Pattern[str]:
    # "mar" is Tuesday only before a day and its month: "mar. 28 mai 1974", "mar 28/05/1974".
    tuesday = rf"mar(?=\.?,? \d{{1,4}}(?:[/.-]\d|(?:\.|er)? (?:de |d')?{any_of(lexicon.months())}\b))"
    return re.compile(rf"(?:({lexicon.weekday()}|{tuesday})\.?,?|({any_of(lexicon.SHORT_DAYS)})[.,]+) (?=.)")


def split_marks(text: str) -> tuple[str, Parts]:
    """Return a text without weekday, doubt and filler words, and parts with the weekday and the doubt."""
    unsure = about = False
    days: frozenset[int] = frozenset()
    previous = None
    while previous != text:
        previous = text
        text = _without_filler(text)
        if match := _weekday().match(text):
            days, text = lexicon.weekdays()[match[1] or match[2]], text[match.end() :]
        for pattern in (_UNSURE, _UNSURE_AFTER):
            shorter = pattern.sub("", text)
            unsure, text = unsure or shorter != text, shorter
        for pattern in (_ABOUT, _ABOUT_AFTER):
            shorter = pattern.sub("", text)
            about, text = about or shorter != text, shorter
    return text, Parts(unsure=unsure, about=about, weekdays=days)


def _without_filler(text: str) -> str:
    """Return a text without the filler words at its beginning, such as "on the"."""
    while (match := _FILLER.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return text.strip(" ,;")


def _from_groups(marked: Parts, groups: dict[str, str | None]) -> Parts | None:
    """Return `marked` with the year, month and day of a match; None for an impossible century, month or winter."""
    year = groups.get("y") or ""
    if groups.get("ten"):
        decade = groups["ten"] or ""
        # "the 1800s" may be ten years or a hundred; the hundred includes both.
        year = f"{decade[:2]}XX" if decade.endswith("0") else f"{decade}X"
    if groups.get("c") or groups.get("r"):
        number = int(groups["c"] or 0) if groups.get("c") else _roman(groups["r"] or "")
        if not 1 <= number <= 21:
            return None
        year = f"{number - 1:02}XX"
    month = _month(groups)
    if month is None or (
        groups.get("w") and int(groups["to"] or 0) not in (int(year) + 1, (int(year) + 1) % 100)
    ):
        return None
    day = f"{int(groups['d'] or 0):02}" if groups.get("d") else ""
    return replace(marked, year=year, month=month, day=day)


def _month(groups: dict[str, str | None]) -> str | None:
    """Return the month, season or part of a year as EDTF, "" for none; None for a Roman numeral above XII."""
    if groups.get("m"):
        return f"{(lexicon.months() | _AFTER_A_DAY)[groups['m'] or '']:02}"
    if groups.get("rm"):
        number = _roman(groups["rm"] or "")
        return f"{number:02}" if 1 <= number <= 12 else None
    portion = groups.get("p") or groups.get("w")
    return str(_PORTIONS[portion]) if portion else ""


def _roman(text: str) -> int:
    """Return the value of a Roman numeral up to 39; 0 for an invalid one, such as XIIX."""
    if not re.fullmatch(r"x{0,3}(?:ix|iv|v?i{0,3})", text):
        return 0
    values = [_ROMAN[letter] for letter in text]
    return sum(
        -value if value < next_value else value
        for value, next_value in zip(values, [*values[1:], 0], strict=True)
    )
