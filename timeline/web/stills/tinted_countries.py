"""Countries tinted on a still map, because an event names only the country."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from geo.countries.outlines import simplified_shape
from timeline.web.basemap.projection import Frame, mercator

Points = NDArray[np.float64]
_mercator = np.vectorize(mercator, otypes=[float])


def shaded(codes: Iterable[str], frame: Frame, ink: str) -> str:
    """Return countries (ISO 3166-1 alpha-2) tinted, as an SVG fragment; "" if none is inside the frame."""
    paths = "".join(path for code in codes for path in _paths(code, frame))
    return f'<path d="{paths}" fill="{ink}" fill-opacity=".09" fill-rule="evenodd"/>' if paths else ""


def _paths(code: str, frame: Frame) -> Iterator[str]:
    shape = simplified_shape(code)
    for polygon in shape.geoms if shape else ():
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.asarray(ring.coords, dtype=np.float64)[:-1]
            x = (points[:, 0] + 180) / 360 * frame.world - frame.left
            y = _mercator(points[:, 1]) * frame.world - frame.top
            # A frame may cross the antimeridian on either side, so each ring is drawn three times.
            for turn in (-1, 0, 1):
                yield _path(np.column_stack((x + turn * frame.world, y)), frame)


def _path(points: Points, frame: Frame) -> str:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    if right < 0 or left > frame.width or bottom < 0 or top > frame.height:
        return ""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist()) + "Z"
