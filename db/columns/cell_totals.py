"""The totals of cells: what a cluster says about its pins. For coarse zooms they are sums over groups of pins."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from db.columns.arrays import Floats, Ints, Mask
from db.columns.blocks import divide
from db.columns.cell_groups import CELL_BITS, MIN_VAGUE_RANK, ZOOM, CellGroups, cells_of_pins
from db.columns.matches import by_time_and_category, wanted_categories
from db.columns.runs import rows_of
from db.columns.snapshot import Columns
from db.columns.sums import UNITS_PER_DEGREE, whole_units
from db.query.filter import Filter

_DECIMALS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTotals:
    """The totals of cells that have pins, in the order of the curve.

    `lon` and `lat` are mean positions in degrees, `sides` are west, south, east and north in degrees. `categories` has
    a row for each cell and a column for each category. `single` are the
    numbers of the pins that are alone in their cells.
    """

    lon: Floats
    lat: Floats
    sides: tuple[Floats, Floats, Floats, Floats]
    count: Ints
    categories: Ints
    country: Mask
    vague: Ints
    single: Ints


def mean_degrees(units: Ints | Floats, count: Ints) -> Floats:
    """Return mean coordinates in degrees, from their sums in 1e-5 degrees."""
    return np.round(units / (count * UNITS_PER_DEGREE), _DECIMALS)


def totals_by_group(columns: Columns, filter_: Filter, zoom: int) -> CellTotals | None:
    """Return the totals of a filter by time and category at a coarse zoom; None for other filters and zooms."""
    groups = columns.cell_groups
    if groups is None or zoom > ZOOM or not by_time_and_category(filter_):
        return None
    wanted = wanted_categories(columns, filter_)
    parts = divide(columns, filter_).of_categories(columns.category, wanted)
    pins = np.sort(columns.pins_by_event[rows_of(columns.pin_begins, parts.singles)]).astype(np.int64)
    return _totals(columns, groups, groups.of_parts(parts, wanted), pins, zoom)


def _totals(columns: Columns, groups: CellGroups, chosen: Ints, pins: Ints, zoom: int) -> CellTotals:
    depth, shift = zoom + CELL_BITS, 2 * (ZOOM - zoom)
    sums = _Sums(groups.cell(chosen) >> shift, cells_of_pins(columns, pins) >> shift, 2 << 2 * depth)
    numbers = groups.count[chosen]
    of_cells = sums.total(numbers, np.ones(len(pins)))
    cells = np.flatnonzero(of_cells)
    count: Ints = of_cells[cells].astype(np.int64)
    lon, lat, width = columns.lon[pins], columns.lat[pins], len(columns.categories)
    by_category = np.bincount(sums.group_cell * width + groups.category(chosen), numbers, sums.size * width)
    category = columns.category[columns.event[pins]]
    by_category += np.bincount(sums.pin_cell * width + category, minlength=sums.size * width)
    single = cells[count == 1]
    return CellTotals(
        lon=mean_degrees(sums.total(groups.lon[chosen], whole_units(lon))[cells], count),
        lat=mean_degrees(sums.total(groups.lat[chosen], whole_units(lat))[cells], count),
        sides=(
            sums.extreme(np.minimum, groups.west[chosen], lon)[cells],
            sums.extreme(np.minimum, groups.south[chosen], lat)[cells],
            sums.extreme(np.maximum, groups.east[chosen], lon)[cells],
            sums.extreme(np.maximum, groups.north[chosen], lat)[cells],
        ),
        count=count,
        categories=by_category.reshape(-1, width)[cells].astype(np.int64),
        country=cells >> 2 * depth > 0,
        vague=sums.total(groups.vague[chosen], columns.rank[pins] >= MIN_VAGUE_RANK)[cells].astype(np.int64),
        single=np.array(
            [_only_pin(columns, groups, sums, cell, (chosen, pins)) for cell in single.tolist()], int
        ),
    )


def _only_pin(columns: Columns, groups: CellGroups, sums: "_Sums", cell: int, of: tuple[Ints, Ints]) -> int:
    """Return the number of the only pin of a cell; `of` are the groups and the pins whose cells `sums` has."""
    chosen, pins = of
    at = int(np.searchsorted(sums.pin_cell, cell))
    if at < len(pins) and sums.pin_cell[at] == cell:
        return int(pins[at])
    return int(groups.pins(columns, int(chosen[np.searchsorted(sums.group_cell, cell)]))[0])


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over groups and over pins, by cell; the cells of both are ascending, and less than `size`.

    Sums are floating-point numbers, and exact up to 2^53: half a billion pins.
    """

    group_cell: Ints
    pin_cell: Ints
    size: int

    def total(self, of_groups: npt.NDArray[Any], of_pins: npt.NDArray[Any]) -> Floats:
        """Return the sum for each cell."""
        total: Floats = np.zeros(self.size)
        total += np.bincount(self.group_cell, of_groups, self.size)
        total += np.bincount(self.pin_cell, of_pins, self.size)
        return total

    def extreme(self, function: np.ufunc, of_groups: Floats, of_pins: Floats) -> Floats:
        """Return the minimum or maximum for each cell; other cells have no meaningful value."""
        result = np.full(self.size, np.inf if function is np.minimum else -np.inf)
        for cell, values in ((self.group_cell, of_groups), (self.pin_cell, of_pins)):
            if len(cell):
                begins = np.flatnonzero(np.append([True], cell[1:] != cell[:-1]))
                result[cell[begins]] = function(result[cell[begins]], function.reduceat(values, begins))
        return result
