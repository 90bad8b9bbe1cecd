"""A reader of Mapbox Vector Tiles 2.1, with what a still picture needs."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Value = str | float | bool | None
_BYTES = 2  # wire type of texts, packed numbers and nested messages
_MOVE, _LINE = 1, 2
_POINT = 1  # geometry type


class Shape(NamedTuple):
    """A feature: its properties, and its points, lines or rings as arrays of x, y in the tile's units, y down."""

    properties: dict[str, Value]
    parts: list[IntArray]


class TileLayer(NamedTuple):
    """A layer's shapes, in a square whose side is `extent` units."""

    extent: int
    shapes: list[Shape]


def decode(tile: bytes, wanted: frozenset[str]) -> dict[str, TileLayer]:
    """Return the wanted layers of a tile, which must not be compressed, by name."""
    layers = (
        list(_fields(body)) for number, body in _fields(tile) if number == 3 and isinstance(body, bytes)
    )
    named = ((str(bytes(_last(fields, 1, b"")), "utf-8"), fields) for fields in layers)
    return {name: _layer(fields) for name, fields in named if name in wanted}


_Field = tuple[int, int | bytes]


def _fields(body: bytes) -> Iterator[_Field]:
    """Yield the fields of a Protocol Buffers message: number, and an integer or bytes (numbers of fixed length too)."""
    at = 0
    while at < len(body):
        key, at = _varint(body, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            integer, at = _varint(body, at)
            yield number, integer
            continue
        length, at = _varint(body, at) if kind == _BYTES else ({1: 8, 5: 4}[kind], at)
        yield number, body[at : at + length]
        at += length


def _varint(body: bytes, at: int) -> tuple[int, int]:
    integer = shift = 0
    while True:
        byte = body[at]
        integer |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return integer, at


def _last(fields: list[_Field], number: int, default: int | bytes) -> int | bytes:
    return next((value for key, value in reversed(fields) if key == number), default)


def _layer(fields: list[_Field]) -> TileLayer:
    keys = [str(value, "utf-8") for number, value in fields if number == 3 and isinstance(value, bytes)]
    values = [_value(value) for number, value in fields if number == 4 and isinstance(value, bytes)]
    shapes = []
    for number, body in fields:
        if number == 2 and isinstance(body, bytes):
            inside = list(_fields(body))
            tags = _integers(inside, 2).tolist()
            named = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
            commands = _integers(inside, 4)
            parts = [_points(commands)] if _last(inside, 3, 0) == _POINT else list(_parts(commands))
            shapes.append(Shape(named, parts))
    extent = _last(fields, 5, 4096)
    return TileLayer(extent if isinstance(extent, int) else 4096, shapes)


def _value(body: bytes) -> Value:
    for number, value in _fields(body):
        if number == 1 and isinstance(value, bytes):
            return str(value, "utf-8")
        if isinstance(value, int):
            return bool(value) if number == 7 else value
    return None


def _integers(fields: list[_Field], number: int) -> IntArray:
    """Return the integers of a packed field, decoded all at once."""
    packed = np.frombuffer(
        b"".join(v for key, v in fields if key == number and isinstance(v, bytes)), np.uint8
    )
    ends = np.flatnonzero(packed < 128)
    if not len(ends):
        return np.empty(0, dtype=np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    place = np.arange(len(packed)) - np.repeat(starts, ends - starts + 1)
    shifted: IntArray = (packed & 127).astype(np.int64) << (7 * place)
    return np.add.reduceat(shifted, starts)


def _points(commands: IntArray) -> IntArray:
    """Return the points of a feature, which are one command with a move for each."""
    steps = (commands[1:] >> 1) ^ -(commands[1:] & 1)
    return np.cumsum(steps.reshape(-1, 2), axis=0)


def _parts(commands: IntArray) -> Iterator[IntArray]:
    """Yield the lines or rings of a feature; each begins at the end of the one before (Vector Tile 2.1, 4.3)."""
    moves = (commands >> 1) ^ -(commands & 1)
    at, pen, start = 0, np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    while at < len(commands):
        command, count = int(commands[at]) & 7, int(commands[at]) >> 3
        if command == _MOVE:
            start = pen = pen + moves[at + 1 : at + 1 + 2 * count].reshape(-1, 2).sum(axis=0)
        elif command == _LINE:
            steps = moves[at + 1 : at + 1 + 2 * count].reshape(-1, 2)
            part: IntArray = np.cumsum(np.vstack([start, steps]), axis=0)
            pen = part[-1]
            yield part
        at += 1 + (2 * count if command in (_MOVE, _LINE) else 0)
