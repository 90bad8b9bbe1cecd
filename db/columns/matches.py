"""What a summary counts of the matching events: one by one, or with the precomputed counts of whole blocks of time."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from db.columns.arrays import EVERY, Ints, Mask, Numbers, Small
from db.columns.begun import Begun, WholeDays
from db.columns.block_counts import FIRST_CODE, PINS, UNPLACED, add_sums, first_of_runs, subset
from db.columns.blocks import FIRST_DAY, NO_BEGINNING, PeriodParts, divide, first_second, in_block_of
from db.columns.cell_groups import CellGroups
from db.columns.filtering import MIN_GATHER_RATIO, Selection
from db.columns.runs import rows_of, sizes_of
from db.columns.snapshot import Columns
from db.columns.sums import is_exact, sums_by_group, totals
from db.dates.calendar import DAY
from db.dates.edtf import ALWAYS
from db.query.filter import Filter

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Counts of the matching events and their selected pins.

    `begun` counts events by the day on which they begin, and by category. `near_edges` are the
    numbers of events that include all that begin on the first day of the filter's period. `countries` counts events by
    code; `figures` are sums by name. `last` is the latest end in seconds of UTC, ALWAYS if no event is dated.
    `irregular` are the indexes of those in Columns.irregular that match. `bounds` are west, south, east, north in
    degrees.
    """

    begun: Begun
    near_edges: Numbers
    pins: int
    unplaced: int
    countries: Ints
    figures: dict[str, float]
    bounds: Bounds | None
    last: int
    irregular: Ints


# --- one by one


def counted_singly(columns: Columns, chosen: Selection) -> Matches:
    """Return the counts of any selection."""
    events, pins = chosen.events, chosen.pins
    return Matches(
        begun=Begun.of_events(columns, events),
        near_edges=events,
        pins=len(columns.lon[pins]),
        unplaced=_unplaced(columns, events),
        countries=events_by_country(columns, chosen),
        figures=_figures(columns, chosen),
        bounds=_bounds(columns, pins),
        last=int(columns.end_max[events].max(where=columns.dated[events], initial=ALWAYS)),
        irregular=_irregular_of(columns, chosen.event_mask),
    )


def _unplaced(columns: Columns, events: Numbers) -> int:
    if isinstance(events, slice):
        return len(columns.unplaced)
    return len(events) - int(np.count_nonzero(sizes_of(columns.pin_begins, events)))


def events_by_country(columns: Columns, chosen: Selection) -> Ints:
    """Return the number of events with a selected pin in each country, by code."""
    event, code = columns.owner_event, columns.owner_code
    if chosen.pin_mask is not None:
        rows = _rows(chosen, columns.owner_begins, event)
        rows = rows[chosen.pin_mask[columns.owner_pin[rows]]]
        event, code = event[rows], code[rows]
    return _by_country(columns, chosen.pins, event, code)


def _by_country(columns: Columns, pins: Numbers, event: Small, code: npt.NDArray[np.int16]) -> Ints:
    # Shifted by one, because -1 means no country.
    counts = np.bincount(columns.only_code[pins] + 1, minlength=len(columns.codes) + 1)[1:]
    # Rows are sorted by event and country: an event with two pins in a country counts once.
    counts += np.bincount(code[first_of_runs(event, code)], minlength=len(columns.codes))
    return counts


def _rows(chosen: Selection, begins: Small, event: Small) -> Any:
    """Return the rows of the chosen events, given where those of each event begin and the event of each row."""
    events, mask = chosen.events, chosen.event_mask
    if isinstance(events, slice) or mask is None:
        return EVERY
    return (
        rows_of(begins, events) if len(events) * MIN_GATHER_RATIO < len(mask) else np.flatnonzero(mask[event])
    )


def _figures(columns: Columns, chosen: Selection) -> dict[str, float]:
    """Return the sums of counts and amounts; the columns contain no rates, which cannot be summed."""
    if not columns.figures:
        return {}
    rows = _rows(chosen, columns.figure_begins, columns.figure_event)
    names, values = columns.figure_name[rows], columns.figure_value[rows]
    sums = sums_by_group(values, names, len(columns.figures))
    return _reported(columns, sums, np.bincount(names, minlength=len(columns.figures)))


def _reported(columns: Columns, sums: list[int | float], occurrences: Ints) -> dict[str, float]:
    return {name: sums[n] for n, name in enumerate(columns.figures) if occurrences[n]}


def _bounds(columns: Columns, pins: Numbers) -> Bounds | None:
    lon, lat = columns.lon[pins], columns.lat[pins]
    if not len(lon):
        return None
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


