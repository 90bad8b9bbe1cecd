"""Read the events of TimelineJS (https://timeline.knightlab.com/docs/json-format.html), one row for each slide."""

import html
import re
from collections.abc import Mapping
from typing import Any

from db.dates.calendar import edtf_year
from timeline.exchange.checks import storage_problem
from timeline.exchange.row import Row

_TAG = re.compile(r"<[^>]*>")


def slide(number: int, event: Any) -> Row:
    """Return the row of a slide; its media, group and display date become columns that no field reads."""
    if not isinstance(event, Mapping):
        return Row("event", number, {}, problem="is not an object; expected one with a start_date")
    if fault := storage_problem(event):
        return Row("event", number, {}, problem=fault)
    text, media, location = (_mapping(event.get(name)) for name in ("text", "media", "location"))
    columns = {
        "id": event.get("unique_id") or "",
        "title": _plain(text.get("headline")),
        "summary": _plain(text.get("text")),
        "start": _date(event.get("start_date")),
        "end": _date(event.get("end_date")),
        "written_start": _unused(event.get("start_date")),
        "written_end": _unused(event.get("end_date")),
        "place": _plain(location.get("name")),
        "lat": location.get("lat", ""),
        "lon": location.get("lon", ""),
        "group": event.get("group") or "",
        "media": media.get("url") or "",
        "credit": _plain(media.get("credit")),
        "display_date": event.get("display_date") or "",
    }
    return Row("event", number, columns)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _plain(value: Any) -> str:
    return html.unescape(_TAG.sub("", value)).strip() if isinstance(value, str) else ""


def _date(value: Any) -> str:
    """Return year, month and day as EDTF, cut at the first part that is missing.

    TimelineJS counts years before Christ as people do: -44 is 44 BC. A month or day that is none is written so that
    no reading of the text can be a date.
    """
    date, parts = _mapping(value), list[str]()
    for name, limit in (("year", 0), ("month", 12), ("day", 31)):
        text = str(date.get(name) or "").strip()
        if not text:
            break
        if name == "year":
            parts.append(_year(text))
        elif text.isdigit() and int(text) > limit:
            return f"{parts[0]} with {name} {text}"
        else:
            parts.append(text.zfill(2))
    return "-".join(parts)


def _year(text: str) -> str:
    number = text.removeprefix("-")
    if text.startswith("-") and number.isdigit():
        return edtf_year(1 - int(number)) if int(number) else text
    return text.zfill(4)


def _unused(value: Any) -> Any:
    """Return a date that has more than year, month and day, or a day without a month; "" for another one."""
    date = {name: part for name, part in _mapping(value).items() if part not in (None, "")}
    has_more = bool(date.keys() - {"year", "month", "day"}) or ("day" in date and "month" not in date)
    return date if has_more else ""
