"""Read the columns of all published events, or of some of them, from the database."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from db.columns.arrays import Codes, Ints, Mask, Small
from db.columns.begun import running_totals
from db.columns.block_counts import BlockCounts
from db.columns.blocks import FIRST_DAY, NO_BEGINNING, irregular
from db.columns.cell_groups import CellGroups
from db.columns.runs import begins_of
from db.columns.snapshot import Columns, Position
from db.columns.splice import contained
from db.columns.zorder import BITS_PER_AXIS, interleave, mercator
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS
from db.engines import backend_of, run
from db.engines.base import TRUE, Clause
from db.sql import visibility
from db.sql.queries import stamp
from geo.place import Precision

_COUNTRY_RANK = Precision.COUNTRY.rank
_ROWS_PER_BATCH = 50_000
_DATED, _DOUBTFUL, _PLACED, _VERIFICATION_SHIFT = 1, 2, 4, 3
_EVENT_COLUMNS = (
    "e.pk, coalesce(e.start_min, 0), coalesce(e.start_max, 0), coalesce(e.end_min, 0), coalesce(e.end_max, 0), c.n,"
    f" CASE WHEN e.start_min IS NULL THEN 0 ELSE {_DATED} END"
    f" + CASE WHEN e.doubtful THEN {_DOUBTFUL} ELSE 0 END + CASE WHEN e.placed THEN {_PLACED} ELSE 0 END"
    " + CASE e.verification WHEN 'confirmed' THEN 8 WHEN 'disputed' THEN 16 ELSE 0 END"
)


def position(connection: Connection) -> Position:
    """Return where a snapshot is in the history of the database."""
    epoch, seq = run(
        connection, "SELECT epoch, (SELECT coalesce(max(seq), 0) FROM change) FROM data_version"
    ).one()
    return Position(epoch=epoch, seq=seq, stamp=stamp(connection))


def read_columns(connection: Connection, pks: Sequence[int] | None = None) -> Columns:
    """Return the columns of the published events in the connection's snapshot; of those among `pks`, if given."""
    of_events = TRUE if pks is None else backend_of(connection).any_of("e.pk", pks)
    of_rows = TRUE if pks is None else backend_of(connection).any_of("event", pks)
    events = _events(connection, of_events)
    events["newest"] = _newest(connection, events["pk"], of_events, few=pks is not None)
    events["rank_by_date"] = inverse(events["newest"])
    columns = Columns(
        position=position(connection),
        **events,
        **irregular(events),
        **_pins(connection, events["pk"], of_rows, pks is None),
        **_figures(connection, events["pk"], of_rows),
    )
    if pks is not None:
        return columns
    return replace(columns, block_counts=BlockCounts.of(columns), cell_groups=CellGroups.of(columns))


def _events(connection: Connection, chosen: Clause) -> dict[str, Any]:
    slugs, params = visibility.categories()
    categories: list[str] = _values(connection, f"{slugs} ORDER BY c.slug", params)
    number = f"SELECT slug, row_number() OVER (ORDER BY slug) - 1 AS n FROM ({slugs}) s"
    table = _table(
        connection,
        f"SELECT {_EVENT_COLUMNS} FROM event e JOIN ({number}) c ON c.slug = e.category"
        f" WHERE {visibility.EVENTS} AND {chosen.sql} ORDER BY e.pk",
        7,
        params=(*params, *chosen.params),
    )
    start_min, start_max, end_min, end_max = table[1:5]
    category: Codes = table[5].astype(np.int16)
    flags = table[6]
    dated: Mask = flags & _DATED > 0
    doubtful: Mask = flags & _DOUBTFUL > 0
    return {
        "pk": table[0],
        "start_min": start_min,
        "start_max": start_max,
        "end_min": end_min,
        "end_max": end_max,
        "category": category,
        "dated": dated,
        "doubtful": doubtful,
        "verification": (flags >> _VERIFICATION_SHIFT).astype(np.int8),
        "unplaced": np.flatnonzero(~flags & _PLACED),
        "categories": categories,
        **begin_columns(start_min, dated, category, len(categories)),
    }


