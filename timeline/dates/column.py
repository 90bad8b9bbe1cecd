"""The dates of a whole column: in which order their numbers stand, by the evidence of every value."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from db.errors import BadDate
from timeline.dates.numeric import Order, heading_order, readings, short_year, within
from timeline.dates.reading import Reading, read
from timeline.dates.words import folded

Numbers = Literal["serial", "seconds", "milliseconds"]
_NUMBER = re.compile(r"\d{5}(?:\.\d+)?|-?\d{9,10}(?:\.\d+)?|-?\d{12,13}", re.ASCII)
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ](\d\d:\d\d)(?::00(?:\.0+)?)? ?(?:Z|UTC|[+-]00(?::?00)?)", re.ASCII)
_SEASON = re.compile(r"\d\d(\d\d)-(2[1-4])", re.ASCII)
_EXCEL = datetime(
    1899, 12, 30, tzinfo=UTC
)  # serials of Excel's 1900 system count from here, after February 1900
_FEW, _DAY, _LONGEST = 3, 10, 200


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
    clocks: Counter[str] = field(default_factory=Counter)
    seasons: list[str] = field(default_factory=list)
    count: int = 0
    seasonal: int = 0

    def add(self, text: str) -> None:
        """Take one value into account."""
        if len(text) == _DAY and text[4] == "-" and text[:4].isdigit():
            self.others += 1  # 2015-03-14, as most are
            self.count += 1
        elif text := text.strip():
            self.count += 1
            self._weigh(text)

    def _weigh(self, text: str) -> None:
        if _NUMBER.fullmatch(text):
            whole = len(text.partition(".")[0].removeprefix("-"))
            kind: Numbers = "serial" if whole == 5 else "seconds" if whole < 11 else "milliseconds"
            self.numbers[kind] = self.numbers.get(kind, 0) + 1
            self._time(_day(float(text), kind)[11:16] or "00:00" if kind != "serial" else "")
            return
        self.others += 1
        if clock := _CLOCK.fullmatch(text):
            self._time(clock[1])
        elif (season := _SEASON.fullmatch(text)) and int(season[2]) > int(season[1]):
            self.seasonal += 1
            _keep(self.seasons, text)
        if text[:4].isdigit() or not any(map(str.isdigit, text)):
            return
        for each in within(text.lower() if text.isascii() else folded(text[:_LONGEST])):
            self._prove(each)

    def _time(self, clock: str) -> None:
        if clock and len(self.clocks) <= _FEW:
            self.clocks[clock] += 1

    def _prove(self, text: str) -> None:
        found = readings(text) or {}
        asked = {order: day for order, day in found.items() if order != "ymd"}
        if len(asked) == 1 and not short_year(text):
            (proof,) = asked
            _keep(self.proofs[proof], text)
        elif len(set(found.values())) > 1 or (found and short_year(text)):
            self.undecided += 1
            _keep(self.open, text)

    def remarks(self) -> list[str]:
        """Say what reads well and may yet be meant otherwise: years that are seasons in EDTF, days with a time."""
        return [*self._seasons(), *self._midnights()]

    def _seasons(self) -> Iterator[str]:
        for one in self.seasons[:1]:
            name = ("spring", "summer", "autumn", "winter")[int(one[5:]) - 21]
            many, are = (
                ("1 date", "is a season")
                if self.seasonal == 1
                else (f"{self.seasonal:,} dates", "are seasons")
            )
            years = f"{one[:4]}/{one[:2]}{one[5:]}"
            yield f"{many} such as {one!r} {are} in EDTF ({name} {one[:4]}), and stand so; for years write {years}"

    def _midnights(self) -> Iterator[str]:
        clocks = sorted(self.clocks)
        if self.count < _FEW or self.count != self.clocks.total() or not _midnight(clocks):
            return
        told = f"all {self.count:,} times are {' or '.join(clocks)} UTC"
        if clocks == ["00:00"]:
            yield f"{told}; they may stand for days, and are days if written without the time"
        else:
            yield f"{told}, which is midnight elsewhere: their days may be one off; if so, write the days alone"

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


def _midnight(clocks: list[str]) -> bool:
    """Tell whether times of UTC are midnight somewhere: one full hour, or two beside each other by summer time."""
    hours = [int(clock[:2]) for clock in clocks if clock.endswith(":00")]
    # At 9 to 12 it is midnight in the Pacific alone, and the middle of the day where most things happen.
    return (
        len(hours) == len(clocks) <= 2
        and hours[-1] - hours[0] in (0, 1, 23)
        and not {9, 10, 11, 12} & {*hours}
    )


def _keep(examples: list[str], text: str) -> None:
    if len(examples) < _FEW:
        examples.append(text)
