"""The summary of a filter: its counts are those of one snapshot, so they agree with each other and with the list."""

from dataclasses import replace
from typing import Any

import numpy as np

from db.columns.arrays import Ints, Numbers
from db.columns.filtering import Selection
from db.columns.histogram import histogram
from db.columns.snapshot import FIRST_DAY, NO_BEGINNING, UNDATED, Columns
from db.columns.sums import sums_by_group
from db.dates.calendar import DAY, iso_date
from db.dates.edtf import ALWAYS, FOREVER
from db.errors import BadFilter
from db.query.filter import Filter
from db.query.results import Bucket, Summary


def summary(
    columns: Columns, filter_: Filter, chosen: Selection, interval: str, measure: str | None = None
) -> Summary:
    """Return the counts of the matching events and their selected pins; `measure` names a figure to sum in each bar.

    Raises BadFilter if the interval is too fine for the time span, or no event reports the figure.
    """
    table = _table(columns, chosen.events)
    begun = table.sum(axis=1)
    name, buckets = histogram(*_days(columns, chosen, filter_, begun), filter_.interval, interval)
    buckets = _split_by_category(columns, table, buckets)
    if measure is not None:
        buckets = _with_sums(columns, chosen, buckets, measure)
    return Summary(
        matched=int(begun.sum()),
        undated=int(begun[UNDATED]),
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


def countries(columns: Columns, filter_: Filter, chosen: Selection) -> dict[str, int]:
    """Return the counts of matching events by the countries of their pins; a filter by country returns only those."""
    wanted = np.array(
        [not filter_.countries or code in filter_.countries for code in columns.codes], dtype=bool
    )
    # Shifted by one, because -1 means no country.
    counts = np.bincount(columns.only_code[chosen.pins] + 1, minlength=len(wanted) + 1)[1:]
    event, code = columns.owner_event, columns.owner_code
    if chosen.pin_mask is not None:
        selected = np.flatnonzero(chosen.pin_mask[columns.owner_pin])
        event, code = event[selected], code[selected]
    # Rows are sorted by event and country: an event with two pins in a country counts once.
    first = np.ones(len(event), dtype=bool)
    first[1:] = (event[1:] != event[:-1]) | (code[1:] != code[:-1])
    counts += np.bincount(code[first], minlength=len(wanted))
    return _ranked(columns.codes, counts * wanted)


def _unplaced(columns: Columns, chosen: Selection) -> int:
    if chosen.event_mask is None:
        return len(columns.unplaced)
    return int(np.count_nonzero(chosen.event_mask[columns.unplaced]))


def _table(columns: Columns, events: Numbers) -> Ints:
    """Return the counts by day and category together: a row for each day (see Columns.begun), a column per category."""
    rows, width = len(columns.days) + FIRST_DAY, len(columns.categories)
    return np.bincount(columns.begun[events], minlength=rows * width).reshape(rows, width)


def _split_by_category(columns: Columns, table: Ints, buckets: list[Bucket]) -> list[Bucket]:
    """Split each bar by category. The first also counts earlier events, the last also later ones."""
    if not buckets:
        return []
    lasts = [FOREVER if bar.last is None else bar.last for bar in buckets[:-1]]
    ends = np.searchsorted(columns.days, lasts, side="right") + FIRST_DAY
    split = []
    for bar, low, high in zip(buckets, [NO_BEGINNING, *ends], [*ends, len(table)], strict=True):
        counts = table[low:high].sum(axis=0)
        split.append(replace(bar, categories=_named(columns.categories, counts.tolist())))
    return split


def _named(names: list[str], counts: Any) -> dict[str, Any]:
    return {name: count for name, count in zip(names, counts, strict=True) if count}


def _days(columns: Columns, chosen: Selection, filter_: Filter, begun: Ints) -> tuple[Ints, Ints, int]:
    """Return the days on which events begin, their counts, and the count of those that began before the window."""
    early, counts = int(begun[NO_BEGINNING]), begun[FIRST_DAY:]
    if filter_.interval and filter_.interval.first != ALWAYS:
        first = filter_.interval.first
        before = int(np.searchsorted(columns.days, first // DAY))
        early, counts = early + int(counts[:before].sum()), counts.copy()
        counts[:before] = 0
        if first % DAY and counts[before : before + 1].any():
            # The window starts within a day.
            slots = columns.begun[chosen.events] // len(columns.categories)
            same = np.flatnonzero(slots == before + FIRST_DAY)
            earlier = int(np.count_nonzero(columns.start_min[chosen.events][same] < first))
            early, counts[before] = early + earlier, counts[before] - earlier
    present = np.flatnonzero(counts)
    return columns.days[present], counts[present], early


def _ranked(names: list[str], counts: Ints) -> dict[str, int]:
    """Return the counts by name, largest first, ties sorted by name."""
    rows = [(name, int(count)) for name, count in zip(names, counts, strict=True) if count]
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def _figures(columns: Columns, chosen: Selection) -> dict[str, float]:
    """Return the sums of counts and amounts; the columns contain no rates, which cannot be summed."""
    if not columns.figures:
        return {}
    names, values = columns.figure_name, columns.figure_value
    if chosen.event_mask is not None:
        chosen_rows = np.flatnonzero(chosen.event_mask[columns.figure_event])
        names, values = names[chosen_rows], values[chosen_rows]
    sums = sums_by_group(values, names, len(columns.figures))
    occurrences = np.bincount(names, minlength=len(columns.figures))
    return {name: sums[n] for n, name in enumerate(columns.figures) if occurrences[n]}


def _with_sums(columns: Columns, chosen: Selection, buckets: list[Bucket], name: str) -> list[Bucket]:
    """Add the sums of a figure over the events that begin in each bar; the first also counts earlier events."""
    if name not in columns.figures:
        available = ", ".join(columns.figures) or "none"
        raise BadFilter(
            "measure", f"no event reports a figure {name!r} that can be summed; expected one of: {available}"
        )
    wanted = columns.figure_name == columns.figures.index(name)
    if chosen.event_mask is not None:
        wanted &= chosen.event_mask[columns.figure_event]
    event = columns.figure_event[wanted]
    dated = columns.dated[event]
    event, width = event[dated], len(columns.categories)
    days = columns.start_min[event] // DAY
    bar = np.searchsorted([FOREVER if bucket.last is None else bucket.last for bucket in buckets], days)
    cell = bar * width + columns.category[event]
    values = columns.figure_value[wanted][dated]
    totals = sums_by_group(values, bar, len(buckets))
    parts = sums_by_group(values, cell, len(buckets) * width)
    return [
        replace(bucket, sum=totals[at], sums=_named(columns.categories, parts[at * width : (at + 1) * width]))
        for at, bucket in enumerate(buckets)
    ]


def _bbox(columns: Columns, pins: Numbers) -> tuple[float, float, float, float] | None:
    lon, lat = columns.lon[pins], columns.lat[pins]
    if not len(lon):
        return None
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _span(columns: Columns, events: Numbers, begun: Ints) -> dict[str, Any]:
    days = np.flatnonzero(begun[FIRST_DAY:])
    if not len(days) and not begun[NO_BEGINNING]:
        return {"earliest": None, "latest": None}
    last = int(columns.end_max[events].max(where=columns.dated[events], initial=ALWAYS))
    return {
        "earliest": None if begun[NO_BEGINNING] else iso_date(int(columns.days[days[0]]) * DAY),
        "latest": None if last == FOREVER else iso_date(last),
    }
