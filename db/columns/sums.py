"""Exact sums: they do not depend on the order of the numbers, so that the same events always give the same bytes.

A sum of floating-point numbers depends on their order. Here numbers are added as integers.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from db.columns.arrays import Floats, Ints

UNITS_PER_DEGREE = 100_000
"""Coordinates are stored with five decimals."""
_PARTS = 10**9  # fractions of figures are added in units of this part
_MAX_EXACT = 2.0**53  # up to here, every whole number is a floating-point number


def whole_units(degrees: Floats) -> Ints:
    """Return coordinates as whole numbers of 1e-5 degrees."""
    return np.rint(degrees * UNITS_PER_DEGREE).astype(np.int64)


def sums_by_group(values: Floats, group: npt.NDArray[Any], groups: int) -> list[int | float]:
    """Return the exact sum of the values of each group, which is the index from 0 to `groups` of each value.

    Digits beyond the ninth decimal are rounded value by value. A sum that is a whole number is an int.
    """
    whole = np.floor(values)
    parts = np.bincount(group, weights=np.rint((values - whole) * _PARTS), minlength=groups)
    sums = np.bincount(group, weights=whole, minlength=groups)
    sizes = np.bincount(group, weights=np.abs(whole), minlength=groups)
    # Parts that make up a whole unit are carried, so that 0.1 + 0.2 is 0.3.
    carried = np.floor(parts / _PARTS)
    fractions = (parts - carried * _PARTS) / _PARTS
    totals = [
        int(unit) if not fraction else unit + fraction
        for unit, fraction in zip((sums + carried).tolist(), fractions.tolist(), strict=True)
    ]
    for at in np.flatnonzero(sizes >= _MAX_EXACT).tolist():
        totals[at] = _large_sum(values[group == at])
    return totals


def _large_sum(values: Floats) -> int | float:
    total = math.fsum(values.tolist())
    return int(total) if total.is_integer() else total
