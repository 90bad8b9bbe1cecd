"""Read iCalendar (RFC 5545): an event of the calendar a row; its days are those of its own time zone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from icalendar import Calendar

from timeline.errors import BadFile
from timeline.readers.row import Note, Row, unsound

LARGEST = 50_000_000  # bytes: a calendar is read whole


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row an event; raise BadFile when it is no calendar. What repeats is taken once, and told."""
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadFile(f"is larger than {LARGEST:,} bytes")
    try:
        found = [one for book in Calendar.from_ical(data, multiple=True) for one in book.walk("VEVENT")]
    except Exception as error:
        raise BadFile(f"cannot be read as a calendar: {error or type(error).__name__}") from None
    repeated = sum("RRULE" in event or "RDATE" in event for event in found)
    if repeated:
        note(f"has {repeated:,} repeated events; each is taken once, on its first day")
    for number, event in enumerate(found, 1):
        try:
            yield _row(number, event)
        except (ValueError, TypeError, AttributeError) as error:
            yield Row("event", number, {}, problem=f"cannot be read: {error}")


def _row(number: int, event: Any) -> Row:
    start = event.decoded("DTSTART", None)
    end = event.decoded("DTEND", None)
    if end is None and (lasts := event.decoded("DURATION", None)) and start:
        end = start + lasts
    geo = event.get("GEO")
    columns = {
        "id": _text(event, "UID"),
        "title": _text(event, "SUMMARY"),
        "summary": _text(event, "DESCRIPTION"),
        "start": _day(start),
        "end": _last(start, end),
        **_clock(start, end),
        "place": _text(event, "LOCATION"),
        "tags": "; ".join(map(str, event.categories)),
        "source_url": _text(event, "URL"),
    }
    points = ((geo.longitude, geo.latitude),) if geo else ()
    return Row("event", number, columns, points, problem=unsound(columns))


def _text(event: Any, name: str) -> str:
    value = event.get(name)
    return "" if value is None else str(value)


def _day(moment: datetime | date | None) -> str:
    return moment.isoformat()[:10] if moment else ""


def _clock(start: datetime | date | None, end: datetime | date | None) -> dict[str, str]:
    """Give the times of day with their offset, which no field holds and `data` keeps."""
    times = {"start_time": start, "end_time": end}
    return {
        name: time.isoformat(timespec="minutes")[11:]
        for name, time in times.items()
        if isinstance(time, datetime)
    }


def _last(start: datetime | date | None, end: datetime | date | None) -> str:
    """Give the last day: the end of an event of whole days is the day after it (3.6.1)."""
    if end is None or start is None:
        return ""
    if not isinstance(end, datetime) or (end > start and (end.hour, end.minute, end.second) == (0, 0, 0)):
        end = max(end - timedelta(days=1), start) if type(end) is type(start) else end
    return _day(end)
