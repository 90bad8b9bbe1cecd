"""Pins grouped by the cell of a coarse zoom, the block of time in which their event begins, and its category.

Clusters of a period are then sums over groups, of which there are far fewer than pins.
"""

from bisect import bisect_left
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from db.columns.arrays import Floats, Ints, Mask, Numbers, Small
from db.columns.blocks import BLOCK_BITS, UNDATED, PeriodParts, blocks, ranks_in_block
from db.columns.runs import rows_of
from db.columns.splice import Splice, contained
from db.columns.sums import whole_units
from db.columns.zorder import BITS_PER_AXIS
from geo.place import Precision

if TYPE_CHECKING:
    from db.columns.snapshot import Columns

ZOOM = 2
"""The cells are those of this zoom; those of lower zooms consist of them."""
CELL_BITS = 2  # a tile of 256 pixels is 4 by 4 cells
DEPTH = ZOOM + CELL_BITS
MIN_VAGUE_RANK = Precision.ADMIN2.rank
_CATEGORY_BITS = 15
_CELL_SHIFT = BLOCK_BITS + _CATEGORY_BITS
_BLOCK_MASK, _CATEGORY_MASK = (1 << BLOCK_BITS) - 1, (1 << _CATEGORY_BITS) - 1
_BOUNDS = {"west": np.minimum, "south": np.minimum, "east": np.maximum, "north": np.maximum}
_OF_NO_PINS = {"west": np.inf, "south": np.inf, "east": -np.inf, "north": -np.inf}
_NO_PINS: Ints = np.empty(0, dtype=np.int64)
_CURVE_SHIFT = 2 * (BITS_PER_AXIS - DEPTH)


@dataclass(frozen=True, slots=True, eq=False)
class CellGroups:
    """Groups of pins, sorted by `key`: the cell, the block and the category, from the highest bits to the lowest.

    `count` are the pins of each group, `vague` those of which only the region or the country is known, `lon` and `lat`
    the sums of their coordinates in 1e-5 degrees; the bounds are in degrees.
    """

    key: Ints
    count: Small
    vague: Small
    lon: Ints
    lat: Ints
    west: Floats
    south: Floats
    east: Floats
    north: Floats

    @classmethod
    def of(cls, columns: "Columns") -> "CellGroups":
        """Return the groups of all pins."""
        event = blocks(columns.start_min, columns.dated).astype(np.int64) << _CATEGORY_BITS | columns.category
        return _grouped(
            columns, slice(None), _cells(columns, slice(None)) << _CELL_SHIFT | event[columns.event]
        )

    def of_parts(self, parts: PeriodParts, wanted: Mask) -> Ints:
        """Return the indexes of the groups of wanted categories in the whole blocks of a period, in ascending order."""
        block = self.key >> _CATEGORY_BITS & _BLOCK_MASK
        chosen = (block >= parts.first) & (block < parts.end)
        if parts.undated:
            chosen |= block == UNDATED
        if not wanted.all():
            chosen &= wanted[self.category(slice(None))]
        return np.flatnonzero(chosen)

    def cell(self, groups: Numbers) -> Ints:
        """Return the cell of each of these groups."""
        cell: Ints = self.key[groups] >> _CELL_SHIFT
        return cell

    def category(self, groups: Numbers) -> Ints:
        """Return the category of each of these groups."""
        category: Ints = self.key[groups] & _CATEGORY_MASK
        return category

    def pins(self, columns: "Columns", group: int) -> Ints:
        """Return the pins of a group."""
        return _pins_with_keys(columns, self.key[group : group + 1])


def _cells(columns: "Columns", pins: Numbers) -> Ints:
    cells: Ints = columns.curve[pins] >> _CURVE_SHIFT
    return cells


def cells_of_pins(columns: "Columns", pins: Ints) -> Ints:
    """Return the cells of pins, at ZOOM."""
    return _cells(columns, pins)


def _keys(columns: "Columns", pins: Ints) -> Ints:
    event = columns.event[pins]
    block = blocks(columns.start_min[event], columns.dated[event]).astype(np.int64)
    keys: Ints = _cells(columns, pins) << _CELL_SHIFT | block << _CATEGORY_BITS | columns.category[event]
    return keys


def _pins_with_keys(columns: "Columns", keys: Ints) -> Ints:
    """Return the pins, in ascending order, whose keys are among these, which are ascending."""
    cells, all_blocks = np.unique(keys >> _CELL_SHIFT), np.unique(keys >> _CATEGORY_BITS & _BLOCK_MASK)
    runs = [ranks_in_block(columns, block) for block in all_blocks.tolist()]
    begins = np.searchsorted(columns.curve, cells << _CURVE_SHIFT).tolist()
    ends = np.searchsorted(columns.curve, (cells + 1) << _CURVE_SHIFT).tolist()
    if sum(end - begin for begin, end in runs) < sum(ends) - sum(begins):
        pins = _pins_of(columns, runs, np.unique(keys & _CATEGORY_MASK))
    else:
        pins = np.concatenate([_NO_PINS, *(np.arange(*run) for run in zip(begins, ends, strict=True))])
    return pins[contained(keys, _keys(columns, pins))]


