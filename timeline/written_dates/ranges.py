"""Ranges and lists of dates, `12-14 May 2023` or `3, 4 and 5 May 2021`: one date completes what another omits."""

import re
from dataclasses import replace

from timeline.written_dates import lexicon, time_of_day
from timeline.written_dates.eras import era_text, split_era
from timeline.written_dates.numbers import (
    Ambiguous,
    Order,
    default_order,
    has_short_year,
    in_order,
    readings,
    unambiguous,
)
from timeline.written_dates.single_date import Parts, parts_of, split_marks

TO = (
    r"(?:to|until|till|through|thru|a|al|a la|au|hasta|hasta el|fins a|fins al|fins|jusqu'a|jusqu'au|jusqu'en"
    r"|fino a|fino al|all'|ao|ate|ate o|ate ao|bis|bis zum|bis zu|auf|auf den|->|→|⟶|➔|➝|⇒)"
)
_CENTURIES = re.compile(r"(?:siglos?|segles?|seculos?|secolo|secoli|sec\.) ")
_ROMAN_CENTURY = re.compile(r"[ivx]+(?:e|eme)?")
_A_TO_B = re.compile(rf"^(.+?) (?:{TO}|-)(?: |(?<='))(.+)$")
_TENS = re.compile(r"\b(?:anos|anys|annees|decada|anni)\b")


def days_of(first: str, last: Parts | None) -> list[Parts] | None:
    """Return the days of a list whose last day has the month and the year; None if that is not the case."""
    if last is None or not (last.day and last.month and last.year) or last.about or last.unsure:
        return None
    days = [*(f"{int(day):02}" for day in re.findall(r"\d+", first)), last.day]
    if days != sorted(set(days)):
        return None
    return [replace(last, day=day, weekdays=frozenset()) for day in days[:-1]] + [last]


def range_of(text: str, order: Order | None, unsure: bool) -> tuple[Parts, Parts] | None:
    """Return the start and end of a range, split at a word such as "to", a hyphen or a slash; None for another text."""
    if (match := _A_TO_B.match(text)) and (pair := pair_of(match[1], match[2], order, unsure)):
        return pair
    # A hyphen or slash without spaces: 12-14 May 2023, 1851-52, 2020/21.
    for position in (position for position, character in enumerate(text) if character in "-/" and position):
        pair = pair_of(text[:position].strip(), text[position + 1 :].strip(), order, unsure)
        # "2020-21 Jan", "Jan 2020-21": with different grains and no space, it is unclear which parts belong together.
        if pair and pair[0].grain == pair[1].grain:
            return pair
    return None


def pair_of(first: str, last: str, order: Order | None, unsure: bool) -> tuple[Parts, Parts] | None:
    """Return the start and end of a range; each completes the month or year that the other omits."""
    short = re.fullmatch(r"\d\d", last) and (year := re.search(r"(\d\d)(\d\d)$", first))
    if short and year:
        # 1851-52; 1999-00 ends in the next century.
        last = f"{int(year[1]) + ((year[2], last) == ('99', '00'))}{last}"
    if _TENS.search(first) and re.fullmatch(r"\d{3}0", last):
        last += "s"  # "les annees 1990-2000"
    if "centur" in last and re.fullmatch(r".*\d(?:st|nd|rd|th)", first):
        first += " century"
    first, last = _with_era(*_with_century(first, last))
    start, end = single_date(first, order), single_date(last, order)
    if start and end and end.weekdays and (tuesday := re.fullmatch(r"mar\.? (\d{1,2})", first)):
        # "mar. 13 - jeu. 15 nov. 2029"
        start = Parts(day=f"{int(tuesday[1]):02}", weekdays=lexicon.weekdays()["mar"])
    if start and end and re.match(r"mar\.? \d", first) and re.match(r"\d", last) and end.month:
        return None  # "mar. 3 ou 4 mai 2021": a Tuesday, or March?
    if start is None or end is None or not (end.year or start.year):
        return None
    if (short and start.month) or not _is_complete(start, end):
        return None
    if end.day and not end.month:
        end = replace(end, month=start.month)
    if start.day and not start.month:
        start = replace(start, month=end.month)
    start, end = replace(start, year=start.year or end.year), replace(end, year=end.year or start.year)
    return (
        replace(start, unsure=start.unsure or unsure),
        replace(end, unsure=end.unsure or unsure),
    )


def _with_era(first: str, last: str) -> tuple[str, str]:
    """Return both dates with the era that one of them omits: "100–44 BC", "AD 14–37"."""
    first_era, last_era = era_text(first), era_text(last)
    if last_era and not first_era:
        end, start = parts_of(last), parts_of(first)
        # "15-17 March 44 BC" names the year once.
        if end and (not end.month or not (start and (start.day or start.month) and not start.year)):
            return f"{first} {last_era}", last
    if first_era and not last_era and re.fullmatch(r"\d{1,3}", last) and split_era(first)[1] == "after":
        return first, f"{last} {first_era}"
    return first, last


def _with_century(first: str, last: str) -> tuple[str, str]:
    """Return both sides of "siglos V-IV" and "Ve-IVe siecle" with the word for century."""
    word = _CENTURIES.match(first)
    if word and _ROMAN_CENTURY.match(last):
        return first, f"{word[0]}{last}"
    bare = first.removesuffix(era_text(first)).strip()
    if _ROMAN_CENTURY.fullmatch(bare) and (after := re.search(r" (?:siecles?|secolo|secoli)\b", last)):
        return f"{bare}{after[0].rstrip('s')} {era_text(first)}".strip(), last
    return first, last


def _is_complete(start: Parts, end: Parts) -> bool:
    """Return whether start and end together determine day, month and year of both."""
    if start.month > "12" and not end.month:
        return False  # "summer 2019-2020": a span of years, or of seasons?
    if not start.month and start.day and (start.year or not (end.day and end.month)):
        return False  # "3-5/2021", "3 2019 and 4 May 2021"
    if not end.month and end.day and (not (start.day and start.month) or (start.year and end.year)):
        return False  # "2/2021/1", "28 December 2020 - 2 2021"
    return bool(start.year or end.month or end.day)  # not "3 May - 2021"


def single_date(text: str, order: Order | None) -> Parts | None:
    """Return one date, or one side of a range; its time of day goes to the remainder. None for another text."""
    text, time = time_of_day.split_time(text)
    parts = parts_of(text) or _in_numbers(text, order)
    if parts is None or (time and not parts.day):
        return None
    return replace(parts, remainder=", ".join(filter(None, (time, parts.remainder)))) if time else parts


def _in_numbers(text: str, order: Order | None) -> Parts | None:
    text, parts = split_marks(text)
    day = unambiguous(text, order)
    if day and day.startswith("["):  # a week, which is not a side of a range
        return None
    if day is None and (by_order := readings(text)):
        order = order or default_order(text)
        if order is None and (len(set(by_order.values())) > 1 or has_short_year(text)):
            raise Ambiguous(text, by_order)
        day = in_order(text, by_order, order) if order else next(iter(by_order.values()))
    year, month, day_of_month = (f"{day}--".split("-"))[:3]
    return replace(parts, year=year, month=month, day=day_of_month) if day else None
