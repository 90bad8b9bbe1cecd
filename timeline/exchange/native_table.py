"""Events as a table of our own: one row an event, and back without loss.

What a spreadsheet would take for a formula gets one apostrophe before it, and a text that begins with one gets
another; both are taken off again when the table comes back, which is known by its very columns. Dates, numbers and
JSON are left as they are.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

REASON = "reason"  # the column that says why a row was rejected
REJECTED_SUFFIX = ".rejected.csv"
COLUMNS = (
    "id", "title", "summary", "category", "date", "display_date", "earliest", "latest", "place", "country",
    "lat", "lon", "precision", "tags", "figures", "sources", "places", "data", "note", "verification", "status",
    "corrections",
)  # fmt: skip
_BEFORE = COLUMNS[:-1]  # as exports were before there were corrections
_TEXTS = frozenset({"id", "title", "summary", "place", "note"})
_JSON = ("tags", "figures", "sources", "places", "data", "corrections")
_BACK = ("id", "title", "summary", "category", "date", *_JSON, "note", "verification")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


def cells(feature: Mapping[str, Any]) -> list[str]:
    """Write a Feature as the cells of its row, in the order of COLUMNS; lat and lon are the first place's."""
    got = {**feature["properties"], "id": feature["id"]}
    first = got["places"][0] if got["places"] else {}
    return written({**got, "lat": first.get("lat"), "lon": first.get("lon")})


def written(got: Mapping[str, Any]) -> list[str]:
    """Write fields as cells, in the order of COLUMNS."""
    return [_cell(name, got.get(name)) for name in COLUMNS]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _JSON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
    text = str(value)
    return f"'{text}" if name in _TEXTS and text.startswith(_RISKY) else text


def is_own(names: Sequence[str]) -> bool:
    """Return whether the columns of a table are those of an export, with or without the reasons of rejected rows."""
    return tuple(names) in (COLUMNS, (*COLUMNS, REASON), _BEFORE, (*_BEFORE, REASON))


def is_rejected_file(name: str) -> bool:
    """Return whether a file is one of rejected rows, by its name."""
    return name.endswith(REJECTED_SUFFIX)


def fields(row: Mapping[str, str]) -> dict[str, Any]:
    """Read a row of our own back into fields; raise ValueError for a cell that is no JSON."""
    got: dict[str, Any] = {}
    for name in _BACK:
        text = row.get(name, "")
        if name in _JSON:
            try:
                got[name] = json.loads(text) if text else None
            except (ValueError, RecursionError):
                raise ValueError(f"{name}: {text[:80]!r} is not the JSON that an export writes") from None
        else:
            got[name] = text[1:] if name in _TEXTS and text.startswith("'") else text
    return got
