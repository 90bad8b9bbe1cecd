"""Read a date as people write it, in English, Spanish, Catalan or French, without guessing."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from db.dates.edtf import When
from db.errors import BadDate
from timeline.written_dates import lexicon, time_of_day
from timeline.written_dates.numbers import (
    ORDERS,
    Ambiguous,
    Order,
    in_order,
    readings,
    short_year,
    undisputed,
)
from timeline.written_dates.ranges import TO, days_of, one_of, pair_of, range_of
from timeline.written_dates.single_date import Parts

_LONGEST = 200
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_QUOTED = re.compile("[\"“”„«'‘](.+)[\"”“»'’]")
# By which a spreadsheet keeps a text from being a date.
_APOSTROPHE = re.compile(r"^'(?=\d{4}|\d{1,2}[/.-]\d)")
_FOOTNOTE = re.compile(r"(?: ?(?:\[(?:\d{1,3}|[a-z]|(?:note|nb|n) ?\d{1,2})\]|[*†‡]))+$", re.IGNORECASE)
_BETWEEN = re.compile(r"^(?:between|entre)(?: el| le)? (.+?) (?:and|y|e|i|et)(?: el| le)? (.+)$")
_FROM_TO = re.compile(rf"^(?:from |desde el |desde |des del |des de |del |de |du |d')(.+?) {TO} (.+)$")
_AND = re.compile(r"^(.+?),? (?:and|&|y|e|i|et) (.+)$")
_DAYS_OF = re.compile(
    r"^(?:on |the |los |els |les |dias |dies )*(\d{1,2}(?:, \d{1,2})+),? (?:and|&|y|e|i|et) (.+)$"
)
_OF_MONTH = re.compile(
    r"^([a-z]+\.?) (\d{1,2}(?:, \d{1,2})+,? and) (\d{1,2}),? (\d{4})$"
)  # May 3, 4 and 5, 2021
_ONGOING = re.compile(
    rf"^(?:(?:{lexicon.SINCE}|de|del) )?(.+?)(?: ?- ?| (?:{TO}|a l'|fins a l'|jusqu'a l') ?(?=.)| \((?=.+\)$))"
    rf"{lexicon.ONGOING}\)?$"
)
_NAMED_DAY = re.compile(rf"^(.+) \(({lexicon.weekday()})\)$")
_ASIDE = re.compile(rf"^(.+?), ?({lexicon.ASIDE} .+)$")
_A_MONTH = re.compile(r"^(?:some |one |a |un |algun )?(?:month in|mois de|mes de|mes del) (\d{4})$")
_OR = re.compile(r"^(.+?),? (?:or|o|ou|u) (.+)$")
_SIDES = tuple(
    (re.compile(rf"^{pattern}(?: |(?<='))(.+)$"), form)
    for pattern, form in (
        (lexicon.BEFORE, "/{}"), (lexicon.UNTIL, "../{}"), (lexicon.AFTER, "{}/"), (lexicon.SINCE, "{}/.."),
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
    said = lexicon.folded(text[: _LONGEST + 1])
    if not said or said in lexicon.NOTHING:
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
    said, left = time_of_day.apart(said)
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
        return undisputed(said, order)
    if order:
        if day := in_order(said, found, order):
            return day
        raise BadDate(f"{text!r} is no date in the order {order}; {_ADVICE}")
    if not found:
        raise BadDate(f"{text!r} is no date of the calendar in any order; {_ADVICE}")
    if len(set(found.values())) > 1 or short_year(said):
        raise Ambiguous(text, found)
    return next(iter(found.values()))


def _phrase(said: str, order: Order | None, text: str) -> tuple[str, str]:
    unsure = bool(
        re.match(rf"^{lexicon.UNCERTAIN}: ?", said) or re.search(rf" \({lexicon.UNCERTAIN}\)$", said)
    )
    said = re.sub(rf"^{lexicon.UNCERTAIN}: ?| \({lexicon.UNCERTAIN}\)$", "", said)
    if found := _NAMED_DAY.match(said):
        said = f"{found[2]} {found[1]}"
    if found := _ASIDE.match(said):
        edtf, left = _phrase(found[1], order, text)
        return edtf, ", ".join(filter(None, (left, found[2])))
    if found := _A_MONTH.match(said):
        return f"{found[1]}-XX", ""
    if (found := _ONGOING.match(said)) and (start := one_of(found[1], order)) and start.year:
        return f"{_edtf(replace(start, unsure=start.unsure or unsure), text)}/..", start.left
    if found := _OF_MONTH.match(said):
        said = f"{found[2]} {found[3]} {found[1]} {found[4]}"
    if (found := _DAYS_OF.match(said)) and (days := days_of(found[1], one_of(found[2], order))):
        return "{" + ",".join(_edtf(day, text) for day in days) + "}", days[-1].left
    for pattern, form in ((_BETWEEN, "[{}..{}]"), (_FROM_TO, "{}/{}")):
        if (found := pattern.match(said)) and (pair := pair_of(found[1], found[2], order, unsure)):
            return _joined(pair, form, text)
    alone = one_of(said, order)
    if alone and alone.year:
        return _edtf(replace(alone, unsure=alone.unsure or unsure), text), alone.left
    for pattern, form in _SIDES:
        if (found := pattern.match(said)) and (side := one_of(found[1], order)) and side.year:
            return form.format(_edtf(replace(side, unsure=side.unsure or unsure), text)), side.left
    if pair := range_of(said, order, unsure):
        return _joined(pair, "{}/{}", text)
    for pattern, form in ((_OR, "[{},{}]"), (_AND, "{{{},{}}}")):
        if (found := pattern.match(said)) and (pair := pair_of(found[1], found[2], order, unsure)):
            return _joined(pair, form, text)
    if alone:
        raise BadDate(f"{text!r} has no year of four digits; {_ADVICE}")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", said):
        raise BadDate(f"{text!r} may be a day as Excel counts them; format that cell as a date, {_ADVICE}")
    raise BadDate(f"{text!r} cannot be read as a date; {_ADVICE}")


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


__all__ = ["ORDERS", "Ambiguous", "Order", "Reading", "read"]
