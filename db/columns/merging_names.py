"""Merge lists of names, numbers that are indexes into them, and the days on which events begin."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from db.columns.arrays import Ints, Small
from db.columns.begun import Table
from db.columns.blocks import FIRST_DAY, NO_BEGINNING, UNDATED
from db.columns.snapshot import Columns
from db.columns.splice import Splice, contained

_MAX_CUTS = 6


def mapping_of(old: Sequence[Any], new: Sequence[Any], dtype: type[Any] = np.int16) -> Any:
    """Return the index in the new list of each name of the old one, -1 if it is missing; None if nothing moves."""
    if list(old) == list(new):
        return None
    index = {name: at for at, name in enumerate(new)}
    return np.array([index.get(name, -1) for name in old], dtype=dtype)


def mapped(mapping: Any, numbers: Any) -> Any:
    """Return the numbers as indexes into the new list; -1 stays -1."""
    if mapping is None or not len(numbers):
        return numbers
    return np.append(mapping, np.array([-1], dtype=mapping.dtype))[numbers]


def shared(old: Any, new: Any) -> Any:
    """Return the old array if the new one is equal."""
    return old if np.array_equal(old, new) else new


def categories_and_days(old: Columns, part: Columns, events: Splice) -> dict[str, Any]:
    """Return the columns that depend on the lists of categories and days; the part has the current categories."""
    same_categories = old.categories == part.categories
    if same_categories and bool(contained(old.days, part.days).all()):
        columns = _with_same_days(old, part, events)
        if columns is not None:
            return columns
    return _with_other_days(old, part, events)


def _with_same_days(old: Columns, part: Columns, events: Splice) -> dict[str, Any] | None:
    """Return these columns if no day is new; None if on a day no event begins any more."""
    width, table = len(old.categories), old.begun_table
    begun = (
        _renumbered_slots(part.begun // np.int32(width), part.days, old.days) * np.int32(width)
        + part.category
    )
    length = table.shape[1]
    change = np.zeros(table.shape, dtype=np.int32)
    for codes, sign in ((old.begun[events.removed], -1), (begun, 1)):
        np.add.at(change, (codes % width, codes // width + 1), np.int32(sign))
    totals = table + np.cumsum(change, axis=1, dtype=np.int32)
    rows = np.unique(old.begun[events.removed] // width)
    rows = rows[rows >= FIRST_DAY]
    if (totals[:, rows + 1].sum(axis=0) == totals[:, rows].sum(axis=0)).any():
        return None
    return {
        "categories": old.categories,
        "category": events.apply(old.category, part.category),
        "days": old.days,
        "begun": events.apply(old.begun, begun),
        "begun_totals": shared(old.begun_totals, totals.reshape(width * length)),
    }


def _with_other_days(old: Columns, part: Columns, events: Splice) -> dict[str, Any]:
    mapping, width = mapping_of(old.categories, part.categories), len(part.categories)
    old_category = mapped(mapping, old.category)
    counts = _counts_without(old, events.removed, mapping, width)
    used = np.asarray(counts[:, FIRST_DAY:].any(axis=0))
    days = shared(old.days, np.union1d(old.days[used], part.days))
    begun = _begun_with_days(old, days) if mapping is None else None
    if begun is None:
        slots = _renumbered_slots(old.begun // np.int32(len(old.categories)), old.days, days)
        begun = slots * np.int32(width) + old_category
    part_slots = _renumbered_slots(part.begun // np.int32(width), part.days, days)
    new_counts = np.zeros((width, len(days) + FIRST_DAY), dtype=np.int64)
    new_counts[:, _slots(old.days, days, used)] = counts[:, np.append([True] * FIRST_DAY, used)]
    np.add.at(new_counts, (part.category, part_slots), 1)
    totals = np.zeros((width, len(days) + FIRST_DAY + 1), dtype=np.int32)
    np.cumsum(new_counts, axis=1, out=totals[:, 1:])
    return {
        "categories": part.categories,
        "category": events.apply(old_category, part.category),
        "days": days,
        "begun": events.apply(begun, part_slots * np.int32(width) + part.category),
        "begun_totals": shared(old.begun_totals, totals.ravel()),
    }


def _begun_with_days(old: Columns, days: Ints) -> Small | None:
    """Return `begun` for other days and the same categories; None if the days differ in many places."""
    width = np.int32(len(old.categories))
    inserted = np.searchsorted(old.days, days[~contained(old.days, days)])
    lost = np.flatnonzero(~contained(days, old.days))
    if len(inserted) + len(lost) > _MAX_CUTS:
        return None
    # One comparison for each cut is faster than a table of new rows. No event begins on a lost day any more.
    begun: Small = old.begun.copy()
    for number in inserted.tolist():
        begun += (old.begun >= (number + FIRST_DAY) * width) * width
    for number in lost.tolist():
        begun -= (old.begun >= (number + FIRST_DAY) * width) * width
    return begun


def _counts_without(old: Columns, removed: Ints, mapping: Any, width: int) -> Table:
    """Return the old counts by new category and row, without the removed events."""
    counts = np.diff(old.begun_table, axis=1)
    row, category = np.divmod(old.begun[removed], np.int32(len(old.categories)))
    np.subtract.at(counts, (category, row), 1)
    if mapping is None:
        return counts
    result = np.zeros((width, counts.shape[1]), dtype=counts.dtype)
    result[mapping[mapping >= 0]] = counts[mapping >= 0]
    return result


def _slots(old: Ints, new: Ints, used: Any) -> Ints:
    """Return the rows, in counts by the new days, of undated events, of those without beginning, and of used days."""
    return np.concatenate(([UNDATED, NO_BEGINNING], np.searchsorted(new, old[used]) + FIRST_DAY))


def _renumbered_slots(slots: Small, old: Ints, new: Ints) -> Small:
    table = np.concatenate(([UNDATED, NO_BEGINNING], np.searchsorted(new, old) + FIRST_DAY)).astype(np.int32)
    return table[slots]
