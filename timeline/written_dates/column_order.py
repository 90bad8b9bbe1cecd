"""Decide the order of day, month and year in a column, by the evidence of all its values."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from db.errors import BadDate
from timeline.written_dates.lexicon import folded
from timeline.written_dates.numbers import Order, dates_in, has_short_year, heading_order, readings
from timeline.written_dates.reader import DateReading, read
from timeline.written_dates.warnings import DateWarnings

NumberKind = Literal["serial", "seconds", "milliseconds"]
_NUMBER = re.compile(r"\d{5}(?:\.\d+)?|-?\d{9,10}(?:\.\d+)?|-?\d{12,13}", re.ASCII)
# Day 0 of Excel's serial numbers in its 1900 system, for days after February 1900.
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
MAX_EXAMPLES = 3
MAX_CHARACTERS = 200  # of a value that are searched for dates


@dataclass(frozen=True, slots=True)
class Form:
    """How a column writes dates: the order of day, month and year, or the unit of plain numbers."""

    order: Order | None = None
    numbers: NumberKind | None = None

    def read(self, text: str) -> DateReading:
        """Return the date of a value; raise Ambiguous or BadDate as `read` does."""
        if self.numbers and _NUMBER.fullmatch(text.strip()):
            return DateReading(_day(float(text), self.numbers))
        return read(text, self.order)


def _day(number: float, kind: NumberKind) -> str:
    """Return a number of days or seconds since the origin as a day in UTC, with the time unless that is midnight."""
    step = {
        "serial": timedelta(days=1),
        "seconds": timedelta(seconds=1),
        "milliseconds": timedelta(milliseconds=1),
    }
    origin = _EXCEL_EPOCH if kind == "serial" else datetime(1970, 1, 1, tzinfo=UTC)
    # Rounded, because the binary fraction of a day is hardly ever a multiple of a second.
    moment = origin + timedelta(seconds=round(number * step[kind] / step["seconds"]))
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%dT%H:%M:%S}" + ("" if kind == "serial" else "Z")


@dataclass(slots=True)
class Evidence:
    """What the values of one column prove, as counts and a few examples, so that memory does not grow."""

    numbers: dict[NumberKind, int] = field(default_factory=dict)
    others: int = 0
    proofs: dict[Order, list[str]] = field(default_factory=lambda: {"dmy": [], "mdy": []})
    ambiguous: list[str] = field(default_factory=list)
    undecided: int = 0
    warnings: DateWarnings = field(default_factory=DateWarnings)

    def add(self, text: str) -> None:
        """Count one value."""
        if text := text.strip():
            self.warnings.add(text)
            self._count(text)

    def _count(self, text: str) -> None:
        if _NUMBER.fullmatch(text):
            digits = len(text.partition(".")[0].removeprefix("-"))
            kind: NumberKind = "serial" if digits == 5 else "seconds" if digits < 11 else "milliseconds"
            self.numbers[kind] = self.numbers.get(kind, 0) + 1
            if kind != "serial":
                self.warnings.add_time(_day(float(text), kind)[11:16] or "00:00")
            return
        self.others += 1
        if text[:4].isdigit() or not any(map(str.isdigit, text)):
            return
        for date in dates_in(text.lower() if text.isascii() else folded(text[:MAX_CHARACTERS])):
            self._prove(date)

    def _prove(self, text: str) -> None:
        by_order = readings(text) or {}
        day_month = {order: day for order, day in by_order.items() if order != "ymd"}
        if len(day_month) == 1 and not has_short_year(text):
            (proof,) = day_month
            _add_example(self.proofs[proof], text)
        elif len(set(by_order.values())) > 1 or (by_order and has_short_year(text)):
            self.undecided += 1
            _add_example(self.ambiguous, text)

    def decide(self, order: Order | None = None, name: str = "") -> Form:
        """Return the form of the column; raise BadDate with a question if neither values nor heading decide it."""
        numbers = next(iter(self.numbers)) if len(self.numbers) == 1 and not self.others else None
        if order:
            return Form(order, numbers)
        day_first, month_first = self.proofs["dmy"], self.proofs["mdy"]
        if self.undecided and (heading := heading_order(name)):
            for proven, examples, first in (("dmy", day_first, "day"), ("mdy", month_first, "month")):
                if examples and heading != proven:
                    raise BadDate(
                        f"the heading says {heading}, but {examples[0]!r} has the {first} first; "
                        f"choose the order, such as --dates {proven}"
                    )
            return Form(heading, numbers)
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
        return Form("dmy" if day_first else "mdy" if month_first else None, numbers)


def _add_example(examples: list[str], text: str) -> None:
    if len(examples) < MAX_EXAMPLES:
        examples.append(text)
