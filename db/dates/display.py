"""A date in a reader's words: "3 May 2023", "June 2021 to October 2022", "around 1916", in several languages."""

import re
from functools import lru_cache

from db.dates.calendar import DAY, year_month_day
from db.dates.edtf import When
from db.dates.phrases import FIRST_PLAIN_YEAR, CalendarPoint, Grammar, Phrase, Unit, grammar

_DOUBT = re.compile("[?~%]")
_LAST_MASKED = re.compile(r"-?\d{4}-\dX|-?\d{4}-\d\d-\dX")
_OFFSET = re.compile(r"[Tt][\d:.,]+(?:[Zz]|[+-]\d)")


@lru_cache(maxsize=20_000)
def display(text: str | None, lang: str = "en") -> str:
    """Return an EDTF date in words of a language; None is undated. Raises BadDate for any other text.

    `lang` is a language tag. A language without a table in `wording` takes days and months from babel and other
    words from English; a tag that babel does not know is read as English.
    """
    language = grammar(lang)
    if text is None:
        return language.words.undated
    when = When.parse(text)
    if when.precision == "interval":
        return _interval(when.text, language)
    if when.precision == "set":
        return _set(when.text, language)
    return _single(when, language)


def _single(when: When, language: Grammar) -> str:
    phrase = _phrase(when, language)
    if _approximate(when):
        return language.around(phrase)
    return language.words.uncertain.format(phrase.text) if when.doubtful else phrase.text


def _approximate(when: When) -> bool:
    """Return whether `~` is the only mark; `?` and `%` are uncertain (EDTF level 1, Qualification)."""
    return "~" in when.text and "?" not in when.text and "%" not in when.text


def _phrase(when: When, language: Grammar) -> Phrase:
    """Return a date without its doubt."""
    if when.start_timed:
        return _timed(when, language)
    bare = _DOUBT.sub("", when.text)
    if _LAST_MASKED.fullmatch(bare):
        unit: Unit = "day" if bare.count("-", 1) == 2 else "month"
        return Phrase(_between(_point_at(when.start_min, unit), _point_at(when.end_max, unit), language))
    return language.phrase(_point(when, language))


