"""The properties of a calendar entry that are no field of an event: what is stored in `data`, and what is left out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from icalendar import vDDDTypes

from timeline.exchange.row import LeftOutNote
from timeline.readers.parts.ical_entries import Entry

MAX_VALUES_QUOTED = 5
MAX_CHARACTERS_QUOTED = 60
# Read as fields of the event, or as its times of day.
FIELDS = frozenset((
    "UID", "SUMMARY", "DESCRIPTION", "DTSTART", "DTEND", "DURATION", "LOCATION", "GEO", "CATEGORIES", "URL", "RRULE",
    "RECURRENCE-ID",
))  # fmt: skip
_OPTIONAL_FIELDS = ("GEO", "DURATION")  # stored in `data` if they cannot be read
APPLE_LOCATION = "X-APPLE-STRUCTURED-LOCATION"
_PERSONS = frozenset(("ATTENDEE", "ORGANIZER", "X-CALENDARSERVER-ATTENDEE-COMMENT"))
_PROGRAMS = frozenset((
    "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "TRANSP", "PRIORITY", "REQUEST-STATUS", "ACKNOWLEDGED",
))  # fmt: skip
_PROGRAM_PREFIXES = (
    "X-MICROSOFT-", "X-MS-", "X-APPLE-", "X-GOOGLE-", "X-MOZ-", "X-EVOLUTION-", "X-LIC-", "X-CALENDARSERVER-",
    "X-OUTLOOK-", "X-KDE-", "X-LOTUS-", "X-ZIMBRA-",
)  # fmt: skip
_AS_TEXT = ("vText", "vUri", "vUnknown", "vCalAddress")


@dataclass(slots=True)
class LeftOut:
    """The properties of a calendar that no event has: of persons, of calendar programs, and unreadable ones."""

    persons: Counter[str] = field(default_factory=Counter)
    programs: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def sentences(self) -> Iterator[str]:
        """Yield what was left out, and what could only be stored as text."""
        if self.lines:
            sentence = f"has {_quoted(self.lines, 'line', 'that is no property')}; left out"
            yield LeftOutNote(sentence, len(self.lines))
        if self.unreadable:
            yield f"has {_quoted(self.unreadable, 'value', 'that iCalendar does not allow')}"
        parts = []
        if self.persons:
            parts.append(f"{', '.join(sorted(self.persons))} ({_counted(self.persons)}), which name persons")
        if self.programs:
            parts.append(
                f"{', '.join(sorted(self.programs))} ({_counted(self.programs)}), which serve calendar programs"
            )
        if parts:
            sentence = f"has properties that are left out: {'; '.join(parts)}"
            yield LeftOutNote(sentence, self.persons.total() + self.programs.total())


def other_properties(component: Any, entry: Entry, left_out: LeftOut) -> dict[str, str]:
    """Return the properties for `data`, by their names in lower case; add to `left_out` those that are left out.

    Those of persons are left out because `data` is published, and those of calendar programs because they say nothing
    about the event; some of them change with each export.
    """
    columns = {}
    broken = {name for name, _ in component.errors if name}
    left_out.lines += [message for name, message in component.errors if not name]
    for name in component:
        if name in broken and name not in _PROGRAMS:
            value = written(component, name)[:MAX_CHARACTERS_QUOTED]
            left_out.unreadable.append(f"{name} on line {entry.line_of(name)} ({value!r})")
        if name in FIELDS and not (name in _OPTIONAL_FIELDS and name in broken):
            continue
        if _is_left_out(name):
            if count := _count(component[name]):
                (left_out.persons if name in _PERSONS else left_out.programs)[name] += count
        elif text := written(component, name):
            columns[name.lower()] = text
    return columns


def properties_of(component: Any) -> int:
    """Return the number of properties of an entry that are not empty."""
    return sum(map(_count, component.values()))


def properties_of_event(component: Any) -> int:
    """Return the number of properties that are not left out."""
    return sum(_count(value) for name, value in component.items() if not _is_left_out(name))


def _is_left_out(name: str) -> bool:
    return name in _PERSONS or _is_of_programs(name)


def _is_of_programs(name: str) -> bool:
    return name in _PROGRAMS or (name.startswith(_PROGRAM_PREFIXES) and name != APPLE_LOCATION)


def written(component: Any, name: str) -> str:
    """Return the values of a property as they are written in the calendar, texts without their escapes."""
    value = component.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return "; ".join(map(_as_text, values))


def _as_text(value: Any) -> str:
    if type(value).__name__ in _AS_TEXT:
        return str(value)
    text = value.to_ical()  # a text only for a position
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _count(value: Any) -> int:
    """Return how many values of a property are not empty."""
    return sum(map(_is_filled, value)) if isinstance(value, list) else int(_is_filled(value))


def _is_filled(value: Any) -> bool:
    # Writing each time again takes a tenth of the time of reading a calendar.
    return isinstance(value, vDDDTypes) or bool(_as_text(value).strip())


def _counted(counts: Counter[str]) -> str:
    return "1 value" if counts.total() == 1 else f"{counts.total():,} values"


def _quoted(texts: list[str], noun: str, clause: str) -> str:
    more = len(texts) - MAX_VALUES_QUOTED
    quoted = [*texts[:MAX_VALUES_QUOTED], *([f"and {more:,} more"] if more > 0 else [])]
    plural = noun if len(texts) == 1 else f"{noun}s"
    clause = clause if len(texts) == 1 else clause.replace("is no property", "are no properties")
    return f"{len(texts):,} {plural} {clause}: {', '.join(quoted)}"
