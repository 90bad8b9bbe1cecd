"""Web Mercator as integers, and the Z-order curve along which the pins are sorted.

Points that are close on the map are close on the curve, so a square of the map is a short run of pins.
"""

import math
from typing import Any

import numpy as np

from db.columns.arrays import Floats, Ints

BITS_PER_AXIS = 25  # of x and of y: a unit is 1.2 metres at the equator
SIDE = 1 << BITS_PER_AXIS
MAX_LATITUDE = 85.0511287798066  # the square of Web Mercator ends here


def mercator(lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
    """Return x (east) and y (south) in the square of Web Mercator, in 2^25 units from its north-west corner.

    `lon` and `lat` are in degrees; latitudes beyond MAX_LATITUDE get the y of the edge.
    """
    phi = np.radians(np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE))
    x = (lon + 180) / 360
    y = 0.5 - np.log(np.tan(np.pi / 4 + phi / 2)) / (2 * np.pi)
    return (
        np.clip((x * SIDE).astype(np.int64), 0, SIDE - 1),
        np.clip((y * SIDE).astype(np.int64), 0, SIDE - 1),
    )


def mercator_point(lon: float, lat: float) -> tuple[int, int]:
    """Return what `mercator` returns, for one point; it may differ by a unit."""
    phi = math.radians(min(max(lat, -MAX_LATITUDE), MAX_LATITUDE))
    y = 0.5 - math.log(math.tan(math.pi / 4 + phi / 2)) / (2 * math.pi)
    x = (lon + 180) / 360
    return min(max(int(x * SIDE), 0), SIDE - 1), min(max(int(y * SIDE), 0), SIDE - 1)


def interleave(x: Ints, y: Ints) -> Ints:
    """Return positions along a Z-order curve: the bits of x and y in turn, y first (Morton, 1966)."""
    curve: Ints = spread(x.astype(np.int64)) | spread(y.astype(np.int64)) << 1
    return curve


def spread(value: Any) -> Any:
    """Return a number, or each number of an array, with a zero before each of its bits."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | value << shift) & mask
    return value
