"""Counting: the summary of a filter, whose numbers agree with each other and with the list."""

from dataclasses import replace
from typing import Any

import numpy as np

from db.columns.arrays import Ints, Numbers
from db.columns.filtering import Chosen
from db.columns.histogram import histogram
from db.columns.snapshot import Columns
from db.dates.calendar import DAY, iso_date
from db.dates.edtf import ALWAYS, FOREVER
from db.errors import BadFilter
from db.query.filter import Filter
from db.query.results import Bucket, Summary

_UNDATED, _ALWAYS, _DAYS = 0, 1, 2  # slots of the days that events begin


def summary(
    columns: Columns, filter_: Filter, chosen: Chosen, interval: str, measure: str | None = None
) -> Summary:
    """Count the matching events and their selected pins; `measure` names a figure that each bar sums.

    Raises BadFilter when the interval is too fine for the span, or no event reports the figure.
    """
    table = _table(columns, chosen.events)
    begun = table.sum(axis=1)
    name, buckets = histogram(*_days(columns, chosen, filter_, begun), filter_.interval, interval)
    buckets = _parted(columns, table, buckets)
    if measure is not None:
        buckets = _summed(columns, chosen, buckets, measure)
    return Summary(
        matched=int(begun.sum()),
        undated=int(begun[_UNDATED]),
        unplaced=_unplaced(columns, chosen),
        pins=len(columns.lon[chosen.pins]),
        interval=name,
        histogram=buckets,
        categories=_ranked(columns.categories, table.sum(axis=0)),
        countries=countries(columns, filter_, chosen),
        figures=_figures(columns, chosen),
        bbox=_bbox(columns, chosen.pins),
        **_span(columns, chosen.events, begun),
        stamp=columns.stamp,
    )


def countries(columns: Columns, filter_: Filter, chosen: Chosen) -> dict[str, int]:
    """Count the matching events by the countries of their selected pins; a filter by country leaves its own."""
    wanted = np.array(
        [not filter_.countries or code in filter_.countries for code in columns.codes], dtype=bool
    )
    # One further, as -1 stands for none.
    counts = np.bincount(columns.only_code[chosen.pins] + 1, minlength=len(wanted) + 1)[1:]
    event, code = columns.owner_event, columns.owner_code
    if chosen.pin_mask is not None:
        held = np.flatnonzero(chosen.pin_mask[columns.owner_pin])
        event, code = event[held], code[held]
    # They are ordered by event and country: an event with two pins in a country counts once.
    fresh = np.ones(len(event), dtype=bool)
    fresh[1:] = (event[1:] != event[:-1]) | (code[1:] != code[:-1])
    counts += np.bincount(code[fresh], minlength=len(wanted))
    return _ranked(columns.codes, counts * wanted)


def _unplaced(columns: Columns, chosen: Chosen) -> int:
    if chosen.event_mask is None:
        return len(columns.unplaced)
    return int(np.count_nonzero(chosen.event_mask[columns.unplaced]))


def _table(columns: Columns, events: Numbers) -> Ints:
    """Count by both at once, which costs no more than by one: a row a slot of days, a column a category."""
    rows, width = len(columns.days) + _DAYS, len(columns.categories)
    return np.bincount(columns.begun[events], minlength=rows * width).reshape(rows, width)


def _parted(columns: Columns, table: Ints, buckets: list[Bucket]) -> list[Bucket]:
    """Part each bar by category: the first takes all that began by its end, and the last is open."""
    if not buckets:
        return []
    lasts = [FOREVER if bar.last is None else bar.last for bar in buckets[:-1]]
    ends = np.searchsorted(columns.days, lasts, side="right") + _DAYS
    found = []
    for bar, low, high in zip(buckets, [_ALWAYS, *ends], [*ends, len(table)], strict=True):
        counts = table[low:high].sum(axis=0)
        found.append(replace(bar, categories=_named(columns.categories, counts)))
    return found


