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
_BILLION = 10**9
_MAX_EXACT = 2**53  # up to here, every whole number is a floating-point number
_MAX_VALUE = 2**40  # eight million values up to here add up to less than 2^63
PARTS_OF_SUM = 4


def whole_units(degrees: Floats) -> Ints:
    """Return coordinates as whole numbers of 1e-5 degrees."""
    return np.rint(degrees * UNITS_PER_DEGREE).astype(np.int64)


def parts_of(values: Floats) -> Ints:
    """Return four integers for each value, on the last axis; their sums are exact.

    They are the next whole number down, the fraction above it in billionths, and the size of the whole number. The
    fourth is 1 for a value of 2^40 or more, whose other numbers are 0.
    """
    whole = np.floor(values)
    billionths = np.rint((values - whole) * _BILLION)
    large = np.abs(whole) >= _MAX_VALUE
    whole[large] = billionths[large] = 0
    return np.stack([whole, billionths, np.abs(whole), large], axis=-1).astype(np.int64)


def is_exact(sums: Ints) -> bool:
    """Return whether `totals` of these sums of `parts_of` are exact; if not, values are too large."""
    return not sums[..., 3].any() and bool((sums[..., 2] < _MAX_EXACT).all())


def totals(sums: Ints) -> list[int | float]:
    """Return the totals of sums of `parts_of`, one for each row. A total that is a whole number is an int."""
    # Billionths that make up a whole unit are carried, so that 0.1 + 0.2 is 0.3.
    carried = sums[:, 1] // _BILLION
    fractions = sums[:, 1] - carried * _BILLION
    # Python divides integers with one rounding: the sum of -1 and 0.9 would not be -0.1.
    return [
        unit if not fraction else (unit * _BILLION + fraction) / _BILLION
        for unit, fraction in zip((sums[:, 0] + carried).tolist(), fractions.tolist(), strict=True)
    ]


def sums_by_group(values: Floats, group: npt.NDArray[Any], groups: int) -> list[int | float]:
    """Return the exact sum of the values of each group, which is the index from 0 to `groups` of each value.

    Digits beyond the ninth decimal are rounded value by value. A sum that is a whole number is an int.
    """
    whole = np.floor(values)
    sums = np.zeros((groups, PARTS_OF_SUM))
    sums[:, 0] = np.bincount(group, weights=whole, minlength=groups)
    sums[:, 1] = np.bincount(group, weights=np.rint((values - whole) * _BILLION), minlength=groups)
    sizes = np.bincount(group, weights=np.abs(whole), minlength=groups)
    large = sizes >= _MAX_EXACT
    sums[large] = 0
    results = totals(sums.astype(np.int64))
    for at in np.flatnonzero(large).tolist():
        results[at] = _large_sum(values[group == at])
    return results


def _large_sum(values: Floats) -> int | float:
    total = math.fsum(values.tolist())
    return int(total) if total.is_integer() else total
