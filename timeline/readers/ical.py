"""Read iCalendar (RFC 5545): one row for each event, with its days in its own time zone.

The day of a time in UTC is the day in the time zone of the calendar (`X-WR-TIMEZONE`, else its only `VTIMEZONE`).
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, BinaryIO, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, vDDDLists
from icalendar.timezone import tzp

from timeline.errors import BadFile
from timeline.exchange.checks import storage_problem
from timeline.exchange.row import Note, Row

MAX_FILE_BYTES = 50_000_000  # a calendar is read into memory as a whole
MAX_COMPONENTS_NESTED = 20
MAX_EVENTS_QUOTED = 5
_COMPONENT_EDGE = re.compile(rb"^[ \t]*(BEGIN|END)[ \t]*:", re.IGNORECASE | re.MULTILINE)


class _CalendarEvent(NamedTuple):
    """An event of a calendar, with its number in the file.

    `zone` is the time zone of its calendar, if that names one. `removed` has the occurrences of series that were moved,
    cancelled or excluded, as pairs (UID, original time).
    """

    number: int
    component: Any
    zone: tzinfo | None
    removed: frozenset[tuple[str, Any]]

    def moment(self, name: str) -> Any:
        """Return the value of a property; a time in UTC is converted to the zone of the calendar."""
        value = self.component.decoded(name, None)
        return value.astimezone(self.zone) if self.zone and _in_utc(value) else value

    @property
    def repeats(self) -> bool:
        """Whether the event has several occurrences."""
        return "RRULE" in self.component or "RDATE" in self.component

    @property
    def cancelled(self) -> bool:
        """Whether the event was cancelled (3.8.1.11)."""
        return _text(self.component, "STATUS").upper() == "CANCELLED"


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row for each event; raise BadFile if the file is not a calendar.

    A repeated event becomes one row, a cancelled event none; `note` receives both.
    """
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadFile(
            f"is larger than {MAX_FILE_BYTES:,} bytes; expected a smaller calendar, or CSV or GeoJSON"
        )
    if _is_nested_deeper(data, MAX_COMPONENTS_NESTED):
        raise BadFile(
            f"has components nested deeper than {MAX_COMPONENTS_NESTED} levels; expected VCALENDAR with VEVENT"
        )
    try:
        with warnings.catch_warnings():
            # icalendar warns when it guesses a time zone from a vendor's name. We keep the local day as written.
            warnings.simplefilter("ignore")
            events = _events(Calendar.from_ical(data, multiple=True), note)
    except MemoryError:
        raise
    except Exception as error:
        raise BadFile(f"cannot be read as a calendar: {error or type(error).__name__}") from None
    active = [event for event in events if not event.cancelled]
    if repeated := [event for event in active if event.repeats]:
        note(
            f"has {_quoted(repeated, 'repeated event')}; a repeated event is imported once, on its first day"
        )
    if cancelled := [event for event in events if event.cancelled]:
        note(f"has {_quoted(cancelled, 'cancelled event')}; not imported")
    for event in active:
        try:
            yield _row(event)
        except (ValueError, TypeError, AttributeError) as error:
            yield Row("event", event.number, {}, problem=f"cannot be read: {error}")


def _is_nested_deeper(data: bytes, limit: int) -> bool:
    """Return whether components are nested deeper than a limit: the time to parse them grows with its square."""
    depth = deepest = 0
    for match in _COMPONENT_EDGE.finditer(data):
        depth = max(depth + (1 if match[1].upper() == b"BEGIN" else -1), 0)
        deepest = max(deepest, depth)
    return deepest > limit


def _events(calendars: Sequence[Any], note: Note) -> list[_CalendarEvent]:
    events: list[_CalendarEvent] = []
    for calendar in calendars:
        components = calendar.walk("VEVENT")
        removed = frozenset(lost for event in components for lost in _removed(event))
        name, zone = _zone(calendar)
        timed = sum(_in_utc(_decoded(event, "DTSTART")) for event in components)
        if timed:
            _note_utc(note, timed, name, has_zone=zone is not None)
        events += [
            _CalendarEvent(len(events) + n, event, zone, removed) for n, event in enumerate(components, 1)
        ]
    return events


def _zone(calendar: Any) -> tuple[str, tzinfo | None]:
    """Return the name of a calendar's time zone (of IANA, of Windows or its own) and the zone, None if unknown."""
    own = {str(zone.get("TZID")): zone for zone in calendar.walk("VTIMEZONE")}
    name = _text(calendar, "X-WR-TIMEZONE").strip() or (next(iter(own)) if len(own) == 1 else "")
    if not name:
        return "", None
    try:
        return name, ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # With a lookup by name the library might return the zone of another file.
        return name, own[name].to_tz(lookup_tzid=False) if name in own else tzp.timezone(name)


