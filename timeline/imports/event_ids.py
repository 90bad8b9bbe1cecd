"""Ids of imported events: the row's own, one made of chosen columns, or a hash of the row."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from db.errors import BadEvent
from timeline.exchange.row import Row
from timeline.exchange.slug import slug


def of_key(columns: Mapping[str, Any], key: tuple[str, ...]) -> str:
    """Make an id of the values of some columns: readable, and never the same for different values.

    Raises BadEvent when all of them are empty.
    """
    values = ["" if columns.get(name) is None else str(columns[name]).strip() for name in key]
    if not any(values):
        raise BadEvent(
            "key", f"{', '.join(key)}: every value is empty; expected at least one, to make the id of"
        )
    return f"{slug('-'.join(values))[:60].strip('-')}-{_digest(values, 4)}".lstrip("-")


def of_row(row: Row) -> str:
    """Make an id of everything that stands in the row: the same row is the same event."""
    return _digest([sorted(row.columns.items()), row.points], 10)


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _digest(value: object, size: int) -> str:
    text = _encode(value)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
