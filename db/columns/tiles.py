"""Pins → Mapbox Vector Tiles 2.1, layer `events`: single pins, or clusters where there are too many.

A map that draws its own discs asks for clusters whatever their number, and joins them: each says what it holds.

The encoding is written out here: a tile holds points only, and a thousandth of a second counts.
Source: Mapbox Vector Tile specification 2.1; Protocol Buffers encoding.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import EVERY, Ints, Numbers
from db.columns.clusters import by_category, cells, edges, middles, names
from db.columns.snapshot import Columns
from db.columns.zorder import BITS_PER_AXIS, mercator
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS, FOREVER
from geo.place import Precision

LAYER = "events"
EXTENT = 4096
MOST_PINS = 3000
_FINER = 3  # a full tile is grouped in 32 by 32 cells, for each kind
_GROUPED = 2  # one that was asked to be in 16 by 16: what is drawn as discs needs no more
_PRECISIONS = [precision.value for precision in Precision]
_COARSE = Precision.ADMIN2.rank
_WIDE, _ROUND = 1.0, 0.005  # degrees

Properties = dict[str, Any]


def in_tile(columns: Columns, zoom: int, x: int, y: int) -> Numbers:
    """Number the pins of a tile, along the curve: two runs, as country pins come after all others."""
    if zoom == 0:
        return EVERY
    return np.concatenate([np.arange(*run) for run in runs(columns, zoom, x, y)])


def runs(columns: Columns, zoom: int, x: int, y: int) -> list[tuple[int, int]]:
    """Find where a tile's pins begin and end in the columns."""
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
    connection: Connection,
    grouped: bool = False,
) -> bytes:
    """Make the tile z/x/y of these pins, which lie in it; an empty one is no bytes.

    They are grouped where there are too many, or where that is asked for.
    """
    pins = np.arange(len(columns.lon))[chosen]
    if not len(pins):
        return b""
    if grouped or len(pins) > MOST_PINS:
        coarse = columns.rank[pins] >= _COARSE
        parts = [pins[~coarse], pins[coarse]]
        finer = _GROUPED if grouped else _FINER
        return _layer(row for part in parts for row in _grouped(columns, part, address, connection, finer))
    named = names(columns, columns.event[pins], connection)
    east, south = _within(columns.lon[pins], columns.lat[pins], address)
    rows = (_pin(columns, pin, named[int(columns.event[pin])]) for pin in pins.tolist())
    return _layer(zip(east, south, rows, strict=True))


def _pin(columns: Columns, pin: int, named: tuple[str, str]) -> Properties:
    event = int(columns.event[pin])
    made: Properties = {
        "id": named[0],
        "title": named[1],
        "category": columns.categories[columns.category[event]],
        "precision": _PRECISIONS[columns.rank[pin]],
    }
    if columns.dated[event]:
        # Days since 1970, as numbers to filter on; an open end has none.
        first, last = int(columns.start_min[event]), int(columns.end_max[event])
        if first != ALWAYS:
            made["earliest"] = first // DAY
        if last != FOREVER:
            made["latest"] = last // DAY
    return made


def _grouped(
    columns: Columns, pins: Ints, address: tuple[int, int, int], connection: Connection, finer: int
) -> Iterator[tuple[int, int, Properties]]:
    """Group pins of which either the spot is known, or none is known finer than its region or country."""
    if not len(pins):
        return
    found = cells(columns, pins, address[0] + finer)
    lon, lat = middles(found)
    east, south = _within(lon, lat, address)
    tally, boxes = by_category(columns, found).tolist(), edges(found)
    firsts = pins[found.begins]
    named = names(columns, columns.event[firsts[found.count == 1]], connection)
    keys = [f"categories.{slug}" for slug in columns.categories]
    for at, (pin, count) in enumerate(zip(firsts.tolist(), found.count.tolist(), strict=True)):
        if count == 1:
            row = _pin(columns, pin, named[int(columns.event[pin])])
        else:
            row = _cluster(columns, pin, count)
            row["category"] = columns.categories[tally[at].index(max(tally[at]))]
            # A tile holds plain values alone.
            row |= {key: own for key, own in zip(keys, tally[at], strict=True) if own}
        row["bbox"] = _box(boxes[at])
        yield east[at], south[at], row


def _cluster(columns: Columns, first: int, count: int) -> Properties:
    """Tell what a cluster is; `first` is one of its pins, which are of one kind."""
    made: Properties = {
        "count": count,
        "kind": "country" if columns.curve[first] >> 2 * BITS_PER_AXIS else "place",
    }
    if columns.rank[first] >= _COARSE:
        made["coarse"] = True
    return made


def _box(box: tuple[float, float, float, float]) -> str:
    """Write a box as the parameter `bbox` takes it, to the metre, or to the kilometre where it is a wide one."""
    west, south, east, north = box
    if east - west < _WIDE and north - south < _WIDE:
        return f"{west:.5f},{south:.5f},{east:.5f},{north:.5f}"
    # Outwards, so that it still holds its pins.
    return f"{west - _ROUND:.2f},{south - _ROUND:.2f},{east + _ROUND:.2f},{north + _ROUND:.2f}"


def _within(lon: Any, lat: Any, address: tuple[int, int, int]) -> tuple[list[int], list[int]]:
    """Place degrees in a tile: whole numbers from its north-west corner, 4096 to a side."""
    zoom, x, y = address
    across, down = mercator(np.asarray(lon), np.asarray(lat))
    shift = BITS_PER_AXIS - zoom
    side = 1 << shift
    east = (across - (x << shift)) * EXTENT // side
    south = (down - (y << shift)) * EXTENT // side
    # The middle of pins at an edge may round beyond it.
    return np.clip(east, 0, EXTENT - 1).tolist(), np.clip(south, 0, EXTENT - 1).tolist()


def _layer(rows: Iterable[tuple[int, int, Properties]]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    tags: dict[tuple[str, Any], bytes] = {}  # what is said already, such as "three raids"

    def tag(said: tuple[str, Any]) -> bytes:
        key, value = said
        made = _varint(keys.setdefault(key, len(keys)))
        made += _varint(values.setdefault((type(value), value), len(values)))
        tags[said] = made
        return made

    features = []
    for east, south, properties in rows:
        said = b"".join([tags.get(one) or tag(one) for one in properties.items()])
        # One MoveTo of one point: command 1, count 1, then both distances from the corner in zigzag.
        spot = b"\x09" + _varint(east << 1) + _varint(south << 1)
        body = b"\x12" + _varint(len(said)) + said + b"\x18\x01\x22" + _varint(len(spot)) + spot
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
# Up to where a point may lie in a tile, in zigzag.
_SMALL += [bytes([value & 0x7F | 0x80, value >> 7]) for value in range(0x80, 2 * EXTENT)]
