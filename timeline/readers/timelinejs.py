"""Read the events of TimelineJS (https://timeline.knightlab.com/docs/json-format.html), one row for each slide."""

import html
import re
from collections.abc import Mapping
from typing import Any

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
    """Return year, month and day as EDTF, cut at the first part that is missing."""
    date, parts = _mapping(value), list[str]()
    for name, width in (("year", 4), ("month", 2), ("day", 2)):
        text = str(date.get(name) or "").strip()
        if not text:
            break
        sign = "-" if text.startswith("-") else ""
        parts.append(f"{sign}{text.removeprefix('-').zfill(width)}")
    return "-".join(parts)
