"""Ends at midnight: calendar programs end an event of one day at midnight of the next day.

The end is exclusive only where it is midnight and on a later day than the start, and only if a column of the row says
that the event takes whole days, or if other ends of the file have a time of day. If all times of a file are midnight
they may stand for days; the end then stays as it is written, with a warning.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from db.dates.edtf import When
from timeline.exchange.field_names import key
from timeline.exchange.row import Row

_WHOLE_DAYS = re.compile(
    r"(?:^|_)(?:all_?day|full_day|whole_day|ganzta\w*|ganzer_tag|journee_(?:entiere|complete)|toute_la_journee|"
    r"todo_(?:el|un|o)_dia|dia_(?:completo|entero|inteiro|complet|sencer)|o_dia_todo|(?:de_)?hele_dag|giornata_intera|"
    r"intera_giornata|tutto_il_giorno|tot_el_dia)(?:_|$)"
)
_YES = frozenset((
    "true", "1", "yes", "y", "t", "x", "on", "wahr", "ja", "j", "ein", "vrai", "oui", "verdadero", "si", "sí", "s",
    "verdadeiro", "sim", "vero", "sì", "waar", "cert", "aan", "-1",
))  # fmt: skip
_CLOCK = re.compile(
    r"\d{1,2}(?:[:.]\d\d(?:[:.]\d\d(?:\.\d+)?)?(?: ?[ap]\.? ?m\.?)?| ?[ap]\.?m\.?| ?h ?(?:\d\d)?)(?: ?uhr| ?h)?",
    re.IGNORECASE,
)
_TIME_AFTER_DAY = re.compile(
    rf"(?:(?<=\d)[T ]|, ?)({_CLOCK.pattern})(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?$", re.IGNORECASE
)
_MIDNIGHT = re.compile(
    r"0?0(?:[:.]00){1,2}(?:\.0+)?(?: ?(?:uhr|h))?|0?0 ?h ?(?:00)?|12(?:[:.]00){0,2} ?a\.? ?m\.?",
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T00:00(?::00)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII)
_STARTS_WITH_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExclusiveEnds:
    """The columns that say whether an end is exclusive: whether an event takes whole days, and its times of day.

    `has_times` is true if other ends of the file have a time of day, so that midnight is a time as well.
    """

    whole_days: str = ""
    start_clock: str = ""
    end_clock: str = ""
    has_times: bool = False

    def applies(self, start: str, end: str, row: Row) -> bool:
        """Return whether the end of a row is exclusive, if it is on a later day than its start."""
        if not self.is_midnight(end, row):
            return False
        if self.takes_whole_days(row):
            return True
        return (self.has_times or self.starts_with_time(start, row)) and not _are_moments(start, end)

    def takes_whole_days(self, row: Row) -> bool:
        """Return whether a row says that its event takes whole days."""
        return bool(self.whole_days) and str(row.columns.get(self.whole_days)).strip().lower() in _YES

    def starts_with_time(self, start: str, row: Row) -> bool:
        """Return whether a start has a time of day other than midnight."""
        time = _time(start, self.start_clock, row)
        return bool(time) and not _MIDNIGHT.fullmatch(time)

    def has_time(self, end: str, row: Row) -> bool:
        """Return whether an end has a time of day."""
        return bool(_time(end, self.end_clock, row))

    def is_midnight(self, end: str, row: Row) -> bool:
        """Return whether an end has a time of day, and that is midnight."""
        return _MIDNIGHT.fullmatch(_time(end, self.end_clock, row)) is not None


def _time(text: str, clock: str, row: Row) -> str:
    """Return the time of day of a day, "" if it has none, or if the reader of the file has considered it."""
    if "end_time" in row.parts:
        return ""
    if match := _TIME_AFTER_DAY.search(text):
        return match[1].strip()
    return str(row.columns.get(clock) or "").strip() if clock else ""


class EndEvidence:
    """Counts the ends of a file that are midnight of a later day, and those with another time of day."""

    def __init__(self, ends: ExclusiveEnds) -> None:
        self.ends = ends
        self.whole_days = self.times = self.midnights = self.others = 0

    def add(self, start: str, end: str, row: Row) -> None:
        """Count the end of a row."""
        if not end:
            return
        if not self.ends.is_midnight(end, row):
            self.others += self.ends.has_time(end, row)
        elif start != end and not _are_moments(start, end):
            if self.ends.takes_whole_days(row):
                self.whole_days += 1
            elif self.ends.starts_with_time(start, row):
                self.times += 1
            else:
                self.midnights += 1

    def decided(self) -> ExclusiveEnds:
        """Return how the ends of the file are read."""
        return replace(self.ends, has_times=self.others > 0)

    def messages(self) -> Iterator[str]:
        """Yield what the report says about ends at midnight."""
        if self.whole_days:
            yield f"{_ends(self.whole_days)} at the midnight after the last day, as calendar programs write whole days"
        if times := self.times + (self.midnights if self.others else 0):
            yield f"{_ends(times)} at midnight, which is read as the end of the day before"
        if self.midnights and not self.others:
            yield (
                f"{_ends(self.midnights)} at midnight of a later day, and no end has another time; that day is read as "
                "the last one; if it is the first day after the event, subtract a day in the file"
            )


def exclusive_ends(
    samples: Mapping[str, Sequence[str]], columns: Mapping[str, tuple[str, ...]]
) -> ExclusiveEnds:
    """Return the columns that say whether the ends of a table are exclusive; `samples` are in the order of the file."""
    if "end" not in columns:
        return ExclusiveEnds()
    whole_days = next((name for name in samples if _WHOLE_DAYS.search(key(name))), "")
    return ExclusiveEnds(whole_days, *_clocks(samples, columns))


def _clocks(samples: Mapping[str, Sequence[str]], columns: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    """Return the columns with the times of start and end: those after their days, else the first two such."""
    names = list(samples)
    clocks = [name for name in names if _are_clocks(samples[name])]
    days = [columns[field][0] for field in ("start", "end") if columns.get(field)]
    after = [next(iter(names[names.index(day) + 1 :]), None) for day in days if day in samples]
    following = [name for name in after if name is not None and name in clocks]
    if len(following) == len(after) == 2:
        return following[0], following[1]
    return (clocks[0], clocks[1]) if len(clocks) > 1 else ("", "")


def _are_clocks(values: Sequence[str]) -> bool:
    texts = [value.strip() for value in values if value.strip()]
    return bool(texts) and all(_CLOCK.fullmatch(text) for text in texts)


def with_last_day(when: When) -> When:
    """Return an interval whose end is exclusive with its last day instead; other dates unchanged."""
    start, _, end = when.text.partition("/")
    first, midnight = _STARTS_WITH_DAY.match(start), _DAY.fullmatch(end)
    if not first or not midnight or midnight[1] <= first[0]:
        return when
    last = (date.fromisoformat(midnight[1]) - timedelta(days=1)).isoformat()
    if day := _DAY.fullmatch(start):
        start = day[1]
    return When.parse(start if last == first[0] else f"{start}/{last}")


def _are_moments(start: str, end: str) -> bool:
    """Return whether both sides have their time in the same text: EDTF then has the exact end."""
    times = [_TIME_AFTER_DAY.search(side) for side in (start, end)]
    return all(times) and not _MIDNIGHT.fullmatch(times[0][1] if times[0] else "")


def _ends(count: int) -> str:
    return "1 event ends" if count == 1 else f"{count:,} events end"
