"""Apply a Filter to the columns: which events match, and which of their pins are selected.

db.sql.filter_conditions does the same in SQL; a test compares the two. Results are numbers into the columns, in
ascending order, or EVERY. A query about a small area starts from the pins of that area, one about the whole world from
masks over all events.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from db.columns.arrays import EVERY, Floats, Ints, Mask, Numbers
from db.columns.snapshot import VERIFICATIONS, Columns
from db.engines import backend_of
from db.query.filter import Filter, Near
from db.query.shapes import envelopes, inside
from db.sql.filter_conditions import conditions
from geo.box import Box
from geo.place import Precision
from geo.sphere import EARTH_KM, around, distance_km

_RECHECK_KM = 1e-6  # closer to the edge of a circle, numpy and the database may round differently
_NONE: Ints = np.empty(0, dtype=np.int64)
MIN_GATHER_RATIO = 4  # gathering is faster than a pass over all, up to a quarter of them


@dataclass(frozen=True, slots=True)
class Selection:
    """The result of a filter: the numbers of the matching `events` and of their selected `pins`.

    The masks say the same for all events and all pins; None means all of them.
    """

    events: Numbers
    pins: Numbers
    event_mask: Mask | None
    pin_mask: Mask | None


def choose(columns: Columns, filter_: Filter, connection: Connection | None) -> Selection:
    """Return the matching events and selected pins; the database answers full text, tags, CQL2 and the like."""
    pins = _by_pin(columns, filter_, _area(columns, filter_))
    events = _by_place(columns, filter_, pins)
    satisfied = _by_event(columns, filter_, connection, events)
    # `satisfied` is already a mask over all events if all of them were tested.
    mask = satisfied if isinstance(events, slice) else None
    events = _narrowed(events, satisfied)
    if events is EVERY:
        mask = None
    elif mask is None:
        mask = columns.mask(events)
    if filter_.unplaced == "only":
        return Selection(events, _NONE, mask, np.zeros(len(columns.lon), dtype=bool))
    if mask is None:
        return Selection(events, pins, None, _mask_of(columns, pins))
    matching_pins = mask[columns.event[pins]]
    all_tested = isinstance(pins, slice)
    pins = _narrowed(pins, matching_pins)
    return Selection(events, pins, mask, matching_pins if all_tested else _mask_of(columns, pins))


def _mask_of(columns: Columns, pins: Numbers) -> Mask | None:
    if isinstance(pins, slice):
        return None
    mask = np.zeros(len(columns.lon), dtype=bool)
    mask[pins] = True
    return mask


def matching(columns: Columns, filter_: Filter, connection: Connection | None) -> Numbers:
    """Return the matching events in any order; `connection` may be None unless the filter `needs_database`."""
    area = _area(columns, filter_)
    if isinstance(area, slice) or filter_.unplaced == "only":
        return choose(columns, filter_, connection).events
    pins = selected(columns, filter_, connection, area)
    events = np.unique(columns.event[pins]).astype(np.int64)
    if filter_.by_pin or filter_.unplaced == "exclude":
        return events
    unplaced = columns.unplaced
    return np.concatenate([events, _narrowed(unplaced, _by_event(columns, filter_, connection, unplaced))])


def needs_database(filter_: Filter) -> bool:
    """Return whether the filter has a condition that the columns cannot answer."""
    return replace(filter_, **_BY_COLUMNS) != Filter()


def selected(
    columns: Columns, filter_: Filter, connection: Connection | None, area: Numbers | None = None
) -> Numbers:
    """Return the selected pins, among those of `area` (numbers of pins) or of the filter's area."""
    if filter_.unplaced == "only":
        return _NONE
    pins = _by_pin(columns, filter_, _area(columns, filter_) if area is None else area)
    if isinstance(pins, slice) or len(pins) > len(columns) // MIN_GATHER_RATIO:
        # Above a quarter of all events, one pass over the whole array is faster than gathering.
        satisfied = _by_event(columns, filter_, connection, EVERY)
        return pins if satisfied is None else _narrowed(pins, satisfied[columns.event[pins]])
    return _narrowed(pins, _by_event(columns, filter_, connection, columns.event[pins]))


def _narrowed(numbers: Numbers, satisfied: Mask | None) -> Numbers:
    if satisfied is None:
        return numbers
    if isinstance(numbers, slice):
        return EVERY if satisfied.all() else np.flatnonzero(satisfied)
    return numbers[satisfied]


def _all(masks: list[Mask]) -> Mask | None:
    """Return the conjunction of masks, stored in the first; None if there are none."""
    for other in masks[1:]:
        masks[0] &= other
    return masks[0] if masks else None


# --- places


def _area(columns: Columns, filter_: Filter) -> Numbers:
    """Return pins that include all selected ones; EVERY if the filter's area has many pins."""
    boxes: list[Box] = []
    if filter_.box:
        boxes = [filter_.box]
    elif filter_.near:
        boxes = [around(*filter_.near)]
    elif filter_.within:
        boxes = envelopes(filter_.within)
    if not boxes:
        return columns.pins_of(filter_.countries) if filter_.countries else EVERY
    runs = columns.runs(part for box in boxes for part in box.parts())
    if sum(end - begin for begin, end in runs) > len(columns.lon) // MIN_GATHER_RATIO:
        return EVERY
    return np.concatenate([np.arange(*run) for run in runs]) if runs else _NONE


