"""A Filter over the columns: which events match, and which of their pins are selected."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection

from db.columns import Columns, Floats, Ints, Mask
from db.filter import Filter, Near
from db.select import select
from db.within import inside
from geo.box import Box
from geo.place import Precision
from geo.sphere import EARTH_KM, distance_km

_SLACK_KM = 1e-6


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a filter chooses: `events` is a mask over the events, `pins` over the pins (of matching events)."""

    events: Mask
    pins: Mask


def choose(columns: Columns, filter_: Filter, connection: Connection) -> Chosen:
    """Choose by the columns; what only the database knows (full text, tags, ids …) is asked of it first."""
    events = _timely(columns, filter_)
    if filter_.categories:
        wanted = np.array([slug in filter_.categories for slug in columns.categories], dtype=bool)
        events &= wanted[columns.category]
    pins = _pins(columns, filter_)
    events &= _placed(columns, filter_, pins)
    asked = replace(filter_, **_BY_COLUMNS)
    if asked != Filter():
        events &= _asked(columns, asked, connection)
    return Chosen(events, events[columns.event] if pins is None else pins & events[columns.event])


# The fields that the columns answer, as they are where nothing is asked.
_BY_COLUMNS: dict[str, Any] = {
    "box": None,
    "unplaced": "include",
    "interval": None,
    "certain": False,
    "undated": "include",
    "categories": (),
    "countries": (),
    "near": None,
    "precision": None,
    "within": None,
}


def _asked(columns: Columns, filter_: Filter, connection: Connection) -> Mask:
    where = select(filter_).events
    found = connection.exec_driver_sql(f"SELECT e.pk FROM event e WHERE {where.sql}", where.params)
    pks = np.fromiter((row[0] for row in found), dtype=np.int64)
    mask = np.zeros(len(columns), dtype=bool)
    # An event that was published since these columns were read is not among them.
    at = np.searchsorted(columns.pk, pks)
    at = at[at < len(columns)]
    mask[at[np.isin(columns.pk[at], pks)]] = True
    return mask


def _timely(columns: Columns, filter_: Filter) -> Mask:
    """Choose by time as db.select does in SQL: CONTRACT's `match` and `undated`."""
    if filter_.undated == "only":
        return np.zeros(len(columns), bool) if filter_.interval and filter_.certain else ~columns.dated
    if filter_.interval is None:
        return columns.dated.copy() if filter_.undated == "exclude" else np.ones(len(columns), bool)
    first, last = filter_.interval
    if filter_.certain:
        found = (columns.start_max <= last) & (columns.end_min >= first)
        return found & columns.dated & ~columns.doubtful
    found = (columns.start_min <= last) & (columns.end_max >= first)
    return found & columns.dated if filter_.undated == "exclude" else found | ~columns.dated


def _placed(columns: Columns, filter_: Filter, pins: Mask | None) -> Mask:
    if filter_.unplaced == "only":
        return ~columns.placed & (pins is None or not filter_.by_pin)
    if pins is None:
        return columns.placed.copy() if filter_.unplaced == "exclude" else np.ones(len(columns), bool)
    found = np.zeros(len(columns), dtype=bool)
    found[columns.event[pins]] = True
    return found if filter_.by_pin or filter_.unplaced == "exclude" else found | ~columns.placed


def _pins(columns: Columns, filter_: Filter) -> Mask | None:
    """Choose pins by place; None where nothing is asked of them."""
    masks = []
    if filter_.box:
        masks.append(_inside(columns, filter_.box))
    if filter_.near:
        masks.append(_near(columns, filter_.near))
    if filter_.countries:
        wanted = np.array([code in filter_.countries for code in columns.codes], dtype=bool)
        # The last one stands for -1: no country of its own.
        owned = np.append(wanted, False)[columns.only_code]
        if len(wanted):
            owned[columns.owner_pin[wanted[columns.owner_code]]] = True
        masks.append(owned)
    if filter_.precision:
        masks.append(columns.rank <= Precision(filter_.precision).rank)
    if filter_.within:
        masks.append(inside(columns.lon, columns.lat, filter_.within))
    return np.logical_and.reduce(masks) if masks else None


def _inside(columns: Columns, box: Box) -> Mask:
    found = np.zeros(len(columns.lon), dtype=bool)
    for part in box.parts():
        across = (columns.lon >= part.west) & (columns.lon <= part.east)
        found |= across & (columns.lat >= part.south) & (columns.lat <= part.north)
    return found


def _near(columns: Columns, near: Near) -> Mask:
    """Choose by distance; on the very edge the same function decides as in the database."""
    km = _distances(columns.lon, columns.lat, near.lon, near.lat)
    found: Mask = km <= near.radius_km
    edge: Ints = np.flatnonzero(np.abs(km - near.radius_km) <= _SLACK_KM)
    for at in edge:
        one = distance_km(float(columns.lon[at]), float(columns.lat[at]), near.lon, near.lat)
        found[at] = one <= near.radius_km
    return found


def _distances(lon: Floats, lat: Floats, other_lon: float, other_lat: float) -> Floats:
    a, b = np.radians(lat), np.radians(other_lat)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    found: Floats = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return found
