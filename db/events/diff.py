"""The difference between two versions of an event, field by field."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

# The properties that an author writes; the others follow from them.
FIELDS = (
    "title", "summary", "category", "date", "places", "figures", "tags", "sources", "data", "note", "status",
    "verification",
)  # fmt: skip


class FieldChange(NamedTuple):
    """A field before and after; `name` has a dot for a value in figures or data, such as `figures.arrests`."""

    name: str
    old: Any
    new: Any


class EventChange(NamedTuple):
    """An event that a write creates (without fields) or changes."""

    id: str
    title: str
    date: str | None
    place: str | None
    fields: tuple[FieldChange, ...] = ()


def change(old: bytes | None, new: bytes) -> EventChange:
    """Return the difference between two Features of an event; `old` is None for a new event."""
    after = msgspec.json.decode(new)
    properties = after["properties"]
    fields: tuple[FieldChange, ...] = ()
    if old is not None:
        before = msgspec.json.decode(old)["properties"]
        fields = tuple(field for name in FIELDS for field in _compared(name, before[name], properties[name]))
    return EventChange(after["id"], properties["title"], properties["date"], properties["place"], fields)


def _compared(name: str, old: Any, new: Any) -> list[FieldChange]:
    if old == new:
        return []
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = dict.fromkeys((*old, *new))
        return [
            FieldChange(f"{name}.{key}", old.get(key), new.get(key))
            for key in keys
            if old.get(key) != new.get(key)
        ]
    return [FieldChange(name, old, new)]
