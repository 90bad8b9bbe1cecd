"""The published events as columns in memory, from which counts, clusters and tiles are computed.

A million events take about 120 MB and are filtered in a few milliseconds, much faster than row by row in a database.
The columns belong to one data version and never change; after a write, the next query reads new ones.
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

# The values of `Columns.verification`, in the order of the numbers in its SQL.
VERIFICATIONS = ("reported", "confirmed", "disputed")
_COUNTRY_RANK = Precision.COUNTRY.rank
_ROWS_PER_BATCH = 50_000
_NO_PINS: Ints = np.empty(0, dtype=np.int64)
_CELL_BITS = 3  # the cells that cover a box are an eighth of its width


class Columns:
    """One snapshot of the published events.

    Events, sorted by `pk`: the four bounds in seconds of UTC (0 if not `dated`), `category` (an index into
    `categories`), `dated`, `doubtful`, `verification` (an index into VERIFICATIONS). `begun` combines the day on which
    the event begins with its category: row * number of categories + category, where the row is 0 for undated events, 1
    for those without a beginning, and 2 + an index into `days` (days since 1970) for the others. `unplaced` are the
    numbers of events without a place, `newest` the numbers of all events in the order of a list, and `rank_by_date`
    each event's index in `newest`.

    Pins, sorted along the Z-order curve, country pins after all others: `event` (its number), `lon`, `lat`
    (degrees), `rank` of precision, `curve`, and `only_code`: an index into `codes` if the pin is its event's only one
    and is in one country, else -1. `owner_pin`, `owner_event` and `owner_code` list the countries of the other pins,
    sorted by event and country. `figure_event`, `figure_name` and `figure_value` are the values that can be summed.
    """

    def __init__(self, connection: Connection) -> None:
        """Read the columns in the snapshot of the connection's transaction."""
        self.stamp: Stamp = stamp(connection)
        self._read_events(connection)
        self._read_pins(connection)
        self._read_figures(connection)

    def __len__(self) -> int:
        return len(self.pk)

    def _read_events(self, connection: Connection) -> None:
        slugs, params = visibility.categories()
        self.categories: list[str] = _values(connection, f"{slugs} ORDER BY c.slug", params)
        number = f"SELECT slug, row_number() OVER (ORDER BY slug) - 1 AS n FROM ({slugs}) s"
        table = _table(
            connection,
            "SELECT e.pk, coalesce(e.start_min, 0), coalesce(e.start_max, 0), coalesce(e.end_min, 0),"
            " coalesce(e.end_max, 0), c.n, CASE WHEN e.start_min IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN e.doubtful THEN 2 ELSE 0 END + CASE WHEN e.placed THEN 4 ELSE 0 END"
            " + CASE e.verification WHEN 'confirmed' THEN 8 WHEN 'disputed' THEN 16 ELSE 0 END"
            f" FROM event e JOIN ({number}) c ON c.slug = e.category WHERE {visibility.EVENTS} ORDER BY e.pk",
            7,
            params=params,
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

        order = "e.start_min DESC NULLS LAST, e.id"
        sql = f"SELECT e.pk FROM event e WHERE {visibility.EVENTS} ORDER BY {order}"
        self.newest: Small = np.searchsorted(self.pk, _table(connection, sql, 1)[0]).astype(np.int32)
        self.rank_by_date: Small = np.empty_like(self.newest)
        self.rank_by_date[self.newest] = np.arange(len(self), dtype=np.int32)

    def _read_pins(self, connection: Connection) -> None:
        table = _table(connection, "SELECT pk, event, rank, lon, lat FROM place ORDER BY pk", 5, np.float64)
        pk, event, rank = (column.astype(np.int64) for column in table[:3])
        public = _contains(self.pk, event)
        pk, rank, lon, lat = (column[public] for column in (pk, rank, *table[3:]))
        x, y = mercator(lon, lat)
        curve = interleave(x, y) | ((rank == _COUNTRY_RANK).astype(np.int64) << 2 * BITS_PER_AXIS)
        order = np.argsort(curve, kind="stable")
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
            sql = "SELECT place FROM place_country WHERE country = ? ORDER BY place"
            (places,) = _table(connection, sql, 1, params=(code,))
            places = places[_contains(pk, places)]
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
        # A sum of floating-point numbers depends on their order.
        sql = "SELECT event, name, value FROM figure WHERE kind <> 'rate' ORDER BY event, name"
        for rows in backend_of(connection).batches(connection, sql, (), _ROWS_PER_BATCH):
            event, name, value = zip(*rows, strict=True)
            events.extend(event)
            names.extend(numbers.setdefault(figure, len(numbers)) for figure in name)
            values.extend(value)
        pk = np.frombuffer(events, dtype=np.int64)
        public = _contains(self.pk, pk)
        self.figure_event: Small = np.searchsorted(self.pk, pk[public]).astype(np.int32)
        # The names of figures that only unpublished events have must not appear.
        public_names = np.frombuffer(names, dtype=np.int32)[public]
        used = np.unique(public_names)
        all_names = list(numbers)
        self.figures = [all_names[number] for number in used.tolist()]
        self.figure_name: Small = np.searchsorted(used, public_names).astype(np.int32)
        self.figure_value: Floats = np.frombuffer(values, dtype=np.float64)[public]

    @property
    def placed(self) -> Ints:
        """Return the numbers of the events that have a place."""
        return np.flatnonzero(~self.mask(self.unplaced))

    def mask(self, events: Numbers) -> Mask:
        """Return a mask over all events that is true for these."""
        mask = np.zeros(len(self), dtype=bool)
        mask[events] = True
        return mask

    def pins_of(self, countries: Iterable[str]) -> Ints:
        """Return the numbers of the pins in these countries (ISO alpha-2), in ascending order."""
        numbers = [number for number, code in enumerate(self.codes) if code in countries]
        ends = self._country_ends
        parts = [self._country_pins[ends[n - 1] if n else 0 : ends[n]].astype(np.int64) for n in numbers]
        return parts[0] if len(parts) == 1 else np.unique(np.concatenate([_NO_PINS, *parts]))

    def runs(self, boxes: Iterable[Box]) -> list[tuple[int, int]]:
        """Return runs (begin, end) of pins that contain all pins in the boxes, and others close to them.

        No box may cross the antimeridian. The runs do not overlap and are in ascending order.
        """
        corners = [
            (*mercator_point(box.west, box.north), *mercator_point(box.east, box.south)) for box in boxes
        ]
        widest = max((max(east - west, south - north) for west, north, east, south in corners), default=0)
        # A box is then at most nine cells wide and high.
        shift = max(widest.bit_length() - _CELL_BITS, 0)
        cells: set[int] = set()
        for west, north, east, south in corners:
            # One unit more on each side, because numpy and math may differ in the last bit.
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
    """Return one array for each column of a query, without keeping all rows as Python objects at once."""
    parts: list[npt.NDArray[Any]] = [np.empty((0, columns), dtype=kind)]
    for rows in backend_of(connection).batches(connection, sql, params, _ROWS_PER_BATCH):
        parts.append(np.fromiter(chain.from_iterable(rows), kind, len(rows) * columns).reshape(-1, columns))
    table = np.concatenate(parts)
    return [np.ascontiguousarray(table[:, column]) for column in range(columns)]


def _values(connection: Connection, sql: str, params: tuple[str, ...] = ()) -> list[Any]:
    return [row[0] for row in run(connection, sql, params)]


def _contains(ascending: Ints, values: Ints) -> Mask:
    """Return which of the values are in an ascending array."""
    at = np.searchsorted(ascending, values)
    if not len(ascending):
        return at < 0
    equal: Mask = ascending[np.minimum(at, len(ascending) - 1)] == values
    return equal & (at < len(ascending))
