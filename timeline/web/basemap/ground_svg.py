"""Land, lakes and borders of a still map as SVG, from the same tiles as the map in the browser."""

import gzip
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeline.web.basemap.archive import Archive
from timeline.web.basemap.mvt import IntArray, Shape, decode
from timeline.web.basemap.projection import Frame
from timeline.web.basemap.style import THEMES

Address = tuple[int, int, int]
_LAYERS = frozenset({"land", "lakes", "borders"})
_STEPS_PER_PIXEL = 4  # of coordinates
_MAX_TILES_CACHED = 256  # as SVG paths, about ten kilobytes each


def ground(archive: Archive, frame: Frame, theme: str, view: str = "both", coarser: int = 0) -> str:
    """Return the ground under the marks as an SVG fragment of the frame's size.

    `view` is `both`, `un` or `facto`. `coarser` takes tiles so many zooms earlier, which makes fewer bytes.
    """
    colours = THEMES[theme]
    tiles = list(_tiles(archive, frame, view, coarser))
    line = f'fill="none" stroke="{colours.border}" stroke-width="{0.8 * _STEPS_PER_PIXEL:g}" stroke-linejoin="round"'
    styles = (
        ("land", f'fill="{colours.land}"'),
        ("lakes", f'fill="{colours.water}"'),
        ("borders", line),
        ("disputed", f'{line} stroke-dasharray="{3 * _STEPS_PER_PIXEL} {2.5 * _STEPS_PER_PIXEL:g}"'),
    )
    drawn = [f'<rect width="{frame.width}" height="{frame.height}" fill="{colours.water}"/>']
    for name, style in styles:
        # All land comes before all lakes, because tiles overlap a little.
        paths = [
            f'<path transform="translate({x} {y}) scale({1 / _STEPS_PER_PIXEL:g})" d="{paths[name]}"/>'
            for x, y, paths in tiles
            if paths.get(name)
        ]
        if paths:
            drawn.append(f"<g {style}>{''.join(paths)}</g>")
    return "".join(drawn) + _faded_edges(frame, colours.water)


def _faded_edges(frame: Frame, colour: str) -> str:
    """Return rectangles that fade the land which a wide picture shows a second time, without marks."""
    margin = (frame.width - frame.world) / 2
    if margin <= 0:
        return ""
    size = f'width="{margin:.1f}" height="{frame.height}" fill="{colour}" fill-opacity=".7"'
    return f'<rect {size}/><rect x="{frame.width - margin:.1f}" {size}/>'


def _tiles(
    archive: Archive, frame: Frame, view: str, coarser: int
) -> Iterator[tuple[float, float, dict[str, str]]]:
    """Yield the tiles that the frame touches: their corner in its pixels, and their SVG paths."""
    for x, y, address in touched(archive, frame, coarser):
        yield x, y, _paths(archive, address, frame.world / 2 ** address[0], view)


def touched(archive: Archive, frame: Frame, coarser: int = 0) -> Iterator[tuple[float, float, Address]]:
    """Yield the tiles that a frame touches: their corner in its pixels, and zoom, x, y."""
    first, last = archive.zooms
    zoom = max(first, min(last, math.floor(frame.zoom) - coarser))
    size = frame.world / 2**zoom
    columns = range(math.floor(frame.left / size), math.floor((frame.left + frame.width) / size) + 1)
    rows = range(math.floor(frame.top / size), math.floor((frame.top + frame.height) / size) + 1)
    for column in columns:
        for row in rows:
            if 0 <= row < 2**zoom:
                x, y = round(column * size - frame.left, 1), round(row * size - frame.top, 1)
                yield x, y, (zoom, column % 2**zoom, row)


def unpacked(archive: Archive, address: Address) -> bytes:
    """Return a tile without compression."""
    body = archive.tile(*address)
    return gzip.decompress(body) if body and archive.gzipped else body


@lru_cache(maxsize=_MAX_TILES_CACHED)
def _paths(archive: Archive, address: Address, size: float, view: str) -> dict[str, str]:
    layers = decode(unpacked(archive, address), _LAYERS)
    drawn: dict[str, list[str]] = {}
    for name, layer in layers.items():
        scale = size * _STEPS_PER_PIXEL / layer.extent
        for shape in layer.shapes:
            kind = _kind(name, shape, view)
            if kind:
                drawn.setdefault(kind, []).extend(
                    _outline(part * scale, name != "borders") for part in shape.parts
                )
    return {name: "".join(parts) for name, parts in drawn.items()}


def _kind(layer: str, shape: Shape, view: str) -> str | None:
    if layer != "borders":
        return layer
    if view != "both" and shape.properties.get("view") not in ("both", view):
        return None
    return "disputed" if shape.properties.get("disputed") else "borders"


def _outline(points: "NDArray[np.floating[Any]]", closed: bool) -> str:
    """Return a part as an SVG path of relative steps, which are short; steps of no length are left out."""
    rounded: IntArray = np.rint(points).astype(np.int64)
    steps = np.diff(rounded, axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < (2 if closed else 1):
        return ""
    moves = " ".join(map(str, steps.ravel().tolist()))
    return f"M{rounded[0][0]} {rounded[0][1]}l{moves}{'z' if closed else ''}".replace(" -", "-")
