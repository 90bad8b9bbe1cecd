"""Hashtags of the Humanitarian Exchange Language (HXL 1.1), which name the columns of a table below its headings."""

import re
from collections.abc import Sequence

_TAG = re.compile(r"#[a-z][a-z0-9_]*(?:\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)
_EVENTS = ("event", "incident", "crisis", "cause")
_DATES_OF_RECORD = frozenset(("reported", "updated", "published", "created", "entered", "collected"))
_PLACES = {"country": "country", "adm1": "admin1", "region": "admin1"}
_CITIES = ("adm2", "adm3", "adm4", "adm5")
_GEO = {"lat": "lat", "lon": "lon", "coord": "coordinates"}
_EVENT_ATTRIBUTES = {
    "type": "category", "category": "category", "class": "category", "id": "id", "code": "id",
    "description": "summary", "summary": "summary", "date": "date", "url": "source_url",
}  # fmt: skip
_OTHERS = {"description": "summary", "activity": "title", "source": "source_title", "loc": "place"}


def is_tag(text: str) -> bool:
    """Return whether a text is a hashtag with attributes, such as `#date+occurred`."""
    return _TAG.fullmatch(text.strip()) is not None


def is_tag_row(values: Sequence[str]) -> bool:
    """Return whether a line has hashtags in all of its cells that are not empty, at least two."""
    filled = [value for value in values if value.strip()]
    return len(filled) > 1 and all(map(is_tag, filled))


def field_of(tag: str) -> str | None:
    """Return the name of a column that a hashtag means: a field, or `coordinates`; None if it is none of these.

    >>> field_of("#event+name"), field_of("#date+start"), field_of("#affected+killed")
    ('title', 'start', None)
    """
    name, *attributes = (part.strip() for part in tag.strip().lower().removeprefix("#").split("+"))
    if name in _EVENTS:
        return next((_EVENT_ATTRIBUTES[part] for part in attributes if part in _EVENT_ATTRIBUTES), "title")
    if name == "date":
        if _DATES_OF_RECORD.intersection(attributes):
            return None
        return next((part for part in attributes if part in ("start", "end")), "date")
    if name == "geo":
        return next((_GEO[part] for part in attributes if part in _GEO), None)
    if name == "meta":
        fields = {"url": "source_url", "source": "source_title", "id": "id"}
        return next((fields[part] for part in attributes if part in fields), None)
    if name in _CITIES:
        return "city" if "code" not in attributes else None
    if name in _PLACES:
        return _PLACES[name] if name == "country" or "code" not in attributes else None
    return _OTHERS.get(name)


def tagged_names(header: Sequence[str], tags: Sequence[str]) -> list[str]:
    """Return the names of columns with the hashtags below them: the tag if it means a field, else the heading."""
    names = []
    for position in range(max(len(header), len(tags))):
        heading = header[position] if position < len(header) else ""
        tag = tags[position].strip() if position < len(tags) else ""
        names.append(tag if tag and (field_of(tag) or not heading.strip()) else heading)
    return names
