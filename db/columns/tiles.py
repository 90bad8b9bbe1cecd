"""Mapbox Vector Tiles 2.1 with the layer `events`: single pins, or clusters if there are more than MAX_PINS.

A map that draws clusters itself requests clusters in any case, and joins them by their properties.

The encoder is written here instead of imported: a tile has only points, and a millisecond matters.
Source: Mapbox Vector Tile specification 2.1; Protocol Buffers encoding.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from db.columns.arrays import EVERY, Ints, Numbers
from db.columns.clusters import bounding_boxes, by_category, cells, ids_and_titles, means
from db.columns.snapshot import Columns
from db.columns.version_rows import ReadRows
from db.columns.zorder import BITS_PER_AXIS, mercator
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS, FOREVER
from geo.place import Precision

LAYER = "events"
EXTENT = 4096
MAX_PINS = 3000
_FULL_TILE_ZOOMS = 3  # a tile with too many pins has 32 by 32 cells for each kind
_GROUPED_ZOOMS = 2  # a tile that was requested with clusters has 16 by 16, enough for drawing them
_PRECISIONS = [precision.value for precision in Precision]
_MIN_COARSE_RANK = Precision.ADMIN2.rank
_WIDE_DEGREES = 1.0
_ROUNDING_DEGREES = 0.005

Properties = dict[str, Any]


def in_tile(columns: Columns, zoom: int, x: int, y: int) -> Numbers:
    """Return the numbers of a tile's pins, in ascending order; EVERY at zoom 0."""
    if zoom == 0:
        return EVERY
    return np.concatenate([np.arange(*run) for run in runs(columns, zoom, x, y)])


