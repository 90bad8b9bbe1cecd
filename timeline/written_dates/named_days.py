"""Days with a name and weekends: `Christmas Day 2020`, `weekend of 5 June 2021`, `week of 3 May 2021`."""

import re
from datetime import date, timedelta

from db.errors import BadDate
from timeline.written_dates.lexicon import any_of

_FEASTS = {
    "12-25": ("christmas day", "dia de navidad", "dia de nadal", "jour de noel", "giorno di natale", "dia de natal",
              "1. weihnachtstag", "erster weihnachtstag"),
    "12-24": ("christmas eve", "nochebuena", "nit de nadal", "veille de noel", "vigilia di natale", "vespera de natal",
              "heiligabend", "heiliger abend"),
    "12-31": ("new year's eve", "nochevieja", "nit de cap d'any", "saint-sylvestre", "silvester"),
    "01-01": ("new year's day", "ano nuevo", "dia de ano nuevo", "jour de l'an", "ano novo", "neujahr"),
    "10-31": ("halloween",),
}  # fmt: skip
# Also the days around it.
_CHRISTMAS = ("christmas", "xmas", "navidad", "nadal", "noel", "natale", "natal", "weihnachten")
_DAYS = {name: day for day, names in _FEASTS.items() for name in names} | dict.fromkeys(_CHRISTMAS, "12-25")
_NAMED = re.compile(
    rf"^(?:on |at |el |a |en |le |a la |por |per |zu |an )?({any_of(_DAYS)})(?:,| of| de| del| di)? (\d{{4}})$"
)
_OF = r"(?: (?:of|of the|starting|beginning|de|del|du|di|do|dell'|vom|des|ab))?(?: |(?<='))"
_ARTICLE = r"(?:(?:on|over|during|in|am) )?(?:(?:the|el|la|le|il|o|das|die|der|in der) )?"
_WEEKEND_WORDS = any_of((
    "weekend", "week-end", "fin de semana", "cap de setmana", "fine settimana", "fim de semana", "wochenende",
))  # fmt: skip
_WEEK_WORDS = any_of(("week", "semana", "setmana", "semaine", "settimana", "woche"))
_WEEKEND = re.compile(rf"^({_ARTICLE}{_WEEKEND_WORDS}{_OF})(.+)$")
_WEEK = re.compile(rf"^({_ARTICLE}{_WEEK_WORDS}{_OF})(.+)$")
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6


def feast(text: str) -> tuple[str, str] | None:
    """Return the day of a feast and its name; "Christmas" alone also means the days around it, so it is approximate."""
    if not (match := _NAMED.match(text)):
        return None
    name, year = match.groups()
    return f"{year}-{_DAYS[name]}{'~' if name in _CHRISTMAS else ''}", name


def split_week(text: str) -> tuple[str, str, str] | None:
    """Return "weekend" or "week", its words and the date after it; None for another text."""
    for kind, pattern in (("weekend", _WEEKEND), ("week", _WEEK)):
        if match := pattern.match(text):
            return kind, match[1].strip(), match[2]
    return None


def days_of_week(kind: str, day: date, text: str) -> str:
    """Return the days on which an event "in the week of" a day may have happened, as EDTF.

    Weeks begin on a Monday, on a Sunday, or on the day itself, so that a day other than a Monday is possible in two.
    """
    before, after = (0 if day.weekday() == 0 else 6), 6
    if kind == "weekend":
        if day.weekday() < _FRIDAY:
            raise BadDate(f"{text!r} contradicts itself: {day} is not in a weekend")
        before, after = int(day.weekday() == _SUNDAY), max(0, _SUNDAY - day.weekday())
    return f"[{day - timedelta(before)}..{day + timedelta(after)}]"
