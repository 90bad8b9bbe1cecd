"""What a write changes: the fields of an event that say something else than before."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

# What an author writes; the rest of a Feature follows from it.
FIELDS = (
    "title", "summary", "category", "date", "places", "figures", "tags", "sources", "data", "note", "status",
    "verification",
)  # fmt: skip


class Field(NamedTuple):
    """One field before and after; `name` is dotted for a value within figures or data."""

    name: str
    old: Any
    new: Any


class Change(NamedTuple):
    """An event that a write makes (no fields) or changes."""

    id: str
    title: str
    date: str | None
    place: str | None
    fields: tuple[Field, ...] = ()


def change(old: bytes | None, new: bytes) -> Change:
    """Compare two Features of an event; `old` is None for one that is new."""
    after = msgspec.json.decode(new)
    said = after["properties"]
    fields: tuple[Field, ...] = ()
    if old is not None:
        before = msgspec.json.decode(old)["properties"]
        fields = tuple(each for name in FIELDS for each in _compared(name, before[name], said[name]))
    return Change(after["id"], said["title"], said["date"], said["place"], fields)


def _compared(name: str, old: Any, new: Any) -> list[Field]:
    if old == new:
        return []
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = dict.fromkeys((*old, *new))
        return [
            Field(f"{name}.{key}", old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)
        ]
    return [Field(name, old, new)]
