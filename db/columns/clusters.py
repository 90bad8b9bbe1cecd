"""Pins → clusters: cells of a grid that is fixed to the world, so that they stay while the user pans.

At zoom z a cell is 64 pixels wide where the world is 256 · 2^z; country pins have cells of their own, since they
only say "somewhere in the country". As pins lie along a Z-order curve, each cell is one run of them.
"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import Floats, Ints, Numbers, Small
from db.columns.snapshot import Columns
from db.columns.zorder import BITS_PER_AXIS
from db.engines import run
from geo.place import Precision

MAX_ZOOM = 22
_CELLS = 2  # a tile of 256 pixels is 4 by 4 cells
_BATCH = 500
_DECIMALS = 5
_VAGUE = Precision.ADMIN2.rank


@dataclass(frozen=True, slots=True)
class Cluster:
    """Pins of one cell: a middle (degrees), a box, counts by category; `id` and `title` where it is one pin.

    `kind` is `country` for pins of that precision, else `place`; `vague` counts the pins of which only the region or
    the country is known.
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
    """Runs of selected pins, one a cell: `pins` in order of the curve, where each run `begins`, and its `count`.

    `lon` and `lat` are those of the pins.
    """

    pins: Ints
    begins: Ints
    count: Ints
    lon: Floats
    lat: Floats


def cells(columns: Columns, pins: Ints, zoom: int) -> Cells:
    """Part selected pins (their numbers, in order of the curve) into the cells of a zoom."""
    depth = min(zoom + _CELLS, BITS_PER_AXIS)
    keys = columns.curve[pins] >> 2 * (BITS_PER_AXIS - depth)
    changes = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    begins = np.concatenate(([0], changes)) if len(pins) else np.empty(0, dtype=np.int64)
    count = np.diff(np.append(begins, len(pins)))
    return Cells(pins, begins, count, columns.lon[pins], columns.lat[pins])


def middles(found: Cells) -> tuple[Floats, Floats]:
    """Give the middle of each cell's pins in degrees."""
    lon = np.add.reduceat(found.lon, found.begins) / found.count
    lat = np.add.reduceat(found.lat, found.begins) / found.count
    return np.round(lon, _DECIMALS), np.round(lat, _DECIMALS)


def by_category(columns: Columns, found: Cells) -> Ints:
    """Count the pins of each cell by category: a row a cell, a column a category."""
    width = len(columns.categories)
    cell = np.repeat(np.arange(len(found.begins)), found.count)
    number = cell * width + columns.category[columns.event[found.pins]]
    return np.bincount(number, minlength=len(found.begins) * width).reshape(-1, width)


def clusters(columns: Columns, selected: Numbers, zoom: int, connection: Connection) -> list[Cluster]:
    """Group selected pins for a map of a zoom from 0 to 22; no pin is left out, and none counts twice."""
    pins = np.arange(len(columns.lon)) if isinstance(selected, slice) else selected
    if not len(pins):
        return []
    found = cells(columns, pins, zoom)
    lon, lat = middles(found)
    boxes = edges(found)
    tally = by_category(columns, found)
    country = columns.curve[pins[found.begins]] >> 2 * BITS_PER_AXIS > 0
    vague = np.add.reduceat((columns.rank[found.pins] >= _VAGUE).astype(np.int64), found.begins)
    alone = pins[found.begins[found.count == 1]]
    named = names(columns, columns.event[alone], connection)
    made = []
    for at, (begin, count) in enumerate(zip(found.begins.tolist(), found.count.tolist(), strict=True)):
        id_, title = named[int(columns.event[pins[begin]])] if count == 1 else (None, None)
        made.append(
            Cluster(
                lon=float(lon[at]),
                lat=float(lat[at]),
                bbox=boxes[at],
                count=count,
                categories={columns.categories[n]: int(tally[at, n]) for n in np.flatnonzero(tally[at])},
                kind="country" if country[at] else "place",
                vague=int(vague[at]),
                id=id_,
                title=title,
            )
        )
    return made


def edges(found: Cells) -> list[tuple[float, float, float, float]]:
    sides = [
        np.minimum.reduceat(found.lon, found.begins),
        np.minimum.reduceat(found.lat, found.begins),
        np.maximum.reduceat(found.lon, found.begins),
        np.maximum.reduceat(found.lat, found.begins),
    ]
    return list(zip(*(side.tolist() for side in sides), strict=True))


def names(columns: Columns, events: Ints | Small, connection: Connection) -> dict[int, tuple[str, str]]:
    """Read the id and title of events (their numbers in the columns)."""
    numbers = dict(zip(columns.pk[events].tolist(), events.tolist(), strict=True))
    pks = list(numbers)
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(pks), _BATCH):
        batch = pks[start : start + _BATCH]
        marks = ", ".join("?" * len(batch))
        rows = run(connection, f"SELECT pk, id, title FROM event WHERE pk IN ({marks})", tuple(batch))
        found |= {numbers[pk]: (id_, title) for pk, id_, title in rows}
    return found
