"""The index of events for the browser: the columns that its filter, map, timeline and list need.

Slowly increasing numbers are written as differences. Values that repeat (bounds, displayed dates, positions) are
written once. Compressed with gzip, an event takes about twenty bytes plus its title.
"""

from collections.abc import Callable, Hashable, Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from db.columns.filtering import Selection, choose
from db.columns.snapshot import VERIFICATIONS, Columns
from db.columns.version_rows import ReadRows
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS, FOREVER
from db.query.filter import Filter
from geo.place import Precision

MAX_EVENTS = 20_000
_OPEN_BOUNDS: dict[int | None, Any] = {None: None, ALWAYS: "-", FOREVER: "+"}
_UNITS_PER_DEGREE = 100_000


class IndexRow(NamedTuple):
    """One event: its number in the columns, id, title, date, and its four bounds in seconds of UTC."""

    number: int
    id: str
    title: str
    date: str | None
    bounds: tuple[int | None, int | None, int | None, int | None]
    doubtful: bool


def index(
    columns: Columns,
    filter_: Filter,
    read: ReadRows,
    display: Callable[[str | None], str],
    measure: str | None = None,
) -> tuple[int, dict[str, Any] | None]:
    """Return the count of the matching events, and their index, newest first; None instead beyond MAX_EVENTS.

    `display` returns the displayed form of a date; `measure` names a figure whose values to include. The documentation
    of /events/index describes the members.
    """
    chosen = choose(columns, filter_, read.connection)
    matched = len(np.arange(len(columns))[chosen.events])
    if matched > MAX_EVENTS:
        return matched, None
    rows = _rows(columns, chosen, read)
    rank = np.full(len(columns), -1, dtype=np.int64)
    numbers = np.array([row.number for row in rows], dtype=np.int64)
    rank[numbers] = np.arange(len(rows))
    days, spans = zip(*(_span(row.bounds) for row in rows), strict=True) if rows else ((), ())
    span, dates = _numbered(spans), _numbered(row.date for row in rows)
    members = {
        "ids": [row.id for row in rows],
        "titles": [row.title for row in rows],
        "categories": columns.categories,
        "category": columns.category[numbers].tolist(),
        "verifications": VERIFICATIONS,
        "verification": columns.verification[numbers].tolist(),
        "day": _differences(days),
        "span": span[0],
        "spans": span[1],
        "doubtful": [at for at, row in enumerate(rows) if row.doubtful],
        "date": dates[0],
        "dates": [display(text) for text in dates[1]],
        **_pins(columns, chosen, rank),
        "measure": _measure(columns, rank, measure) if measure else None,
    }
    return matched, members


def _rows(columns: Columns, chosen: Selection, read: ReadRows) -> list[IndexRow]:
    """Return the chosen events, newest first and undated last, ties sorted by id."""
    pks = columns.pk[chosen.events].tolist()
    number = dict(zip(pks, np.arange(len(columns))[chosen.events].tolist(), strict=True))
    chosen_pks = read.backend.any_of("pk", pks)
    rows = read(
        "SELECT pk, id, title, date, start_min, start_max, end_min, end_max, doubtful FROM event"
        f" WHERE {chosen_pks.sql} ORDER BY start_min DESC NULLS LAST, id",
        chosen_pks.params,
    )
    return [
        IndexRow(number[row[0]], row[1], row[2], row[3], (row[4], row[5], row[6], row[7]), bool(row[8]))
        for row in rows
    ]


def _span(bounds: tuple[int | None, ...]) -> tuple[int, tuple[Any, ...]]:
    """Return a day since 1970, and the four bounds in seconds from its start; "-" and "+" are open bounds."""
    closed = [bound for bound in bounds if bound not in _OPEN_BOUNDS]
    day = closed[0] // DAY if closed else 0  # type: ignore[operator]  # None is an edge
    return day, tuple(_OPEN_BOUNDS[bound] if bound in _OPEN_BOUNDS else bound - day * DAY for bound in bounds)  # type: ignore[operator]


def _numbered(values: Iterable[Any]) -> tuple[list[int], list[Any]]:
    """Return the number of each value, and the distinct values in order of their first appearance."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values], list(numbers)


def _differences(values: Iterable[int]) -> list[int]:
    return [after - before for before, after in pairwise((0, *values))]


def _pins(columns: Columns, chosen: Selection, rank: Any) -> dict[str, Any]:
    """Return the distinct positions along the curve, and the event and position of each pin."""
    pins = np.arange(len(columns.lon))[chosen.pins]
    pin_values = list(
        zip(
            np.rint(columns.lon[pins] * _UNITS_PER_DEGREE).astype(np.int64).tolist(),
            np.rint(columns.lat[pins] * _UNITS_PER_DEGREE).astype(np.int64).tolist(),
            columns.rank[pins].tolist(),
            _codes(columns, pins),
            strict=True,
        )
    )
    number, positions = _numbered(pin_values)
    events = rank[columns.event[pins]]
    order = np.lexsort((number, events)).tolist() if len(pins) else []
    lon, lat, ranks, owners = zip(*positions, strict=True) if positions else ((), (), (), ())
    return {
        "pin_event": _differences(int(events[pin]) for pin in order),
        "pin_spot": [number[pin] for pin in order],
        "lon": _differences(lon),
        "lat": _differences(lat),
        "rank": ranks,
        "precisions": [precision.value for precision in Precision],
        "countries": owners,
    }


def _codes(columns: Columns, pins: Any) -> list[str]:
    """Return the countries of each pin, such as "BE" or "BE,NL"."""
    names = [*columns.codes, ""]
    codes = [names[code] for code in columns.only_code[pins].tolist()]
    index_of = {pin: at for at, pin in enumerate(pins.tolist())}
    shared = zip(columns.owner_pin.tolist(), columns.owner_code.tolist(), strict=True)
    for pin, code in sorted(shared):
        if pin in index_of:
            at = index_of[pin]
            codes[at] = f"{codes[at]},{names[code]}" if codes[at] else names[code]
    return codes


def _measure(columns: Columns, rank: Any, name: str) -> list[list[float]]:
    """Return the events that report a figure, and its values; both empty for a rate, which is never summed."""
    if name not in columns.figures:
        return [[], []]
    wanted = columns.figure_name == columns.figures.index(name)
    wanted &= rank[columns.figure_event] >= 0
    return [rank[columns.figure_event[wanted]].tolist(), columns.figure_value[wanted].tolist()]
