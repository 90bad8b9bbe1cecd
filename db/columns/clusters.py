"""Group pins into clusters: the cells of a grid that is fixed to the world, so that panning does not change them.

At zoom z, where the world is 256 · 2^z pixels wide, a cell is 64 pixels wide. Country pins have separate cells, since
they only mean "somewhere in the country". Pins are sorted along a Z-order curve, so each cell is one run of them.
"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import Floats, Ints, Numbers, Small
from db.columns.snapshot import Columns
from db.columns.sums import UNITS_PER_DEGREE, whole_units
from db.columns.zorder import BITS_PER_AXIS
from db.engines import run
from geo.place import Precision

MAX_ZOOM = 22
MAX_CLUSTERS = 20_000
_CELL_BITS = 2  # a tile of 256 pixels is 4 by 4 cells
_ROWS_PER_QUERY = 500
_DECIMALS = 5
_MIN_VAGUE_RANK = Precision.ADMIN2.rank


@dataclass(frozen=True, slots=True)
class Cluster:
    """The pins of one cell: their mean position (degrees), bbox (west, south, east, north) and counts by category.

    `id` and `title` are set for a single pin. `kind` is `country` for country pins, else `place`; `vague` counts the
    pins of which only the region or the country is known.
    """

    lon: float
    lat: float
    bbox: tuple[float, float, float, float]
    count: int
    categories: dict[str, int]
    kind: str
    vague: int = 0
    id: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """Selected pins as runs, one for each cell: `pins` along the curve, the index where each run `begins`, its `count`.

    `lon` and `lat` are the degrees of the pins.
    """

    pins: Ints
    begins: Ints
    count: Ints
    lon: Floats
    lat: Floats


def cells(columns: Columns, pins: Ints, zoom: int) -> Cells:
    """Split selected pins (their numbers, along the curve) into the cells of a zoom."""
    depth = min(zoom + _CELL_BITS, BITS_PER_AXIS)
    keys = columns.curve[pins] >> 2 * (BITS_PER_AXIS - depth)
    changes = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    begins = np.concatenate(([0], changes)) if len(pins) else np.empty(0, dtype=np.int64)
    count = np.diff(np.append(begins, len(pins)))
    return Cells(pins, begins, count, columns.lon[pins], columns.lat[pins])


def means(grid: Cells) -> tuple[Floats, Floats]:
    """Return the mean lon and lat of each cell's pins, in degrees."""
    return _mean(grid, grid.lon), _mean(grid, grid.lat)


def _mean(grid: Cells, degrees: Floats) -> Floats:
    # Whole numbers, since their sum does not depend on the order of the pins.
    units = np.add.reduceat(whole_units(degrees), grid.begins)
    return np.round(units / (grid.count * UNITS_PER_DEGREE), _DECIMALS)


def by_category(columns: Columns, grid: Cells) -> Ints:
    """Return the counts of pins: one row for each cell, one column for each category."""
    width = len(columns.categories)
    cell = np.repeat(np.arange(len(grid.begins)), grid.count)
    number = cell * width + columns.category[columns.event[grid.pins]]
    return np.bincount(number, minlength=len(grid.begins) * width).reshape(-1, width)


def clusters(columns: Columns, selected: Numbers, zoom: int, connection: Connection) -> list[Cluster]:
    """Return the clusters of selected pins for a zoom from 0 to 22; each pin counts in exactly one of them.

    If a zoom would give more than MAX_CLUSTERS, they are those of the next lower zoom that does not.
    """
    pins = np.arange(len(columns.lon)) if isinstance(selected, slice) else selected
    if not len(pins):
        return []
    grid = cells(columns, pins, zoom)
    while len(grid.begins) > MAX_CLUSTERS and zoom:
        zoom -= 1
        grid = cells(columns, pins, zoom)
    lon, lat = means(grid)
    boxes = bounding_boxes(grid)
    counts = by_category(columns, grid)
    country = columns.curve[pins[grid.begins]] >> 2 * BITS_PER_AXIS > 0
    vague = np.add.reduceat((columns.rank[grid.pins] >= _MIN_VAGUE_RANK).astype(np.int64), grid.begins)
    single = pins[grid.begins[grid.count == 1]]
    titles = ids_and_titles(columns, columns.event[single], connection)
    result = []
    for at, (begin, count) in enumerate(zip(grid.begins.tolist(), grid.count.tolist(), strict=True)):
        id_, title = titles[int(columns.event[pins[begin]])] if count == 1 else (None, None)
        result.append(
            Cluster(
                lon=float(lon[at]),
                lat=float(lat[at]),
                bbox=boxes[at],
                count=count,
                categories={columns.categories[n]: int(counts[at, n]) for n in np.flatnonzero(counts[at])},
                kind="country" if country[at] else "place",
                vague=int(vague[at]),
                id=id_,
                title=title,
            )
        )
    return result


def bounding_boxes(grid: Cells) -> list[tuple[float, float, float, float]]:
    """Return the (west, south, east, north) of each cell's pins, in degrees."""
    sides = [
        np.minimum.reduceat(grid.lon, grid.begins),
        np.minimum.reduceat(grid.lat, grid.begins),
        np.maximum.reduceat(grid.lon, grid.begins),
        np.maximum.reduceat(grid.lat, grid.begins),
    ]
    return list(zip(*(side.tolist() for side in sides), strict=True))


def ids_and_titles(
    columns: Columns, events: Ints | Small, connection: Connection
) -> dict[int, tuple[str, str]]:
    """Return the id and title of events, by their numbers in the columns."""
    numbers = dict(zip(columns.pk[events].tolist(), events.tolist(), strict=True))
    pks = list(numbers)
    titles: dict[int, tuple[str, str]] = {}
    for start in range(0, len(pks), _ROWS_PER_QUERY):
        batch = pks[start : start + _ROWS_PER_QUERY]
        marks = ", ".join("?" * len(batch))
        rows = run(connection, f"SELECT pk, id, title FROM event WHERE pk IN ({marks})", tuple(batch))
        titles |= {numbers[pk]: (id_, title) for pk, id_, title in rows}
    return titles
