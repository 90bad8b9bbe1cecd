"""The time zone of a calendar, which decides the day of its times in UTC."""

from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar
from icalendar.timezone import tzp

from timeline.errors import BadFile
from timeline.exchange.row import Note
from timeline.readers.parts.ical_entries import CalendarText


def parsed_head(text: CalendarText, note: Note) -> Any:
    """Return the calendar without its entries; leave out, with a note, a time zone that cannot be read."""
    zones = []
    for zone in text.zones:
        try:
            Calendar.from_ical(text.text([zone]))
            zones.append(zone)
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            note(
                f"has a time zone on line {zone.line} that cannot be read: {error}; times keep the day as written"
            )
    try:
        return Calendar.from_ical(text.text(zones))
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise BadFile(f"cannot be read as a calendar: {error or type(error).__name__}") from None


def zone_of(calendar: Any) -> tuple[str, tzinfo | None]:
    """Return the name of a calendar's time zone (of IANA, of Windows or its own) and the zone, None if unknown."""
    own = {str(zone.get("TZID")): zone for zone in calendar.walk("VTIMEZONE")}
    name = str(calendar.get("X-WR-TIMEZONE", "")).strip() or (next(iter(own)) if len(own) == 1 else "")
    if not name:
        return "", None
    try:
        return name, ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # With a lookup by name the library might return the zone of another file.
        return name, own[name].to_tz(lookup_tzid=False) if name in own else tzp.timezone(name)


def note_utc(note: Note, timed: int, name: str, *, has_zone: bool) -> None:
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


def in_utc(moment: Any) -> bool:
    """Return whether a value is a time in UTC."""
    return isinstance(moment, datetime) and str(moment.tzinfo) == "UTC"