def _named(names: list[str], counts: Any) -> dict[str, Any]:
    return {name: count for name, count in zip(names, counts.tolist(), strict=True) if count}


def _days(columns: Columns, chosen: Chosen, filter_: Filter, begun: Ints) -> tuple[Ints, Ints, int]:
    """Part the events by the day that they begin; those that began before the window come apart, as a number."""
    early, counts = int(begun[_ALWAYS]), begun[_DAYS:]
    if filter_.interval and filter_.interval.first != ALWAYS:
        first = filter_.interval.first
        before = int(np.searchsorted(columns.days, first // DAY))
        early, counts = early + int(counts[:before].sum()), counts.copy()
        counts[:before] = 0
        if first % DAY and counts[before : before + 1].any():
            # The window opens in the middle of a day.
            slots = columns.begun[chosen.events] // len(columns.categories)
            same = np.flatnonzero(slots == before + _DAYS)
            parted = int(np.count_nonzero(columns.start_min[chosen.events][same] < first))
            early, counts[before] = early + parted, counts[before] - parted
    found = np.flatnonzero(counts)
    return columns.days[found], counts[found], early


def _ranked(names: list[str], counts: Ints) -> dict[str, int]:
    """Name the counts: the most frequent first, then by name."""
    rows = [(name, int(count)) for name, count in zip(names, counts, strict=True) if count]
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def _figures(columns: Columns, chosen: Chosen) -> dict[str, float]:
    """Sum counts and amounts; a sum of rates means nothing."""
    if not columns.figures:
        return {}
    names, values = columns.figure_name, columns.figure_value
    if chosen.event_mask is not None:
        held = np.flatnonzero(chosen.event_mask[columns.figure_event])
        names, values = names[held], values[held]
    sums = np.bincount(names, weights=values, minlength=len(columns.figures))
    times = np.bincount(names, minlength=len(columns.figures))
    found = {name: float(sums[n]) for n, name in enumerate(columns.figures) if times[n]}
    return {name: int(value) if value.is_integer() else value for name, value in sorted(found.items())}


def _summed(columns: Columns, chosen: Chosen, buckets: list[Bucket], name: str) -> list[Bucket]:
    """Sum a figure over the events that begin in each bar; what began earlier counts in the first."""
    if name not in columns.figures:
        known = ", ".join(columns.figures) or "none"
        raise BadFilter(
            "measure", f"no event reports a figure {name!r} that may be summed; there are: {known}"
        )
    held = columns.figure_name == columns.figures.index(name)
    if chosen.event_mask is not None:
        held &= chosen.event_mask[columns.figure_event]
    event = columns.figure_event[held]
    dated = columns.dated[event]
    event, width = event[dated], len(columns.categories)
    days = columns.start_min[event] // DAY
    bar = np.searchsorted([FOREVER if each.last is None else each.last for each in buckets], days)
    cell = bar * width + columns.category[event]
    values = columns.figure_value[held][dated]
    sums = np.bincount(cell, weights=values, minlength=len(buckets) * width).reshape(-1, width)
    return [
        replace(each, sum=float(parts.sum()), sums=_named(columns.categories, parts))
        for each, parts in zip(buckets, sums, strict=False)
    ]


def _bbox(columns: Columns, pins: Numbers) -> tuple[float, float, float, float] | None:
    lon, lat = columns.lon[pins], columns.lat[pins]
    if not len(lon):
        return None
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _span(columns: Columns, events: Numbers, begun: Ints) -> dict[str, Any]:
    days = np.flatnonzero(begun[_DAYS:])
    if not len(days) and not begun[_ALWAYS]:
        return {"earliest": None, "latest": None}
    last = int(columns.end_max[events].max(where=columns.dated[events], initial=ALWAYS))
    return {
        "earliest": None if begun[_ALWAYS] else iso_date(int(columns.days[days[0]]) * DAY),
        "latest": None if last == FOREVER else iso_date(last),
    }
