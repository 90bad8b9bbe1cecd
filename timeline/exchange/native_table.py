"""Our own CSV: one row for each event, exported and imported again without loss.

A text that a spreadsheet would run as a formula gets an apostrophe before it, and so does a text that begins with an
apostrophe. The import removes it again; it recognises such a table by its columns. Dates, numbers and JSON are written
unchanged.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from db.dates.edtf import read_edtf
from db.errors import BadDate

REASON = "reason"  # the column with the reason of the rejection, where the file has no column of that name
REJECTED_SUFFIX = ".rejected.csv"
REPORT_SUFFIX = ".report.csv"
COLUMNS = (
    "id", "title", "summary", "category", "date", "display_date", "earliest", "latest", "place", "country",
    "lat", "lon", "precision", "tags", "figures", "sources", "places", "data", "note", "verification", "status",
    "corrections",
)  # fmt: skip
_COLUMNS_BEFORE_CORRECTIONS = COLUMNS[:-1]  # of exports of older versions
_TEXTS = frozenset({"id", "title", "summary", "place", "note"})
_JSON = ("tags", "figures", "sources", "places", "data", "corrections")
_IMPORTED = ("id", "title", "summary", "category", "date", *_JSON, "note", "verification")
# Columns and properties that follow from others; an import reads those.
DERIVED = frozenset((
    "display_date", "earliest", "latest", "date_precision", "place", "country", "countries", "lat", "lon", "precision",
    "status", "created", "updated",
))  # fmt: skip
_OF_FIRST_PLACE = {
    "place": "name",
    "country": "country",
    "lat": "lat",
    "lon": "lon",
    "precision": "precision",
}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "'")


def cells(feature: Mapping[str, Any]) -> list[str]:
    """Return the cells of a Feature's row, in the order of COLUMNS; lat and lon are those of its first place."""
    properties = {**feature["properties"], "id": feature["id"]}
    first_place = properties["places"][0] if properties["places"] else {}
    return written({**properties, "lat": first_place.get("lat"), "lon": first_place.get("lon")})


def written(values: Mapping[str, Any]) -> list[str]:
    """Return values as cells, in the order of COLUMNS."""
    return [_cell(name, values.get(name)) for name in COLUMNS]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _JSON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
    text = str(value)
    return f"'{text}" if name in _TEXTS and text.startswith(_FORMULA_SIGNS) else text


def is_own(names: Sequence[str]) -> bool:
    """Return whether the columns of a table are those of an export, with or without the reasons of rejected rows."""
    return tuple(names) in (
        COLUMNS,
        (*COLUMNS, REASON),
        _COLUMNS_BEFORE_CORRECTIONS,
        (*_COLUMNS_BEFORE_CORRECTIONS, REASON),
    )


def is_rejected_file(name: str) -> bool:
    """Return whether a file is one of rejected rows, by its name."""
    return name.endswith(REJECTED_SUFFIX)


def rejected_name(name: str) -> str:
    """Return the name of the file of rejected rows of a file; corrected rows that are rejected again replace theirs."""
    return name if is_rejected_file(name) else f"{name}{REJECTED_SUFFIX}"


def reason_name(columns: Collection[str]) -> str:
    """Return the name of the column of reasons in a file of rejected rows with these columns."""
    names = (REASON, *(f"{REASON} ({number})" for number in range(2, len(columns) + 3)))
    return next(name for name in names if name not in columns)


def changed(values: Mapping[str, Any], derived: Mapping[str, Any]) -> dict[str, Any]:
    """Return the derived values of an event that disagree with its places or its date, such as a corrected `lat`.

    `values` are its fields. The texts of dates differ between versions of Dateline, so only the bounds are compared.
    """
    places = values.get("places")
    first = places[0] if isinstance(places, list) and places and isinstance(places[0], Mapping) else {}
    expected = {name: _cell(name, first.get(member)) for name, member in _OF_FIRST_PLACE.items()}
    try:
        when = read_edtf(str(values.get("date") or ""))
        expected |= {"earliest": when.earliest or "", "latest": when.latest or ""}
    except BadDate:  # the row has no date, or is rejected for it
        expected |= {"earliest": "", "latest": ""}
    return {
        name: value
        for name, value in derived.items()
        if name in expected and value not in (None, "") and _cell(name, value) != expected[name]
    }


def fields(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a row of our own table, and its derived cells that disagree with them.

    Raises ValueError for a cell that is not JSON.
    """
    values: dict[str, Any] = {}
    for name in _IMPORTED:
        text = row.get(name, "")
        if name in _JSON:
            try:
                values[name] = json.loads(text) if text else None
            except (ValueError, RecursionError):
                raise ValueError(
                    f"{name}: {text[:80]!r} is not JSON; expected it as an export writes it"
                ) from None
        else:
            values[name] = text[1:] if name in _TEXTS and text.startswith("'") else text
    derived = {
        name: row[name].removeprefix("'") if name in _TEXTS else row[name] for name in DERIVED if name in row
    }
    return values | changed(values, derived)