def runs(columns: Columns, zoom: int, x: int, y: int) -> list[tuple[int, int]]:
    """Return the two runs (begin, end) of a tile's pins in the columns: country pins come after all others."""
    at = 0
    for bit in range(zoom):
        at |= (x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1
    shift = 2 * (BITS_PER_AXIS - zoom)
    bounds = [(kind << 2 * BITS_PER_AXIS) + (at + end << shift) for kind in (0, 1) for end in (0, 1)]
    west, east, first, last = np.searchsorted(columns.curve, bounds).tolist()
    return [(west, east), (first, last)]


def tile(
    columns: Columns,
    chosen: Numbers,
    address: tuple[int, int, int],
    read: ReadRows,
    grouped: bool = False,
) -> bytes:
    """Return the tile at `address` (zoom, x, y) with these pins, which are inside it; no bytes without pins.

    The pins are grouped if `grouped` is true or there are more than MAX_PINS.
    """
    pins = np.arange(len(columns.lon))[chosen]
    if not len(pins):
        return b""
    if grouped or len(pins) > MAX_PINS:
        coarse = columns.rank[pins] >= _MIN_COARSE_RANK
        parts = [pins[~coarse], pins[coarse]]
        extra_zooms = _GROUPED_ZOOMS if grouped else _FULL_TILE_ZOOMS
        return _layer(row for part in parts for row in _grouped(columns, part, address, read, extra_zooms))
    titles = ids_and_titles(columns, columns.event[pins], read)
    east, south = _tile_units(columns.lon[pins], columns.lat[pins], address)
    rows = (_pin(columns, pin, titles[int(columns.event[pin])]) for pin in pins.tolist())
    return _layer(zip(east, south, rows, strict=True))


def _pin(columns: Columns, pin: int, id_and_title: tuple[str, str]) -> Properties:
    event = int(columns.event[pin])
    properties: Properties = {
        "id": id_and_title[0],
        "title": id_and_title[1],
        "category": columns.categories[columns.category[event]],
        "precision": _PRECISIONS[columns.rank[pin]],
    }
    if columns.dated[event]:
        # Days since 1970, as numbers that a map can filter by; an open end has none.
        first, last = int(columns.start_min[event]), int(columns.end_max[event])
        if first != ALWAYS:
            properties["earliest"] = first // DAY
        if last != FOREVER:
            properties["latest"] = last // DAY
    return properties


def _grouped(
    columns: Columns, pins: Ints, address: tuple[int, int, int], read: ReadRows, extra_zooms: int
) -> Iterator[tuple[int, int, Properties]]:
    """Yield (x, y, properties) for each cell of pins, which are either all coarse (region or country) or none."""
    if not len(pins):
        return
    grid = cells(columns, pins, address[0] + extra_zooms)
    lon, lat = means(grid)
    east, south = _tile_units(lon, lat, address)
    counts, boxes = by_category(columns, grid).tolist(), bounding_boxes(grid)
    firsts = pins[grid.begins]
    titles = ids_and_titles(columns, columns.event[firsts[grid.count == 1]], read)
    keys = [f"categories.{slug}" for slug in columns.categories]
    for at, (pin, count) in enumerate(zip(firsts.tolist(), grid.count.tolist(), strict=True)):
        if count == 1:
            row = _pin(columns, pin, titles[int(columns.event[pin])])
        else:
            row = _cluster(columns, pin, count)
            row["category"] = columns.categories[counts[at].index(max(counts[at]))]
            # A tile's values are plain numbers and texts, so each category has a property.
            row |= {key: number for key, number in zip(keys, counts[at], strict=True) if number}
        row["bbox"] = _box(boxes[at])
        yield east[at], south[at], row


def _cluster(columns: Columns, first: int, count: int) -> Properties:
    """Return the properties of a cluster; `first` is any of its pins, which are all of one kind."""
    properties: Properties = {
        "count": count,
        "kind": "country" if columns.curve[first] >> 2 * BITS_PER_AXIS else "place",
    }
    if columns.rank[first] >= _MIN_COARSE_RANK:
        properties["coarse"] = True
    return properties


def _box(box: tuple[float, float, float, float]) -> str:
    """Return a box as a value of the parameter `bbox`, exact to a metre, or to a kilometre for a wide box."""
    west, south, east, north = box
    if east - west < _WIDE_DEGREES and north - south < _WIDE_DEGREES:
        return f"{west:.5f},{south:.5f},{east:.5f},{north:.5f}"
    # Rounded outwards, so that the box still contains its pins.
    margin = _ROUNDING_DEGREES
    return f"{west - margin:.2f},{south - margin:.2f},{east + margin:.2f},{north + margin:.2f}"


def _tile_units(lon: Any, lat: Any, address: tuple[int, int, int]) -> tuple[list[int], list[int]]:
    """Return x and y in a tile for degrees: whole numbers from its north-west corner, 4096 to a side."""
    zoom, x, y = address
    across, down = mercator(np.asarray(lon), np.asarray(lat))
    shift = BITS_PER_AXIS - zoom
    side = 1 << shift
    east = (across - (x << shift)) * EXTENT // side
    south = (down - (y << shift)) * EXTENT // side
    # The mean position of pins at an edge may be rounded to a position outside the tile.
    return np.clip(east, 0, EXTENT - 1).tolist(), np.clip(south, 0, EXTENT - 1).tolist()


def _layer(rows: Iterable[tuple[int, int, Properties]]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    tags: dict[tuple[str, Any], bytes] = {}  # encoded (key, value) pairs, many of which repeat

    def tag(item: tuple[str, Any]) -> bytes:
        key, value = item
        encoded = _varint(keys.setdefault(key, len(keys)))
        encoded += _varint(values.setdefault((type(value), value), len(values)))
        tags[item] = encoded
        return encoded

    features = []
    for east, south, properties in rows:
        encoded = b"".join([tags.get(item) or tag(item) for item in properties.items()])
        # One MoveTo of one point: command 1, count 1, then both distances from the corner in zigzag.
        point = b"\x09" + _varint(east << 1) + _varint(south << 1)
        body = b"\x12" + _varint(len(encoded)) + encoded + b"\x18\x01\x22" + _varint(len(point)) + point
        features.append(b"\x12" + _varint(len(body)) + body)
    head = b"\x78\x02" + _field(1, LAYER.encode()) + b"".join(features)
    body = head + b"".join(_field(3, key.encode()) for key in keys)
    body += b"".join(_field(4, _value(value)) for _, value in values) + b"\x28" + _varint(EXTENT)
    return _field(3, body)


def _value(value: str | int) -> bytes:
    if isinstance(value, str):
        return _field(1, value.encode())
    if isinstance(value, bool):
        return b"\x38" + bytes([value])
    # sint_value: zigzag, so that days before 1970 stay short.
    return b"\x30" + _varint(value << 1 if value >= 0 else (-value << 1) - 1)


def _field(number: int, body: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    if value < len(_SMALL):
        return _SMALL[value]
    return bytes([value & 0x7F | 0x80]) + _varint(value >> 7)


_SMALL = [bytes([value]) for value in range(0x80)]
# The zigzag values of every coordinate in a tile.
_SMALL += [bytes([value & 0x7F | 0x80, value >> 7]) for value in range(0x80, 2 * EXTENT)]
