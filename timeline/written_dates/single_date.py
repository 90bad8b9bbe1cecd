"""Read one written date into its parts: `May 12, 2023`, `c. 1916`, `siglo XIX`, or `12 May` inside a range."""

import re
from dataclasses import dataclass, replace
from functools import cache

from timeline.written_dates import eras, lexicon
from timeline.written_dates.lexicon import any_of

_TH = r"(?:st|nd|rd|th|er|ero|r|n|t|e|eme|a|o|\.)?"
_OF = r"(?:,? ?(?:de l'any|del ano|do ano de|dell'anno|des jahres|de|del|d'|do|of|en) ?|,? )"
_YEAR = r"(?P<y>\d{4})"
_ROMAN = {"i": 1, "v": 5, "x": 10}
_HALVES = {"first half": 40, "second half": 41, "primer semestre": 40, "segundo semestre": 41, "segon semestre": 41,
           "premier semestre": 40, "second semestre": 41, "deuxieme semestre": 41, "h1": 40, "h2": 41,
           "1st half": 40, "2nd half": 41, "1r semestre": 40, "2n semestre": 41, "1er semestre": 40, "1o semestre": 40,
           "2o semestre": 41, "2e semestre": 41,
           "1. halbjahr": 40, "2. halbjahr": 41, "erstes halbjahr": 40, "zweites halbjahr": 41,
           "primo semestre": 40, "secondo semestre": 41, "primeiro semestre": 40,
           "primera mitad": 40, "segunda mitad": 41, "primera meitat": 40, "segona meitat": 41}  # fmt: skip
_ORDINALS = (
    ("first", "1st", "primer", "premier", "1er", "1r", "1o", "primo", "primeiro", "1.", "erstes"),
    (
        "second",
        "2nd",
        "segundo",
        "segon",
        "deuxieme",
        "2e",
        "2eme",
        "2n",
        "2o",
        "2do",
        "secondo",
        "2.",
        "zweites",
    ),
    (
        "third",
        "3rd",
        "tercer",
        "troisieme",
        "3e",
        "3eme",
        "3er",
        "3r",
        "3o",
        "terzo",
        "terceiro",
        "3.",
        "drittes",
    ),
    (
        "fourth",
        "4th",
        "last",
        "cuarto",
        "quart",
        "quatrieme",
        "4e",
        "4eme",
        "4t",
        "4o",
        "4to",
        "quarto",
        "ultimo",
        "4.",
        "viertes",
    ),
)
_NUMBERED_PORTIONS = {
    f"{name} {word}": first + number
    for first, words_ in ((33, ("quarter", "trimestre", "quartal")), (37, ("cuatrimestre", "quadrimestre")))
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
_LONG_YEAR = re.compile(r"\d{5,6}")
# "early May, probably 2022", "3 May c. 1916"
_UNSURE_YEAR = re.compile(rf",? \(?{lexicon.UNCERTAIN}\)?,? (?=\d{{4}}$)")
_ABOUT_YEAR = re.compile(rf",? (?:{lexicon.ABOUT}\b\.?|~) ?(?=\d{{4}}$)")


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
        if ".." in self.year:  # a decade before Christ
            return f"[{self.year.replace('..', f'{mark}..')}{mark}]"
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
        r"(?P<ten>\d{3})0er[nsm]?(?:[ -]jahren?)?",
        r"(?:anni|gli anni|negli anni) (?P<ten>\d{3})0",
        r"(?P<c>\d{1,2})(?:st|nd|rd|th|e|eme|o|\.)? ?(?:century|centuries|cent\.?|c\.?|siecles?|segle|secolo|jh\.?|"
        r"jahrhunderts?)",
        r"(?:siglos?|segles?|seculos?|secolo|secoli|sec\.|s\.) ?(?P<r>[ivx]+)",
        r"(?P<r>[ivx]+)(?:e|eme)? (?:siecles?|secolo|sec\.?)",
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
    core, era = eras.split_era(text)
    if era == "before" and _LONG_YEAR.fullmatch(core):
        return replace(marked, year=eras.astronomical(int(core)))
    match = next((match for pattern in _patterns() if (match := pattern.fullmatch(core))), None)
    return _from_groups(marked, match.groupdict(), era) if match else None


@cache
def _weekday() -> re.Pattern[str]:
    # "VIe siecle" begins like a Friday in Spanish. "mar" is Tuesday only before a day and its month:
    # "mar. 28 mai 1974", "mar 28/05/1974".
    tuesday = rf"mar(?=\.?,? \d{{1,4}}(?:[/.-]\d|(?:\.|er)? (?:de |d')?{any_of(lexicon.months())}\b))"
    return re.compile(
        rf"(?:({lexicon.weekday()}|{tuesday})\.?,?|({any_of(lexicon.SHORT_DAYS)})[.,]+) (?!siecle)(?=.)"
    )


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
        for pattern in (_UNSURE, _UNSURE_AFTER, _UNSURE_YEAR):
            shorter = pattern.sub(" " if pattern is _UNSURE_YEAR else "", text)
            unsure, text = unsure or shorter != text, shorter
        for pattern in (_ABOUT, _ABOUT_AFTER, _ABOUT_YEAR):
            shorter = pattern.sub(" " if pattern is _ABOUT_YEAR else "", text)
            about, text = about or shorter != text, shorter
    return text, Parts(unsure=unsure, about=about, weekdays=days)


def _without_filler(text: str) -> str:
    """Return a text without the filler words at its beginning, such as "on the"."""
    while (match := _FILLER.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return text.strip(" ,;")


def _from_groups(marked: Parts, groups: dict[str, str | None], era: eras.Era | None) -> Parts | None:
    """Return `marked` with the year, month and day of a match; None for an impossible year, month or winter."""
    year, month = _year(groups, era), _month(groups)
    if year is None or month is None or not _is_winter(groups):
        return None
    day = f"{int(groups['d'] or 0):02}" if groups.get("d") else ""
    return replace(marked, year=year, month=month, day=day)


def _year(groups: dict[str, str | None], era: eras.Era | None) -> str | None:
    """Return the year, decade or century as EDTF, "" for none; None for an impossible one."""
    before = era == "before"
    if decade := groups.get("ten"):
        # "the 1800s" may be ten years or a hundred; the hundred includes both.
        length = 100 if decade.endswith("0") else 10
        if before:
            return eras.span_before_christ(int(decade) * 10, int(decade) * 10 + length - 1)
        return f"{decade[:2]}XX" if length == 100 else f"{decade}X"
    if groups.get("c") or groups.get("r"):
        number = int(groups["c"] or 0) if groups.get("c") else _roman(groups["r"] or "")
        if not 1 <= number <= (99 if before else 21):
            return None
        if before and number == 1:  # -00XX is 100 to 2 BC, since there is no year -0000
            return eras.span_before_christ(1, 100)
        return f"{'-' if before else ''}{number - 1:02}XX"
    year = groups.get("y") or ""
    if not era or not year:
        return None if era else year
    if int(year) == 0:
        return None  # no era has a year 0
    return eras.astronomical(int(year)) if before else year


def _is_winter(groups: dict[str, str | None]) -> bool:
    """Return whether the years of a winter follow each other; true for other dates."""
    year = int(groups.get("y") or 0)
    return not groups.get("w") or int(groups["to"] or 0) in (year + 1, (year + 1) % 100)


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
