"""The published events as columns in memory: what counts, clusters and tiles are made from.

A million events take some 120 MB and are masked in a few milliseconds, where SQLite would read a row at a time.
The columns belong to one data version and never change; when the version moves, the next question reads them anew.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from db.civil import DAY
from db.filter import Stamp
from db.read import stamp
from db.when import ALWAYS
from geo.box import Box
from geo.place import Precision

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Numbers = Ints | slice  # of events or pins, ascending; EVERY stands for all of them
EVERY = slice(None)

BITS = 25  # of each of x and y in the world square: less than a metre at the equator
LATITUDE = 85.0511287798066  # beyond it Web Mercator has no square; what lies there is drawn at the edge
_COARSE = Precision.COUNTRY.rank
_BATCH = 50_000
_CELLS = 3  # bits: a box is gathered from cells of an eighth of its width


class Columns:
    """One snapshot of the published events.

    Events, by `pk`: the four bounds in seconds (0 where not `dated`), `slot` of the day that they begin (0 where
    undated, 1 where always, from 2 on a number into `days`, days since 1970), `category` (a number into
    `categories`), `dated`, `doubtful`; and the numbers of those that are `placed` and `unplaced`.
    Pins, along a Z-order curve of Web Mercator, country pins after all others: `event` (a number into the
    events), `lon`, `lat` (degrees), `rank` of precision, `curve`, and `only_code`, the country of a pin that is
    its event's only one and in one country (else -1). `owner_pin`, `owner_event` and `owner_code` list the
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
        self.categories = [
            row[0] for row in connection.exec_driver_sql("SELECT slug FROM category ORDER BY slug")
        ]
        number = "SELECT slug, row_number() OVER (ORDER BY slug) - 1 AS n FROM category"
        table = _table(
            connection,
            "SELECT e.pk, coalesce(e.start_min, 0), coalesce(e.start_max, 0), coalesce(e.end_min, 0),"
            " coalesce(e.end_max, 0), c.n, (e.start_min IS NOT NULL) + 2 * e.doubtful + 4 * e.placed"
            f" FROM event e JOIN ({number}) c ON c.slug = e.category WHERE e.status = 'published' ORDER BY e.pk",
            7,
        )
        self.pk: Ints = table[0]
        self.start_min, self.start_max, self.end_min, self.end_max = table[1:5]
        self.category: npt.NDArray[np.int16] = table[5].astype(np.int16)
        flags = table[6]
        self.dated: Mask = flags & 1 > 0
        self.doubtful: Mask = flags & 2 > 0
        self.placed: Ints = np.flatnonzero(flags & 4)
        self.unplaced: Ints = np.flatnonzero(~(flags & 4) & 4)
        always = self.dated & (self.start_min == ALWAYS)
        timed = np.flatnonzero(self.dated & ~always)
        self.days, slots = np.unique(self.start_min[timed] // DAY, return_inverse=True)
        self.slot: Small = always.astype(np.int32)
        self.slot[timed] = slots + 2

    def _read_pins(self, connection: Connection) -> None:
        published = "FROM place p JOIN event e ON e.pk = p.event WHERE e.status = 'published'"
        whole = _table(connection, f"SELECT p.pk, p.event, p.rank {published} ORDER BY p.pk", 3)
        spots = _table(connection, f"SELECT p.lon, p.lat {published} ORDER BY p.pk", 2, np.float64)
        pk, event, rank = whole[0], np.searchsorted(self.pk, whole[1]), whole[2]
        x, y = mercator(spots[0], spots[1])
        curve = interleave(x, y) | ((rank == _COARSE).astype(np.int64) << 2 * BITS)
        order = np.argsort(curve, kind="stable")
        self.pin_pk: Ints = pk[order]
        self.event: Small = event[order].astype(np.int32)
        self.rank: npt.NDArray[np.int8] = rank[order].astype(np.int8)
        self.lon: Floats = spots[0][order]
        self.lat: Floats = spots[1][order]
        self.curve: Ints = curve[order]
        self._read_owners(connection, pk, order)

    def _read_owners(self, connection: Connection, pk: Ints, order: Ints) -> None:
        sql = "SELECT DISTINCT country FROM place_country ORDER BY country"
        self.codes = [row[0] for row in connection.exec_driver_sql(sql)]
        number = f"SELECT country, row_number() OVER (ORDER BY country) - 1 AS n FROM ({sql})"
        table = _table(
            connection,
            f"SELECT c.place, n.n FROM place_country c JOIN ({number}) n USING (country)"
            " JOIN place p ON p.pk = c.place JOIN event e ON e.pk = p.event WHERE e.status = 'published'",
            2,
        )
        self.only_code: npt.NDArray[np.int16] = np.full(len(order), -1, dtype=np.int16)
        at = np.empty(len(order), dtype=np.int64)
        at[order] = np.arange(len(order))
        pin = at[np.searchsorted(pk, table[0])] if len(pk) else table[0]
        simple = (np.bincount(self.event, minlength=len(self))[self.event] == 1)[pin]
        simple &= np.bincount(pin, minlength=len(order))[pin] == 1
        self.only_code[pin[simple]] = table[1][simple]
        pin, code = pin[~simple], table[1][~simple]
        event = self.event[pin].astype(np.int64)
        by = np.lexsort((code, event))
        self.owner_pin: Small = pin[by].astype(np.int32)
        self.owner_event: Small = event[by].astype(np.int32)
        self.owner_code: npt.NDArray[np.int16] = code[by].astype(np.int16)

    def _read_figures(self, connection: Connection) -> None:
        sql = "FROM figure f JOIN event e ON e.pk = f.event WHERE e.status = 'published' AND f.kind <> 'rate'"
        rows = connection.exec_driver_sql(f"SELECT e.pk, f.name, f.value {sql}").all()
        self.figures = sorted({row[1] for row in rows})
        numbers = {name: n for n, name in enumerate(self.figures)}
        self.figure_event: Ints = np.searchsorted(self.pk, np.array([row[0] for row in rows], dtype=np.int64))
        self.figure_name: Small = np.array([numbers[row[1]] for row in rows], dtype=np.int32)
        self.figure_value: Floats = np.array([row[2] for row in rows], dtype=np.float64)

    def mask(self, events: Numbers) -> Mask:
        """Mark these events among all."""
        found = np.zeros(len(self), dtype=bool)
        found[events] = True
        return found

    def runs(self, boxes: Iterable[Box]) -> list[tuple[int, int]]:
        """Find runs of pins that hold all pins of these boxes, and some around them.

        None of the boxes crosses the antimeridian. The runs do not overlap, and lie in order.
        """
        corners = [mercator(np.array([b.west, b.east]), np.array([b.north, b.south])) for b in boxes]
        widest = max((int(side[1] - side[0]) for corner in corners for side in corner), default=0)
        # So that a box is at most some nine cells wide and high.
        shift = max(widest.bit_length() - _CELLS, 0)
        cells: set[int] = set()
        for x, y in corners:
            across, down = (np.arange(side[0] >> shift, (side[1] >> shift) + 1) for side in (x, y))
            cells.update(interleave(*(axis.ravel() for axis in np.meshgrid(across, down))).tolist())
        first = np.array(sorted(cells), dtype=np.int64) << 2 * shift
        both = np.concatenate([first, first + (1 << 2 * BITS)])
        begins, ends = (
            np.searchsorted(self.curve, bound).tolist() for bound in (both, both + (1 << 2 * shift))
        )
        return [(begin, end) for begin, end in zip(begins, ends, strict=True) if begin < end]


def _table(connection: Connection, sql: str, columns: int, kind: type = np.int64) -> list[npt.NDArray]:  # type: ignore[type-arg]  # of kind
    """Read numbers as one array a column, without ever holding all rows as Python objects."""
    parts: list[npt.NDArray] = [np.empty((0, columns), dtype=kind)]  # type: ignore[type-arg]
    cursor = connection.exec_driver_sql(sql).cursor
    while rows := cursor.fetchmany(_BATCH):
        parts.append(np.array(rows, dtype=kind))
    whole = np.concatenate(parts)
    return [np.ascontiguousarray(whole[:, at]) for at in range(columns)]


def mercator(lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
    """Place degrees in the square of Web Mercator: x east and y south from the north-west corner, 2^25 units."""
    side = 1 << BITS
    phi = np.radians(np.clip(lat, -LATITUDE, LATITUDE))
    x = (lon + 180) / 360
    y = 0.5 - np.log(np.tan(np.pi / 4 + phi / 2)) / (2 * np.pi)
    return (
        np.clip((x * side).astype(np.int64), 0, side - 1),
        np.clip((y * side).astype(np.int64), 0, side - 1),
    )


def interleave(x: Ints, y: Ints) -> Ints:
    """Weave x and y into numbers along a Z-order curve: bits of y before those of x (Morton, 1966)."""
    return _spread(x) | _spread(y) << 1


def _spread(value: Ints) -> Ints:
    value = value.astype(np.int64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | value << shift) & mask
    return value


def gather(curve: Ints) -> tuple[Ints, Ints]:
    """Take x and y out of numbers along the curve again."""
    return _collect(curve), _collect(curve >> 1)


def _collect(value: Ints) -> Ints:
    value = value & 0x5555555555555555
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        value = (value | value >> shift) & mask
    return value