def _by_pin(columns: Columns, filter_: Filter, at: Numbers) -> Numbers:
    """Return those of the pins that satisfy every spatial condition."""
    masks = []
    if filter_.box:
        masks.append(_in_box(columns.lon[at], columns.lat[at], filter_.box))
    if filter_.near:
        masks.append(_near(columns.lon[at], columns.lat[at], filter_.near))
    if filter_.within:
        masks.append(inside(columns.lon[at], columns.lat[at], filter_.within))
    if filter_.precisions:
        masks.append(
            np.isin(columns.rank[at], [Precision(precision).rank for precision in filter_.precisions])
        )
    if filter_.min_precision:
        masks.append(columns.rank[at] <= Precision(filter_.min_precision).rank)
    if filter_.countries:
        masks.append(_in_countries(columns, filter_.countries, at))
    return _narrowed(at, _all(masks))


def _in_countries(columns: Columns, countries: tuple[str, ...], at: Numbers) -> Mask:
    mask = np.zeros(len(columns.lon), dtype=bool)
    mask[columns.pins_of(countries)] = True
    return mask[at]


def _by_place(columns: Columns, filter_: Filter, pins: Numbers) -> Numbers:
    """Return the events that match by place.

    OGC API Features 1.0, /req/core/fc-bbox-response C: an event without geometry matches any bbox.
    """
    if filter_.unplaced == "only":
        return _NONE if filter_.by_pin else columns.unplaced
    if isinstance(pins, slice):
        return columns.placed if filter_.by_pin or filter_.unplaced == "exclude" else EVERY
    mask = np.zeros(len(columns), dtype=bool)
    mask[columns.event[pins]] = True
    if not filter_.by_pin and filter_.unplaced != "exclude":
        mask[columns.unplaced] = True
    return np.flatnonzero(mask)


def _in_box(lon: Floats, lat: Floats, box: Box) -> Mask:
    mask = np.zeros(len(lon), dtype=bool)
    for part in box.parts():
        across = (lon >= part.west) & (lon <= part.east)
        mask |= across & (lat >= part.south) & (lat <= part.north)
    return mask


def _near(lon: Floats, lat: Floats, near: Near) -> Mask:
    """Return which pins are within the radius; at its edge, the function that the database uses decides."""
    km = _distances(lon, lat, near.lon, near.lat)
    mask: Mask = km <= near.radius_km
    for at in np.flatnonzero(np.abs(km - near.radius_km) <= _RECHECK_KM):
        mask[at] = distance_km(float(lon[at]), float(lat[at]), near.lon, near.lat) <= near.radius_km
    return mask


def _distances(lon: Floats, lat: Floats, other_lon: float, other_lat: float) -> Floats:
    a, b = np.radians(lat), np.radians(other_lat)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    km: Floats = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return km


# --- events


def _by_event(
    columns: Columns, filter_: Filter, connection: Connection | None, at: Numbers | npt.NDArray[Any]
) -> Mask | None:
    """Return a mask over `at`: which events satisfy every non-spatial condition. None if the filter has none."""
    masks = _by_time(columns, filter_, at)
    if filter_.categories:
        wanted = np.array([slug in filter_.categories for slug in columns.categories], dtype=bool)
        masks.append(wanted[columns.category[at]])
    if filter_.verifications:
        wanted = np.array([value in filter_.verifications for value in VERIFICATIONS], dtype=bool)
        masks.append(wanted[columns.verification[at]])
    if connection is not None and needs_database(filter_):
        masks.append(_by_database(columns, replace(filter_, **_BY_COLUMNS), connection)[at])
    return _all(masks)


# The fields of Filter that the columns answer, with their values in an empty filter.
_BY_COLUMNS: dict[str, Any] = {
    "box": None,
    "unplaced": "include",
    "interval": None,
    "certain": False,
    "undated": "include",
    "categories": (),
    "verifications": (),
    "countries": (),
    "near": None,
    "precisions": (),
    "min_precision": None,
    "within": None,
}


def _by_database(columns: Columns, filter_: Filter, connection: Connection) -> Mask:
    backend = backend_of(connection)
    where = conditions(filter_, backend).events
    rows = backend.stream(connection, f"SELECT e.pk FROM event e WHERE {where.sql}", where.params)
    pks = np.fromiter((pk for (pk,) in rows), dtype=np.int64)
    at = np.searchsorted(columns.pk, pks)
    mask = np.zeros(len(columns), dtype=bool)
    mask[at] = True
    return mask


def _by_time(columns: Columns, filter_: Filter, at: Numbers | npt.NDArray[Any]) -> list[Mask]:
    """Return the masks for `datetime`, `match` and `undated`, as db.sql.filter_conditions does in SQL."""
    if filter_.undated == "only":
        nothing_matches = filter_.interval is not None and filter_.certain
        return [np.zeros(len(columns.dated[at]), bool) if nothing_matches else ~columns.dated[at]]
    if filter_.interval is None:
        return [columns.dated[at].copy()] if filter_.undated == "exclude" else []
    first, last = filter_.interval
    if filter_.certain:
        certain = (columns.start_max[at] <= last) & (columns.end_min[at] >= first)
        return [certain & columns.dated[at] & ~columns.doubtful[at]]
    possible = (columns.start_min[at] <= last) & (columns.end_max[at] >= first)
    return [possible & columns.dated[at] if filter_.undated == "exclude" else possible | ~columns.dated[at]]
