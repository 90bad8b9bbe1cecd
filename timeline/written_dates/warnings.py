"""Warn about dates that can be read but may mean something else. Dates are never changed.

These are midnight in another time zone, placeholders such as 1970-01-01, years before 1000, and columns in which every
date is the first day of a month or a year.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ](\d\d:\d\d)(?::00(?:\.0+)?)? ?(?:Z|UTC|[+-]00(?::?00)?)", re.ASCII)
_LOCAL_MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\dT00:00(?::00(?:\.0+)?)?", re.ASCII)
_FIRST_OF_JANUARY = re.compile(r"0?1([/.-])0?1\1(\d{4})", re.ASCII)  # the same day in any order
_PORTION = re.compile(r"\d\d(\d\d)-(2[1-9]|3\d|4[01])", re.ASCII)  # ISO 8601-2, 4.8
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
# Days from which programs count; they write them for a missing date.
_PLACEHOLDERS = frozenset({"0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01"})
MIN_ROWS_FOR_MIDNIGHT = 3
MIN_ROWS_FOR_LOCAL_MIDNIGHT = 2
MIN_ROWS_FOR_FIRST_DAYS = 5
MIN_SHARE_OF_NEW_YEARS = 0.5  # one day of the year has a share of 0.003 by chance
MAX_KINDS_COUNTED = 3  # of times and of months


@dataclass(slots=True)
class DateWarnings:
    """Counts of suspicious dates in a column, with the first example of each kind."""

    count: int = 0
    times: Counter[str] = field(default_factory=Counter)
    placeholders: Counter[str] = field(default_factory=Counter)
    portions: Counter[str] = field(default_factory=Counter)
    ancient: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)  # of dates on their first day
    local_midnights: int = 0
    firsts: int = 0
    new_years: int = 0

    def add(self, text: str) -> None:
        """Count one value, which has no space around it."""
        self.count += 1
        if text[4:5] == "-" == text[7:8]:
            self._day(text)
        elif first := _FIRST_OF_JANUARY.fullmatch(text):
            self._day(f"{first[2]}-01-01")
        elif (part := _PORTION.fullmatch(text)) and part[2] > part[1]:
            _count(self.portions, text)

    def _day(self, text: str) -> None:
        if text[:10] in _PLACEHOLDERS:
            self.placeholders[text[:10]] += 1
        elif text[0] == "0":
            _count(self.ancient, text)
        if text[8:10] == "01":
            self.firsts += 1
            self.new_years += text[5:7] == "01"
            _count(self.months, text[:7], MAX_KINDS_COUNTED)
        if len(text) > 10 and (clock := _CLOCK.fullmatch(text)):
            self.add_time(clock[1])
        elif _LOCAL_MIDNIGHT.fullmatch(text):
            self.local_midnights += 1

    def add_time(self, clock: str) -> None:
        """Count a time of day in UTC, HH:MM."""
        _count(self.times, clock, MAX_KINDS_COUNTED)

    def messages(self, *, with_first_days: bool = True) -> list[str]:
        """Return the warnings as sentences without the name of the column."""
        return [
            *self._portions(),
            *self._midnights(),
            *self._placeholders(),
            *self._ancient(),
            *(self._first_days() if with_first_days else ()),
        ]

    def _portions(self) -> Iterator[str]:
        for example in list(self.portions)[:1]:
            count_and_example = _count_and_example(
                self.portions, "is a part of a year", "are parts of a year"
            )
            part = (
                f"{_SEASONS[example[5:]]} {example[:4]}"
                if example[5:] in _SEASONS
                else "a season, quarter or half"
            )
            yield f"{count_and_example} in EDTF ({part}); to mean years, write {example[:4]}/{example[:2]}{example[5:]}"

    def _midnights(self) -> Iterator[str]:
        if self.count == self.local_midnights >= MIN_ROWS_FOR_LOCAL_MIDNIGHT:
            yield f"all {self.count:,} times are midnight; if they mean days, write the days without a time"
        times = sorted(self.times)
        if (
            self.count < MIN_ROWS_FOR_MIDNIGHT
            or self.count != self.times.total()
            or not _is_midnight_somewhere(times)
        ):
            return
        finding = f"all {self.count:,} times are {' or '.join(times)} UTC"
        if times == ["00:00"]:
            yield f"{finding}; if they mean days, write the days without a time"
        else:
            yield (
                f"{finding}, which is midnight in another time zone: their days may be "
                "one day off; if so, write the days without a time"
            )

    def _placeholders(self) -> Iterator[str]:
        for day, count in self.placeholders.items():
            if count > 1:
                yield f"{count:,} dates are {day}, which programs write for a missing date"

    def _ancient(self) -> Iterator[str]:
        if self.ancient:
            yield _count_and_example(self.ancient, "is before the year 1000", "are before the year 1000")

    def _first_days(self) -> Iterator[str]:
        is_new_year = self.new_years >= self.count * MIN_SHARE_OF_NEW_YEARS
        number = self.new_years if is_new_year else self.firsts
        if (
            number < MIN_ROWS_FOR_FIRST_DAYS
            or not (is_new_year or number == self.count)
            or len(self.months) < MAX_KINDS_COUNTED
        ):
            return
        start, unit = ("January", "year") if is_new_year else ("a month", "month")
        share = f"all {number:,}" if number == self.count else f"{number:,} of {self.count:,}"
        yield (
            f"{share} dates are the first of {start}; they may mean {unit}s; "
            f"if so, read the {unit} alone with --first-days {unit}"
        )


def _count(counter: Counter[str], text: str, kinds: int = 1) -> None:
    """Count a text; once there are more than `kinds` different texts, count new ones under the last of them."""
    counter[text if text in counter or len(counter) <= kinds else next(reversed(counter))] += 1


def _count_and_example(counter: Counter[str], singular: str, plural: str) -> str:
    """Return the number of dates with an example and a verb phrase."""
    count, example = counter.total(), repr(next(iter(counter)))
    return (
        f"1 date such as {example} {singular}"
        if count == 1
        else f"{count:,} dates such as {example} {plural}"
    )


def _is_midnight_somewhere(times: list[str]) -> bool:
    """Return whether times in UTC are midnight in one time zone: one full hour, or two adjacent ones (summer time)."""
    hours = [int(clock[:2]) for clock in times if clock.endswith(":00")]
    # 9 to 12 in UTC is midnight only in the Pacific, but daytime where most events happen.
    return (
        len(hours) == len(times) <= 2
        and hours[-1] - hours[0] in (0, 1, 23)
        and not {9, 10, 11, 12} & {*hours}
    )
