"""Group pins into clusters: the cells of a grid that is fixed to the world, so that panning does not change them.

At zoom z, where the world is 256 · 2^z pixels wide, a cell is 64 pixels wide. Country pins have separate cells, since
they only mean "somewhere in the country". Pins are sorted along a Z-order curve, so each cell is one run of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from db.columns.arrays import Floats, Ints, Small
from db.columns.cell_groups import CELL_BITS, MIN_VAGUE_RANK
from db.columns.cell_totals import CellTotals, mean_degrees, totals_by_group
from db.columns.filtering import selected
from db.columns.snapshot import Columns
from db.columns.sums import whole_units
from db.columns.version_rows import ReadRows
from db.columns.zorder import BITS_PER_AXIS
from db.query.filter import Filter

MAX_ZOOM = 22
MAX_CLUSTERS = 20_000


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
    depth = min(zoom + CELL_BITS, BITS_PER_AXIS)
    keys = columns.curve[pins] >> 2 * (BITS_PER_AXIS - depth)
    changes = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    begins = np.concatenate(([0], changes)) if len(pins) else np.empty(0, dtype=np.int64)
    count = np.diff(np.append(begins, len(pins)))
    return Cells(pins, begins, count, columns.lon[pins], columns.lat[pins])


def means(grid: Cells) -> tuple[Floats, Floats]:
    """Return the mean lon and lat of each cell's pins, in degrees."""
    # Whole numbers, since their sum does not depend on the order of the pins.
    lon, lat = (np.add.reduceat(whole_units(degrees), grid.begins) for degrees in (grid.lon, grid.lat))
    return mean_degrees(lon, grid.count), mean_degrees(lat, grid.count)


def by_category(columns: Columns, grid: Cells) -> Ints:
    """Return the counts of pins: one row for each cell, one column for each category."""
    width = len(columns.categories)
    cell = np.repeat(np.arange(len(grid.begins)), grid.count)
    number = cell * width + columns.category[columns.event[grid.pins]]
    return np.bincount(number, minlength=len(grid.begins) * width).reshape(-1, width)


def clusters(columns: Columns, filter_: Filter, zoom: int, read: ReadRows) -> list[Cluster]:
    """Return the clusters of the selected pins for a zoom from 0 to 22; each pin counts in exactly one of them.

    If a zoom would give more than MAX_CLUSTERS, they are those of the next lower zoom that does not.
    """
    cell_totals = totals_by_group(columns, filter_, zoom)
    if cell_totals is None:
        pins = selected(columns, filter_, read.connection)
        cell_totals = _counted_singly(
            columns, np.arange(len(columns.lon)) if isinstance(pins, slice) else pins, zoom
        )
    events = columns.event[cell_totals.single]
    titles = ids_and_titles(columns, events, read)
    return _clusters(columns.categories, cell_totals, [titles[event] for event in events.tolist()])


def _counted_singly(columns: Columns, pins: Ints, zoom: int) -> CellTotals:
    """Return the totals of pins, along the curve."""
    grid = cells(columns, pins, zoom)
    while len(grid.begins) > MAX_CLUSTERS and zoom:
        zoom -= 1
        grid = cells(columns, pins, zoom)
    lon, lat = means(grid) if len(pins) else (grid.lon, grid.lat)
    vague = (columns.rank[pins] >= MIN_VAGUE_RANK).astype(np.int64)
    return CellTotals(
        lon=lon,
        lat=lat,
        sides=sides(grid),
        count=grid.count,
        categories=by_category(columns, grid),
        country=columns.curve[pins[grid.begins]] >> 2 * BITS_PER_AXIS > 0,
        vague=np.add.reduceat(vague, grid.begins) if len(pins) else vague,
        single=pins[grid.begins[grid.count == 1]],
    )


def _clusters(
    categories: list[str], cell_totals: CellTotals, titles: Iterable[tuple[str, str]]
) -> list[Cluster]:
    """Return cells as clusters; `titles` are id and title of the events of single pins, in order."""
    columns = (cell_totals.lon, cell_totals.lat, *cell_totals.sides, cell_totals.count, cell_totals.vague)
    rows = zip(
        *(column.tolist() for column in (*columns, cell_totals.country, cell_totals.categories)), strict=True
    )
    titles, result = iter(titles), []
    for lon, lat, west, south, east, north, count, vague, country, counts in rows:
        id_, title = next(titles) if count == 1 else (None, None)
        result.append(
            Cluster(
                lon=lon,
                lat=lat,
                bbox=(west, south, east, north),
                count=count,
                categories={slug: number for slug, number in zip(categories, counts, strict=True) if number},
                kind="country" if country else "place",
                vague=vague,
                id=id_,
                title=title,
            )
        )
    return result


def bounding_boxes(grid: Cells) -> list[tuple[float, float, float, float]]:
    """Return the (west, south, east, north) of each cell's pins, in degrees."""
    return list(zip(*(side.tolist() for side in sides(grid)), strict=True))


def sides(grid: Cells) -> tuple[Floats, Floats, Floats, Floats]:
    """Return west, south, east and north of each cell's pins, in degrees."""
    if not len(grid.begins):
        return grid.lon, grid.lat, grid.lon, grid.lat
    return (
        np.minimum.reduceat(grid.lon, grid.begins),
        np.minimum.reduceat(grid.lat, grid.begins),
        np.maximum.reduceat(grid.lon, grid.begins),
        np.maximum.reduceat(grid.lat, grid.begins),
    )


def ids_and_titles(columns: Columns, events: Ints | Small, read: ReadRows) -> dict[int, tuple[str, str]]:
    """Return the id and title of events, by their numbers in the columns."""
    numbers = dict(zip(columns.pk[events].tolist(), events.tolist(), strict=True))
    if not numbers:
        return {}
    of_events = read.backend.any_of("pk", list(numbers))
    rows = read(f"SELECT pk, id, title FROM event WHERE {of_events.sql}", of_events.params)
    return {numbers[pk]: (id_, title) for pk, id_, title in rows}
