"""Counting: the summary of a filter, whose numbers agree with each other and with the list."""

from typing import Any

import numpy as np

from db.chosen import Chosen
from db.civil import iso_date
from db.columns import Columns, Ints, Mask
from db.filter import Filter, Summary
from db.histogram import histogram
from db.when import ALWAYS, FOREVER


def summary(columns: Columns, filter_: Filter, chosen: Chosen, interval: str) -> Summary:
    """Count the matching events and their selected pins.

    Raises BadFilter when the interval is too fine for the span.
    """
    dated = chosen.events & columns.dated
    name, buckets = histogram(*_days(columns, dated, filter_), filter_.interval, interval)
    matched = int(np.count_nonzero(chosen.events))
    return Summary(
        matched=matched,
        undated=matched - int(np.count_nonzero(dated)),
        unplaced=int(np.count_nonzero(chosen.events & ~columns.placed)),
        pins=int(np.count_nonzero(chosen.pins)),
        interval=name,
        histogram=buckets,
        categories=_ranked(columns.categories, _occurrences(columns, np.flatnonzero(chosen.events))),
        countries=countries(columns, filter_, chosen),
        figures=_figures(columns, chosen),
        bbox=_bbox(columns, chosen.pins),
        **_span(columns, dated),
        stamp=columns.stamp,
    )


def countries(columns: Columns, filter_: Filter, chosen: Chosen) -> dict[str, int]:
    """Count the matching events by the countries of their selected pins; a filter by country leaves its own."""
    wanted = np.array(
        [not filter_.countries or code in filter_.countries for code in columns.codes], dtype=bool
    )
    only = columns.only_code[np.flatnonzero(chosen.pins)]
    counts = np.bincount(only[only >= 0], minlength=len(wanted))
    selected = np.flatnonzero(chosen.pins[columns.owner_pin])
    event, code = columns.owner_event[selected], columns.owner_code[selected]
    # They are ordered by event and country: an event with two pins in a country counts once.
    fresh = np.ones(len(event), dtype=bool)
    fresh[1:] = (event[1:] != event[:-1]) | (code[1:] != code[:-1])
    counts += np.bincount(code[fresh], minlength=len(wanted))
    return _ranked(columns.codes, counts * wanted)


def _days(columns: Columns, dated: Mask, filter_: Filter) -> tuple[Ints, Ints, int]:
    """Count the dated events by the day that they begin; those that began before the window come apart."""
    early = dated & columns.always
    if filter_.interval and filter_.interval.first != ALWAYS:
        early |= dated & (columns.start_min < filter_.interval.first)
    days = columns.day[np.flatnonzero(dated & ~early)]
    return (*_tally(days), int(np.count_nonzero(early)))


def _tally(values: Ints) -> tuple[Ints, Ints]:
    if not len(values):
        return values, values
    low, high = int(values.min()), int(values.max())
    if high - low > 4 * len(values) + 100_000:
        return np.unique(values, return_counts=True)
    counts = np.bincount(values - low)
    found = np.flatnonzero(counts)
    return found + low, counts[found]


def _occurrences(columns: Columns, events: Ints) -> Ints:
    return np.bincount(columns.category[events], minlength=len(columns.categories))


def _ranked(names: list[str], counts: Ints) -> dict[str, int]:
    """Name the counts: the most frequent first, then by name."""
    rows = [(name, int(count)) for name, count in zip(names, counts, strict=True) if count]
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def _figures(columns: Columns, chosen: Chosen) -> dict[str, float]:
    """Sum counts and amounts; a sum of rates means nothing."""
    if not columns.figures:
        return {}
    selected = chosen.events[columns.figure_event]
    names = columns.figure_name[selected]
    sums = np.bincount(names, weights=columns.figure_value[selected], minlength=len(columns.figures))
    held = np.bincount(names, minlength=len(columns.figures))
    found = {name: float(sums[n]) for n, name in enumerate(columns.figures) if held[n]}
    return {name: int(value) if value.is_integer() else value for name, value in found.items()}


def _bbox(columns: Columns, pins: Mask) -> tuple[float, float, float, float] | None:
    selected = np.flatnonzero(pins)
    lon, lat = columns.lon[selected], columns.lat[selected]
    if not len(lon):
        return None
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _span(columns: Columns, dated: Mask) -> dict[str, Any]:
    events = np.flatnonzero(dated)
    if not len(events):
        return {"earliest": None, "latest": None}
    first, last = int(columns.start_min[events].min()), int(columns.end_max[events].max())
    return {
        "earliest": None if first == ALWAYS else iso_date(first),
        "latest": None if last == FOREVER else iso_date(last),
    }
