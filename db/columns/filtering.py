"""A Filter over the columns: which events match, and which of their pins are selected.

Both are numbers into the columns, in their order, or EVERY where all are. A question about a small area starts
from the few pins of that area; one about the whole world from masks over all events.
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

_SLACK_KM = 1e-6
_NONE: Ints = np.empty(0, dtype=np.int64)
_LEAN = 4  # an area with less than a quarter of the pins is worth to be gathered


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a filter chooses: the numbers of `events`, and of the selected `pins` of these events.

    Both as masks as well, over all events and all pins; None where all are chosen.
    """

    events: Numbers
    pins: Numbers
    event_mask: Mask | None
    pin_mask: Mask | None


def choose(columns: Columns, filter_: Filter, connection: Connection | None) -> Chosen:
    """Choose by the columns; what only the database knows (full text, tags, CQL2 …) is asked of it first."""
    pins = _by_pin(columns, filter_, _area(columns, filter_))
    events = _by_place(columns, filter_, pins)
    holds = _by_event(columns, filter_, connection, events)
    # A mask over all events is there already where all of them were asked.
    mask = holds if isinstance(events, slice) else None
    events = _narrowed(events, holds)
    if events is EVERY:
        mask = None
    elif mask is None:
        mask = columns.mask(events)
    if filter_.unplaced == "only":
        return Chosen(events, _NONE, mask, np.zeros(len(columns.lon), dtype=bool))
    if mask is None:
        return Chosen(events, pins, None, _mask_of(columns, pins))
    kept = mask[columns.event[pins]]
    whole = isinstance(pins, slice)
    pins = _narrowed(pins, kept)
    return Chosen(events, pins, mask, kept if whole else _mask_of(columns, pins))


def _mask_of(columns: Columns, pins: Numbers) -> Mask | None:
    if isinstance(pins, slice):
        return None
    found = np.zeros(len(columns.lon), dtype=bool)
    found[pins] = True
    return found


def matching(columns: Columns, filter_: Filter, connection: Connection | None) -> Numbers:
    """Choose events alone, in any order; `connection` may be left out unless the filter `needs_database`."""
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
    """Tell whether the columns alone cannot answer it."""
    return replace(filter_, **_BY_COLUMNS) != Filter()


def selected(
    columns: Columns, filter_: Filter, connection: Connection | None, area: Numbers | None = None
) -> Numbers:
    """Choose pins alone, of an area (numbers of pins) or of what the filter asks for."""
    if filter_.unplaced == "only":
        return _NONE
    pins = _by_pin(columns, filter_, _area(columns, filter_) if area is None else area)
    if isinstance(pins, slice) or len(pins) > len(columns) // _LEAN:
        # So many that all events are sooner asked in their order.
        whole = _by_event(columns, filter_, connection, EVERY)
        return pins if whole is None else _narrowed(pins, whole[columns.event[pins]])
    return _narrowed(pins, _by_event(columns, filter_, connection, columns.event[pins]))


def _narrowed(numbers: Numbers, holds: Mask | None) -> Numbers:
    if holds is None:
        return numbers
    if isinstance(numbers, slice):
        return EVERY if holds.all() else np.flatnonzero(holds)
    return numbers[holds]


def _all(masks: list[Mask]) -> Mask | None:
    """Join masks into the first; None where there is none."""
    for other in masks[1:]:
        masks[0] &= other
    return masks[0] if masks else None


# --- places


def _area(columns: Columns, filter_: Filter) -> Numbers:
    """Number the pins among which are all that a filter asks for; EVERY where that is much of the world."""
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
    if sum(end - begin for begin, end in runs) > len(columns.lon) // _LEAN:
        return EVERY
    return np.concatenate([np.arange(*run) for run in runs]) if runs else _NONE


def _by_pin(columns: Columns, filter_: Filter, at: Numbers) -> Numbers:
    """Narrow pins down to those that satisfy all that is asked of a place."""
    masks = []
    if filter_.box:
        masks.append(_in_box(columns.lon[at], columns.lat[at], filter_.box))
    if filter_.near:
        masks.append(_near(columns.lon[at], columns.lat[at], filter_.near))
    if filter_.within:
        masks.append(inside(columns.lon[at], columns.lat[at], filter_.within))
    if filter_.precision:
        masks.append(columns.rank[at] <= Precision(filter_.precision).rank)
    if filter_.countries:
        masks.append(_owned(columns, filter_.countries, at))
    return _narrowed(at, _all(masks))


