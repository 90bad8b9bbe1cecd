"""Sums are exact up to nine decimals, and are the number that has these digits."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.columns.sums import parts_of, sums_by_group, totals


@pytest.mark.parametrize(
    ("values", "total"),
    [([-0.1], -0.1), ([-0.1, -0.2], -0.3), ([0.1, 0.2], 0.3), ([-0.1] * 10, -1), ([1e12, 0.07], 1e12 + 0.07)],
)
def test_a_sum_has_the_digits_of_its_values(values: list[float], total: float) -> None:
    array = np.array(values)
    assert sums_by_group(array, np.zeros(len(values), dtype=np.int64), 1) == [total]
    assert totals(parts_of(array).sum(axis=0, keepdims=True)) == [total]


@given(st.lists(st.decimals(-(10**5), 10**5, places=9), min_size=1, max_size=20))
def test_a_sum_is_the_nearest_number_to_the_decimal_sum(values: list[Decimal]) -> None:
    array = np.array([float(value) for value in values])
    assert sums_by_group(array, np.zeros(len(values), dtype=np.int64), 1) == [float(sum(values))]
