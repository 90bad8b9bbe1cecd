"""The events of a calendar as rows: their fields, their days, their times of day, and their other properties."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from icalendar import vDDDLists, vGeo

from timeline.exchange.checks import storage_problem
from timeline.exchange.row import Note, Row
from timeline.readers.parts.ical_entries import Entry
from timeline.readers.parts.ical_properties import (
    APPLE_LOCATION,
    LeftOut,
    other_properties,
    properties_of,
    properties_of_event,
    written,
)
from timeline.readers.parts.ical_zones import in_utc

_GEO_URI = re.compile(r"geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)", re.IGNORECASE | re.ASCII)  # RFC 5870


class CalendarEvent(NamedTuple):
    """An entry of a calendar; `zone` is the time zone of its calendar, if that names one.

    `is_cancellation` is true if its calendar is a message that its entries are cancelled (RFC 5546, 3.2.5).
    """

    entry: Entry
    component: Any
    zone: tzinfo | None
    is_cancellation: bool = False

    @property
    def number(self) -> int:
        """The position of the event in the file."""
        return self.entry.number

    @property
    def uid(self) -> str:
        """The identifier that the event shares with its versions and, in a series, with moved occurrences."""
        return property_text(self.component, "UID")

    @property
    def occurrence(self) -> str:
        """The original time of a moved occurrence of a series; "" for any other event."""
        return written(self.component, "RECURRENCE-ID")

    def moment(self, name: str) -> Any:
        """Return the value of a property; a time in UTC is converted to the zone of the calendar."""
        value = self.component.decoded(name, None)
        return value.astimezone(self.zone) if self.zone and in_utc(value) else value

    @property
    def repeats(self) -> bool:
        """Whether the event has several occurrences."""
        return "RRULE" in self.component or "RDATE" in self.component

    @property
    def cancelled(self) -> bool:
        """Whether the event was cancelled (3.8.1.11)."""
        return self.is_cancellation or property_text(self.component, "STATUS").upper() in (
            "CANCELLED",
            "CANCELED",
        )


def rows_of(events: Iterable[CalendarEvent], every: Iterable[CalendarEvent], note: Note) -> list[Row]:
    """Return the rows of events; note the properties that are left out.

    `every` event of the file, cancelled ones included, may move or cancel an occurrence of a series.
    """
    removed = frozenset(lost for event in every for lost in _removed(event.component))
    left_out, rows = LeftOut(), list[Row]()
    for event in events:
        try:
            row = _row(event, removed, left_out)
        except (ValueError, TypeError, AttributeError) as error:
            row = unreadable(event.entry, f"cannot be read: {error}")
        rows.append(row)
    for sentence in left_out.sentences():
        note(sentence)
    return rows


def properties(events: Iterable[CalendarEvent]) -> int:
    """Return the number of properties of some events."""
    return sum(properties_of(event.component) for event in events)


def _row(event: CalendarEvent, removed: frozenset[tuple[str, Any]], left_out: LeftOut) -> Row:
    component, start, end = event.component, event.moment("DTSTART"), event.moment("DTEND")
    duration = component.decoded("DURATION", None)
    if end is None and isinstance(duration, timedelta) and isinstance(start, date):
        end = start + duration
    count = properties_of_event(component)  # `categories` joins the lines of that name
    longitude, latitude = _position(component)
    columns = {
        "id": f"{event.uid}-{event.occurrence}" if event.occurrence else event.uid,
        "title": property_text(component, "SUMMARY"),
        "summary": property_text(component, "DESCRIPTION"),
        "start": _day(start),
        "end": _last(start, end),
        **_clock(start, end),
        "repeats": written(component, "RRULE"),
        "place": property_text(component, "LOCATION"),
        "tags": "; ".join(map(str, component.categories)),
        "source_url": property_text(component, "URL"),
        **other_properties(component, event.entry, left_out),
    }
    problem = storage_problem(columns) or _reversed(start, end)
    if event.repeats and (event.uid, component.decoded("DTSTART", None)) in removed:
        problem = "repeats, and its first day was moved or cancelled; expected a separate event for each day"
    points = ((longitude, latitude),) if longitude is not None else ()
    parts = tuple(_clock(start, end))
    filled = sum(bool(value) for name, value in columns.items() if name not in parts)
    return Row(
        "event",
        event.number,
        columns,
        points,
        problem=problem,
        name=f"line {event.entry.line}",
        cells_beside=count - filled,
        parts=parts,
    )


def unreadable(entry: Entry, problem: str) -> Row:
    """Return the row of an entry that cannot be read, with its text for the file of rejected rows."""
    text = entry.text.decode("utf-8", "replace").strip()
    return Row("event", entry.number, {"entry": text}, problem=problem, name=f"line {entry.line}")


def _position(component: Any) -> tuple[float | None, float | None]:
    """Return the longitude and latitude of an event, None if it has no position that can be read."""
    geo = component.get("GEO")
    if isinstance(geo, vGeo):
        return geo.longitude, geo.latitude
    match = _GEO_URI.match(written(component, APPLE_LOCATION)) if geo is None else None
    return (float(match[2]), float(match[1])) if match else (None, None)


def _reversed(start: Any, end: Any) -> str | None:
    """Return the problem of an event that ends before it starts; None for any other event."""
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    if isinstance(start, datetime) and isinstance(end, datetime):
        if not (start.tzinfo and end.tzinfo):
            start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    else:
        start, end = _plain_day(start), _plain_day(end)
    if end >= start:
        return None
    return f"ends before it starts: {_written_moment(end)} is before {_written_moment(start)}; expected a later end"


def _plain_day(moment: date) -> date:
    return date(moment.year, moment.month, moment.day)


def _written_moment(moment: date) -> str:
    return moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()


def _removed(event: Any) -> Iterator[tuple[str, Any]]:
    """Yield the occurrences (UID, time) that an event removes from a series: its own original time, or exclusions."""
    uid = property_text(event, "UID")
    if "RECURRENCE-ID" in event:
        moments = decoded(event, "RECURRENCE-ID")
        yield from ((uid, moment) for moment in (moments if isinstance(moments, list) else [moments]))
    excluded = event.get("EXDATE", [])
    for dates in excluded if isinstance(excluded, list) else [excluded]:
        if isinstance(dates, vDDDLists):
            yield from ((uid, day.dt) for day in dates.dts)


def decoded(event: Any, name: str) -> Any:
    """Return the value of a property, None if it cannot be decoded."""
    try:
        return event.decoded(name, None)
    except (ValueError, TypeError, AttributeError):
        return None


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
    """Return the last day, in the zone of the start; an end at midnight or on a day is exclusive (3.6.1).

    An end that is not later than the start stays as it is written.
    """
    if not isinstance(start, date) or not isinstance(end, date):
        return _day(end)
    if isinstance(end, datetime) and isinstance(start, datetime):
        end = (
            end.astimezone(start.tzinfo) if end.tzinfo and start.tzinfo else end.replace(tzinfo=start.tzinfo)
        )
    is_exclusive = type(end) is type(start) and end > start and _is_midnight(end)
    return _day(end - timedelta(days=1) if is_exclusive else end)


def _is_midnight(moment: date) -> bool:
    return not isinstance(moment, datetime) or (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def property_text(component: Any, name: str) -> str:
    """Return the text of a property; several of the same name are joined."""
    value = component.get(name)
    return "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