def _owned(columns: Columns, countries: tuple[str, ...], at: Numbers) -> Mask:
    found = np.zeros(len(columns.lon), dtype=bool)
    found[columns.pins_of(countries)] = True
    return found[at]


def _by_place(columns: Columns, filter_: Filter, pins: Numbers) -> Numbers:
    """Number the events that match by place.

    OGC API Features 1.0, /req/core/fc-bbox-response C: one without spatial geometry matches any bbox.
    """
    if filter_.unplaced == "only":
        return _NONE if filter_.by_pin else columns.unplaced
    if isinstance(pins, slice):
        return columns.placed if filter_.by_pin or filter_.unplaced == "exclude" else EVERY
    found = np.zeros(len(columns), dtype=bool)
    found[columns.event[pins]] = True
    if not filter_.by_pin and filter_.unplaced != "exclude":
        found[columns.unplaced] = True
    return np.flatnonzero(found)


def _in_box(lon: Floats, lat: Floats, box: Box) -> Mask:
    found = np.zeros(len(lon), dtype=bool)
    for part in box.parts():
        across = (lon >= part.west) & (lon <= part.east)
        found |= across & (lat >= part.south) & (lat <= part.north)
    return found


def _near(lon: Floats, lat: Floats, near: Near) -> Mask:
    """Choose by distance; on the very edge the same function decides as in the database."""
    km = _distances(lon, lat, near.lon, near.lat)
    found: Mask = km <= near.radius_km
    for at in np.flatnonzero(np.abs(km - near.radius_km) <= _SLACK_KM):
        found[at] = distance_km(float(lon[at]), float(lat[at]), near.lon, near.lat) <= near.radius_km
    return found


def _distances(lon: Floats, lat: Floats, other_lon: float, other_lat: float) -> Floats:
    a, b = np.radians(lat), np.radians(other_lat)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    found: Floats = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return found


# --- events


def _by_event(
    columns: Columns, filter_: Filter, connection: Connection | None, at: Numbers | npt.NDArray[Any]
) -> Mask | None:
    """Tell of each of these events whether it satisfies all that is not asked of a place; None: nothing is."""
    masks = _timely(columns, filter_, at)
    if filter_.categories:
        wanted = np.array([slug in filter_.categories for slug in columns.categories], dtype=bool)
        masks.append(wanted[columns.category[at]])
    if filter_.verifications:
        wanted = np.array([value in filter_.verifications for value in VERIFICATIONS], dtype=bool)
        masks.append(wanted[columns.verification[at]])
    if connection is not None and needs_database(filter_):
        masks.append(_asked(columns, replace(filter_, **_BY_COLUMNS), connection)[at])
    return _all(masks)


# The fields that the columns answer, as they are where nothing is asked.
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
    "precision": None,
    "within": None,
}


def _asked(columns: Columns, filter_: Filter, connection: Connection) -> Mask:
    backend = backend_of(connection)
    where = conditions(filter_, backend).events
    rows = backend.stream(connection, f"SELECT e.pk FROM event e WHERE {where.sql}", where.params)
    pks = np.fromiter((pk for (pk,) in rows), dtype=np.int64)
    at = np.searchsorted(columns.pk, pks)
    mask = np.zeros(len(columns), dtype=bool)
    mask[at] = True
    return mask


def _timely(columns: Columns, filter_: Filter, at: Numbers | npt.NDArray[Any]) -> list[Mask]:
    """Choose by time as db.sql.filter_conditions does in SQL: CONTRACT's `match` and `undated`."""
    if filter_.undated == "only":
        none = filter_.interval is not None and filter_.certain
        return [np.zeros(len(columns.dated[at]), bool) if none else ~columns.dated[at]]
    if filter_.interval is None:
        return [columns.dated[at].copy()] if filter_.undated == "exclude" else []
    first, last = filter_.interval
    if filter_.certain:
        found = (columns.start_max[at] <= last) & (columns.end_min[at] >= first)
        return [found & columns.dated[at] & ~columns.doubtful[at]]
    found = (columns.start_min[at] <= last) & (columns.end_max[at] >= first)
    return [found & columns.dated[at] if filter_.undated == "exclude" else found | ~columns.dated[at]]
