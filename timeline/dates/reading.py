"""Read a date as people write it, in English, Spanish, Catalan or French, without guessing."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from db.errors import BadDate
from db.when import When
from timeline.dates import clock, words
from timeline.dates.numeric import ORDERS, Order, month_or_years, readings, short_year, undisputed
from timeline.dates.parts import Parts, marks, parts_of

_LONGEST = 200
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_QUOTED = re.compile("[\"“”„«'‘](.+)[\"”“»'’]")
# By which a spreadsheet keeps a text from being a date.
_APOSTROPHE = re.compile(r"^'(?=\d{4}|\d{1,2}[/.-]\d)")
_FOOTNOTE = re.compile(r"(?: ?(?:\[(?:\d{1,3}|[a-z]|(?:note|nb|n) ?\d{1,2})\]|[*†‡]))+$", re.IGNORECASE)
_TO = r"(?:to|until|till|through|thru|a|al|a la|au|hasta|hasta el|fins a|fins al|fins|jusqu'a|jusqu'au|jusqu'en)"
_BETWEEN = re.compile(r"^(?:between|entre)(?: el| le)? (.+?) (?:and|y|e|i|et)(?: el| le)? (.+)$")
_FROM_TO = re.compile(rf"^(?:from |desde el |desde |des del |des de |del |de |du |d')(.+?) {_TO} (.+)$")
_A_TO_B = re.compile(rf"^(.+?) (?:{_TO}|-) (.+)$")
_AND = re.compile(r"^(.+?),? (?:and|&|y|e|i|et) (.+)$")
_DAYS_OF = re.compile(
    r"^(?:on |the |los |els |les |dias |dies )*(\d{1,2}(?:, \d{1,2})+),? (?:and|&|y|e|i|et) (.+)$"
)
_OF_MONTH = re.compile(
    r"^([a-z]+\.?) (\d{1,2}(?:, \d{1,2})+,? and) (\d{1,2}),? (\d{4})$"
)  # May 3, 4 and 5, 2021
_TENS = re.compile(r"\b(?:anos|anys|annees|decada)\b")
_ONGOING = re.compile(
    rf"^(?:(?:{words.SINCE}|de|del) )?(.+?)(?: ?- ?| (?:{_TO}|a l'|fins a l'|jusqu'a l') ?(?=.)| \((?=.+\)$))"
    rf"{words.ONGOING}\)?$"
)
_NAMED_DAY = re.compile(rf"^(.+) \(({words.weekday()})\)$")
_ASIDE = re.compile(rf"^(.+?), ?({words.ASIDE} .+)$")
_A_MONTH = re.compile(r"^(?:some |one |a |un |algun )?(?:month in|mois de|mes de|mes del) (\d{4})$")
_OR = re.compile(r"^(.+?),? (?:or|o|ou|u) (.+)$")
_SIDES = tuple(
    (re.compile(rf"^{pattern}(?: |(?<='))(.+)$"), form)
    for pattern, form in (
        (words.BEFORE, "/{}"), (words.UNTIL, "../{}"), (words.AFTER, "{}/"), (words.SINCE, "{}/.."),
    )
)  # fmt: skip
_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_REFORM = 1583  # the first whole year of the Gregorian calendar, whose days of the week are checked
_ADVICE = (
    "expected an EDTF date or one such as '2023-05-03', '3 May 2023', 'May 2023', '2020/..' or 'c. 1916'"
)


class Reading(NamedTuple):
    """A date as EDTF (None: undated), and the words that EDTF has no sign for."""

    edtf: str | None
    left: str = ""


class Ambiguous(BadDate):
    """A date in numbers that has several readings; `readings` holds them by order."""

    def __init__(self, text: str, found: dict[Order, str]) -> None:
        said = " or ".join(f"{day} ({order})" for order, day in found.items())
        super().__init__(
            f"{text!r} may be {said}; say which order the column has, such as --dates {next(iter(found))}"
        )
        self.readings = found


@lru_cache(maxsize=50_000)
def read(text: str, order: Order | None = None) -> Reading:
    """Read a date; raise Ambiguous when the order of its numbers is not known, BadDate when it is none.

    What is EDTF already stays as it stands. A day stays the day that was written, in any time zone.
    """
    text = text.strip()
    try:
        return Reading(When.parse(text).text)
    except BadDate as error:
        failure = error
    bare, mark = _bare(text)
    if bare != text and any(map(str.isdigit, bare)):
        edtf, left = read(bare, order)
        return Reading(edtf, ", ".join(filter(None, (left, mark))))
    said = words.folded(text[: _LONGEST + 1])
    if not said or said in words.NOTHING:
        return Reading(None)
    if len(text) > _LONGEST:
        raise BadDate(f"{text[:40]!r}… is longer than any date; {_ADVICE}")
    if found := _ISO.fullmatch(text):
        return Reading(When.parse(_moment(*found.groups(""))).text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise failure
    return _written(text, said, order)


def _bare(text: str) -> tuple[str, str]:
    """Take off what hangs on to a date: signs that nobody sees, quotes, and the mark of a footnote, which is told."""
    if not text.isascii():
        text = "".join(one for one in text if unicodedata.category(one) != "Cf").strip()
    quoted = _QUOTED.fullmatch(text)
    text = _APOSTROPHE.sub("", quoted[1].strip() if quoted else text)
    mark = _FOOTNOTE.search(text)
    return (text[: mark.start()], mark[0].strip()) if mark else (text, "")


def _moment(day: str, minute: str, second: str, zone: str) -> str:
    """Write a day and its time, midnight without offset or in UTC as the day alone: databases write days so."""
    zone = zone.replace("UTC", "Z")
    if f"{minute}{second or ':00'}" == "00:00:00" and zone in ("", "Z", "+00", "+0000", "+00:00"):
        return day
    return f"{day}T{minute}{second or ':00'}{zone}"


def _written(text: str, said: str, order: Order | None) -> Reading:
    whole = said
    said, left = clock.apart(said)
    more = ""
    edtf = _numbers(text, said, order)
    if not edtf:
        edtf, more = _phrase(said.rstrip(" .,;"), order, text)
    try:
        found = When.parse(edtf).text
    except BadDate:
        raise BadDate(f"{text!r} is no date of the calendar; {_ADVICE}") from None
    if said != whole and not _A_DAY.search(found):
        raise BadDate(f"{text!r} has a time of day but no day; {_ADVICE}")
    return Reading(found, ", ".join(filter(None, (left, more))))


def _numbers(text: str, said: str, order: Order | None) -> str | None:
    found = readings(said)
    if found is None:
        if order != "ymd" and (years := month_or_years(said)):
            raise BadDate(f"{text!r} may be {years[0]}, a month, or {years[1]}, years; write which is meant")
        return undisputed(said)
    if order:
        if day := _in_order(said, found, order):
            return day
        raise BadDate(f"{text!r} is no date in the order {order}; {_ADVICE}")
    if not found:
        raise BadDate(f"{text!r} is no date of the calendar in any order; {_ADVICE}")
    if len(set(found.values())) > 1 or short_year(said):
        raise Ambiguous(text, found)
    return next(iter(found.values()))


def _in_order(said: str, found: Mapping[Order, str], order: Order) -> str | None:
    """Take the reading in an order; a year of four digits in front needs none."""
    return found.get("ymd" if said[:4].isdigit() else order)


def _phrase(said: str, order: Order | None, text: str) -> tuple[str, str]:
    unsure = bool(re.match(rf"^{words.UNCERTAIN}: ?", said) or re.search(rf" \({words.UNCERTAIN}\)$", said))
    said = re.sub(rf"^{words.UNCERTAIN}: ?| \({words.UNCERTAIN}\)$", "", said)
    if found := _NAMED_DAY.match(said):
        said = f"{found[2]} {found[1]}"
    if found := _ASIDE.match(said):
        edtf, left = _phrase(found[1], order, text)
        return edtf, ", ".join(filter(None, (left, found[2])))
    if found := _A_MONTH.match(said):
        return f"{found[1]}-XX", ""
    if (found := _ONGOING.match(said)) and (start := _one(found[1], order)) and start.year:
        return f"{_edtf(replace(start, unsure=start.unsure or unsure), text)}/..", start.left
    if found := _OF_MONTH.match(said):
        said = f"{found[2]} {found[3]} {found[1]} {found[4]}"
    if (found := _DAYS_OF.match(said)) and (days := _days(found[1], _one(found[2], order))):
        return "{" + ",".join(_edtf(day, text) for day in days) + "}", days[-1].left
    for pattern, form in ((_BETWEEN, "[{}..{}]"), (_FROM_TO, "{}/{}")):
        if (found := pattern.match(said)) and (pair := _pair(found[1], found[2], order, unsure)):
            return _joined(pair, form, text)
    alone = _one(said, order)
    if alone and alone.year:
        return _edtf(replace(alone, unsure=alone.unsure or unsure), text), alone.left
    for pattern, form in _SIDES:
        if (found := pattern.match(said)) and (side := _one(found[1], order)) and side.year:
            return form.format(_edtf(replace(side, unsure=side.unsure or unsure), text)), side.left
    if pair := _range(said, order, unsure):
        return _joined(pair, "{}/{}", text)
    for pattern, form in ((_OR, "[{},{}]"), (_AND, "{{{},{}}}")):
        if (found := pattern.match(said)) and (pair := _pair(found[1], found[2], order, unsure)):
            return _joined(pair, form, text)
    if alone:
        raise BadDate(f"{text!r} has no year of four digits; {_ADVICE}")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", said):
        raise BadDate(f"{text!r} may be a day as Excel counts them; format that cell as a date, {_ADVICE}")
    raise BadDate(f"{text!r} cannot be read as a date; {_ADVICE}")


def _days(first: str, last: Parts | None) -> list[Parts] | None:
    """Give all the days of a list, of which the last one says the month and year; None when it is none."""
    if last is None or not (last.day and last.month and last.year) or last.about or last.unsure:
        return None
    days = [f"{int(day):02}" for day in re.findall(r"\d+", first)] + [last.day]
    return (
        [replace(last, day=day, weekdays=frozenset()) for day in days] if days == sorted(set(days)) else None
    )


def _edtf(parts: Parts, text: str) -> str:
    """Write parts as EDTF; raise BadDate for a day without month, or a day of the week that it is not."""
    if parts.day and not parts.month:
        raise BadDate(f"{text!r} has a day and a year but no month; {_ADVICE}")
    if parts.weekdays and not parts.day:
        raise BadDate(f"{text!r} has a day of the week, but no day; {_ADVICE}")
    if parts.weekdays and parts.year.isdigit() and int(parts.year) >= _REFORM:
        try:
            day = date(int(parts.year), int(parts.month), int(parts.day))
        except ValueError:
            return parts.edtf()  # refused where it is read
        if day.weekday() not in parts.weekdays:
            raise BadDate(f"{text!r} contradicts itself: {day} is a {_DAYS[day.weekday()]}")
    return parts.edtf()


def _joined(pair: tuple[Parts, Parts], form: str, text: str) -> tuple[str, str]:
    if form[0] in "[{" and form != "{}/{}" and any(side.about or side.unsure for side in pair):
        form = "{}/{}"  # EDTF's sets have no sides of their own doubt here
    one, other = (_edtf(side, text) for side in pair)
    left = ", ".join(filter(None, (pair[0].left, pair[1].left)))
    same = one == other and pair[0].day and form == "{}/{}"  # from 10:00 to 12:00 of one day
    return one if same else form.format(one, other), left


def _range(said: str, order: Order | None, unsure: bool) -> tuple[Parts, Parts] | None:
    if (found := _A_TO_B.match(said)) and (pair := _pair(found[1], found[2], order, unsure)):
        return pair
    # A hyphen or slash without spaces: 12-14 May 2023, 1851-52, 2020/21.
    for at in (number for number, letter in enumerate(said) if letter in "-/" and number):
        pair = _pair(said[:at].strip(), said[at + 1 :].strip(), order, unsure)
        # "2020-21 Jan", "Jan 2020-21": of two grains without a space, who knows what belongs to what.
        if pair and pair[0].grain == pair[1].grain:
            return pair
    return None


def _pair(a: str, b: str, order: Order | None, unsure: bool) -> tuple[Parts, Parts] | None:
    """Read two sides of a range; what one side leaves out, the other one says."""
    short = re.fullmatch(r"\d\d", b) and (year := re.search(r"(\d\d)(\d\d)$", a))
    if short and year:
        # 1851-52; 1999-00 ends in the next century.
        b = f"{int(year[1]) + ((year[2], b) == ('99', '00'))}{b}"
    if _TENS.search(a) and re.fullmatch(r"\d{3}0", b):
        b += "s"  # "les annees 1990-2000"
    if "centur" in b and re.fullmatch(r".*\d(?:st|nd|rd|th)", a):
        a += " century"
    one, other = _one(a, order), _one(b, order)
    if one and other and other.weekdays and (tuesday := re.fullmatch(r"mar\.? (\d{1,2})", a)):
        one = Parts(
            day=f"{int(tuesday[1]):02}", weekdays=words.weekdays()["mar"]
        )  # "mar. 13 - jeu. 15 nov. 2029"
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


def _one(said: str, order: Order | None) -> Parts | None:
    """Read one date, or one side of a range; a time of day is put aside where there is a day."""
    said, time = clock.apart(said)
    parts = parts_of(said) or _in_numbers(said, order)
    if parts is None or (time and not parts.day):
        return None
    return replace(parts, left=", ".join(filter(None, (time, parts.left)))) if time else parts


def _in_numbers(said: str, order: Order | None) -> Parts | None:
    said, found = marks(said)
    day = undisputed(said)
    if day is None and (several := readings(said)):
        if order is None and (len(set(several.values())) > 1 or short_year(said)):
            raise Ambiguous(said, several)
        day = _in_order(said, several, order) if order else next(iter(several.values()))
    year, month, rest = (f"{day}--".split("-"))[:3]
    return replace(found, year=year, month=month, day=rest) if day else None


__all__ = ["ORDERS", "Ambiguous", "Order", "Reading", "read"]
