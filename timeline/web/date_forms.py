"""The forms of dates that the page's script joins, so that it writes a date as the server does.

Twin of static/app/shared/date_text.js, which tests/timeline/web/test_date_text.py compares with db.dates.display.
"""

from functools import lru_cache
from typing import Any

from db.dates.phrases import FIRST_PLAIN_YEAR, CalendarPoint, Phrase, grammar

_MONTHS = range(1, 13)
_DAYS = range(1, 32)
_LONGEST_MONTH = 1  # January has all 31 days
_PLAIN_YEAR, _PLAIN_YEAR_TEXT = 2023, "2023"


@lru_cache(maxsize=64)
def date_forms(lang: str) -> dict[str, Any]:
    """Return the forms of a language; lists of days begin with the 1st, lists of months with January.

    `start` and `end` are what a day, month or year becomes as the first and the last date of a range, "del 3" and
    "al 3". In patterns, `{}` is a day in `in_month`, a day or month in `dated`, a year elsewhere.
    """
    language = grammar(lang)
    words = language.words
    days = [language.in_month(CalendarPoint("day", _PLAIN_YEAR, _LONGEST_MONTH, day)) for day in _DAYS]
    months = [language.in_year(CalendarPoint("month", _PLAIN_YEAR, month)) for month in _MONTHS]
    year = [Phrase("{}", words.year_article)]
    first_days = [language.day_of_month(CalendarPoint("day", _PLAIN_YEAR, month, 2)) for month in _MONTHS]
    return {
        "days": [day.text for day in days],
        "months": [month.text for month in months],
        "in_month": [text.replace("2", "{}", 1) for text in first_days],
        "dated": _dated(lang),
        "start": {
            "days": [language.after(words.start, day) for day in days],
            "months": [language.after(words.start, month) for month in months],
            "year": language.after(words.start, year[0]),
        },
        "end": {
            "days": [language.after(words.end, day) for day in days],
            "months": [language.after(words.end, month) for month in months],
            "year": language.after(words.end, year[0]),
        },
        "after_christ": words.after_christ,
        "before_christ": words.before_christ,
        "first_plain_year": FIRST_PLAIN_YEAR,
        "dash": words.dash,
        "day_dash": words.dash if words.day_dash else "",
    }


def _dated(lang: str) -> str:
    """Return the pattern that joins a day or a month and its year: "{} del {year}"."""
    language = grammar(lang)
    point = CalendarPoint("month", _PLAIN_YEAR, 5)
    text = language.phrase(point).text
    return text.replace(language.month(5), "{}", 1).replace(_PLAIN_YEAR_TEXT, "{year}")
