"""Dates as noun phrases of a language: a day, a month, a year or a season, its article, and prepositions before it."""

import re
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_quarter_names

from db.dates.wording import CONTRACTIONS, ENGLISH, WORDINGS, Wording

Unit = Literal["day", "month", "year", "season", "quarter", "decade", "text"]
_VOWELS = tuple("aeiouàèéíòóúh")
FIRST_PLAIN_YEAR = 1000  # an earlier year names its era: a bare 44 would be read as 1944
# Spanish writes "u" for "o" before the sound o, and "e" for "y" before the sound i (RAE, Ortografía).
_SOUNDS_LIKE_O = re.compile(r"o|(?:8\d{0,2}|11)\b")
_SOUNDS_LIKE_I = re.compile(r"i")


class CalendarPoint(NamedTuple):
    """A date to be put into words; `part` is the number of a season (0 to 3) or quarter (0 to 3).

    `year` is astronomical: 0 is 1 BC. `text` is set for a date that has no other form.
    """

    unit: Unit
    year: int = 0
    month: int = 1
    day: int = 1
    part: int = 0
    text: str = ""


class Phrase(NamedTuple):
    """The words of a date, and the article that a preposition adds before them."""

    text: str
    article: str = ""


class Grammar:
    """How one language writes dates; a language without a table here takes days from babel and words from English."""

    def __init__(self, locale: Locale) -> None:
        """Choose the tables of the locale's language."""
        self.locale = locale
        self.words: Wording = WORDINGS.get(locale.language, ENGLISH)
        self.native = locale.language in WORDINGS
        self._contractions = CONTRACTIONS.get(locale.language, {})

    def phrase(self, point: CalendarPoint) -> Phrase:
        """Return a date as a phrase, such as ("3 de mayo de 2023", "el ")."""
        words = self.words
        match point.unit:
            case "day":
                return Phrase(self._dated(self.day_of_month(point), point), self._number_article(point.day))
            case "month":
                return Phrase(self._dated(self.month(point.month), point), self._month_article(point.month))
            case "year":
                return Phrase(self.year(point.year), words.year_article)
            case "season":
                return Phrase(words.seasons[point.part].format(point.text), words.season_articles[point.part])
            case "quarter":
                return self._quarter(point)
            case "decade":
                return Phrase(words.decade.format(point.year), words.decade_article)
            case _:
                return Phrase(point.text)

    def in_year(self, point: CalendarPoint) -> Phrase:
        """Return a day or month without its year: ("3 de mayo", "el "), ("mayo", "")."""
        if point.unit == "day":
            return Phrase(self.day_of_month(point), self._number_article(point.day))
        return Phrase(self.month(point.month), self._month_article(point.month))

    def in_month(self, point: CalendarPoint) -> Phrase:
        """Return the number of a day: ("3", "el ")."""
        return Phrase(self.number(point.day), self._number_article(point.day))

    def number(self, day: int) -> str:
        """Return a day of the month, 1 to 31, as it is written in a date."""
        return self.words.first_day if day == 1 else str(day)

    def month(self, month: int) -> str:
        """Return the name of a month, 1 to 12, without preposition."""
        return str(self.locale.months["stand-alone"]["wide"][month])

    def day_of_month(self, point: CalendarPoint) -> str:
        """Return "3 May", "3 de mayo", "3 d’abril"."""
        name, words = self.month(point.month), self.words
        elided = words.vowel_month is not None and name.startswith(_VOWELS)
        pattern = words.vowel_month if elided and words.vowel_month else words.day_in_month
        return pattern.format(self.number(point.day), name)

    def year(self, year: int) -> str:
        """Return "2023", "AD 44" or "44 BC" for an astronomical year."""
        if year >= FIRST_PLAIN_YEAR:
            return str(year)
        return self.words.after_christ.format(year) if year > 0 else self.words.before_christ.format(1 - year)

    def _dated(self, text: str, point: CalendarPoint) -> str:
        if not self.native:
            return self._by_babel(point)
        joint = self.words.before_year
        year = Phrase(self.year(point.year), self.words.year_article)
        return f"{text} {self.after(joint.strip(), year)}" if joint.strip() else f"{text}{joint}{year.text}"

    def _by_babel(self, point: CalendarPoint) -> str:
        day = date(point.year, point.month, point.day)
        if point.unit == "day":
            return str(format_date(day, format="long", locale=self.locale))
        return str(format_skeleton("yMMMM", day, locale=self.locale))

    def _quarter(self, point: CalendarPoint) -> Phrase:
        year = self.year(point.year)
        if self.native:
            return Phrase(self.words.quarters[point.part].format(year), self.words.quarter_article)
        return Phrase(f"{get_quarter_names('abbreviated', locale=self.locale)[point.part + 1]} {year}")

    def _number_article(self, number: int) -> str:
        elided = self.words.vowel_article if number in (1, 11) else None
        return elided or self.words.day_article

    def _month_article(self, month: int) -> str:
        elided = self.words.vowel_article if self.month(month).startswith(_VOWELS) else None
        return elided or self.words.month_article

    def after(self, preposition: str, phrase: Phrase) -> str:
        """Return a phrase after a preposition: "del 3 de mayo", "a l’octubre", "d’avril"."""
        if not preposition:
            return phrase.article + phrase.text
        *before, last = preposition.split(" ")
        if not phrase.article and last == "de" and phrase.text.startswith(_VOWELS) and self._elides:
            return " ".join([*before, f"d’{phrase.text}"])
        joined = f"{last} {phrase.article}"
        return " ".join([*before, f"{self._contractions.get(joined, joined)}{phrase.text}"])

    @property
    def _elides(self) -> bool:
        return self.locale.language in ("fr", "ca")

    def until(self, phrase: Phrase) -> str:
        """Return "until 2020", "jusqu’en 2020", "jusqu’au 3 mai"."""
        return self.after(self.words.until if phrase.article else self.words.until_bare, phrase)

    def since(self, phrase: Phrase) -> str:
        """Return "since 2020", "des del 3 de maig"."""
        return self.after(self.words.since, phrase)

    def around(self, phrase: Phrase) -> str:
        """Return "around 2020", "vers le 3 mai"."""
        return self.after(self.words.around, phrase)

    def span(self, first: Phrase, last: Phrase) -> str:
        """Return "June to October 2022", "del 3 al 5 de mayo de 2023"."""
        return f"{self.after(self.words.start, first)} {self.after(self.words.end, last)}"

    def between(self, first: Phrase, last: Phrase) -> str:
        """Return "between 3 and 5 May 2023", "entre l’1 i el 5 de maig del 2023"."""
        second = last.article + last.text
        return self._euphonic(self.words.between, second).format(first.article + first.text, second)

    def either(self, texts: list[str]) -> str:
        """Return "2021, 2022 or 2023"."""
        return self._listed(self.words.or_, texts)

    def both(self, texts: list[str]) -> str:
        """Return "2021, 2022 and 2023"."""
        return self._listed(self.words.and_, texts)

    def _listed(self, pattern: str, texts: list[str]) -> str:
        *others, last = texts
        if not others:
            return last
        return self._euphonic(pattern, last).format(self.words.comma.join(others), last)

    def _euphonic(self, pattern: str, following: str) -> str:
        """Write Spanish "u" for "o" and "e" for "y" where the next word begins with that sound."""
        if self.locale.language != "es":
            return pattern
        if _SOUNDS_LIKE_O.match(following):
            pattern = pattern.replace(" o ", " u ")
        return pattern.replace(" y ", " e ") if _SOUNDS_LIKE_I.match(following) else pattern


@lru_cache(maxsize=256)
def grammar(lang: str) -> Grammar:
    """Return the grammar of a language tag; a tag that babel does not know is read as English."""
    try:
        return Grammar(Locale.parse(lang.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return Grammar(Locale("en"))
