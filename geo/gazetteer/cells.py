"""Square degrees of the globe by number, by which the gazetteer indexes its cities."""

import math

CELLS_PER_ROW = 360


def cell(lon: float, lat: float) -> int:
    """Return the number of the square degree of a point: rows from the south pole, each eastwards from -180°."""
    column = min(359, max(0, math.floor(lon + 180)))
    return min(179, max(0, math.floor(lat + 90))) * CELLS_PER_ROW + column