def begin_columns(start_min: Ints, dated: Mask, category: Codes, width: int) -> dict[str, Any]:
    """Return `days`, `begun` and `begun_totals` of events, for a number of categories (`width`)."""
    always = dated & (start_min == ALWAYS)
    timed = np.flatnonzero(dated & ~always)
    days, slots = np.unique(start_min[timed] // DAY, return_inverse=True)
    slot = always.astype(np.int32) * np.int32(NO_BEGINNING)
    slot[timed] = slots + FIRST_DAY
    begun: Small = slot * np.int32(width) + category
    return {
        "days": days,
        "begun": begun,
        "begun_totals": running_totals(begun, len(days) + FIRST_DAY, width),
    }


def _newest(connection: Connection, pk: Ints, chosen: Clause, *, few: bool) -> Small:
    """Return the numbers of events in the order of a list."""
    where = f"FROM event e WHERE {visibility.EVENTS} AND {chosen.sql}"
    if few:
        # Sorted here, because the database would walk its index of all events. UTF-8 sorts as code points do.
        rows = backend_of(connection).rows(
            connection, f"SELECT e.start_min, e.id, e.pk {where}", chosen.params
        )
        rows.sort(key=lambda row: (row[0] is None, -(row[0] or 0), row[1]))
        order = np.array([row[2] for row in rows], dtype=np.int64)
    else:
        sql = f"SELECT e.pk {where} ORDER BY e.start_min DESC NULLS LAST, e.id"
        (order,) = _table(connection, sql, 1, params=chosen.params)
    return np.searchsorted(pk, order).astype(np.int32)


def inverse(order: Small) -> Small:
    """Return the index at which each number is in a permutation."""
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def _pins(connection: Connection, events: Ints, chosen: Clause, every: bool) -> dict[str, Any]:
    sql = f"SELECT pk, event, rank, lon, lat FROM place WHERE {chosen.sql} ORDER BY pk"
    table = _table(connection, sql, 5, np.float64, chosen.params)
    pk, event, rank = (column.astype(np.int64) for column in table[:3])
    public = contained(events, event)
    pk, rank, lon, lat = (column[public] for column in (pk, rank, *table[3:]))
    event = np.searchsorted(events, event[public])
    curve = interleave(*mercator(lon, lat)) | ((rank == _COUNTRY_RANK).astype(np.int64) << 2 * BITS_PER_AXIS)
    # Pins of one event at one position stay in the order of the event's places.
    order = np.lexsort((event, curve))
    codes, pin, owner = _owners(connection, pk, order, chosen if not every else None)
    sorted_event: Small = event[order].astype(np.int32)
    return {
        "event": sorted_event,
        "rank": rank[order].astype(np.int8),
        "lon": lon[order],
        "lat": lat[order],
        "curve": curve[order],
        "pins_by_event": np.argsort(sorted_event, kind="stable").astype(np.int32),
        "pin_begins": begins_of(sorted_event, len(events)),
        **owner_columns(sorted_event, pin, owner, len(events)),
        **country_columns(pin, owner, len(codes)),
        "codes": codes,
    }


def _owners(
    connection: Connection, pk: Ints, order: Ints, chosen: Clause | None
) -> tuple[list[str], Ints, Ints]:
    """Return the country codes in use, and pairs of pin (as sorted by `order`) and code number."""
    at = np.empty(len(order), dtype=np.int64)
    at[order] = np.arange(len(order))
    pins, numbers = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    codes: list[str] = []
    for code, places in _places_by_country(connection, chosen):
        public = places[contained(pk, places)]
        if len(public):
            pins.append(at[np.searchsorted(pk, public)])
            numbers.append(np.full(len(public), len(codes)))
            codes.append(code)
    return codes, np.concatenate(pins), np.concatenate(numbers)


def _places_by_country(connection: Connection, chosen: Clause | None) -> list[tuple[str, Ints]]:
    """Return the country codes in order, each with its places in order."""
    if chosen is None:
        sql = "SELECT place FROM place_country WHERE country = ? ORDER BY place"
        codes = _values(connection, "SELECT DISTINCT country FROM place_country ORDER BY country")
        return [(code, _table(connection, sql, 1, params=(code,))[0]) for code in codes]
    rows = backend_of(connection).rows(
        connection,
        "SELECT c.country, c.place FROM place_country c JOIN place p ON p.pk = c.place"
        f" WHERE {chosen.sql} ORDER BY c.country, c.place",
        chosen.params,
    )
    places: dict[str, list[int]] = {}
    for code, place in rows:
        places.setdefault(code, []).append(place)
    return [(code, np.array(numbers, dtype=np.int64)) for code, numbers in places.items()]


def owner_columns(event: Small, pin: Ints, owner: Ints, events: int) -> dict[str, Any]:
    """Return `only_code` and the four owner columns of pins with these events, from pairs of pin and code."""
    only_code: Codes = np.full(len(event), -1, dtype=np.int16)
    simple = (np.bincount(event, minlength=events)[event] == 1)[pin]
    simple &= np.bincount(pin, minlength=len(event))[pin] == 1
    only_code[pin[simple]] = owner[simple]
    pin, owner = pin[~simple], owner[~simple]
    by = np.lexsort((pin, owner, event[pin]))
    owner_event: Small = event[pin[by]].astype(np.int32)
    return {
        "only_code": only_code,
        "owner_pin": pin[by].astype(np.int32),
        "owner_event": owner_event,
        "owner_code": owner[by].astype(np.int16),
        "owner_begins": begins_of(owner_event, events),
    }


def country_columns(pin: Ints, owner: Ints, codes: int) -> dict[str, Any]:
    """Return `country_pins` and `country_ends` from pairs of pin and code number."""
    return {
        "country_pins": pin[np.lexsort((pin, owner))].astype(np.int32),
        "country_ends": np.cumsum(np.bincount(owner, minlength=codes)),
    }


def _figures(connection: Connection, events: Ints, chosen: Clause) -> dict[str, Any]:
    numbers: dict[str, int] = {}
    event_pks, names, values = array("q"), array("i"), array("d")
    sql = f"SELECT event, name, value FROM figure WHERE kind <> 'rate' AND {chosen.sql} ORDER BY event, name"
    for rows in backend_of(connection).batches(connection, sql, chosen.params, _ROWS_PER_BATCH):
        event, name, value = zip(*rows, strict=True)
        event_pks.extend(event)
        names.extend(numbers.setdefault(figure, len(numbers)) for figure in name)
        values.extend(value)
    pk = np.frombuffer(event_pks, dtype=np.int64)
    public = contained(events, pk)
    # The names of figures that only unpublished events have must not appear.
    public_names = np.frombuffer(names, dtype=np.int32)[public]
    all_names = list(numbers)
    figures = sorted(all_names[number] for number in np.unique(public_names).tolist())
    sorted_number = {name: number for number, name in enumerate(figures)}
    mapping = np.array([sorted_number.get(name, -1) for name in all_names], dtype=np.int32)
    event_numbers: Small = np.searchsorted(events, pk[public]).astype(np.int32)
    return {
        "figure_event": event_numbers,
        "figure_name": mapping[public_names] if len(mapping) else np.empty(0, dtype=np.int32),
        "figure_value": np.frombuffer(values, dtype=np.float64)[public],
        "figure_begins": begins_of(event_numbers, len(events)),
        "figures": figures,
    }


def _table(
    connection: Connection, sql: str, columns: int, kind: type = np.int64, params: tuple[Any, ...] = ()
) -> list[npt.NDArray[Any]]:
    """Return one array for each column of a query, without keeping all rows as Python objects at once."""
    parts: list[npt.NDArray[Any]] = [np.empty((0, columns), dtype=kind)]
    for rows in backend_of(connection).batches(connection, sql, params, _ROWS_PER_BATCH):
        parts.append(np.fromiter(chain.from_iterable(rows), kind, len(rows) * columns).reshape(-1, columns))
    table = np.concatenate(parts)
    return [np.ascontiguousarray(table[:, column]) for column in range(columns)]


def _values(connection: Connection, sql: str, params: tuple[str, ...] = ()) -> list[Any]:
    return [row[0] for row in run(connection, sql, params)]