def _note_utc(note: Note, timed: int, name: str, *, has_zone: bool) -> None:
    """Note in which time zone the days of `timed` events in UTC are counted."""
    events = "1 event" if timed == 1 else f"{timed:,} events"
    if has_zone:
        note(f"has {events} in UTC; imported with the day in the calendar's time zone, {name!r}")
    else:
        reason = f"its time zone {name!r} is unknown" if name else "it names no time zone"
        note(
            f"has {events} in UTC, and {reason}; imported with the day in UTC, "
            "which may be one day off: check the events in the evening"
        )


def _removed(event: Any) -> Iterator[tuple[str, Any]]:
    """Yield the occurrences (UID, time) that an event removes from a series: its own original time, or exclusions."""
    uid = _text(event, "UID")
    if "RECURRENCE-ID" in event:
        yield uid, _decoded(event, "RECURRENCE-ID")
    excluded = event.get("EXDATE", [])
    for dates in excluded if isinstance(excluded, list) else [excluded]:
        if isinstance(dates, vDDDLists):
            yield from ((uid, day.dt) for day in dates.dts)


def _decoded(event: Any, name: str) -> Any:
    """Return a value, None if it cannot be decoded; `_row` reports that error."""
    try:
        return event.decoded(name, None)
    except (ValueError, TypeError, AttributeError):
        return None


def _row(event: _CalendarEvent) -> Row:
    component, start, end = event.component, event.moment("DTSTART"), event.moment("DTEND")
    if end is None and (duration := component.decoded("DURATION", None)) and isinstance(start, date):
        end = start + duration
    geo = component.get("GEO")
    uid = _text(component, "UID")
    columns = {
        "id": f"{uid}-{_written(component, 'RECURRENCE-ID')}" if "RECURRENCE-ID" in component else uid,
        "title": _text(component, "SUMMARY"),
        "summary": _text(component, "DESCRIPTION"),
        "start": _day(start),
        "end": _last(start, end),
        **_clock(start, end),
        "repeats": _written(component, "RRULE"),
        "place": _text(component, "LOCATION"),
        "tags": "; ".join(map(str, component.categories)),
        "source_url": _text(component, "URL"),
    }
    problem = storage_problem(columns)
    if event.repeats and (uid, component.decoded("DTSTART", None)) in event.removed:
        problem = "repeats, and its first day was moved or cancelled; expected a separate event for each day"
    points = ((geo.longitude, geo.latitude),) if geo else ()
    return Row("event", event.number, columns, points, problem=problem)


def _quoted(events: Sequence[_CalendarEvent], noun: str) -> str:
    """Return the number of events with a noun, and the numbers and titles of the first ones."""
    names = [
        f"event {event.number} ({_text(event.component, 'SUMMARY')[:60]!r})"
        for event in events[:MAX_EVENTS_QUOTED]
    ]
    if len(events) > MAX_EVENTS_QUOTED:
        names.append(f"and {len(events) - MAX_EVENTS_QUOTED:,} more")
    return f"{len(events):,} {noun if len(events) == 1 else noun + 's'}: {', '.join(names)}"


def _text(event: Any, name: str) -> str:
    value = event.get(name)
    return "" if value is None else str(value)


def _written(event: Any, name: str) -> str:
    """Return a value as it is written in the calendar."""
    value = event.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return "; ".join(value.to_ical().decode() for value in values)


def _in_utc(moment: Any) -> bool:
    return isinstance(moment, datetime) and str(moment.tzinfo) == "UTC"


def _day(moment: Any) -> str:
    """Return the day of a time as YYYY-MM-DD; any other value unchanged, for the importer to read."""
    return moment.isoformat()[:10] if isinstance(moment, date) else moment or ""


def _clock(start: Any, end: Any) -> dict[str, str]:
    """Return the times of day with their offset; they have no field and are stored in `data`."""
    times = {"start_time": start, "end_time": end}
    return {
        name: time.isoformat(timespec="minutes")[11:]
        for name, time in times.items()
        if isinstance(time, datetime)
    }


def _last(start: Any, end: Any) -> str:
    """Return the last day, in the zone of the start. An all-day event ends on the day after its last day (3.6.1)."""
    if not isinstance(start, date) or not isinstance(end, date):
        return _day(end) if start else ""
    if isinstance(end, datetime) and isinstance(start, datetime) and end.tzinfo and start.tzinfo:
        end = end.astimezone(start.tzinfo)
    if not isinstance(end, datetime) or (end > start and (end.hour, end.minute, end.second) == (0, 0, 0)):
        end = max(end - timedelta(days=1), start) if type(end) is type(start) else end
    return _day(end)
