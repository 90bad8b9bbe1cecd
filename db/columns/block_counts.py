"""Counts of pins, countries and figures by the block of time in which an event begins, and by category."""

from dataclasses import dataclass
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
        if empty is not None:
            _add(empty, columns, columns, _ALL, 1)
        return empty

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


def _empty(columns: "Columns") -> BlockCounts | None:
    days = columns.days
    used = np.unique(blocks(days * DAY, np.ones(len(days), dtype=bool)))
    numbers = np.concatenate(([UNDATED, NO_BEGINNING], used)).astype(np.int32)
    measures, figures = FIRST_CODE + len(columns.codes) + len(columns.figures), len(columns.figures)
    width = len(columns.categories)
    cells = len(numbers) * width * (measures + 2 * PARTS_OF_SUM * figures)
    if cells > max(_MAX_CELLS_PER_EVENT * len(columns), _MIN_CELLS):
        return None
    return BlockCounts(
        numbers,
        np.zeros((len(numbers), width, measures), dtype=np.int32),
        np.zeros((len(numbers), width, figures, PARTS_OF_SUM), dtype=np.int64),
    )


def _add(to: BlockCounts, names: "Columns", columns: "Columns", subset: Subset, sign: int) -> None:
    """Add some events of columns to the counts, or subtract them; `names` has the codes and figures of the counts."""
    block = blocks(columns.start_min[subset.events], columns.dated[subset.events])
    row = np.searchsorted(to.blocks, block) * to.counts.shape[1] + columns.category[subset.events]

    def row_of(events: Small) -> Ints:
        at = events if isinstance(subset.events, slice) else np.searchsorted(subset.events, events)
        rows: Ints = row[at]
        return rows

    pin_rows = row_of(columns.event[subset.pins])
    placed = sizes_of(columns.pin_begins, np.arange(len(columns))[subset.events]) > 0
    code, event = _countries(columns, subset)
    code_numbers = _numbers(columns.codes, names.codes)
    figure = _numbers(columns.figures, names.figures)[columns.figure_name[subset.figures]]
    figure_rows = row_of(columns.figure_event[subset.figures])
    measures = FIRST_CODE + len(names.codes) + len(names.figures)
    counts = to.counts.reshape(-1)
    for rows, measure in (
        (pin_rows, PINS),
        (row[~placed], UNPLACED),
        (row_of(event), FIRST_CODE + code_numbers[code]),
        (figure_rows, FIRST_CODE + len(names.codes) + figure),
    ):
        np.add.at(counts, rows * measures + measure, np.int32(sign))
    add_sums(to.sums, figure_rows * len(names.figures) + figure, columns.figure_value[subset.figures], sign)


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
    empty = _empty(new)
    if empty is None or counts is None or _names(old) != _names(new):
        return BlockCounts.of(new)
    union = np.union1d(counts.blocks, empty.blocks).astype(np.int32)
    slots = np.searchsorted(union, counts.blocks)
    total = BlockCounts(union, *(_spread(table, slots, len(union)) for table in (counts.counts, counts.sums)))
    _add(total, new, old, removed, -1)
    _add(total, new, part, _ALL, 1)
    slots = np.searchsorted(union, empty.blocks)
    if len(slots) == len(union):
        return total
    return BlockCounts(empty.blocks, total.counts[slots], total.sums[slots])


def _names(columns: "Columns") -> tuple[list[str], ...]:
    return columns.categories, columns.codes, columns.figures


def _spread(table: npt.NDArray[np.signedinteger], slots: Ints, length: int) -> npt.NDArray[np.signedinteger]:
    if len(slots) == length:
        return table.copy()
    result = np.zeros((length, *table.shape[1:]), dtype=table.dtype)
    result[slots] = table
    return result
