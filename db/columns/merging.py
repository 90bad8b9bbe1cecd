"""Make the columns of a new data version from those of an older one and those of the events that have changed.

The result equals what `db.columns.reading` reads, array by array, and shares every array in which nothing changed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from db.columns.arrays import Ints, Mask, Small
from db.columns.block_counts import Subset, subset, updated_counts
from db.columns.cell_groups import updated_groups
from db.columns.merging_names import categories_and_days, mapped, mapping_of
from db.columns.merging_order import Predecessor, merged_order
from db.columns.merging_pins import merged_pins
from db.columns.row_splice import RowSplice
from db.columns.snapshot import Columns
from db.columns.splice import Splice, contained

_EVENT_ARRAYS = ("pk", "start_min", "start_max", "end_min", "end_max", "dated", "doubtful", "verification")


def merged(old: Columns, part: Columns, changed: Sequence[int], predecessor: Predecessor) -> Columns:
    """Return columns with the events of `part` instead of the old ones with the row numbers `changed`.

    `part` has the current columns of all published events among `changed`, which are ascending.
    """
    removed = _positions(old.pk, np.array(changed, dtype=np.int64))
    events = Splice(len(old), removed, np.searchsorted(old.pk, part.pk))
    gone = old.mask(removed)
    leaving = subset(old, removed)
    columns: dict[str, Any] = {
        name: events.apply(getattr(old, name), getattr(part, name)) for name in _EVENT_ARRAYS
    }
    new = Columns(
        position=part.position,
        **columns,
        **categories_and_days(old, part, events),
        unplaced=_numbers(old.unplaced, part.unplaced, events, gone)[0],
        **_irregular(old, part, events, gone),
        **merged_order(old, part, events, predecessor),
        **merged_pins(old, part, events, leaving),
        **_figures(old, part, events, leaving),
    )
    return replace(
        new,
        block_counts=updated_counts(old, leaving, part, new),
        cell_groups=updated_groups(old, leaving.pins, part, new),
    )


def _positions(ascending: Ints, values: Ints) -> Ints:
    """Return the indexes of those of the values that are in an ascending array."""
    return np.searchsorted(ascending, values[contained(ascending, values)])


def _numbers(old: Any, part: Any, rows: Splice, gone: Mask) -> tuple[Any, Splice]:
    """Return ascending numbers of rows, without those that are gone, with those of the part, and the change."""
    removed = np.flatnonzero(gone[old])
    new, renumbered = rows.new_positions[part].astype(old.dtype), rows.renumber(old)
    splice = Splice(len(old), removed, np.searchsorted(renumbered, new))
    return splice.apply(renumbered, new), splice


def _irregular(old: Columns, part: Columns, events: Splice, gone: Mask) -> dict[str, Any]:
    numbers, splice = _numbers(old.irregular, part.irregular, events, gone)
    columns = {
        f"irregular_{name}": splice.apply(
            getattr(old, f"irregular_{name}"), getattr(part, f"irregular_{name}")
        )
        for name in ("start_min", "start_max", "end_max", "doubtful")
    }
    mapping = mapping_of(old.categories, part.categories)
    categories = splice.apply(mapped(mapping, old.irregular_category), part.irregular_category)
    return {"irregular": numbers, "irregular_category": categories, **columns}


# --- figures


def _figures(old: Columns, part: Columns, events: Splice, leaving: Subset) -> dict[str, Any]:
    rows = RowSplice(old.figure_begins, part.figure_begins, events)
    vanishing = set(np.unique(old.figure_name[leaving.figures]).tolist())
    vanishing -= {old.figures.index(name) for name in part.figures if name in old.figures}
    lost = {old.figures[n] for n in vanishing if not _occurs(old.figure_name, n, leaving.figures)}
    names = sorted({*old.figures, *part.figures} - lost)
    old_name = mapped(mapping_of(old.figures, names, np.int32), old.figure_name)
    part_name = mapped(mapping_of(part.figures, names, np.int32), part.figure_name)
    return {
        "figure_event": rows.splice.apply(events.renumber(old.figure_event), rows.events[part.figure_event]),
        "figure_name": rows.splice.apply(old_name, part_name),
        "figure_value": rows.splice.apply(old.figure_value, part.figure_value),
        "figure_begins": rows.begins(),
        "figures": names,
    }


def _occurs(numbers: Small, number: int, removed: Ints) -> bool:
    """Return whether a number also occurs in rows that are not removed."""
    occurrences = np.count_nonzero(numbers == number)
    return bool(occurrences > np.count_nonzero(numbers[removed] == number))