def _pins_of(columns: "Columns", runs: list[tuple[int, int]], categories: Ints) -> Ints:
    """Return the pins, in ascending order, of the events of some categories with ranks in these runs."""
    events = np.concatenate([_NO_PINS, *(columns.newest[begin:end] for begin, end in runs)])
    wanted = np.zeros(len(columns.categories), dtype=bool)
    wanted[categories] = True
    events = events[wanted[columns.category[events]]]
    return np.sort(columns.pins_by_event[rows_of(columns.pin_begins, events)]).astype(np.int64)


def _grouped(columns: "Columns", pins: Numbers, keys: Ints) -> CellGroups:
    """Return the groups of some pins, which have these keys."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.append([True], keys[1:] != keys[:-1])) if len(keys) else order
    lon, lat = columns.lon[pins][order], columns.lat[pins][order]
    vague = (columns.rank[pins][order] >= MIN_VAGUE_RANK).astype(np.int32)
    return CellGroups(
        key=keys[begins],
        count=np.diff(np.append(begins, len(keys))).astype(np.int32),
        vague=_reduced(np.add, vague, begins).astype(np.int32),
        lon=_reduced(np.add, whole_units(lon), begins),
        lat=_reduced(np.add, whole_units(lat), begins),
        west=_reduced(np.minimum, lon, begins),
        south=_reduced(np.minimum, lat, begins),
        east=_reduced(np.maximum, lon, begins),
        north=_reduced(np.maximum, lat, begins),
    )


def _reduced(function: Any, values: Any, begins: Ints) -> Any:
    return function.reduceat(values, begins) if len(begins) else values


def updated_groups(old: "Columns", removed: Ints, part: "Columns", new: "Columns") -> CellGroups | None:
    """Return the groups of `new`, which is `old` without these pins and with those of `part`."""
    groups = old.cell_groups
    if groups is None:
        return None
    leaving = _grouped(old, removed, _keys(old, removed))
    if old.categories != new.categories:
        # The order of groups stays. A category that is missing has no groups but those that are removed.
        numbers = np.array([bisect_left(new.categories, name) for name in old.categories], dtype=np.int64)
        groups, leaving = (
            replace(part_groups, key=_renumbered(part_groups.key, numbers))
            for part_groups in (groups, leaving)
        )
    arriving = _grouped(part, slice(None), _keys(part, np.arange(len(part.event))))
    affected = np.union1d(leaving.key, arriving.key)
    changed, shrunk = _with_changes(_chosen(groups, affected), leaving, arriving)
    if shrunk.any():
        # A pin at the edge of its group has left: the other pins must be looked at.
        pins = _pins_with_keys(new, affected[shrunk])
        again = _grouped(new, pins, _keys(new, pins))
        at = np.searchsorted(affected, again.key)
        for name in _BOUNDS:
            getattr(changed, name)[at] = getattr(again, name)
    remaining = np.flatnonzero(changed.count)
    touched = np.searchsorted(groups.key, affected[contained(groups.key, affected)])
    splice = Splice(len(groups.key), touched, np.searchsorted(groups.key, affected[remaining]))
    return CellGroups(
        **{
            field.name: splice.apply(getattr(groups, field.name), getattr(changed, field.name)[remaining])
            for field in fields(groups)
        }
    )


def _chosen(groups: CellGroups, keys: Ints) -> CellGroups:
    """Return the groups with these keys, without pins where there is none."""
    present = contained(groups.key, keys)
    at = np.searchsorted(groups.key, keys[present])
    arrays = {}
    for field in fields(groups):
        array = getattr(groups, field.name)
        arrays[field.name] = np.full(len(keys), _OF_NO_PINS.get(field.name, 0), dtype=array.dtype)
        arrays[field.name][present] = array[at]
    return CellGroups(**(arrays | {"key": keys}))


def _with_changes(groups: CellGroups, leaving: CellGroups, arriving: CellGroups) -> tuple[CellGroups, Mask]:
    """Return groups without the pins of some and with those of others, and of which the bounds may be too large.

    All keys are in `groups`, whose arrays are changed.
    """
    minus, plus = (np.searchsorted(groups.key, others.key) for others in (leaving, arriving))
    for name in ("count", "vague", "lon", "lat"):
        getattr(groups, name)[minus] -= getattr(leaving, name)
        getattr(groups, name)[plus] += getattr(arriving, name)
    shrunk = np.zeros(len(groups.key), dtype=bool)
    for name, function in _BOUNDS.items():
        bound = getattr(groups, name)
        lost, new = getattr(leaving, name), np.full(len(bound), _OF_NO_PINS[name])
        new[plus] = getattr(arriving, name)
        # A pin that arrives there, or further out, restores the bound.
        shrunk[minus] |= (bound[minus] == lost) & (function(new[minus], lost) != new[minus])
        bound[plus] = function(bound[plus], new[plus])
    return groups, shrunk & (groups.count > 0)


def _renumbered(keys: Ints, numbers: Ints) -> Ints:
    category = keys & _CATEGORY_MASK
    renumbered: Ints = keys - category + numbers[category]
    return renumbered
