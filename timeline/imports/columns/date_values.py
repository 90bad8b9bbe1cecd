"""What the values of a column may be as dates: days, years, times since 1970, days without a year, times of day."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Literal

from db.errors import BadDate
from timeline.imports.columns.value_tests import is_date
from timeline.written_dates import Ambiguous, plain_numbers, read
from timeline.written_dates.lexicon import UNDATED

# "day": days or months; "date": other dates, such as "c. 1916"; "number": since 1970; "day of a year": "3 May".
DateKind = Literal["day", "date", "year", "number", "day of a year", "clock", ""]
MAX_VALUES_TESTED = 200  # of a column
_VALUES_TRIED = 20  # before the others
_MIN_SHARE_OF_FIRST = 0.2  # of these
_MIN_SHARE_OF_DAYS = 0.9  # of the values, where the name of a column says nothing
_MAX_CHARACTERS = 60  # of a date without a remark
_LAST_DAY_OF_MONTH = 31
_YEARS_OF_NUMBERS = range(1900, 2101)  # which numbers since 1970 may mean
_CLOCK = re.compile(
    r"\d{1,2}(?:[:.hH]\d\d(?::\d\d(?:[.,]\d+)?)?| ?h)(?: ?[APap]\.?[Mm]\.?)?(?: ?Z| ?[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_DOT_IN_CLOCK = re.compile(r"(?<=^\d)\.|(?<=^\d\d)\.", re.ASCII)  # 14.30, which beside a day may be a number
_DIGITS_OF_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])[0-5]\d", re.ASCII)  # 1430, 930
_WHOLE = re.compile(r"-?\d{1,4}(?:\.0)?", re.ASCII)
_ONE_OR_TWO_DIGITS = re.compile(r"-?\d{1,2}(?:\.0)?", re.ASCII)
_YEAR_AND_MONTH = re.compile(r"[12]\d{3}(?:0\d|1[0-2])", re.ASCII)


def date_kind(values: Sequence[str]) -> DateKind:
    """Return what at least half of the values of a column are as dates; "" for anything else.

    Values that are empty or say "unknown" do not count.
    """
    return _kind_of(tuple(texts_of(values)))


@lru_cache(maxsize=1_000)
def _kind_of(texts: tuple[str, ...]) -> DateKind:
    tests: tuple[tuple[DateKind, Callable[[str], bool]], ...] = (
        ("number", _is_number_since_1970), ("year", is_year), ("clock", is_clock), ("day", is_day),
        ("date", _is_date_in_words), ("day of a year", is_day_of_year),
    )  # fmt: skip
    for kind, test in tests:
        if _mostly(texts, test) and (kind != "year" or are_years(texts)):
            return kind
    # Days and vaguer dates together.
    return "date" if _mostly(texts, lambda text: is_day(text) or _is_date_in_words(text)) else ""


def has_days_only(values: Sequence[str]) -> bool:
    """Return whether nearly all values are days or months, and not mere digits, which may be any number."""
    texts = tuple(texts_of(values))
    return not all(map(str.isdecimal, texts)) and _mostly(texts, is_day, _MIN_SHARE_OF_DAYS)


def texts_of(values: Sequence[str]) -> list[str]:
    """Return the first values that say something."""
    texts = (value.strip() for value in islice(values, MAX_VALUES_TESTED))
    return [text for text in texts if text and text.lower() not in UNDATED]


def _mostly(texts: Sequence[str], test: Callable[[str], bool], min_share: float = 0.5) -> bool:
    """Return whether a share of the texts passes a test; the first ones decide if few of them do, to save time."""
    first = texts[:_VALUES_TRIED]
    if not first or sum(map(test, first)) < _MIN_SHARE_OF_FIRST * len(first):
        return False
    return sum(map(test, texts)) >= min_share * len(texts)


def are_years(texts: Sequence[str]) -> bool:
    """Return whether most texts are years; numbers from 1 to 31 alone may be anything."""
    years = [text for text in texts if is_year(text)]
    large = sum(abs(float(text)) > _LAST_DAY_OF_MONTH for text in years)
    readable = len(years) + sum(not is_year(text) and is_date(text) for text in texts)
    return bool(years) and large * 2 >= len(years) and readable * 2 >= len(texts)


def is_year(text: str) -> bool:
    """Return whether a text is a number of at most four digits, or a year with its month, 202105."""
    return bool(_WHOLE.fullmatch(text) or _YEAR_AND_MONTH.fullmatch(text))


def is_month(text: str) -> bool:
    """Return whether a text may be a month: a number of one or two digits, or a word. 13 is one that is wrong."""
    return is_day_of_month(text) or (any(map(str.isalpha, text)) and not is_date(text))


def is_day_of_month(text: str) -> bool:
    """Return whether a text may be a day of a month: a number of one or two digits. 32 is one that is wrong."""
    return bool(_ONE_OR_TWO_DIGITS.fullmatch(text))


@lru_cache(maxsize=20_000)  # a text that is no date is slow to read, and `read` remembers only dates
def is_day(text: str) -> bool:
    """Return whether a text is a day or month with its year, or a range of them; numbers without signs are not."""
    if (
        len(text) > _MAX_CHARACTERS
        or not any(map(str.isdigit, text))
        or (text.isdecimal() and len(text) != 8)
    ):
        return False
    try:
        edtf = read(text).edtf or ""
    except Ambiguous:
        return True
    except BadDate:
        return False
    return "-" in edtf[1:]


@lru_cache(maxsize=20_000)
def _is_date_in_words(text: str) -> bool:
    return (
        len(text) <= _MAX_CHARACTERS
        and not text.isdecimal()
        and is_date(text)
        and not plain_numbers.kind_of(text)
    )


def _is_number_since_1970(text: str) -> bool:
    """Return whether a text is a number of seconds, milliseconds or microseconds since 1970 in our time."""
    kind = plain_numbers.kind_of(text)
    if kind is None or kind == "serial":
        return False
    try:
        moment = plain_numbers.moment(text, kind, whole_days=False)
    except OverflowError:
        return False
    return int(moment[:4]) in _YEARS_OF_NUMBERS


@lru_cache(maxsize=20_000)
def is_day_of_year(text: str) -> bool:
    """Return whether a text is a day without its year, such as "3 May" or "03/05"."""
    if len(text) > _MAX_CHARACTERS or text.isdecimal() or is_date(text) or not any(map(str.isdigit, text)):
        return False
    return is_day(f"{text} 2020") or is_day(f"{text.rstrip('.')}{'.' if '.' in text else '/'}2020")


def is_clock(text: str) -> bool:
    """Return whether a text is a time of day: 14:30, 14h30, 2:30 PM."""
    return bool(_CLOCK.fullmatch(text))


def clock(text: str) -> str | None:
    """Return a time of day as people write it, also for `1430`; None for another text. `14.30` gets a colon."""
    if is_clock(text):
        return _DOT_IN_CLOCK.sub(":", text)
    digits = text.removesuffix(".0")
    return f"{digits[:-2].zfill(2)}:{digits[-2:]}" if _DIGITS_OF_CLOCK.fullmatch(digits) else None


def years_of(values: Sequence[str]) -> set[int]:
    """Return the years of all values that name one by four digits."""
    return {
        int(match[0])
        for text in texts_of(values)
        if (match := re.search(r"(?<!\d)\d{4}(?!\d)", text)) and int(match[0]) <= datetime.now(UTC).year + 10
    }
