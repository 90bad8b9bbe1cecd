"""Split a calendar into its entries, so that an error in one of them costs that entry and not the file."""

import re
from collections import Counter
from dataclasses import dataclass, field

from timeline.errors import BadFile

_EDGE = re.compile(rb"^(BEGIN|END)[ \t]*:[ \t]*([A-Za-z0-9-]+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ZONE_PARTS = (b"VTIMEZONE", b"STANDARD", b"DAYLIGHT")


@dataclass(slots=True)
class Entry:
    """The lines of one VEVENT without the components inside it; `problem` if they do not end with END:VEVENT."""

    number: int
    line: int
    lines: list[bytes] = field(default_factory=list)
    problem: str | None = None

    @property
    def text(self) -> bytes:
        """Return the entry as it is written in the file, with empty lines in place of the components inside it."""
        return b"".join(self.lines)

    def line_of(self, name: str) -> int:
        """Return the line of the file with the first property of this name, that of the entry if there is none."""
        text = self.text
        match = re.search(rb"^%s[ \t]*[;:]" % re.escape(name.encode()), text, re.IGNORECASE | re.MULTILINE)
        return self.line + (text.count(b"\n", 0, match.start()) if match else 0)


@dataclass(slots=True)
class CalendarText:
    """One VCALENDAR: its own properties, its time zones, its entries, and how many other components it has."""

    head: list[bytes] = field(default_factory=list)
    zones: list[Entry] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    def text(self, zones: list[Entry]) -> bytes:
        """Return the calendar with these time zones and without its entries."""
        return b"".join(
            (b"BEGIN:VCALENDAR\r\n", *self.head, *(zone.text for zone in zones), b"END:VCALENDAR\r\n")
        )


def split(data: bytes, max_nested: int) -> list[CalendarText]:
    """Return the calendars of a file, none if it contains neither VCALENDAR nor VEVENT.

    Raises BadFile if more than `max_nested` components are open at once, or that many entries never end.
    """
    splitter = _Splitter(max_nested)
    at = 0
    for match in _EDGE.finditer(data):
        splitter.add(data[at : match.start()])
        at = min(match.end() + 1, len(data))  # with the line feed
        if match[1].upper() == b"BEGIN":
            splitter.begin(match[2].upper(), data[match.start() : at])
        else:
            splitter.end(match[2].upper(), data[match.start() : at])
    splitter.add(data[at:])
    splitter.close("is not complete, because the file ends inside it")
    return splitter.calendars


class _Splitter:
    """Collects the lines of a calendar; `stack` has the open components with the list that receives their lines."""

    def __init__(self, max_nested: int) -> None:
        self.max_nested = max_nested
        self.calendars: list[CalendarText] = []
        self.stack: list[tuple[bytes, list[bytes] | None]] = []
        self.line = 1
        self.entries = self.unclosed = 0

    def add(self, lines: bytes) -> None:
        """Add the lines between two edges of components to the innermost one."""
        count = lines.count(b"\n")
        self.line += count
        if self.stack:
            self._emit(lines, self.stack[-1][1], count)

    def _emit(self, lines: bytes, sink: list[bytes] | None, count: int = 1) -> None:
        """Add lines to a component; empty ones to the entry around it, if the component is left out."""
        if sink is not None:
            sink.append(lines)
        elif any(name == b"VEVENT" for name, _ in self.stack):
            self.calendars[-1].entries[-1].lines.append(b"\n" * count)

    def begin(self, name: bytes, line: bytes) -> None:
        """Open a component."""
        if max(len(self.stack), self.unclosed) >= self.max_nested:
            raise BadFile(
                f"has components nested deeper than {self.max_nested} levels; expected VCALENDAR with VEVENT"
            )
        if name in (b"VCALENDAR", b"VEVENT"):
            self.close("does not end with END:VEVENT", whole=name == b"VCALENDAR")
        if name == b"VCALENDAR" or not self.calendars:
            self.calendars.append(CalendarText())
        sink = self._sink(name)
        self.stack.append((name, sink))
        if name != b"VCALENDAR":
            self._emit(line, sink)
        self.line += 1

    def _sink(self, name: bytes) -> list[bytes] | None:
        """Return the list for the lines of a new component, None if they are left out."""
        calendar = self.calendars[-1]
        if name == b"VCALENDAR":
            return calendar.head
        if name == b"VEVENT":
            self.entries += 1
            calendar.entries.append(Entry(self.entries, self.line))
            return calendar.entries[-1].lines
        if name == b"VTIMEZONE":
            calendar.zones.append(Entry(len(calendar.zones) + 1, self.line))
            return calendar.zones[-1].lines
        if name in _ZONE_PARTS and self.stack and self.stack[-1][0] == b"VTIMEZONE":
            return self.stack[-1][1]
        calendar.others[name.decode("ascii")] += 1
        return None

    def end(self, name: bytes, line: bytes) -> None:
        """Close a component and those inside it that are still open; ignore the end of one that is not open."""
        self.line += 1
        names = [open_name for open_name, _ in self.stack]
        if name not in names:
            return
        while self.stack[-1][0] != name:
            self._pop("does not end with END:VEVENT")
        if name != b"VCALENDAR":
            self._emit(line, self.stack[-1][1])
        self.stack.pop()

    def close(self, problem: str, *, whole: bool = True) -> None:
        """Close the open entry, which has this problem, and with `whole` its calendar."""
        while self.stack and (whole or any(name == b"VEVENT" for name, _ in self.stack)):
            self._pop(problem)

    def _pop(self, problem: str) -> None:
        name, _ = self.stack.pop()
        if name == b"VEVENT":
            self.calendars[-1].entries[-1].problem = problem
            self.unclosed += 1
