"""The ground of a drawn map as SVG: land, lakes and borders, from the same tiles as the map in the browser."""

import gzip
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeline.web.basemap.archive import Archive
from timeline.web.basemap.mvt import Ints, Shape, decode
from timeline.web.basemap.projection import Frame
from timeline.web.basemap.style import THEMES

Address = tuple[int, int, int]
_LAYERS = frozenset({"land", "lakes", "borders"})
_GRAIN = 4  # coordinates are quarters of a pixel
_KEPT = 256  # drawn tiles, some ten kilobytes each


def ground(archive: Archive, frame: Frame, theme: str, view: str = "both", coarser: int = 0) -> str:
    """Draw what lies under the marks as an SVG fragment; `coarser` takes tiles of earlier zooms, for fewer bytes.

    `view` is `both`, `un` or `facto`.
    """
    colours = THEMES[theme]
    tiles = list(_tiles(archive, frame, view, coarser))
    line = f'fill="none" stroke="{colours.border}" stroke-width="{0.8 * _GRAIN:g}" stroke-linejoin="round"'
    looks = (
        ("land", f'fill="{colours.land}"'),
        ("lakes", f'fill="{colours.water}"'),
        ("borders", line),
        ("disputed", f'{line} stroke-dasharray="{3 * _GRAIN} {2.5 * _GRAIN:g}"'),
    )
    drawn = [f'<rect width="{frame.width}" height="{frame.height}" fill="{colours.water}"/>']
    for name, look in looks:
        # All land before all lakes: tiles overlap a little.
        paths = [
            f'<path transform="translate({x} {y}) scale({1 / _GRAIN:g})" d="{paths[name]}"/>'
            for x, y, paths in tiles
            if paths.get(name)
        ]
        if paths:
            drawn.append(f"<g {look}>{''.join(paths)}</g>")
    return "".join(drawn) + _beside(frame, colours.water)


def _beside(frame: Frame, colour: str) -> str:
    """Fade what the picture shows a second time, beside the one turn of the globe that bears marks."""
    spare = (frame.width - frame.world) / 2
    if spare <= 0:
        return ""
    size = f'width="{spare:.1f}" height="{frame.height}" fill="{colour}" fill-opacity=".7"'
    return f'<rect {size}/><rect x="{frame.width - spare:.1f}" {size}/>'


def _tiles(
    archive: Archive, frame: Frame, view: str, coarser: int
) -> Iterator[tuple[float, float, dict[str, str]]]:
    """Give the tiles that the frame touches: where their corner lies in it, and their paths."""
    for x, y, address in touched(archive, frame, coarser):
        yield x, y, _paths(archive, address, frame.world / 2 ** address[0], view)


def touched(archive: Archive, frame: Frame, coarser: int = 0) -> Iterator[tuple[float, float, Address]]:
    """List the tiles that a frame touches: where their corner lies in it in pixels, and zoom, x, y."""
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
    """Read a tile as it was before it was compressed."""
    body = archive.tile(*address)
    return gzip.decompress(body) if body and archive.gzipped else body


@lru_cache(maxsize=_KEPT)
def _paths(archive: Archive, address: Address, size: float, view: str) -> dict[str, str]:
    layers = decode(unpacked(archive, address), _LAYERS)
    drawn: dict[str, list[str]] = {}
    for name, layer in layers.items():
        scale = size * _GRAIN / layer.extent
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
    """Write one part with relative steps, which are short; steps that round to nothing are left out."""
    whole: Ints = np.rint(points).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < (2 if closed else 1):
        return ""
    moves = " ".join(map(str, steps.ravel().tolist()))
    return f"M{whole[0][0]} {whole[0][1]}l{moves}{'z' if closed else ''}".replace(" -", "-")
