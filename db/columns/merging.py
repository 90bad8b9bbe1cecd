"""Make the columns of a new data version from those of an older one and those of the events that have changed.

The result equals what `db.columns.reading` reads, array by array, and shares every array in which nothing changed.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from db.columns.arrays import Codes, Ints, Mask, Small
from db.columns.block_counts import Subset, subset, updated_counts
from db.columns.blocks import FIRST_DAY, NO_BEGINNING, UNDATED
from db.columns.cell_groups import updated_groups
from db.columns.merging_order import Predecessor, merged_order
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
    leaving = subset(old, gone)
    columns: dict[str, Any] = {
        name: events.apply(getattr(old, name), getattr(part, name)) for name in _EVENT_ARRAYS
    }
    new = Columns(
        position=part.position,
        **columns,
        **_categories_and_days(old, part, events),
        unplaced=_numbers(old.unplaced, part.unplaced, events, gone)[0],
        **_irregular(old, part, events, gone),
        **merged_order(old, part, events, predecessor),
        **_pins(old, part, events, leaving),
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
    mapping = _mapping(old.categories, part.categories)
    categories = splice.apply(_mapped(mapping, old.irregular_category), part.irregular_category)
    return {"irregular": numbers, "irregular_category": categories, **columns}


# --- lists of names, and numbers that are indexes into them


def _mapping(old: Sequence[Any], new: Sequence[Any], dtype: type[Any] = np.int16) -> Any:
    """Return the index in the new list of each name of the old one, -1 if it is missing; None if nothing moves."""
    if list(old) == list(new):
        return None
    index = {name: at for at, name in enumerate(new)}
    return np.array([index.get(name, -1) for name in old], dtype=dtype)


def _mapped(mapping: Any, numbers: Any) -> Any:
    """Return the numbers as indexes into the new list; -1 stays -1."""
    if mapping is None or not len(numbers):
        return numbers
    return np.append(mapping, np.array([-1], dtype=mapping.dtype))[numbers]


def _names_in_use(old: Sequence[str], counts: Ints, part: Sequence[str]) -> list[str]:
    """Return the sorted names that events still have."""
    return sorted({name for name, count in zip(old, counts.tolist(), strict=True) if count} | set(part))


def _categories_and_days(old: Columns, part: Columns, events: Splice) -> dict[str, Any]:
    """Return the columns that depend on the lists of categories and days; the part has the current categories."""
    mapping, width = _mapping(old.categories, part.categories), len(part.categories)
    old_category = _mapped(mapping, old.category)
    counts = _counts_without(old, events.removed, mapping, width)
    used: Mask = np.asarray(counts[FIRST_DAY:].any(axis=1))
    days = np.union1d(old.days[used], part.days)
    days = old.days if np.array_equal(days, old.days) else days
    begun = old.begun
    if days is not old.days or mapping is not None:
        slots = _renumbered_slots(old.begun // np.int32(len(old.categories)), old.days, days)
        begun = slots * np.int32(width) + old_category
    part_slots = _renumbered_slots(part.begun // np.int32(width), part.days, days)
    new_counts = np.zeros((len(days) + FIRST_DAY, width), dtype=np.int64)
    new_counts[_slots(old.days, days, used)] = counts[np.append([True] * FIRST_DAY, used)]
    np.add.at(new_counts, (part_slots, part.category), 1)
    return {
        "categories": part.categories,
        "category": events.apply(old_category, part.category),
        "days": days,
        "begun": events.apply(begun, part_slots * np.int32(width) + part.category),
        "begun_counts": _shared(old.begun_counts, new_counts.ravel()),
    }


def _counts_without(old: Columns, removed: Ints, mapping: Any, width: int) -> Ints:
    """Return the old counts by row and new category, without the removed events."""
    counts = old.begun_counts.copy()
    np.subtract.at(counts, old.begun[removed], 1)
    table = counts.reshape(-1, len(old.categories))
    if mapping is None:
        return table
    result = np.zeros((len(table), width), dtype=np.int64)
    result[:, mapping[mapping >= 0]] = table[:, mapping >= 0]
    return result


def _shared(old: Ints, new: Ints) -> Ints:
    return old if np.array_equal(old, new) else new


def _slots(old: Ints, new: Ints, used: Mask) -> Ints:
    """Return the rows, in counts by the new days, of undated events, of those without beginning, and of used days."""
    return np.concatenate(([UNDATED, NO_BEGINNING], np.searchsorted(new, old[used]) + FIRST_DAY))


def _renumbered_slots(slots: Small, old: Ints, new: Ints) -> Small:
    table = np.concatenate(([UNDATED, NO_BEGINNING], np.searchsorted(new, old) + FIRST_DAY)).astype(np.int32)
    return table[slots]


# --- pins


def _pins(old: Columns, part: Columns, events: Splice, leaving: Subset) -> dict[str, Any]:
    removed = leaving.pins
    event = events.renumber(old.event)
    part_event = events.new_positions[part.event].astype(np.int32)
    pins = Splice(len(event), removed, _places_on_curve(old.curve, event, part.curve, part_event))
    codes, mapping, part_mapping = _codes(old, part, removed)
    result = {
        "event": pins.apply(event, part_event),
        "rank": pins.apply(old.rank, part.rank),
        "lon": pins.apply(old.lon, part.lon),
        "lat": pins.apply(old.lat, part.lat),
        "curve": pins.apply(old.curve, part.curve),
        **_first_pins(old, part, events, pins),
        "only_code": pins.apply(_mapped(mapping, old.only_code), _mapped(part_mapping, part.only_code)),
        "codes": codes,
    }
    part_pins = pins.new_positions[part.owner_pin].astype(np.int32)
    part_owners = events.new_positions[part.owner_event].astype(np.int32)
    owner_event = events.renumber(old.owner_event)
    at = np.searchsorted(owner_event, part_owners)
    owners = Splice(len(owner_event), leaving.owners, at)
    result["owner_event"] = owners.apply(owner_event, part_owners)
    result["owner_pin"] = owners.apply(pins.renumber(old.owner_pin), part_pins)
    result["owner_code"] = owners.apply(
        _mapped(mapping, old.owner_code), _mapped(part_mapping, part.owner_code)
    )
    return result | _country_pins(old, part, pins, (codes, mapping, part_mapping))


def _first_pins(old: Columns, part: Columns, events: Splice, pins: Splice) -> dict[str, Any]:
    none = np.append(pins.new_positions, -1).astype(
        np.int32
    )  # the last element is that of an event without pins
    first_pin = old.first_pin
    if not pins.in_place:
        first_pin = np.where(first_pin < 0, np.int32(-1), pins.renumber(first_pin))
    return {
        "first_pin": events.apply(first_pin, none[part.first_pin]),
        "other_pins": _numbers(old.other_pins, part.other_pins, pins, ~pins.remaining())[0],
    }


def _places_on_curve(curve: Ints, event: Small, new_curve: Ints, new_event: Small) -> Ints:
    """Return the indexes before which pins belong, which are sorted by curve and then by event."""
    begins = np.searchsorted(curve, new_curve)
    ends = np.searchsorted(curve, new_curve, side="right")
    for at in np.flatnonzero(begins < ends).tolist():
        begin, end = begins[at], ends[at]
        begins[at] = begin + np.searchsorted(event[begin:end], new_event[at])
    return begins


def _codes(old: Columns, part: Columns, removed: Ints) -> tuple[list[str], Any, Any]:
    """Return the country codes in use, and the mappings from the old ones and from those of the part to them."""
    counts = np.diff(old.country_ends, prepend=0)
    mask = np.zeros(len(old.event), dtype=bool)
    mask[removed] = True
    lost = np.flatnonzero(mask[old.country_pins])
    counts -= np.bincount(np.searchsorted(old.country_ends, lost, side="right"), minlength=len(counts))
    codes = _names_in_use(old.codes, counts, part.codes)
    return codes, _mapping(old.codes, codes), _mapping(part.codes, codes)


def _country_pins(
    old: Columns, part: Columns, pins: Splice, codes: tuple[list[str], Any, Any]
) -> dict[str, Any]:
    """Return `country_pins` and `country_ends`; the pins of a country are those of one run of the array."""
    names, mapping, part_mapping = codes
    renumbered = pins.renumber(old.country_pins)
    new = pins.new_positions[part.country_pins].astype(np.int32)
    new_code = _mapped(part_mapping, _code_of_each(part)).tolist()
    # New pins of one country are ascending, since the order of the part's pins does not change.
    inserted = np.array(
        [
            _place_in_run(renumbered, _run_of(old, names[code]), pin)
            for code, pin in zip(new_code, new.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    removed = np.flatnonzero(~pins.remaining()[old.country_pins])
    sizes = np.zeros(len(names), dtype=np.int64)
    np.add.at(sizes, _mapped(mapping, np.delete(_code_of_each(old), removed)), 1)
    np.add.at(sizes, new_code, 1)
    return {
        "country_pins": Splice(len(renumbered), removed, inserted).apply(renumbered, new),
        "country_ends": _shared(old.country_ends, np.cumsum(sizes)),
    }


def _code_of_each(columns: Columns) -> Codes:
    """Return the code number of each element of `country_pins`."""
    sizes = np.diff(columns.country_ends, prepend=0)
    return np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)


def _run_of(columns: Columns, code: str) -> tuple[int, int]:
    """Return begin and end of a country in `country_pins`; both are where it would begin if it has no pins."""
    at = bisect_left(columns.codes, code)
    begin = int(columns.country_ends[at - 1]) if at else 0
    has_pins = at < len(columns.codes) and columns.codes[at] == code
    return begin, int(columns.country_ends[at]) if has_pins else begin


def _place_in_run(numbers: Small, run: tuple[int, int], number: int) -> int:
    begin, end = run
    return begin + int(np.searchsorted(numbers[begin:end], number))


# --- figures


def _figures(old: Columns, part: Columns, events: Splice, leaving: Subset) -> dict[str, Any]:
    removed = leaving.figures
    counts = np.bincount(np.delete(old.figure_name, removed), minlength=len(old.figures))
    names = _names_in_use(old.figures, counts, part.figures)
    event = events.renumber(old.figure_event)
    part_event = events.new_positions[part.figure_event].astype(np.int32)
    splice = Splice(len(event), removed, np.searchsorted(event, part_event))
    old_name = _mapped(_mapping(old.figures, names, np.int32), old.figure_name)
    part_name = _mapped(_mapping(part.figures, names, np.int32), part.figure_name)
    return {
        "figure_event": splice.apply(event, part_event),
        "figure_name": splice.apply(old_name, part_name),
        "figure_value": splice.apply(old.figure_value, part.figure_value),
        "figures": names,
    }
