"""The events as columns for the browser: what its own filter, map, timeline and list need, and nothing else.

Numbers that go up slowly are written as differences, and what repeats (spans of time, words of dates, spots) is
written once: gzipped, an event takes some twenty bytes beside its title.
"""

from collections.abc import Callable, Hashable, Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from db.columns.filtering import Chosen
from db.columns.snapshot import VERIFICATIONS, Columns
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS, FOREVER
from db.engines import backend_of
from geo.place import Precision

MOST = 20_000
_EDGES: dict[int | None, Any] = {None: None, ALWAYS: "-", FOREVER: "+"}
_PLACES = 100_000  # lon and lat are whole numbers of 1/100,000 degree


class Timed(NamedTuple):
    """One event's row: its number in the columns, what names it, and its bounds in seconds of UTC."""

    number: int
    id: str
    title: str
    date: str | None
    bounds: tuple[int | None, int | None, int | None, int | None]
    doubtful: bool


def slim(
    columns: Columns,
    chosen: Chosen,
    connection: Connection,
    say: Callable[[str | None], str],
    measure: str | None = None,
) -> tuple[int, dict[str, Any] | None]:
    """Count the chosen events, and write them, newest first, with their selected pins; None where they are too many.

    `say` words a date; `measure` names a figure whose values come along. The shape is told in the README under
    /events/index.
    """
    matched = len(np.arange(len(columns))[chosen.events])
    if matched > MOST:
        return matched, None
    rows = _rows(columns, chosen, connection)
    rank = np.full(len(columns), -1, dtype=np.int64)
    numbers = np.array([row.number for row in rows], dtype=np.int64)
    rank[numbers] = np.arange(len(rows))
    days, spans = zip(*(_span(row.bounds) for row in rows), strict=True) if rows else ((), ())
    span, dates = _numbered(spans), _numbered(row.date for row in rows)
    written = {
        "ids": [row.id for row in rows],
        "titles": [row.title for row in rows],
        "categories": columns.categories,
        "category": columns.category[numbers].tolist(),
        "verifications": VERIFICATIONS,
        "verification": columns.verification[numbers].tolist(),
        "day": _steps(days),
        "span": span[0],
        "spans": span[1],
        "doubtful": [at for at, row in enumerate(rows) if row.doubtful],
        "date": dates[0],
        "dates": [say(text) for text in dates[1]],
        **_pins(columns, chosen, rank),
        "measure": _measure(columns, rank, measure) if measure else None,
    }
    return matched, written


def _rows(columns: Columns, chosen: Chosen, connection: Connection) -> list[Timed]:
    """Read the events' rows in the order of a list, newest first and undated last, ties by id."""
    pks = columns.pk[chosen.events].tolist()
    number = dict(zip(pks, np.arange(len(columns))[chosen.events].tolist(), strict=True))
    backend = backend_of(connection)
    chosen_pks = backend.any_of("pk", pks)
    found = backend.rows(
        connection,
        "SELECT pk, id, title, date, start_min, start_max, end_min, end_max, doubtful FROM event"
        f" WHERE {chosen_pks.sql} ORDER BY start_min DESC, id",
        chosen_pks.params,
    )
    return [
        Timed(number[row[0]], row[1], row[2], row[3], (row[4], row[5], row[6], row[7]), bool(row[8]))
        for row in found
    ]


def _span(bounds: tuple[int | None, ...]) -> tuple[int, tuple[Any, ...]]:
    """Part bounds into a day since 1970 and four offsets from it in seconds ("-" and "+": without end)."""
    known = [bound for bound in bounds if bound not in _EDGES]
    day = known[0] // DAY if known else 0  # type: ignore[operator]  # None is an edge
    return day, tuple(_EDGES[bound] if bound in _EDGES else bound - day * DAY for bound in bounds)  # type: ignore[operator]


def _numbered(values: Iterable[Any]) -> tuple[list[int], list[Any]]:
    """Number values by their first appearance; give each one's number, and the values once."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values], list(numbers)


def _steps(values: Iterable[int]) -> list[int]:
    return [after - before for before, after in pairwise((0, *values))]


def _pins(columns: Columns, chosen: Chosen, rank: Any) -> dict[str, Any]:
    """Write the spots in order of the curve, and for each pin its event and its spot."""
    pins = np.arange(len(columns.lon))[chosen.pins]
    at = list(
        zip(
            np.rint(columns.lon[pins] * _PLACES).astype(np.int64).tolist(),
            np.rint(columns.lat[pins] * _PLACES).astype(np.int64).tolist(),
            columns.rank[pins].tolist(),
            _codes(columns, pins),
            strict=True,
        )
    )
    spot, spots = _numbered(at)
    events = rank[columns.event[pins]]
    order = np.lexsort((spot, events)).tolist() if len(pins) else []
    lon, lat, ranks, owners = zip(*spots, strict=True) if spots else ((), (), (), ())
    return {
        "pin_event": _steps(int(events[one]) for one in order),
        "pin_spot": [spot[one] for one in order],
        "lon": _steps(lon),
        "lat": _steps(lat),
        "rank": ranks,
        "precisions": [each.value for each in Precision],
        "countries": owners,
    }


def _codes(columns: Columns, pins: Any) -> list[str]:
    """Name the countries of pins, "BE" or "BE,NL"."""
    names = [*columns.codes, ""]
    found = [names[code] for code in columns.only_code[pins].tolist()]
    place = {pin: at for at, pin in enumerate(pins.tolist())}
    shared = zip(columns.owner_pin.tolist(), columns.owner_code.tolist(), strict=True)
    for pin, code in sorted(shared):
        if pin in place:
            at = place[pin]
            found[at] = f"{found[at]},{names[code]}" if found[at] else names[code]
    return found


def _measure(columns: Columns, rank: Any, name: str) -> list[list[float]]:
    """List the events that report a figure, and its values; none for a rate, which is never summed."""
    if name not in columns.figures:
        return [[], []]
    held = columns.figure_name == columns.figures.index(name)
    held &= rank[columns.figure_event] >= 0
    return [rank[columns.figure_event[held]].tolist(), columns.figure_value[held].tolist()]
