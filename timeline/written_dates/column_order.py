"""Decide the order of day, month and year in a column, by the evidence of all its values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from db.errors import BadDate
from timeline.written_dates import plain_numbers
from timeline.written_dates.first_days import FirstDays, without_first_day
from timeline.written_dates.lexicon import UNDATED, folded
from timeline.written_dates.numbers import (
    Order,
    dates_in,
    default_order,
    has_short_year,
    heading_order,
    readings,
)
from timeline.written_dates.plain_numbers import NumberKind
from timeline.written_dates.reader import DateReading, read
from timeline.written_dates.warnings import DateWarnings

Years = Literal["iso"]  # how negative years are counted, if not as people do
_YEAR_HEADINGS = frozenset(
    (
        "year",
        "yr",
        "iyear",
        "ano",
        "anio",
        "annee",
        "an",
        "any",
        "anno",
        "jahr",
        "jaar",
        "yyyy",
        "early",
        "late",
    )
)
MAX_EXAMPLES = 3
MAX_CHARACTERS = 200  # of a value that are searched for dates


@dataclass(frozen=True, slots=True)
class Form:
    """How a column writes dates: the order of day, month and year, or what its plain numbers mean.

    `whole_days` is true if all its times since 1970 are midnight. `iso_years` counts negative years as ISO 8601 does.
    `first_days` is the unit that a first day stands for.
    """

    order: Order | None = None
    numbers: NumberKind | None = None
    whole_days: bool = True
    iso_years: bool = False
    first_days: FirstDays | None = None

    def read(self, text: str) -> DateReading:
        """Return the date of a value; raise Ambiguous or BadDate as `read` does."""
        edtf, remainder = self._read(text)
        if self.first_days and edtf:
            edtf = without_first_day(edtf, self.first_days)
        return DateReading(edtf, remainder)

    def _read(self, text: str) -> DateReading:
        if self.numbers or text[:1] == "-":
            number = text.strip()
            if plain_numbers.signed_year(number) and ("/" in number or self.numbers == "year"):
                return read(plain_numbers.year(number, iso=self.iso_years))
            if self.numbers == "year" and plain_numbers.is_year(number := number.removesuffix(".0")):
                return read(plain_numbers.year(number, iso=self.iso_years))
            if self.numbers and plain_numbers.kind_of(number) == self.numbers:
                return DateReading(plain_numbers.moment(number, self.numbers, whole_days=self.whole_days))
        return read(text, self.order)


@dataclass(slots=True)
class Evidence:
    """What the values of one column prove, as counts and a few examples, so that memory does not grow."""

    numbers: dict[NumberKind, int] = field(default_factory=dict)
    others: int = 0
    years: int = 0
    short_years: int = 0
    small_numbers: int = 0  # years from 1 to 31, which alone may be days or anything
    padded_years: int = 0
    before_christ: list[str] = field(default_factory=list)
    midnights: int = 0
    proofs: dict[Order, list[str]] = field(default_factory=lambda: {"dmy": [], "mdy": []})
    dotted: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    undecided: int = 0
    warnings: DateWarnings = field(default_factory=DateWarnings)

    def add(self, text: str) -> None:
        """Count one value."""
        if text := text.strip():
            self.warnings.add(text)
            self._count(text)

    def _count(self, text: str) -> None:
        if text[4:5] == "-" and text[:4].isdigit():  # nearly all dates
            self.others += 1
            return
        if kind := plain_numbers.kind_of(text):
            self.numbers[kind] = self.numbers.get(kind, 0) + 1
            if kind != "serial":
                self.midnights += plain_numbers.is_midnight(text, kind)
                self.warnings.add_time(plain_numbers.moment(text, kind, whole_days=False)[11:16])
            return
        if text[0] == "-" and plain_numbers.signed_year(text):
            _add_example(self.before_christ, text)
            if "/" in text:
                self.others += 1
                return
        if plain_numbers.is_year(year := text.removesuffix(".0")):
            text = year
            self.years += 1
            is_small = plain_numbers.may_be_day(text)
            self.small_numbers += is_small
            self.short_years += plain_numbers.is_short_year(text) and not is_small
            self.padded_years += len(text) > 1 and text.lstrip("-").startswith("0")
            return
        if text.lower() in UNDATED:
            return
        self.others += 1
        if text[:4].isdigit() or not any(map(str.isdigit, text)):
            return
        for date in dates_in(text.lower() if text.isascii() else folded(text[:MAX_CHARACTERS])):
            self._prove(date)

    def _has_years(self, name: str) -> bool:
        """Return whether plain numbers of at most four digits are years; those of EDTF are, but need no conversion."""
        is_named = bool(set(re.split(r"[^a-z]+", folded(name))) & _YEAR_HEADINGS)
        if self.padded_years or not (is_named or self.may_be_years()):
            return False
        return bool(self.short_years or ((self.before_christ or self.small_numbers) and is_named))

    def may_be_years(self) -> bool:
        """Return whether most values are plain numbers of at most four digits."""
        return not self.padded_years and self.years > self.others + sum(self.numbers.values())

    def _kind_of_numbers(self) -> NumberKind | None:
        """Return what most values count, if they are numbers of five digits or more: a few odd values do not matter."""
        kind = max(self.numbers, key=self.numbers.__getitem__, default=None)
        others = self.others + self.years + sum(self.numbers.values())
        return kind if kind and 2 * self.numbers[kind] > others else None

    def _prove(self, text: str) -> None:
        by_order = readings(text) or {}
        day_month = {order: day for order, day in by_order.items() if order != "ymd"}
        if len(day_month) == 1 and not has_short_year(text):
            (proof,) = day_month
            _add_example(self.proofs[proof], text)
        elif default_order(text):
            _add_example(self.dotted, text)
        elif len(set(by_order.values())) > 1 or (by_order and has_short_year(text)):
            self.undecided += 1
            _add_example(self.ambiguous, text)

    def messages(self, form: Form) -> list[str]:
        """Return warnings about the column, without its name, if its values are read in this form."""
        return [
            *self.warnings.messages(with_first_days=not form.first_days),
            *self._years_before_christ(form),
        ]

    def _years_before_christ(self, form: Form) -> Iterator[str]:
        examples = [text for text in self.before_christ if form.numbers == "year" or "/" in text]
        if examples and not form.iso_years:
            text = examples[0]
            year = int(text[1:].partition("/")[0])
            yield (
                f"years such as {text!r} are read as people count them, {year} BC "
                f"({plain_numbers.year(text, iso=False)}); if {-year} means {year + 1} BC, "
                "as in ISO 8601, use --years iso"
            )

    def decide(self, order: Order | None = None, name: str = "", *, iso_years: bool = False) -> Form:
        """Return the form of the column; raise BadDate with a question if neither values nor heading decide it."""
        numbers = "year" if self._has_years(name) else self._kind_of_numbers()
        whole_days = self.midnights == sum(self.numbers.values())
        return Form(order or self._order(name), numbers, whole_days, iso_years)

    def _order(self, name: str) -> Order | None:
        """Return the order of day, month and year; None if every value shows its own."""
        day_first, month_first = self.proofs["dmy"], self.proofs["mdy"]
        if (self.undecided or self.dotted) and (heading := heading_order(name)):
            for proven, examples, first in (("dmy", day_first, "day"), ("mdy", month_first, "month")):
                if examples and heading != proven:
                    raise BadDate(
                        f"the heading says {heading}, but {examples[0]!r} has the {first} first; "
                        f"choose the order, such as --dates {proven}"
                    )
            return heading
        day_first = [*day_first, *self.dotted]
        if day_first and month_first:
            raise BadDate(
                f"the column contradicts itself: {day_first[0]!r} has the day first, {month_first[0]!r} the month; "
                "correct the file, or choose --dates dmy or --dates mdy: dates in the other order are then rejected"
            )
        if self.undecided and not day_first and not month_first:
            example = self.ambiguous[0]
            # Reversed twice, so that of two orders with the same day the first is kept.
            days = {day: kind for kind, day in reversed((readings(example) or {}).items())}
            question = " or ".join(f"{day} (--dates {kind})" for day, kind in reversed(days.items()))
            dates = "date" if self.undecided == 1 else "dates"
            raise BadDate(
                f"the column has {self.undecided:,} {dates} such as {example!r} whose order no value decides: "
                f"is that {question}?"
            )
        return "dmy" if day_first else "mdy" if month_first else None


def _add_example(examples: list[str], text: str) -> None:
    if len(examples) < MAX_EXAMPLES:
        examples.append(text)
