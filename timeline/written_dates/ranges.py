"""Dates side by side: `12-14 May 2023`, `3, 4 and 5 May 2021`; what one leaves out, another says."""

import re
from dataclasses import replace

from timeline.written_dates import lexicon, time_of_day
from timeline.written_dates.numbers import Ambiguous, Order, in_order, readings, short_year, undisputed
from timeline.written_dates.single_date import Parts, marks, parts_of

TO = r"(?:to|until|till|through|thru|a|al|a la|au|hasta|hasta el|fins a|fins al|fins|jusqu'a|jusqu'au|jusqu'en)"
_A_TO_B = re.compile(rf"^(.+?) (?:{TO}|-) (.+)$")
_TENS = re.compile(r"\b(?:anos|anys|annees|decada)\b")


def days_of(first: str, last: Parts | None) -> list[Parts] | None:
    """Give all the days of a list, of which the last one says the month and year; None when it is none."""
    if last is None or not (last.day and last.month and last.year) or last.about or last.unsure:
        return None
    days = [*(f"{int(day):02}" for day in re.findall(r"\d+", first)), last.day]
    if days != sorted(set(days)):
        return None
    return [replace(last, day=day, weekdays=frozenset()) for day in days[:-1]] + [last]


def range_of(said: str, order: Order | None, unsure: bool) -> tuple[Parts, Parts] | None:
    """Part a range into its two sides, at a word, else at a hyphen or slash; None when it is none."""
    if (found := _A_TO_B.match(said)) and (pair := pair_of(found[1], found[2], order, unsure)):
        return pair
    # A hyphen or slash without spaces: 12-14 May 2023, 1851-52, 2020/21.
    for at in (number for number, letter in enumerate(said) if letter in "-/" and number):
        pair = pair_of(said[:at].strip(), said[at + 1 :].strip(), order, unsure)
        # "2020-21 Jan", "Jan 2020-21": of two grains without a space, who knows what belongs to what.
        if pair and pair[0].grain == pair[1].grain:
            return pair
    return None


def pair_of(a: str, b: str, order: Order | None, unsure: bool) -> tuple[Parts, Parts] | None:
    """Read two sides of a range; what one side leaves out, the other one says."""
    short = re.fullmatch(r"\d\d", b) and (year := re.search(r"(\d\d)(\d\d)$", a))
    if short and year:
        # 1851-52; 1999-00 ends in the next century.
        b = f"{int(year[1]) + ((year[2], b) == ('99', '00'))}{b}"
    if _TENS.search(a) and re.fullmatch(r"\d{3}0", b):
        b += "s"  # "les annees 1990-2000"
    if "centur" in b and re.fullmatch(r".*\d(?:st|nd|rd|th)", a):
        a += " century"
    one, other = one_of(a, order), one_of(b, order)
    if one and other and other.weekdays and (tuesday := re.fullmatch(r"mar\.? (\d{1,2})", a)):
        # "mar. 13 - jeu. 15 nov. 2029"
        one = Parts(day=f"{int(tuesday[1]):02}", weekdays=lexicon.weekdays()["mar"])
    if one and other and re.match(r"mar\.? \d", a) and re.match(r"\d", b) and other.month:
        return None  # "mar. 3 ou 4 mai 2021": a Tuesday, or March?
    if one is None or other is None or not (other.year or one.year):
        return None
    if (short and one.month) or not _complete(one, other):
        return None
    if other.day and not other.month:
        other = replace(other, month=one.month)
    if one.day and not one.month:
        one = replace(one, month=other.month)
    one, other = replace(one, year=one.year or other.year), replace(other, year=other.year or one.year)
    return (
        replace(one, unsure=one.unsure or unsure),
        replace(other, unsure=other.unsure or unsure),
    )


def _complete(one: Parts, other: Parts) -> bool:
    """Tell whether two sides say between them which day, month and year each is."""
    if one.month > "12" and not other.month:
        return False  # "summer 2019-2020": a span of years, or of seasons?
    if not one.month and one.day and (one.year or not (other.day and other.month)):
        return False  # "3-5/2021", "3 2019 and 4 May 2021"
    if not other.month and other.day and (not (one.day and one.month) or (one.year and other.year)):
        return False  # "2/2021/1", "28 December 2020 - 2 2021"
    return bool(one.year or other.month or other.day)  # not "3 May - 2021"


def one_of(said: str, order: Order | None) -> Parts | None:
    """Read one date, or one side of a range; a time of day is put aside where there is a day."""
    said, time = time_of_day.apart(said)
    parts = parts_of(said) or _in_numbers(said, order)
    if parts is None or (time and not parts.day):
        return None
    return replace(parts, left=", ".join(filter(None, (time, parts.left)))) if time else parts


def _in_numbers(said: str, order: Order | None) -> Parts | None:
    said, found = marks(said)
    day = undisputed(said, order)
    if day is None and (several := readings(said)):
        if order is None and (len(set(several.values())) > 1 or short_year(said)):
            raise Ambiguous(said, several)
        day = in_order(said, several, order) if order else next(iter(several.values()))
    year, month, rest = (f"{day}--".split("-"))[:3]
    return replace(found, year=year, month=month, day=rest) if day else None
