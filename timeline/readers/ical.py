"""Read iCalendar (RFC 5545): one row for each event, with its days in its own time zone.

The day of a time in UTC is the day in the time zone of the calendar (`X-WR-TIMEZONE`, else its only `VTIMEZONE`). Each
entry is parsed alone, so that an error costs one entry and has its line.
"""

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, BinaryIO

from icalendar import Event
from msgspec import structs

from timeline.errors import BadFile
from timeline.exchange.row import LeftOutNote, Note, Row
from timeline.readers.parts.ical_entries import CalendarText, Entry, split
from timeline.readers.parts.ical_rows import (
    CalendarEvent,
    decoded,
    properties,
    property_text,
    rows_of,
    unreadable,
)
from timeline.readers.parts.ical_versions import newest_versions
from timeline.readers.parts.ical_zones import in_utc, note_utc, parsed_head, zone_of

MAX_FILE_BYTES = 50_000_000  # a calendar is read into memory as a whole
MAX_COMPONENTS_NESTED = 20
MAX_EVENTS_QUOTED = 5
_NOT_PUBLIC = ("PRIVATE", "CONFIDENTIAL")
# The last calendar, by the hash of its bytes: an import reads it twice, and parsing takes most of the time of both.
_LAST_PARSED: dict[bytes, tuple[list[Row], list[str]]] = {}


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row for each event; raise BadFile if the file is not a calendar.

    A repeated event becomes one row, a cancelled event and an older version none; `note` receives them all.
    """
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadFile(
            f"is larger than {MAX_FILE_BYTES:,} bytes; expected a smaller calendar, or CSV or GeoJSON"
        )
    digest = blake2b(data).digest()
    if digest not in _LAST_PARSED:
        parsed = _parsed(data)
        _LAST_PARSED.clear()
        _LAST_PARSED[digest] = parsed
    rows, notes = _LAST_PARSED[digest]
    for sentence in notes:
        note(sentence)
    names = dict.fromkeys(name for row in rows for name in row.columns)
    for row in rows:
        yield structs.replace(row, columns={**dict.fromkeys(names, ""), **row.columns})


def _parsed(data: bytes) -> tuple[list[Row], list[str]]:
    """Return the rows of a calendar, and what is to be noted about it."""
    calendars, notes = split(data, MAX_COMPONENTS_NESTED), list[str]()
    if not calendars:
        raise BadFile(
            "cannot be read as a calendar: no line is BEGIN:VCALENDAR; expected VCALENDAR with VEVENT"
        )
    with warnings.catch_warnings():
        # icalendar warns when it guesses a time zone from a vendor's name. We keep the local day as written.
        warnings.simplefilter("ignore")
        events, rows = _events(calendars, notes.append)
        rows += rows_of(_active(events, notes.append), events, notes.append)
    return sorted(rows, key=lambda row: row.number), notes


def _events(calendars: Sequence[CalendarText], note: Note) -> tuple[list[CalendarEvent], list[Row]]:
    """Return the events of a file, and the rows of the entries that cannot be parsed."""
    events, rows = list[CalendarEvent](), list[Row]()
    others = Counter[str]()
    for text in calendars:
        calendar = parsed_head(text, note)
        others += text.others
        name, zone = zone_of(calendar)
        is_cancellation = property_text(calendar, "METHOD").upper() == "CANCEL"
        start = len(events)
        for entry in text.entries:
            component = _component(entry)
            if isinstance(component, Row):
                rows.append(component)
            else:
                events.append(CalendarEvent(entry, component, zone, is_cancellation))
        if timed := sum(in_utc(decoded(event.component, "DTSTART")) for event in events[start:]):
            note_utc(note, timed, name, has_zone=zone is not None)
    _note_others(others, note)
    return events, rows


def _note_others(others: Mapping[str, int], note: Note) -> None:
    """Note the components of a calendar that are no events."""
    if others:
        counts = (f"{count:,} {name}" for name, count in sorted(others.items()))
        note(f"has components other than events: {', '.join(counts)}; not imported")


def _component(entry: Entry) -> Any:
    """Return the parsed entry, or a row with the problem that prevents it."""
    problem = entry.problem
    if not problem:
        try:
            return Event.from_ical(entry.text)
        except MemoryError:
            raise
        except Exception as error:
            problem = f"cannot be read as an event: {error or type(error).__name__}"
    return unreadable(entry, problem)


def _active(events: list[CalendarEvent], note: Note) -> list[CalendarEvent]:
    """Return the newest versions of the events that were not cancelled; note what is left out or repeated."""
    newest, older, same = newest_versions(events)
    if older:
        sentence = (
            f"has {_quoted(older, 'older version')} of entries with the same UID; the newest one is imported"
        )
        note(LeftOutNote(sentence, properties(older)))
    if same:
        sentence = f"has {_quoted(same, 'copy', 'copies')} of an earlier entry; not imported again"
        note(LeftOutNote(sentence, properties(same)))
    # Who cancels a series cancels its moved occurrences.
    series = {event.uid for event in newest if event.cancelled and event.uid and not event.occurrence}
    cancelled = [event for event in newest if event.cancelled or event.uid in series]
    active = [event for event in newest if not (event.cancelled or event.uid in series)]
    if repeated := [event for event in active if event.repeats]:
        note(
            f"has {_quoted(repeated, 'repeated event')}; a repeated event is imported once, on its first day, with "
            "its rule in data"
        )
    if cancelled:
        sentence = f"has {_quoted(cancelled, 'cancelled event')}; not imported"
        note(LeftOutNote(sentence, properties(cancelled)))
    if private := [
        event for event in active if property_text(event.component, "CLASS").upper() in _NOT_PUBLIC
    ]:
        note(f"has {_quoted(private, 'private event')}; imported like the others: check before you publish")
    return active


def _quoted(events: Sequence[CalendarEvent], noun: str, plural: str = "") -> str:
    """Return the number of events with a noun, and the numbers and titles of the first ones."""
    names = [
        f"event {event.number} ({property_text(event.component, 'SUMMARY')[:60]!r})"
        for event in events[:MAX_EVENTS_QUOTED]
    ]
    if len(events) > MAX_EVENTS_QUOTED:
        names.append(f"and {len(events) - MAX_EVENTS_QUOTED:,} more")
    return f"{len(events):,} {noun if len(events) == 1 else plural or noun + 's'}: {', '.join(names)}"
