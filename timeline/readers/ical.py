"""Read iCalendar (RFC 5545): an event of the calendar a row; its days are those of its own time zone.

A time in UTC has its day in the zone of the calendar (`X-WR-TIMEZONE`, else its only `VTIMEZONE`).
"""

import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, BinaryIO, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, vDDDLists
from icalendar.timezone import tzp

from timeline.errors import BadFile
from timeline.exchange.checks import unsound
from timeline.exchange.row import Note, Row

LARGEST = 50_000_000  # bytes: a calendar is read whole
_NAMED = 5  # events that a warning names


class _Event(NamedTuple):
    """An event and where it stands; `zone` is that of its calendar, if it says one, and `broken` holds
    what was moved, cancelled or left out of series: their ids and the times that are not theirs any more.
    """

    number: int
    found: Any
    zone: tzinfo | None
    broken: frozenset[tuple[str, Any]]

    def moment(self, name: str) -> Any:
        """Give a time, one in UTC in the zone of the calendar; what is no time is given as it stands."""
        value = self.found.decoded(name, None)
        return value.astimezone(self.zone) if self.zone and _in_utc(value) else value

    @property
    def repeats(self) -> bool:
        """Tell whether it stands for several days."""
        return "RRULE" in self.found or "RDATE" in self.found

    @property
    def cancelled(self) -> bool:
        """Tell whether it does not take place (3.8.1.11)."""
        return _text(self.found, "STATUS").upper() == "CANCELLED"


def read(stream: BinaryIO, note: Note) -> Iterator[Row]:
    """Yield a row an event; raise BadFile when it is no calendar.

    What repeats is taken once and what was cancelled left out, and both are told.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadFile(f"is larger than {LARGEST:,} bytes")
    try:
        with warnings.catch_warnings():
            # It tells that it guessed a zone from a vendor's name for it; the day that was written stands anyway.
            warnings.simplefilter("ignore")
            events = _events(Calendar.from_ical(data, multiple=True), note)
    except Exception as error:
        raise BadFile(f"cannot be read as a calendar: {error or type(error).__name__}") from None
    held = [event for event in events if not event.cancelled]
    if repeated := [event for event in held if event.repeats]:
        note(
            f"has {len(repeated):,} repeated events; each is taken once, on its first day: {_names(repeated)}"
        )
    if len(held) < len(events):
        cancelled = [event for event in events if event.cancelled]
        note(f"has {len(cancelled):,} cancelled events, left out: {_names(cancelled)}")
    for event in held:
        try:
            yield _row(event)
        except (ValueError, TypeError, AttributeError) as error:
            yield Row("event", event.number, {}, problem=f"cannot be read: {error}")


def _events(books: Sequence[Any], note: Note) -> list[_Event]:
    events: list[_Event] = []
    for book in books:
        found = book.walk("VEVENT")
        broken = frozenset(away for event in found for away in _away(event))
        name, zone = _zone(book)
        timed = sum(_in_utc(_decoded(event, "DTSTART")) for event in found)
        if timed:
            _tell(note, timed, name, known=zone is not None)
        events += [_Event(len(events) + n, event, zone, broken) for n, event in enumerate(found, 1)]
    return events


def _zone(book: Any) -> tuple[str, tzinfo | None]:
    """Return what a calendar calls its time zone, in the words of IANA, Windows or its own, and that zone."""
    own = {str(zone.get("TZID")): zone for zone in book.walk("VTIMEZONE")}
    name = _text(book, "X-WR-TIMEZONE").strip() or (next(iter(own)) if len(own) == 1 else "")
    if not name:
        return "", None
    try:
        return name, ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # The library remembers zones by their names, of other files too.
        return name, own[name].to_tz(lookup_tzid=False) if name in own else tzp.timezone(name)


def _tell(note: Note, timed: int, name: str, *, known: bool) -> None:
    """Tell whose day the times in UTC have."""
    those, day = (
        ("1 event", "its day is that") if timed == 1 else (f"{timed:,} events", "their days are those")
    )
    if known:
        note(f"has {those} in UTC; {day} of the calendar's time zone, {name!r}")
    else:
        lack = (
            f"no time zone is known by the name that it gives, {name!r}" if name else "no time zone is said"
        )
        note(f"has {those} in UTC, and {lack}; {day} of UTC, which may be one off: look at the evenings")


def _away(event: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an event says is no day of a series any more: its own former day, or those it leaves out."""
    uid = _text(event, "UID")
    if "RECURRENCE-ID" in event:
        yield uid, _decoded(event, "RECURRENCE-ID")
    left_out = event.get("EXDATE", [])
    for dates in left_out if isinstance(left_out, list) else [left_out]:
        if isinstance(dates, vDDDLists):
            yield from ((uid, day.dt) for day in dates.dts)


