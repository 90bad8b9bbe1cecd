"""The dates of a whole column: in which order their numbers stand, by the evidence of every value."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from db.errors import BadDate
from timeline.written_dates.lexicon import folded
from timeline.written_dates.numbers import Order, heading_order, readings, short_year, within
from timeline.written_dates.reader import Reading, read
from timeline.written_dates.warnings import Oddities

Numbers = Literal["serial", "seconds", "milliseconds"]
_NUMBER = re.compile(r"\d{5}(?:\.\d+)?|-?\d{9,10}(?:\.\d+)?|-?\d{12,13}", re.ASCII)
_EXCEL = datetime(
    1899, 12, 30, tzinfo=UTC
)  # serials of Excel's 1900 system count from here, after February 1900
_FEW, _LONGEST = 3, 200


@dataclass(frozen=True, slots=True)
class Form:
    """How a column writes dates: the order of their numbers, or the numbers that stand for days."""

    order: Order | None = None
    numbers: Numbers | None = None

    def read(self, text: str) -> Reading:
        """Read a value; raise Ambiguous or BadDate as `read` does."""
        if self.numbers and _NUMBER.fullmatch(text.strip()):
            return Reading(_day(float(text), self.numbers))
        return read(text, self.order)


def _day(number: float, kind: Numbers) -> str:
    """Write a number of days or seconds as its day (UTC), with the time of day where it has one."""
    step = {
        "serial": timedelta(days=1),
        "seconds": timedelta(seconds=1),
        "milliseconds": timedelta(milliseconds=1),
    }
    origin = _EXCEL if kind == "serial" else datetime(1970, 1, 1, tzinfo=UTC)
    # A fraction of a day is hardly ever a whole number of seconds in binary.
    moment = origin + timedelta(seconds=round(number * step[kind] / step["seconds"]))
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%dT%H:%M:%S}" + ("" if kind == "serial" else "Z")


@dataclass(slots=True)
class Evidence:
    """What the values of one column prove, in little memory: counts, and a few examples of each kind."""

    numbers: dict[Numbers, int] = field(default_factory=dict)
    others: int = 0
    proofs: dict[Order, list[str]] = field(default_factory=lambda: {"dmy": [], "mdy": []})
    open: list[str] = field(default_factory=list)
    undecided: int = 0
    odd: Oddities = field(default_factory=Oddities)

    def add(self, text: str) -> None:
        """Take one value into account."""
        if text := text.strip():
            self.odd.add(text)
            self._weigh(text)

    def _weigh(self, text: str) -> None:
        if _NUMBER.fullmatch(text):
            whole = len(text.partition(".")[0].removeprefix("-"))
            kind: Numbers = "serial" if whole == 5 else "seconds" if whole < 11 else "milliseconds"
            self.numbers[kind] = self.numbers.get(kind, 0) + 1
            if kind != "serial":
                self.odd.time(_day(float(text), kind)[11:16] or "00:00")
            return
        self.others += 1
        if text[:4].isdigit() or not any(map(str.isdigit, text)):
            return
        for each in within(text.lower() if text.isascii() else folded(text[:_LONGEST])):
            self._prove(each)

    def _prove(self, text: str) -> None:
        found = readings(text) or {}
        asked = {order: day for order, day in found.items() if order != "ymd"}
        if len(asked) == 1 and not short_year(text):
            (proof,) = asked
            _keep(self.proofs[proof], text)
        elif len(set(found.values())) > 1 or (found and short_year(text)):
            self.undecided += 1
            _keep(self.open, text)

    def decide(self, order: Order | None = None, name: str = "") -> Form:
        """Return the column's form; raise BadDate with the question when neither values nor name settle it."""
        numbers = next(iter(self.numbers)) if len(self.numbers) == 1 and not self.others else None
        if order:
            return Form(order, numbers)
        day_first, month_first = self.proofs["dmy"], self.proofs["mdy"]
        if self.undecided and (heading := heading_order(name)):
            for proven, one, first in (("dmy", day_first, "day"), ("mdy", month_first, "month")):
                if one and heading != proven:
                    raise BadDate(
                        f"the heading says {heading}, and {one[0]!r} has the {first} first; say which with --dates"
                    )
            return Form(heading, numbers)
        if day_first and month_first:
            raise BadDate(
                f"the column contradicts itself: {day_first[0]!r} has the day first, {month_first[0]!r} the month; "
                "mend the file, or say with --dates dmy or --dates mdy which is meant, and the others are rejected"
            )
        if self.undecided and not day_first and not month_first:
            example = self.open[0]
            days = {day: one for one, day in reversed((readings(example) or {}).items())}
            asked = " or ".join(f"{day} (--dates {one})" for day, one in reversed(days.items()))
            raise BadDate(
                f"nothing in the column settles the order of {self.undecided:,} dates such as {example!r}: "
                f"is it {asked}?"
            )
        return Form("dmy" if day_first else "mdy" if month_first else None, numbers)


def _keep(examples: list[str], text: str) -> None:
    if len(examples) < _FEW:
        examples.append(text)
