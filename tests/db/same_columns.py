"""Columns of a store, and whether two are the same in every array."""

from dataclasses import fields
from typing import Any

import numpy as np

from db.columns.reading import read_columns
from db.columns.refresh import refreshed
from db.columns.snapshot import ARRAYS, COUNTS, LISTS, Columns
from db.sql.transactions import reading
from db.store import Store


def both(store: Store, old: Columns) -> tuple[Columns | None, Columns]:
    """Return the columns that follow from older ones, and those that are read in full, of one snapshot."""
    with reading(store._engine, 60) as connection:
        return refreshed(old, connection), read_columns(connection)


def read(store: Store) -> Columns:
    """Return the columns of the store, read in full."""
    with reading(store._engine, 60) as connection:
        return read_columns(connection)


def assert_same(columns: Columns, expected: Columns) -> None:
    """Fail if two columns differ in any array, type of array, list or position."""
    assert columns.position == expected.position
    for name in LISTS:
        assert getattr(columns, name) == getattr(expected, name), name
    for name in ARRAYS:
        assert_same_array(getattr(columns, name), getattr(expected, name), name)
    for name in COUNTS:
        counts, expected_counts = getattr(columns, name), getattr(expected, name)
        for field in fields(expected_counts):
            assert_same_array(getattr(counts, field.name), getattr(expected_counts, field.name), field.name)


def assert_same_array(array: Any, expected: Any, name: str) -> None:
    """Fail if two arrays differ in any value or in their type."""
    assert array.dtype == expected.dtype, name
    np.testing.assert_array_equal(array, expected, err_msg=name)
