"""The published events as columns in memory, from which counts, clusters and tiles are computed.

A million events take about 150 MB and are filtered in a few milliseconds, much faster than row by row in a database.
The columns belong to one data version and never change. `db.columns.reading` reads them from the database,
`db.columns.merging` makes those of the next version from those of the last one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from db.columns.arrays import Codes, Floats, Ints, Mask, Numbers, Small
from db.columns.block_counts import BlockCounts
from db.columns.blocks import UNDATED
from db.columns.cell_groups import CellGroups
from db.columns.zorder import BITS_PER_AXIS, SIDE, mercator_point, spread
from db.query.results import Stamp
from geo.box import Box

# The values of `Columns.verification`, in the order of the numbers in its SQL.
VERIFICATIONS = ("reported", "confirmed", "disputed")
_NO_PINS: Ints = np.empty(0, dtype=np.int64)
_CELL_BITS = 3  # the cells that cover a box are an eighth of its width


@dataclass(frozen=True, slots=True)
class Position:
    """Where columns are in the history of a database: its epoch, the last entry of its feed, and the data version."""

    epoch: str
    seq: int
    stamp: Stamp


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """One snapshot of the published events.

    Events, sorted by `pk`: the four bounds in seconds of UTC (0 if not `dated`), `category` (an index into
    `categories`), `dated`, `doubtful`, `verification` (an index into VERIFICATIONS). `begun` combines the day on which
    the event begins with its category: row * number of categories + category, where the row is UNDATED, NO_BEGINNING,
    or FIRST_DAY + an index into `days` (days since 1970). `begun_totals` are its running totals (see
    `db.columns.begun`).
    `unplaced` are the numbers of events without a place, `newest` the numbers of all events in the order of a list, and
    `rank_by_date` each event's index in `newest`. `irregular` are the numbers of the events that do not end in
    the block of time in which they begin (see `db.columns.blocks`), or may begin on several days, or are doubtful; some
    of their columns are repeated, since a pass over few events is faster.

    Pins, sorted along the Z-order curve and then by event, country pins after all others: `event` (its number), `lon`,
    `lat` (degrees), `rank` of precision, `curve`, and `only_code`: an index into `codes` if the pin is its event's
    only one and is in one country, else -1. `pins_by_event` are all of them, sorted by event.
    `owner_pin`, `owner_event` and `owner_code` list the countries of the pins without `only_code`, sorted by event and
    country. `country_pins` lists the pins of each country, up to its index of `country_ends`.

    `figure_event`, `figure_name` and `figure_value` are the values that can be summed, sorted by event and name;
    `figures` are their names. `categories`, `codes`, `days` and `figures` are sorted, and contain only what is used;
    `categories` also contains those that are installed with Dateline.

    `pin_begins`, `owner_begins` and `figure_begins` are where the rows of each event begin in `pins_by_event`, in the
    owner columns and in those of figures (see `db.columns.runs`).

    `block_counts` and `cell_groups` are precomputed counts; None in the columns of only some events, and if they would
    take too much memory.
    """

    position: Position

    pk: Ints
    start_min: Ints
    start_max: Ints
    end_min: Ints
    end_max: Ints
    category: Codes
    dated: Mask
    doubtful: Mask
    verification: npt.NDArray[np.int8]
    begun: Small
    unplaced: Ints
    newest: Small
    rank_by_date: Small
    irregular: Small
    irregular_start_min: Ints
    irregular_start_max: Ints
    irregular_end_max: Ints
    irregular_category: Codes
    irregular_doubtful: Mask
    categories: list[str]
    days: Ints
    begun_totals: Small

    event: Small
    rank: npt.NDArray[np.int8]
    lon: Floats
    lat: Floats
    curve: Ints
    pins_by_event: Small
    pin_begins: Small
    only_code: Codes
    owner_pin: Small
    owner_event: Small
    owner_code: Codes
    owner_begins: Small
    country_pins: Small
    country_ends: Ints
    codes: list[str]

    figure_event: Small
    figure_name: Small
    figure_value: Floats
    figure_begins: Small
    figures: list[str]

    block_counts: BlockCounts | None = None
    cell_groups: CellGroups | None = None

    def __post_init__(self) -> None:
        """Protect the arrays: several snapshots share them."""
        for name in ARRAYS:
            getattr(self, name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.pk)

    @property
    def stamp(self) -> Stamp:
        """Return the data version."""
        return self.position.stamp

    def with_arrays_of(self, copy: "Columns", original: "Columns") -> "Columns":
        """Return these columns with the arrays of a copy, where they share the arrays of its original."""
        same = {
            name: getattr(copy, name)
            for name in (*ARRAYS, *COUNTS)
            if getattr(self, name) is getattr(original, name)
        }
        return replace(self, **same)

    @property
    def placed(self) -> Ints:
        """Return the numbers of the events that have a place."""
        return np.flatnonzero(~self.mask(self.unplaced))

    @property
    def begun_table(self) -> Small:
        """Return `begun_totals` with an axis for the category and one for the row."""
        return self.begun_totals.reshape(len(self.categories), -1)

    @property
    def undated_count(self) -> int:
        """Return the number of undated events."""
        return int(self.begun_table[:, UNDATED + 1].sum())

    def mask(self, events: Numbers | Small) -> Mask:
        """Return a mask over all events that is true for these."""
        mask = np.zeros(len(self), dtype=bool)
        mask[events] = True
        return mask

    def pins_of(self, countries: Iterable[str]) -> Ints:
        """Return the numbers of the pins in these countries (ISO alpha-2), in ascending order."""
        numbers = [number for number, code in enumerate(self.codes) if code in countries]
        ends = self.country_ends
        parts = [self.country_pins[ends[n - 1] if n else 0 : ends[n]].astype(np.int64) for n in numbers]
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


LISTS = ("categories", "codes", "figures")
COUNTS = ("block_counts", "cell_groups")
_OTHERS = ("position", *LISTS, *COUNTS)
ARRAYS = tuple(name for name in Columns.__dataclass_fields__ if name not in _OTHERS)
