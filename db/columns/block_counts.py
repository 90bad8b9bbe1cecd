"""Counts of pins, countries and figures by the block of time in which an event begins, and by category."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from db.columns.arrays import EVERY, Floats, Ints, Mask, Small
from db.columns.blocks import NO_BEGINNING, UNDATED, PeriodParts, blocks
from db.columns.runs import rows_of, sizes_of
from db.columns.sums import PARTS_OF_SUM, parts_of
from db.dates.calendar import DAY

if TYPE_CHECKING:
    from db.columns.snapshot import Columns

PINS, UNPLACED, FIRST_CODE = 0, 1, 2
_MAX_CELLS_PER_EVENT = 3  # more cells than that would take too much memory
_MIN_CELLS = 200_000


class Subset(NamedTuple):
    """Some events, their pins, and the indexes of their rows in the arrays of owners and of figures."""

    events: Any
    pins: Any
    owners: Any
    figures: Any


def subset(columns: "Columns", events: Ints | Small) -> Subset:
    """Return some events with all that belongs to them, event by event."""
    return Subset(
        events,
        columns.pins_by_event[rows_of(columns.pin_begins, events)],
        rows_of(columns.owner_begins, events),
        rows_of(columns.figure_begins, events),
    )


_ALL = Subset(EVERY, EVERY, EVERY, EVERY)


@dataclass(frozen=True, slots=True, eq=False)
class BlockCounts:
    """Counts by block and category, for the blocks in which events begin.

    `blocks` are their numbers, ascending. `counts` has the axes block, category and measure: pins, unplaced events,
    then events by country, then rows of each figure. `sums` has the axes block, category, figure, and the parts
    of an exact sum (see `db.columns.sums.parts_of`). No event counts twice for a country.
    """

    blocks: Small
    counts: Small
    sums: Ints

    @classmethod
    def of(cls, columns: "Columns") -> "BlockCounts | None":
        """Return the counts of all events; None if they would take too much memory."""
        empty = _empty(columns)
        if empty is None:
            return None
        added = _contributions(empty, columns, columns, _ALL)
        counts = np.bincount(added.counts, minlength=empty.counts.size).astype(np.int32)
        add_sums(empty.sums, added.sums, added.values)
        return replace(empty, counts=counts.reshape(empty.counts.shape))

    def of_parts(self, parts: PeriodParts, wanted: Mask) -> tuple[Ints, Ints]:
        """Return the sums over the whole blocks of a period, by measure, and by figure and part of a sum."""
        first, end = np.searchsorted(self.blocks, (parts.first, parts.end)).tolist()
        counts = _summed(self.counts[first:end], wanted)
        sums = _summed(self.sums[first:end], wanted)
        if parts.undated:
            counts += _summed(self.counts[:1], wanted)
            sums += _summed(self.sums[:1], wanted)
        return counts, sums


def _summed(table: npt.NDArray[np.signedinteger], wanted: Mask) -> Ints:
    """Return the sum over blocks (axis 0) and wanted categories (axis 1)."""
    if wanted.all():
        total: Ints = table.sum(axis=(0, 1), dtype=np.int64)
        return total
    total = np.zeros(table.shape[2:], dtype=np.int64)
    for category in np.flatnonzero(wanted).tolist():
        total += table[:, category].sum(axis=0, dtype=np.int64)
    return total


def _block_numbers(columns: "Columns") -> Small:
    """Return the blocks in which events begin, and the two of those without a day."""
    days = columns.days
    used = np.unique(blocks(days * DAY, np.ones(len(days), dtype=bool)))
    return np.concatenate(([UNDATED, NO_BEGINNING], used)).astype(np.int32)


def _shape(columns: "Columns", numbers: Small) -> tuple[int, int, int]:
    return len(numbers), len(columns.categories), FIRST_CODE + len(columns.codes) + len(columns.figures)


def _is_too_large(columns: "Columns", numbers: Small) -> bool:
    rows, width, measures = _shape(columns, numbers)
    cells = rows * width * (measures + 2 * PARTS_OF_SUM * len(columns.figures))
    return cells > max(_MAX_CELLS_PER_EVENT * len(columns), _MIN_CELLS)


def _empty(columns: "Columns") -> BlockCounts | None:
    numbers, figures = _block_numbers(columns), len(columns.figures)
    if _is_too_large(columns, numbers):
        return None
    shape = _shape(columns, numbers)
    return BlockCounts(
        numbers,
        np.zeros(shape, dtype=np.int32),
        np.zeros((*shape[:2], figures, PARTS_OF_SUM), dtype=np.int64),
    )


class _Contributions(NamedTuple):
    """What some events add to flat counts and sums: an index for each 1 to add, and an index for each value."""

    counts: Ints
    sums: Ints
    values: Floats


def _contributions(to: BlockCounts, names: "Columns", columns: "Columns", subset: Subset) -> _Contributions:
    """Return what some events of columns add to counts; `names` has the codes and figures of the counts."""
    block = blocks(columns.start_min[subset.events], columns.dated[subset.events])
    row = np.searchsorted(to.blocks, block) * to.counts.shape[1] + columns.category[subset.events]

    def row_of(events: Small) -> Ints:
        at = events if isinstance(subset.events, slice) else np.searchsorted(subset.events, events)
        rows: Ints = row[at]
        return rows

    placed = sizes_of(columns.pin_begins, np.arange(len(columns))[subset.events]) > 0
    code, event = _countries(columns, subset)
    code_numbers = _numbers(columns.codes, names.codes)
    figure = _numbers(columns.figures, names.figures)[columns.figure_name[subset.figures]]
    figure_rows = row_of(columns.figure_event[subset.figures])
    measures = FIRST_CODE + len(names.codes) + len(names.figures)
    counts = (
        (row_of(columns.event[subset.pins]), PINS),
        (row[~placed], UNPLACED),
        (row_of(event), FIRST_CODE + code_numbers[code]),
        (figure_rows, FIRST_CODE + len(names.codes) + figure),
    )
    return _Contributions(
        np.concatenate([rows * measures + measure for rows, measure in counts]),
        figure_rows * len(names.figures) + figure,
        columns.figure_value[subset.figures],
    )


def add_sums(sums: Ints, at: npt.NDArray[np.integer], values: Floats, sign: int = 1) -> None:
    """Add the parts of values to sums (last axis: the parts), or subtract them; `at` are indexes of sums."""
    parts, flat = parts_of(values), sums.reshape(-1)
    for part in range(PARTS_OF_SUM):
        # In one dimension this is four times as fast.
        np.add.at(flat, at * PARTS_OF_SUM + part, sign * parts[:, part])


def _numbers(names: list[str], all_names: list[str]) -> Ints:
    """Return the number of each name in another list; all are in it."""
    index = {name: number for number, name in enumerate(all_names)}
    return np.array([index[name] for name in names], dtype=np.int64)


def _countries(columns: "Columns", subset: Subset) -> tuple[Ints, Small]:
    """Return the code and the event of each country of some events; no event has a country twice."""
    pins = columns.only_code[subset.pins]
    single = np.flatnonzero(pins >= 0)
    event, code = columns.owner_event[subset.owners], columns.owner_code[subset.owners]
    first = first_of_runs(event, code)
    return (
        np.concatenate([pins[single], code[first]]).astype(np.int64),
        np.concatenate([columns.event[subset.pins][single], event[first]]),
    )


def first_of_runs(event: npt.NDArray[np.integer], code: npt.NDArray[np.integer]) -> Mask:
    """Return which rows, sorted by event and country code, are the first of their event and code."""
    first = np.ones(len(event), dtype=bool)
    first[1:] = (event[1:] != event[:-1]) | (code[1:] != code[:-1])
    return first


def updated_counts(old: "Columns", removed: Subset, part: "Columns", new: "Columns") -> BlockCounts | None:
    """Return the counts of `new`, which is `old` without some events and with those of `part`."""
    counts = old.block_counts
    if counts is None or _names(old) != _names(new):
        return BlockCounts.of(new)
    numbers = counts.blocks if new.days is old.days else _block_numbers(new)
    if _is_too_large(new, numbers):
        return None
    union = np.union1d(counts.blocks, numbers).astype(np.int32)
    slots = np.searchsorted(union, counts.blocks)
    total = BlockCounts(union, *(_spread(table, slots, len(union)) for table in (counts.counts, counts.sums)))
    before = _contributions(total, new, old, removed)
    after = _contributions(total, new, part, _ALL)
    total = replace(
        total,
        counts=_changed_counts(total.counts, before.counts, after.counts),
        sums=_changed_sums(total.sums, before, after),
    )
    slots = np.searchsorted(union, numbers)
    if len(slots) == len(union):
        return total
    return BlockCounts(numbers, total.counts[slots], total.sums[slots])


def _changed_counts(table: Small, removed: Ints, added: Ints) -> Small:
    """Return a table with 1 less at some indexes, and 1 more at others; the same one if it does not change."""
    if np.array_equal(np.sort(removed), np.sort(added)):
        return table
    changed = table.copy()
    flat = changed.reshape(-1)
    np.subtract.at(flat, removed, np.int32(1))
    np.add.at(flat, added, np.int32(1))
    return changed


def _changed_sums(sums: Ints, removed: _Contributions, added: _Contributions) -> Ints:
    same = np.array_equal(removed.sums, added.sums) and np.array_equal(removed.values, added.values)
    if same:
        return sums
    changed = sums.copy()
    add_sums(changed, removed.sums, removed.values, -1)
    add_sums(changed, added.sums, added.values)
    return changed


def _names(columns: "Columns") -> tuple[list[str], ...]:
    return columns.categories, columns.codes, columns.figures


def _spread(table: npt.NDArray[np.signedinteger], slots: Ints, length: int) -> npt.NDArray[np.signedinteger]:
    if len(slots) == length:
        return table
    result = np.zeros((length, *table.shape[1:]), dtype=table.dtype)
    result[slots] = table
    return result