def _decoded(event: Any, name: str) -> Any:
    """Give a value, None for what cannot be read: its row says so."""
    try:
        return event.decoded(name, None)
    except (ValueError, TypeError, AttributeError):
        return None


def _row(event: _Event) -> Row:
    found, start, end = event.found, event.moment("DTSTART"), event.moment("DTEND")
    if end is None and (lasts := found.decoded("DURATION", None)) and isinstance(start, date):
        end = start + lasts
    geo = found.get("GEO")
    uid = _text(found, "UID")
    columns = {
        "id": f"{uid}-{_written(found, 'RECURRENCE-ID')}" if "RECURRENCE-ID" in found else uid,
        "title": _text(found, "SUMMARY"),
        "summary": _text(found, "DESCRIPTION"),
        "start": _day(start),
        "end": _last(start, end),
        **_clock(start, end),
        "repeats": _written(found, "RRULE"),
        "place": _text(found, "LOCATION"),
        "tags": "; ".join(map(str, found.categories)),
        "source_url": _text(found, "URL"),
    }
    problem = unsound(columns)
    if event.repeats and (uid, found.decoded("DTSTART", None)) in event.broken:
        problem = "repeats, and its first day was moved or cancelled; expected one event for each of its days"
    points = ((geo.longitude, geo.latitude),) if geo else ()
    return Row("event", event.number, columns, points, problem=problem)


def _names(events: Sequence[_Event]) -> str:
    named = [f"event {one.number} ({_text(one.found, 'SUMMARY')[:60]!r})" for one in events[:_NAMED]]
    more = [f"and {len(events) - _NAMED:,} more"] if len(events) > _NAMED else []
    return ", ".join([*named, *more])


def _text(event: Any, name: str) -> str:
    value = event.get(name)
    return "" if value is None else str(value)


def _written(event: Any, name: str) -> str:
    """Give a value as it stands in the calendar."""
    value = event.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return "; ".join(one.to_ical().decode() for one in values)


def _in_utc(moment: Any) -> bool:
    return isinstance(moment, datetime) and str(moment.tzinfo) == "UTC"


def _day(moment: Any) -> str:
    """Give the day of a time; what is no time stays, and is read as dates are elsewhere."""
    return moment.isoformat()[:10] if isinstance(moment, date) else moment or ""


def _clock(start: Any, end: Any) -> dict[str, str]:
    """Give the times of day with their offset, which no field holds and `data` keeps."""
    times = {"start_time": start, "end_time": end}
    return {
        name: time.isoformat(timespec="minutes")[11:]
        for name, time in times.items()
        if isinstance(time, datetime)
    }


def _last(start: Any, end: Any) -> str:
    """Give the last day where it began: the end of an event of whole days is the day after it (3.6.1)."""
    if not isinstance(start, date) or not isinstance(end, date):
        return _day(end) if start else ""
    if isinstance(end, datetime) and isinstance(start, datetime) and end.tzinfo and start.tzinfo:
        end = end.astimezone(start.tzinfo)
    if not isinstance(end, datetime) or (end > start and (end.hour, end.minute, end.second) == (0, 0, 0)):
        end = max(end - timedelta(days=1), start) if type(end) is type(start) else end
    return _day(end)
