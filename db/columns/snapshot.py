"""The published events as columns in memory: what counts, clusters and tiles are made from.

A million events take some 120 MB and are masked in a few milliseconds, where SQLite would read a row at a time.
The columns belong to one data version and never change; when the version moves, the next question reads them anew.
"""

from array import array
from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from db.columns.arrays import Floats, Ints, Mask, Numbers, Small
from db.columns.zorder import BITS_PER_AXIS, SIDE, interleave, mercator, mercator_point, spread
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS
from db.engines import backend_of, run
from db.query.results import Stamp
from db.sql import visibility
from db.sql.queries import stamp
from geo.box import Box
from geo.place import Precision

# What `Columns.verification` numbers, in the order of the numbers in its SQL.
VERIFICATIONS = ("reported", "confirmed", "disputed")
_COARSE = Precision.COUNTRY.rank
_BATCH = 50_000
_NO_PINS: Ints = np.empty(0, dtype=np.int64)
_CELLS = 3  # bits: a box is gathered from cells of an eighth of its width


class Columns:
    """One snapshot of the published events.

    Events, by `pk`: the four bounds in seconds (0 where not `dated`), `category` (a number into `categories`),
    `dated`, `doubtful`, `verification` (a number into VERIFICATIONS); `begun`, which counts by day and category at
    once: the slot of the day that they begin (0
    where undated, 1 where always, from 2 on a number into `days`, days since 1970) times the number of categories,
    and the category; the numbers of those that are `unplaced`; `newest`, the numbers of all in the order of a list,
    with each one's `rank_by_date` in it.
    Pins, along a Z-order curve of Web Mercator, country pins after all others: `pin_pk`, `event` (a number into
    the events), `lon`, `lat` (degrees), `rank` of precision, `curve`, and `only_code`, the country of a pin that
    is its event's only one and in one country (else -1). `owner_pin`, `owner_event` and `owner_code` list the
    countries of the other pins, by event and country; `figure_*` the values that may be summed.
    """

    def __init__(self, connection: Connection) -> None:
        """Read all of it in the connection's snapshot."""
        self.stamp: Stamp = stamp(connection)
        self._read_events(connection)
        self._read_pins(connection)
        self._read_figures(connection)

    def __len__(self) -> int:
        return len(self.pk)

    def _read_events(self, connection: Connection) -> None:
        slugs, known = visibility.categories()
        self.categories: list[str] = _values(connection, f"{slugs} ORDER BY c.slug", known)
        number = f"SELECT slug, row_number() OVER (ORDER BY slug) - 1 AS n FROM ({slugs}) s"
        table = _table(
            connection,
            "SELECT e.pk, coalesce(e.start_min, 0), coalesce(e.start_max, 0), coalesce(e.end_min, 0),"
            " coalesce(e.end_max, 0), c.n, CASE WHEN e.start_min IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN e.doubtful THEN 2 ELSE 0 END + CASE WHEN e.placed THEN 4 ELSE 0 END"
            " + CASE e.verification WHEN 'confirmed' THEN 8 WHEN 'disputed' THEN 16 ELSE 0 END"
            f" FROM event e JOIN ({number}) c ON c.slug = e.category WHERE {visibility.EVENTS} ORDER BY e.pk",
            7,
            params=known,
        )
        self.pk: Ints = table[0]
        self.start_min, self.start_max, self.end_min, self.end_max = table[1:5]
        self.category: npt.NDArray[np.int16] = table[5].astype(np.int16)
        flags = table[6]
        self.dated: Mask = flags & 1 > 0
        self.doubtful: Mask = flags & 2 > 0
        self.unplaced: Ints = np.flatnonzero(~(flags & 4) & 4)
        self.verification: npt.NDArray[np.int8] = (flags >> 3).astype(np.int8)
        always = self.dated & (self.start_min == ALWAYS)
        timed = np.flatnonzero(self.dated & ~always)
        self.days, slots = np.unique(self.start_min[timed] // DAY, return_inverse=True)
        slot = always.astype(np.int32)
        slot[timed] = slots + 2
        self.begun: Small = slot * np.int32(len(self.categories)) + self.category

        sql = f"SELECT e.pk FROM event e WHERE {visibility.EVENTS} ORDER BY e.start_min DESC, e.id"
        self.newest: Small = np.searchsorted(self.pk, _table(connection, sql, 1)[0]).astype(np.int32)
        self.rank_by_date: Small = np.empty_like(self.newest)
        self.rank_by_date[self.newest] = np.arange(len(self), dtype=np.int32)

    def _read_pins(self, connection: Connection) -> None:
        table = _table(connection, "SELECT pk, event, rank, lon, lat FROM place ORDER BY pk", 5, np.float64)
        pk, event, rank = (column.astype(np.int64) for column in table[:3])
        public = _found(self.pk, event)
        pk, rank, lon, lat = (column[public] for column in (pk, rank, *table[3:]))
        x, y = mercator(lon, lat)
        curve = interleave(x, y) | ((rank == _COARSE).astype(np.int64) << 2 * BITS_PER_AXIS)
        order = np.argsort(curve, kind="stable")
        self.pin_pk: Small = pk[order].astype(np.int32)
        self.event: Small = np.searchsorted(self.pk, event[public])[order].astype(np.int32)
        self.rank: npt.NDArray[np.int8] = rank[order].astype(np.int8)
        self.lon: Floats = lon[order]
        self.lat: Floats = lat[order]
        self.curve: Ints = curve[order]
        self._read_owners(connection, pk, order)

    def _read_owners(self, connection: Connection, pk: Ints, order: Ints) -> None:
        self.codes: list[str] = _values(
            connection, "SELECT DISTINCT country FROM place_country ORDER BY country"
        )
        self.only_code: npt.NDArray[np.int16] = np.full(len(order), -1, dtype=np.int16)
        at = np.empty(len(order), dtype=np.int64)
        at[order] = np.arange(len(order))
        pins, codes = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for number, code in enumerate(self.codes):
            (places,) = _table(
                connection, "SELECT place FROM place_country WHERE country = ?", 1, params=(code,)
            )
            places = places[_found(pk, places)]
            pins.append(at[np.searchsorted(pk, places)])
            codes.append(np.full(len(places), number))
        pin, owner = np.concatenate(pins), np.concatenate(codes)
        self._country_pins: Small = pin[np.lexsort((pin, owner))].astype(np.int32)
        self._country_ends: Ints = np.cumsum(np.bincount(owner, minlength=len(self.codes)))
        simple = (np.bincount(self.event, minlength=len(self))[self.event] == 1)[pin]
        simple &= np.bincount(pin, minlength=len(order))[pin] == 1
        self.only_code[pin[simple]] = owner[simple]
        pin, owner = pin[~simple], owner[~simple]
        event = self.event[pin].astype(np.int64)
        by = np.lexsort((owner, event))
        self.owner_pin: Small = pin[by].astype(np.int32)
        self.owner_event: Small = event[by].astype(np.int32)
        self.owner_code: npt.NDArray[np.int16] = owner[by].astype(np.int16)

    def _read_figures(self, connection: Connection) -> None:
        numbers: dict[str, int] = {}
        events, names, values = array("q"), array("i"), array("d")
        sql = "SELECT event, name, value FROM figure WHERE kind <> 'rate'"
        for rows in backend_of(connection).batches(connection, sql, (), _BATCH):
            event, name, value = zip(*rows, strict=True)
            events.extend(event)
            names.extend(numbers.setdefault(one, len(numbers)) for one in name)
            values.extend(value)
        pk = np.frombuffer(events, dtype=np.int64)
        public = _found(self.pk, pk)
        self.figure_event: Small = np.searchsorted(self.pk, pk[public]).astype(np.int32)
        # What is not public has no name here either.
        named = np.frombuffer(names, dtype=np.int32)[public]
        held = np.unique(named)
        known = list(numbers)
        self.figures = [known[number] for number in held.tolist()]
        self.figure_name: Small = np.searchsorted(held, named).astype(np.int32)
        self.figure_value: Floats = np.frombuffer(values, dtype=np.float64)[public]

    @property
    def placed(self) -> Ints:
        """Number the events that have a place."""
        return np.flatnonzero(~self.mask(self.unplaced))

    def mask(self, events: Numbers) -> Mask:
        """Mark these events among all."""
        found = np.zeros(len(self), dtype=bool)
        found[events] = True
        return found

    def pins_of(self, countries: Iterable[str]) -> Ints:
        """Number the pins that lie in one of these countries (ISO alpha-2)."""
        numbers = [number for number, code in enumerate(self.codes) if code in countries]
        ends = self._country_ends
        parts = [self._country_pins[ends[n - 1] if n else 0 : ends[n]].astype(np.int64) for n in numbers]
        return parts[0] if len(parts) == 1 else np.unique(np.concatenate([_NO_PINS, *parts]))

    def runs(self, boxes: Iterable[Box]) -> list[tuple[int, int]]:
        """Find runs of pins that hold all pins of these boxes, and some around them.

        None of the boxes crosses the antimeridian. The runs do not overlap, and lie in order.
        """
        corners = [
            (*mercator_point(box.west, box.north), *mercator_point(box.east, box.south)) for box in boxes
        ]
        widest = max((max(east - west, south - north) for west, north, east, south in corners), default=0)
        # So that a box is at most some nine cells wide and high.
        shift = max(widest.bit_length() - _CELLS, 0)
        cells: set[int] = set()
        for west, north, east, south in corners:
            # One further on each side, since the last bit of a sine differs from library to library.
            across = range(max(west - 1, 0) >> shift, (min(east + 1, SIDE - 1) >> shift) + 1)
            down = range(max(north - 1, 0) >> shift, (min(south + 1, SIDE - 1) >> shift) + 1)
            rows = [spread(y) << 1 for y in down]
            cells.update(column | row for column in map(spread, across) for row in rows)
        first = np.array(sorted(cells), dtype=np.int64) << 2 * shift
        both = np.concatenate([first, first + (1 << 2 * BITS_PER_AXIS)])
        begins, ends = (
            np.searchsorted(self.curve, bound).tolist() for bound in (both, both + (1 << 2 * shift))
        )
        return [(begin, end) for begin, end in zip(begins, ends, strict=True) if begin < end]


def _table(
    connection: Connection, sql: str, columns: int, kind: type = np.int64, params: tuple[str, ...] = ()
) -> list[npt.NDArray[Any]]:
    """Read numbers as one array a column, without ever holding all rows as Python objects."""
    parts: list[npt.NDArray[Any]] = [np.empty((0, columns), dtype=kind)]
    for rows in backend_of(connection).batches(connection, sql, params, _BATCH):
        parts.append(np.fromiter(chain.from_iterable(rows), kind, len(rows) * columns).reshape(-1, columns))
    whole = np.concatenate(parts)
    return [np.ascontiguousarray(whole[:, at]) for at in range(columns)]


def _values(connection: Connection, sql: str, params: tuple[str, ...] = ()) -> list[Any]:
    return [row[0] for row in run(connection, sql, params)]


def _found(among: Ints, values: Ints) -> Mask:
    """Tell which values are among others, which are in order."""
    at = np.searchsorted(among, values)
    return (at < len(among)) & (among[np.minimum(at, len(among) - 1)] == values) if len(among) else at < 0
