"""Read a date as people write it in seven languages; never guess."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from db.dates.edtf import When, read_edtf
from db.errors import BadDate
from timeline.written_dates import bound_words, bounds, lexicon, named_days, time_of_day
from timeline.written_dates.numbers import (
    ORDERS,
    Ambiguous,
    Order,
    default_order,
    has_short_year,
    in_order,
    readings,
    unambiguous,
)
from timeline.written_dates.ranges import TO, days_of, pair_of, range_of, single_date
from timeline.written_dates.single_date import Parts

MAX_CHARACTERS = 200
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_QUOTED = re.compile("[\"“”„«'‘](.+)[\"”“»'’]")
# A spreadsheet writes it before a text so that the text does not become a date.
_APOSTROPHE = re.compile(r"^'(?=\d{4}|\d{1,2}[/.-]\d)")
_FOOTNOTE = re.compile(r"(?: ?(?:\[(?:\d{1,3}|[a-z]|(?:note|nb|n) ?\d{1,2})\]|[*†‡]))+$", re.IGNORECASE)
_BETWEEN = re.compile(
    r"^(?:between|entre|tra|fra|zwischen)(?: el| le| il| o| dem)? (.+?) "
    r"(?:and|y|e|i|et|und)(?: el| le| il| o| dem)? (.+)$"
)
_FROM_TO = re.compile(
    rf"^(?:from |desde el |desde |des del |des de |del |de |du |d'|dal |dall'|da |do |vom |von )"
    rf"(.+?) {TO}(?: |(?<='))(.+)$"
)
_AND = re.compile(r"^(.+?),? (?:and|&|y|e|i|et|und) (.+)$")
_DAYS_OF = re.compile(
    r"^(?:on |the |los |els |les |dias |dies )*(\d{1,2}(?:, \d{1,2})+),? (?:and|&|y|e|i|et|und) (.+)$"
)
_OF_MONTH = re.compile(
    r"^([a-z]+\.?) (\d{1,2}(?:, \d{1,2})+,? and) (\d{1,2}),? (\d{4})$"
)  # May 3, 4 and 5, 2021
_ONGOING = re.compile(
    rf"^(?:(?:{bound_words.SINCE}|de|del|da|von) )?(.+?)"
    rf"(?: ?- ?| (?:{TO}|a l'|fins a l'|jusqu'a l') ?(?=.)| \((?=.+\)$))"
    rf"{lexicon.ONGOING}\)?$"
)
_NAMED_DAY = re.compile(rf"^(.+) \(({lexicon.weekday()})\)$")
_REMARK = re.compile(rf"^(.+?), ?({lexicon.ASIDE} .+)$")
_A_MONTH = re.compile(r"^(?:some |one |a |un |algun )?(?:month in|mois de|mes de|mes del) (\d{4})$")
_OR = re.compile(r"^(.+?),? (?:or|o|ou|u|oder|oppure) (.+)$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FISCAL = re.compile(
    r"\bfy ?'?\d\d|\b(?:fiscal|financial|tax|academic|school) year\b|\b(?:ejercicio|ano fiscal|curso|any fiscal|"
    r"exercici|exercice|annee fiscale|annee scolaire|esercizio|anno fiscale|anno scolastico|exercicio|ano letivo|"
    r"geschaftsjahr|haushaltsjahr|schuljahr|gj) '?\d\d"
)
_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The first complete year of the Gregorian calendar; days of the week are checked from then on.
_FIRST_GREGORIAN_YEAR = 1583
_ADVICE = (
    "expected an EDTF date or one such as '2023-05-03', '3 May 2023', 'May 2023', '2020/..' or 'c. 1916'"
)


class DateReading(NamedTuple):
    """A date as EDTF (None: undated), and the words that EDTF cannot express."""

    edtf: str | None
    remainder: str = ""


@lru_cache(maxsize=50_000)
def read(text: str, order: Order | None = None) -> DateReading:
    """Return the date that a text means; raise Ambiguous if its order is unknown, BadDate if it is not a date.

    A text in EDTF is returned unchanged. A day is the day as written, in any time zone.

    >>> read("3 May 2023")
    DateReading(edtf='2023-05-03', remainder='')
    """
    text = text.strip()
    try:
        return DateReading(read_edtf(text).text)
    except BadDate as error:
        failure = error
    if len(text) > 2 * MAX_CHARACTERS:
        raise _too_long(text)
    bare, mark = _bare(text)
    if bare != text and any(map(str.isdigit, bare)):
        edtf, remainder = read(bare, order)
        return DateReading(edtf, ", ".join(filter(None, (remainder, mark))))
    folded_text = lexicon.folded(text[: MAX_CHARACTERS + 1])
    if not folded_text or folded_text in lexicon.UNDATED:
        return DateReading(None)
    if len(text) > MAX_CHARACTERS:
        raise _too_long(text)
    if match := _ISO.fullmatch(text):
        return DateReading(When.parse(_moment(*match.groups(""))).text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise failure
    return _read_words(text, folded_text, order)


def _too_long(text: str) -> BadDate:
    return BadDate(f"{text[:40]!r}… is longer than {MAX_CHARACTERS} characters; {_ADVICE}")


def _bare(text: str) -> tuple[str, str]:
    """Return a text without invisible characters and quotes, and the mark of a footnote after it."""
    if not text.isascii():
        text = "".join(character for character in text if unicodedata.category(character) != "Cf").strip()
    quoted = _QUOTED.fullmatch(text)
    text = _APOSTROPHE.sub("", quoted[1].strip() if quoted else text)
    mark = _FOOTNOTE.search(text)
    return (text[: mark.start()], mark[0].strip()) if mark else (text, "")


def _moment(day: str, minute: str, second: str, zone: str) -> str:
    """Return a day with its time; the day alone at midnight in UTC or without offset, as databases write days."""
    zone = zone.replace("UTC", "Z")
    if f"{minute}{second or ':00'}" == "00:00:00" and zone in ("", "Z", "+00", "+0000", "+00:00"):
        return day
    return f"{day}T{minute}{second or ':00'}{zone}"


def _read_words(text: str, date_text: str, order: Order | None) -> DateReading:
    folded_text = date_text
    date_text, time = time_of_day.split_time(date_text)
    remainder = ""
    edtf = _numbers(text, date_text, order)
    if not edtf:
        edtf, remainder = _phrase(date_text.rstrip(" .,;"), order, text)
    try:
        canonical = When.parse(edtf).text
    except BadDate:
        raise BadDate(f"{text!r} is not in the calendar; {_ADVICE}") from None
    if date_text != folded_text and not _DAY.search(canonical):
        raise BadDate(f"{text!r} has a time of day but no day; {_ADVICE}")
    return DateReading(canonical, ", ".join(filter(None, (time, remainder))))


def _numbers(text: str, date_text: str, order: Order | None) -> str | None:
    by_order = readings(date_text)
    if by_order is None:
        return unambiguous(date_text, order)
    order = order or default_order(date_text)
    if order:
        if day := in_order(date_text, by_order, order):
            return day
        raise BadDate(f"{text!r} is not a date in the order {order}; {_ADVICE}")
    if not by_order:
        raise BadDate(f"{text!r} is not in the calendar in any order; {_ADVICE}")
    if len(set(by_order.values())) > 1 or has_short_year(date_text):
        raise Ambiguous(text, by_order)
    return next(iter(by_order.values()))


def _phrase(date_text: str, order: Order | None, text: str) -> tuple[str, str]:
    """Return the EDTF and the remainder of a date in words; raise BadDate for a text that is not a date."""
    unsure = bool(
        re.match(rf"^{lexicon.UNCERTAIN}: ?", date_text)
        or re.search(rf" \({lexicon.UNCERTAIN}\)$", date_text)
    )
    date_text = re.sub(rf"^{lexicon.UNCERTAIN}: ?| \({lexicon.UNCERTAIN}\)$", "", date_text)
    if match := _NAMED_DAY.match(date_text):
        date_text = f"{match[2]} {match[1]}"
    if match := _REMARK.match(date_text):
        edtf, remainder = _phrase(match[1], order, text)
        return edtf, ", ".join(filter(None, (remainder, match[2])))
    if match := _A_MONTH.match(date_text):
        return f"{match[1]}-XX", ""
    if reading := named_days.feast(date_text) or _week(date_text, order, text):
        return reading
    if (match := _ONGOING.match(date_text)) and (start := single_date(match[1], order)) and start.year:
        return f"{_edtf(replace(start, unsure=start.unsure or unsure), text)}/..", start.remainder
    if match := _OF_MONTH.match(date_text):
        date_text = f"{match[2]} {match[3]} {match[1]} {match[4]}"
    if reading := _days_or_range_in_words(date_text, order, text, unsure=unsure):
        return reading
    single = single_date(date_text, order)
    if single and single.year:
        return _edtf(replace(single, unsure=single.unsure or unsure), text), single.remainder
    if reading := _open_or_joined_range(date_text, order, text, unsure=unsure):
        return reading
    if _FISCAL.search(date_text):
        raise BadDate(
            f"{text!r} is not a calendar year, and its months differ between countries and organisations; "
            "write its first and last month, for example '2022-10/2023-09'"
        )
    if single:
        raise BadDate(f"{text!r} has no year of four digits; {_ADVICE}")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", date_text):
        raise BadDate(
            f"{text!r} may be a day number of Excel; format that cell as a date, or write the date: {_ADVICE}"
        )
    raise BadDate(f"{text!r} cannot be read as a date; {_ADVICE}")


def _days_or_range_in_words(
    date_text: str, order: Order | None, text: str, *, unsure: bool
) -> tuple[str, str] | None:
    """Read "3, 4 and 5 May 2021", "between … and …" and "from … to …"; None for another text."""
    if (match := _DAYS_OF.match(date_text)) and (days := days_of(match[1], single_date(match[2], order))):
        return "{" + ",".join(_edtf(day, text) for day in days) + "}", days[-1].remainder
    for pattern, form in ((_BETWEEN, "[{}..{}]"), (_FROM_TO, "{}/{}")):
        if (match := pattern.match(date_text)) and (pair := pair_of(match[1], match[2], order, unsure)):
            return _joined(pair, form, text)
    return None


def _open_or_joined_range(
    date_text: str, order: Order | None, text: str, *, unsure: bool
) -> tuple[str, str] | None:
    """Read "since 2020", "12-14 May 2023", "1863 or 1866" and "3 and 4 May 2021"; None for another text."""
    if limit := _limit(date_text, order, text, unsure=unsure):
        return limit
    if pair := range_of(date_text, order, unsure):
        return _joined(pair, "{}/{}", text)
    for pattern, form in ((_OR, "[{},{}]"), (_AND, "{{{},{}}}")):
        if (match := pattern.match(date_text)) and (pair := pair_of(match[1], match[2], order, unsure)):
            return _joined(pair, form, text)
    return None


def _week(date_text: str, order: Order | None, text: str) -> tuple[str, str] | None:
    """Read "weekend of 5 June 2021" and "week of 3 May 2021"; None for another text."""
    if not (week := named_days.split_week(date_text)):
        return None
    kind, words, written = week
    pair = range_of(written, order, False) if kind == "weekend" else None
    day = pair[0] if pair else single_date(written, order)
    if not (day and day.month and day.day and day.year.isdigit()) or day.about or day.unsure or day.remainder:
        return None
    return named_days.days_of_week(kind, date.fromisoformat(_edtf(day, text)), text), words


def _limit(date_text: str, order: Order | None, text: str, *, unsure: bool) -> tuple[str, str] | None:
    """Read "before 1900", "since 2020" and "after 1850 and before 1900"; None for another text."""
    for kind, written, words in bounds.splits(date_text):
        if (side := single_date(written, order)) and side.year:
            edtf = _edtf(replace(side, unsure=side.unsure or unsure), text)
            limit = bounds.bounded(
                kind, side, edtf, has_time=bool(time_of_day.split_time(lexicon.folded(text))[1])
            )
            return limit, ", ".join(filter(None, (words, side.remainder)))
    if between := bounds.between(
        date_text, lambda side: (_limit(side, order, text, unsure=unsure) or ("",))[0]
    ):
        return between, ""
    return None


def _edtf(parts: Parts, text: str) -> str:
    """Return parts as EDTF; raise BadDate for a day without a month, or a wrong day of the week."""
    if parts.day and not parts.month:
        raise BadDate(f"{text!r} has a day and a year but no month; {_ADVICE}")
    if parts.weekdays and not parts.day:
        raise BadDate(f"{text!r} has a day of the week, but no day; {_ADVICE}")
    if parts.weekdays and parts.year.isdigit() and int(parts.year) >= _FIRST_GREGORIAN_YEAR:
        try:
            day = date(int(parts.year), int(parts.month), int(parts.day))
        except ValueError:
            return parts.edtf()  # `_read_words` refuses it
        if day.weekday() not in parts.weekdays:
            raise BadDate(f"{text!r} contradicts itself: {day} is a {_WEEKDAY_NAMES[day.weekday()]}")
    return parts.edtf()


def _joined(pair: tuple[Parts, Parts], form: str, text: str) -> tuple[str, str]:
    """Return two dates as the EDTF of `form`, such as "{}/{}", with their remainders."""
    if form[0] in "[{" and form != "{}/{}" and any(side.about or side.unsure for side in pair):
        form = "{}/{}"  # members of a set are never written with their own doubt here
    start, end = (_edtf(side, text) for side in pair)
    remainder = ", ".join(filter(None, (pair[0].remainder, pair[1].remainder)))
    is_one_day = start == end and pair[0].day and form == "{}/{}"  # from 10:00 to 12:00 of that day
    return start if is_one_day else form.format(start, end), remainder


__all__ = ["ORDERS", "Ambiguous", "DateReading", "Order", "read"]