def _point(when: When, language: Grammar) -> CalendarPoint:
    """Return what a date names; a date without a form in words keeps its EDTF text, which hides nothing."""
    year, month, day = year_month_day(when.start_min // DAY)
    bare = _DOUBT.sub("", when.text)
    while bare.endswith("-XX"):
        bare = bare[:-3]
    text = CalendarPoint("text", text=bare)
    if not language.native and not 1 <= year <= 9999:
        return text
    if "X" in bare or "S" in bare:
        return _masked(when, bare, language)
    if when.precision == "day":
        return CalendarPoint("day", year, month, day)
    if when.precision == "month":
        return CalendarPoint("month", year, month)
    if when.precision == "season" or when.precision == "quarter":
        return _part_of_year(bare, language)
    if bare.count("-", 1) and bare[0] != "Y":
        first, last = _point_at(when.start_min, "month"), _point_at(when.end_max, "month")
        return text._replace(text=_span(first, last, language))
    return CalendarPoint("year", year)


def _point_at(seconds: int, unit: Unit) -> CalendarPoint:
    year, month, day = year_month_day(seconds // DAY)
    return CalendarPoint(unit, year, month, day if unit == "day" else 1)


def _part_of_year(bare: str, language: Grammar) -> CalendarPoint:
    code, year = int(bare[-2:]), int(bare[:-3])
    if code >= 33:
        return CalendarPoint("quarter", year, part=code - 33)
    years = language.year(year)
    # Winters of the north (24, 28) and summers of the south (30) end in the next year.
    if code in (24, 28, 30) and year > 0:
        years = f"{years}{language.words.dash}{year + 1}"
    return CalendarPoint("season", part=(code - 21) % 4, text=years)


def _masked(when: When, bare: str, language: Grammar) -> CalendarPoint:
    """Return decades, and centuries as spans of years; other masks keep their text."""
    first, last = year_month_day(when.start_min // DAY)[0], year_month_day(when.end_max // DAY)[0]
    if last <= 0 and first < last and bare.removeprefix("-").isalnum():
        years = f"{1 - first}{language.words.dash}{1 - last}"
        return CalendarPoint("text", text=language.words.before_christ.format(years))
    plain = bare.isalnum() and 0 < first < last
    if (
        when.precision == "decade"
        and plain
        and len(bare) == 4
        and language.native
        and first >= FIRST_PLAIN_YEAR
    ):
        return CalendarPoint("decade", first)
    if not plain:
        return CalendarPoint("text", text=bare)
    return CalendarPoint("text", text=f"{language.year(first)}{language.words.dash}{language.year(last)}")


def _timed(when: When, language: Grammar) -> Phrase:
    """Return a day with its time: in UTC where the source states an offset, else the time as written."""
    phrase = language.phrase(_point_at(when.start_min, "day"))
    text = language.words.date_and_time.format(phrase.text, _clock(when, language))
    return Phrase(text + _zone(when), phrase.article)


def _clock(when: When, language: Grammar) -> str:
    return language.words.clock.format(when.start_min % DAY // 3600, when.start_min % 3600 // 60)


def _zone(when: When) -> str:
    return " UTC" if _OFFSET.search(when.text) else ""


def _interval(text: str, language: Grammar) -> str:
    left, right = text.split("/")
    start = When.parse(left) if left not in ("", "..") else None
    end = When.parse(right) if right not in ("", "..") else None
    words = language.words
    if start and end:
        return _range(start, end, language)
    if start:
        since = language.since(_inside(start, language))
        return since if right == ".." else words.end_unknown.format(since)
    if end:
        until = language.until(_inside(end, language))
        return until if left == ".." else words.start_unknown.format(until)
    return words.always


def _inside(when: When, language: Grammar) -> Phrase:
    """Return a date as a part of a longer phrase, its doubt after it."""
    phrase, words = _phrase(when, language), language.words
    if not when.doubtful:
        return phrase
    return phrase._replace(
        text=(words.around_inside if _approximate(when) else words.uncertain).format(phrase.text)
    )


def _range(start: When, end: When, language: Grammar) -> str:
    if start.text == end.text:
        return _single(start, language)
    if _hours_of_one_day(start, end):
        until = f"{language.words.hour_dash}{_clock(end, language)}{_zone(end)}"
        return language.words.date_and_time.format(_day(start, language), _clock(start, language)) + until
    if start.doubtful or end.doubtful or start.start_timed or end.start_timed:
        return language.span(_inside(start, language), _inside(end, language))
    return _span(_point(start, language), _point(end, language), language)


def _hours_of_one_day(start: When, end: When) -> bool:
    timed = start.start_timed and end.start_timed and not start.doubtful and not end.doubtful
    return timed and start.start_min // DAY == end.start_min // DAY and _zone(start) == _zone(end)


def _day(when: When, language: Grammar) -> str:
    return language.phrase(_point_at(when.start_min, "day")).text


def _span(first: CalendarPoint, last: CalendarPoint, language: Grammar) -> str:
    """Return a range; the year and the month that both dates share are written once."""
    words, dash = language.words, language.words.dash
    if first.unit == last.unit == "year" and first.year >= FIRST_PLAIN_YEAR:
        return f"{first.year}{dash}{last.year}"
    if first == last:
        return language.phrase(first).text
    start = _shortened(first, last, language)
    if words.day_dash and language.native and start.text == language.number(first.day):
        return f"{start.text}{dash}{language.phrase(last).text}"
    return language.span(start, language.phrase(last))


def _between(first: CalendarPoint, last: CalendarPoint, language: Grammar) -> str:
    return language.between(_shortened(first, last, language), language.phrase(last))


def _shortened(first: CalendarPoint, last: CalendarPoint, language: Grammar) -> Phrase:
    """Return the first of two dates without the year and month that it shares with the last."""
    same_unit = first.unit == last.unit and first.unit in ("day", "month") and first != last
    if not language.native or not same_unit or first.year != last.year:
        return language.phrase(first)
    if first.unit == "day" and first.month == last.month:
        return language.in_month(first)
    return language.in_year(first)


def _set(text: str, language: Grammar) -> str:
    items = [item.strip() for item in text[1:-1].split(",")]
    one_of = text[0] == "["
    if len(items) == 1 and one_of and ".." in items[0]:
        return _one_of_range(items[0], language)
    texts = [
        _item(item, following, one_of, language)
        for item, following in zip(items, [*items[1:], ""], strict=True)
    ]
    return language.either(texts) if one_of else language.both(texts)


def _one_of_range(item: str, language: Grammar) -> str:
    left, right = item.split("..")
    if not left or not right:
        return _open(left, right, True, language)
    start, end = When.parse(left), When.parse(right)
    if start.doubtful or end.doubtful or start.start_timed or end.start_timed:
        return language.between(_inside(start, language), _inside(end, language))
    return _between(_point(start, language), _point(end, language), language)


def _item(item: str, following: str, one_of: bool, language: Grammar) -> str:
    """Return one member of a set, without the month and year that the next member repeats."""
    left, dots, right = item.partition("..")
    if not dots:
        return _member(When.parse(item), following, language)
    if left and right:
        return _range(When.parse(left), When.parse(right), language)
    return _open(left, right, one_of, language)


def _member(when: When, following: str, language: Grammar) -> str:
    if when.doubtful or when.start_timed or not following or ".." in following or "T" in following.upper():
        return _inside(when, language).text
    return _shortened(_point(when, language), _point(When.parse(following), language), language).text


def _open(left: str, right: str, one_of: bool, language: Grammar) -> str:
    phrase = _inside(When.parse(left or right), language)
    if one_of:
        return (language.words.or_after if left else language.words.or_before).format(phrase.text)
    return language.since(phrase) if left else language.until(phrase)