# --- with the counts of whole blocks


def counted_by_block(columns: Columns, filter_: Filter) -> Matches | None:
    """Return the counts of a filter by time and category; None if that is not possible."""
    counts, groups = columns.block_counts, columns.cell_groups
    if counts is None or groups is None or not by_time_and_category(filter_):
        return None
    wanted = wanted_categories(columns, filter_)
    parts = divide(columns, filter_).of_categories(columns.category, wanted)
    few = subset(columns, parts.singles)
    measures, sums = counts.of_parts(parts, wanted)
    codes = len(columns.codes)
    names = columns.figure_name[few.figures]
    add_sums(sums, names, columns.figure_value[few.figures])
    if not is_exact(sums):
        return None
    occurrences = measures[FIRST_CODE + codes :] + np.bincount(names, minlength=len(columns.figures))
    owners = columns.owner_event[few.owners], columns.owner_code[few.owners]
    begun, irregular = _begun(columns, parts, wanted), _irregular(columns, filter_, wanted)
    return Matches(
        begun=begun,
        near_edges=few.events,
        pins=int(measures[PINS]) + len(few.pins),
        unplaced=int(measures[UNPLACED]) + _unplaced(columns, few.events),
        countries=measures[FIRST_CODE : FIRST_CODE + codes] + _by_country(columns, few.pins, *owners),
        figures=_reported(columns, totals(sums), occurrences),
        bounds=_bounds_by_group(groups, groups.of_parts(parts, wanted), _bounds(columns, few.pins)),
        last=_last(columns, parts, wanted, (begun, irregular)),
        irregular=irregular,
    )


def by_time_and_category(filter_: Filter) -> bool:
    """Return whether a filter has no conditions but `datetime` (with `match=possible`), `undated` and `category`."""
    return replace(filter_, interval=None, undated="include", categories=()) == Filter()


def wanted_categories(columns: Columns, filter_: Filter) -> Mask:
    """Return a mask over the categories."""
    wanted = filter_.categories
    return np.array([not wanted or slug in wanted for slug in columns.categories], dtype=bool)


def _begun(columns: Columns, parts: PeriodParts, wanted: Mask) -> Begun:
    first = end = 0
    if parts.first < parts.end:
        bounds = [first_second(parts.first), first_second(parts.end)]
        first, end = (np.searchsorted(columns.days * DAY, bounds) + FIRST_DAY).tolist()
        if parts.first == NO_BEGINNING:
            first = NO_BEGINNING
    return Begun.of_whole_days(columns, WholeDays(first, end, parts.undated, wanted), parts.singles)


def _bounds_by_group(groups: CellGroups, chosen: Ints, bounds: Bounds | None) -> Bounds | None:
    """Return the bounds of these groups and of others."""
    if not len(chosen):
        return bounds
    west, south = groups.west[chosen].min(), groups.south[chosen].min()
    east, north = groups.east[chosen].max(), groups.north[chosen].max()
    if bounds is None:
        return float(west), float(south), float(east), float(north)
    return (
        min(float(west), bounds[0]),
        min(float(south), bounds[1]),
        max(float(east), bounds[2]),
        max(float(north), bounds[3]),
    )


def _last(columns: Columns, parts: PeriodParts, wanted: Mask, matching: tuple[Begun, Ints]) -> int:
    """Return the latest end of the matching events, from the days on which they begin and the irregular ones."""
    begun, irregular = matching
    span = begun.whole_span()
    numbers = [parts.singles]
    if span:
        # Of the events that end in their block, one of the last block with any ends last.
        begun_last = in_block_of(columns, int(columns.days[span[1] - FIRST_DAY]) * DAY)
        numbers.append(begun_last[wanted[columns.category[begun_last]]])
    last = columns.end_max[np.concatenate(numbers)].max(initial=ALWAYS)
    return int(max(last, columns.irregular_end_max[irregular].max(initial=ALWAYS)))


def _irregular(columns: Columns, filter_: Filter, wanted: Mask) -> Ints:
    """Return the indexes of the matching events in Columns.irregular."""
    matching: Mask = wanted[columns.irregular_category]
    if filter_.undated == "only":
        matching[:] = False
    elif filter_.interval is not None:
        first, last = filter_.interval
        matching &= (columns.irregular_start_min <= last) & (columns.irregular_end_max >= first)
    return np.flatnonzero(matching)


def _irregular_of(columns: Columns, mask: Mask | None) -> Ints:
    return np.flatnonzero(
        np.ones(len(columns.irregular), dtype=bool) if mask is None else mask[columns.irregular]
    )
