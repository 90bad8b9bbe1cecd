"""Read the events of TimelineJS (https://timeline.knightlab.com/docs/json-format.html), one row for each slide."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from timeline.exchange.checks import storage_problem
from timeline.exchange.name_lists import listed
from timeline.exchange.row import LeftOutNote, Note, Row, is_empty
from timeline.readers.parts.json_items import RepeatedNames, json_items
from timeline.readers.parts.json_outline import Outline
from timeline.readers.parts.timelinejs_sheet import titles_and_eras_note

_BEFORE_CHRIST = re.compile(r"-0*[1-9]\d{0,11}", re.ASCII)
_TAG = re.compile(r"<[^>]*>")
_PARTS = {
    "text": ("headline", "text"), "media": ("url", "credit"), "location": ("name", "lat", "lon"),
}  # fmt: skip
_READ = frozenset(("unique_id", "start_date", "end_date", "group", "display_date"))


def read_slides(stream: BinaryIO, outline: Outline, note: Note) -> Iterator[Row]:
    """Yield a row for each slide of a timeline; note its title and its eras, which are no events."""
    start = stream.tell()
    for kind, prefix in (("title", "title"), ("era", "eras.item")):
        stream.seek(start)
        items = [item for item in json_items(stream, prefix, outline) if not is_empty(item)]
        if items:
            note(titles_and_eras_note(kind, list(map(_headline, items)), len(items)))
    if names := outline.others("events", "title", "eras"):
        note(LeftOutNote(f"has members beside its events, {listed(names)}; left out", len(names)))
    stream.seek(start)
    repeated = RepeatedNames("event")
    for number, event in enumerate(json_items(stream, "events.item", outline, repeated), 1):
        yield slide(number, event)
    repeated.finish(note)


def _headline(item: Any) -> str:
    return repr(_plain(_mapping(_mapping(item).get("text")).get("headline"))[:60])


def slide(number: int, event: Any) -> Row:
    """Return the row of a slide; its media, group, display date and other members become columns of `data`."""
    if not isinstance(event, Mapping):
        return Row(
            "event", number, {"value": event}, problem="is not an object; expected one with a start_date"
        )
    if fault := storage_problem(event):
        return Row("event", number, dict(event), problem=fault)
    text, media, location = (_mapping(event.get(name)) for name in ("text", "media", "location"))
    columns = {
        "id": event.get("unique_id", ""),
        "title": _plain(text.get("headline")),
        "summary": _plain(text.get("text")),
        "start": _date(event.get("start_date")),
        "end": _date(event.get("end_date")),
        "written_start": _unused(event.get("start_date")),
        "written_end": _unused(event.get("end_date")),
        "place": _plain(location.get("name")),
        "lat": location.get("lat", ""),
        "lon": location.get("lon", ""),
        "group": event.get("group", ""),
        "media": media.get("url", ""),
        "credit": _plain(media.get("credit")),
        "display_date": event.get("display_date", ""),
        **dict(_others(event)),
    }
    problem = _problem("start_date", event.get("start_date")) or _problem("end_date", event.get("end_date"))
    markup = dict(_markup(event))
    parts = ("written_start", "written_end", *markup)
    return Row("event", number, {**columns, **markup}, problem=problem, parts=parts)


def _markup(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the texts whose markup says more than they do without it, such as the address of a link."""
    for name, parts in _PARTS.items():
        for part in parts:
            value = _mapping(event.get(name)).get(part)
            if isinstance(value, str) and any("=" in tag for tag in _TAG.findall(value)):
                yield f"{name}.{part} (HTML)", value


def _others(event: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the members of a slide that no other column has, by names such as `media.caption`."""
    for name, value in event.items():
        if name in _PARTS and isinstance(value, Mapping):
            yield from ((f"{name}.{part}", value[part]) for part in value if part not in _PARTS[name])
        elif name not in _READ:
            yield name, value


def _problem(name: str, value: Any) -> str | None:
    """Return why a date of TimelineJS cannot be one, such as a month 13; None if it may be."""
    date = _mapping(value)
    for part, limit in (("month", 12), ("day", 31)):
        text = str(date.get(part) or "").strip()
        if text.isdigit() and int(text) > limit:
            year = date.get("year")
            return f"{name}: {year} with {part} {text}: {text} is not a {part}; expected 1 to {limit}, or no {part}"
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:
    """Return a text without its markup; a value that is no text stays as it is, for the importer to read."""
    if not isinstance(value, str):
        return "" if value is None else value
    return html.unescape(_TAG.sub("", value)).strip()


def _date(value: Any) -> str:
    """Return year, month and day as EDTF, cut at the first part that is missing.

    A negative year is written `-44/3/15`, so that the options of the import decide how years before Christ are counted.
    A month or day that is none is written so that no reading of the text can be a date.
    """
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()  # some programs write the date itself
    date, parts = _mapping(value), list[str]()
    for name, limit in (("year", 0), ("month", 12), ("day", 31)):
        text = str(date.get(name) or "").strip()
        if not text.strip("0"):  # 0 is what programs write for an unknown month or day
            break
        if name == "year":
            parts.append(text if _is_before_christ(text) else text.zfill(4))
        elif text.isdigit() and int(text) > limit:
            return f"{parts[0]} with {name} {text}"
        else:
            parts.append(text.zfill(2))
    if parts and _is_before_christ(parts[0]):
        year, *month_and_day = parts
        return "/".join([f"-{year[1:].lstrip('0')}", *(month_and_day or ["0"])])
    return "-".join(parts)


def _is_before_christ(year: str) -> bool:
    return bool(_BEFORE_CHRIST.fullmatch(year))


def _unused(value: Any) -> Any:
    """Return a date that has more than year, month and day, or a day without a month; "" for another one."""
    date = {name: part for name, part in _mapping(value).items() if part not in (None, "")}
    has_more = bool(date.keys() - {"year", "month", "day"}) or ("day" in date and "month" not in date)
    return date if has_more else ""
