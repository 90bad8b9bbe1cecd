"""Merge the pins, and the countries in which they are."""

from bisect import bisect_left
from typing import Any

import numpy as np

from db.columns.arrays import Codes, Ints, Small
from db.columns.block_counts import Subset
from db.columns.merging_names import mapped, mapping_of, shared
from db.columns.row_splice import RowSplice
from db.columns.snapshot import Columns
from db.columns.splice import Splice


def merged_pins(old: Columns, part: Columns, events: Splice, leaving: Subset) -> dict[str, Any]:
    """Return the columns of pins and of their countries."""
    removed = np.sort(leaving.pins).astype(np.int64)
    event = events.renumber(old.event)
    part_event = events.new_positions[part.event].astype(np.int32)
    pins = Splice(len(event), removed, _places_on_curve(old.curve, event, part.curve, part_event))
    lost = _country_rows(old, leaving)
    codes = _codes(old, part, lost)
    mapping, part_mapping = mapping_of(old.codes, codes), mapping_of(part.codes, codes)
    by_event = RowSplice(old.pin_begins, part.pin_begins, events)
    owners = RowSplice(old.owner_begins, part.owner_begins, events)
    new_pins = pins.new_positions.astype(np.int32)
    return {
        "event": pins.apply(event, part_event),
        "rank": pins.apply(old.rank, part.rank),
        "lon": pins.apply(old.lon, part.lon),
        "lat": pins.apply(old.lat, part.lat),
        "curve": pins.apply(old.curve, part.curve),
        "pins_by_event": by_event.splice.apply(
            pins.renumber(old.pins_by_event), new_pins[part.pins_by_event]
        ),
        "pin_begins": by_event.begins(),
        "only_code": pins.apply(mapped(mapping, old.only_code), mapped(part_mapping, part.only_code)),
        "codes": codes,
        "owner_pin": owners.splice.apply(pins.renumber(old.owner_pin), new_pins[part.owner_pin]),
        "owner_event": owners.splice.apply(events.renumber(old.owner_event), owners.events[part.owner_event]),
        "owner_code": owners.splice.apply(
            mapped(mapping, old.owner_code), mapped(part_mapping, part.owner_code)
        ),
        "owner_begins": owners.begins(),
        **_country_pins(old, part, pins, lost, (codes, mapping, part_mapping)),
    }


def _places_on_curve(curve: Ints, event: Small, new_curve: Ints, new_event: Small) -> Ints:
    """Return the indexes before which pins belong, which are sorted by curve and then by event."""
    begins = np.searchsorted(curve, new_curve)
    ends = np.searchsorted(curve, new_curve, side="right")
    for at in np.flatnonzero(begins < ends).tolist():
        begin, end = begins[at], ends[at]
        begins[at] = begin + np.searchsorted(event[begin:end], new_event[at])
    return begins


def _country_rows(old: Columns, leaving: Subset) -> Ints:
    """Return the indexes in `country_pins` of the pins that leave, in ascending order."""
    only = old.only_code[leaving.pins]
    pins = np.concatenate([leaving.pins[only >= 0], old.owner_pin[leaving.owners]]).tolist()
    codes = np.concatenate([only[only >= 0], old.owner_code[leaving.owners]]).tolist()
    rows = [
        _place_in_run(old.country_pins, _run(old, code), pin) for pin, code in zip(pins, codes, strict=True)
    ]
    return np.array(sorted(rows), dtype=np.int64)


def _codes(old: Columns, part: Columns, lost: Ints) -> list[str]:
    """Return the sorted codes of the countries that still have pins."""
    counts = np.diff(old.country_ends, prepend=0)
    counts -= np.bincount(np.searchsorted(old.country_ends, lost, side="right"), minlength=len(counts))
    return sorted(
        {code for code, count in zip(old.codes, counts.tolist(), strict=True) if count} | set(part.codes)
    )


def _country_pins(
    old: Columns, part: Columns, pins: Splice, lost: Ints, codes: tuple[list[str], Any, Any]
) -> dict[str, Any]:
    """Return `country_pins` and `country_ends`; the pins of a country are those of one run of the array."""
    names, mapping, part_mapping = codes
    renumbered = pins.renumber(old.country_pins)
    new = pins.new_positions[part.country_pins].astype(np.int32)
    new_code = mapped(part_mapping, _code_of_each(part)).tolist()
    # New pins of one country are ascending, since the order of the part's pins does not change.
    inserted = np.array(
        [
            _place_in_run(renumbered, _run_of(old, names[code]), pin)
            for code, pin in zip(new_code, new.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    sizes = np.zeros(len(names), dtype=np.int64)
    remaining = np.diff(old.country_ends, prepend=0)
    remaining -= np.bincount(np.searchsorted(old.country_ends, lost, side="right"), minlength=len(remaining))
    numbers = np.arange(len(old.codes)) if mapping is None else mapping
    sizes[numbers[numbers >= 0]] = remaining[numbers >= 0]
    np.add.at(sizes, new_code, 1)
    return {
        "country_pins": Splice(len(renumbered), lost, inserted).apply(renumbered, new),
        "country_ends": shared(old.country_ends, np.cumsum(sizes)),
    }


def _code_of_each(columns: Columns) -> Codes:
    """Return the code number of each element of `country_pins`."""
    sizes = np.diff(columns.country_ends, prepend=0)
    return np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)


def _run_of(columns: Columns, code: str) -> tuple[int, int]:
    """Return begin and end of a country in `country_pins`; both are where it would begin if it has no pins."""
    at = bisect_left(columns.codes, code)
    if at < len(columns.codes) and columns.codes[at] == code:
        return _run(columns, at)
    begin = int(columns.country_ends[at - 1]) if at else 0
    return begin, begin


def _run(columns: Columns, number: int) -> tuple[int, int]:
    """Return begin and end of the country with this number in `country_pins`."""
    return int(columns.country_ends[number - 1]) if number else 0, int(columns.country_ends[number])


def _place_in_run(numbers: Small, run: tuple[int, int], number: int) -> int:
    begin, end = run
    return begin + int(np.searchsorted(numbers[begin:end], number))
