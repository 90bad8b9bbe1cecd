"""What is odd in a column of dates: it reads well and may yet be meant otherwise. It is told, and stays as it is."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ](\d\d:\d\d)(?::00(?:\.0+)?)? ?(?:Z|UTC|[+-]00(?::?00)?)", re.ASCII)
_PART = re.compile(r"\d\d(\d\d)-(2[1-9]|3\d|4[01])", re.ASCII)  # ISO 8601-2, 4.8
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
# Where programs begin to count: what they make of nothing.
_ORIGINS = frozenset({"0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01"})
_FEW, _SOME = 3, 5  # values that may all be alike by chance; those that hardly are


@dataclass(slots=True)
class Oddities:
    """Counts of what is odd, with the first example of each kind."""

    count: int = 0
    clocks: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    ancient: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)  # whose first day is said
    firsts: int = 0
    new_years: int = 0

    def add(self, text: str) -> None:
        """Take one value into account, without the space around it."""
        self.count += 1
        if text[4:5] == "-" == text[7:8]:
            self._day(text)
        elif (part := _PART.fullmatch(text)) and part[2] > part[1]:
            _count(self.parts, text)

    def _day(self, text: str) -> None:
        if text[:10] in _ORIGINS:
            self.origins[text[:10]] += 1
        elif text[0] == "0":
            _count(self.ancient, text)
        if text[8:10] == "01":
            self.firsts += 1
            self.new_years += text[5:7] == "01"
            _count(self.months, text[:7], _FEW)
        if len(text) > 10 and (clock := _CLOCK.fullmatch(text)):
            self.time(clock[1])

    def time(self, clock: str) -> None:
        """Take a time of UTC into account, as hours and minutes."""
        _count(self.clocks, clock, _FEW)

    def remarks(self) -> list[str]:
        """Say what is odd."""
        return [*self._parts(), *self._midnights(), *self._origins(), *self._ancient(), *self._firsts()]

    def _parts(self) -> Iterator[str]:
        for one in list(self.parts)[:1]:
            many = _many(self.parts, "is a part of a year", "are parts of a year")
            part = f"{_SEASONS[one[5:]]} {one[:4]}" if one[5:] in _SEASONS else "a season, quarter or half"
            yield f"{many} in EDTF ({part}), and stand so; for years write {one[:4]}/{one[:2]}{one[5:]}"

    def _midnights(self) -> Iterator[str]:
        clocks = sorted(self.clocks)
        if self.count < _FEW or self.count != self.clocks.total() or not _midnight(clocks):
            return
        told = f"all {self.count:,} times are {' or '.join(clocks)} UTC"
        if clocks == ["00:00"]:
            yield f"{told}; they may stand for days, and are days if written without the time"
        else:
            yield f"{told}, which is midnight elsewhere: their days may be one off; if so, write the days alone"

    def _origins(self) -> Iterator[str]:
        for day, count in self.origins.items():
            if count > 1:
                yield f"{count:,} dates are {day}, which programs write where there is none"

    def _ancient(self) -> Iterator[str]:
        if self.ancient:
            yield _many(self.ancient, "lies before the year 1000", "lie before the year 1000")

    def _firsts(self) -> Iterator[str]:
        if self.count < _SOME or self.firsts < self.count or len(self.months) < _FEW:
            return
        whole = ("January", "years") if self.new_years == self.count else ("a month", "months")
        yield f"all {self.count:,} dates are the first of {whole[0]}; they may stand for {whole[1]}"


def _count(counter: Counter[str], text: str, kinds: int = 1) -> None:
    """Count a text under itself, once there are so many kinds under the last of them."""
    counter[text if text in counter or len(counter) <= kinds else next(reversed(counter))] += 1


def _many(counter: Counter[str], one: str, several: str) -> str:
    count, example = counter.total(), repr(next(iter(counter)))
    return f"1 date such as {example} {one}" if count == 1 else f"{count:,} dates such as {example} {several}"


def _midnight(clocks: list[str]) -> bool:
    """Tell whether times of UTC are midnight somewhere: one full hour, or two beside each other by summer time."""
    hours = [int(clock[:2]) for clock in clocks if clock.endswith(":00")]
    # At 9 to 12 it is midnight in the Pacific alone, and the middle of the day where most things happen.
    return (
        len(hours) == len(clocks) <= 2
        and hours[-1] - hours[0] in (0, 1, 23)
        and not {9, 10, 11, 12} & {*hours}
    )
