"""The summary of a filter: its counts are those of one snapshot, so they agree with each other and with the list."""

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import Ints
from db.columns.begun import Begun
from db.columns.blocks import NO_BEGINNING, UNDATED
from db.columns.certainty import certainty, last_day
from db.columns.filtering import Selection, choose
from db.columns.histogram import Bars, bars
from db.columns.matches import Matches, counted_by_block, counted_singly, events_by_country
from db.columns.snapshot import Columns
from db.columns.sums import sums_by_group
from db.dates.calendar import DAY, iso_date
from db.dates.edtf import ALWAYS, FOREVER
from db.dates.interval import Interval
from db.errors import BadFilter
from db.query.filter import Filter
from db.query.results import Bucket, Summary


def summary(
    columns: Columns,
    filter_: Filter,
    connection: Connection | None,
    interval: str = "auto",
    measure: str | None = None,
) -> Summary:
    """Return the counts of the matching events and their selected pins; `measure` names a figure to sum in each bar.

    Raises BadFilter if the interval is too fine for the time span, or no event reports the figure.
    """
    matches = counted_by_block(columns, filter_) if measure is None else None
    if matches is not None:
        return _summary(columns, filter_, matches, interval)
    chosen = choose(columns, filter_, connection)
    counts = _summary(columns, filter_, counted_singly(columns, chosen), interval)
    if measure is None:
        return counts
    return replace(counts, histogram=_with_sums(columns, chosen, counts.histogram, measure))


def _summary(columns: Columns, filter_: Filter, matches: Matches, interval: str) -> Summary:
    begun, window = matches.begun, filter_.interval
    by_category, undated = begun.by_category(), int(begun.before_rows([UNDATED + 1]).sum())
    days, early = begun.span(), _early(columns, matches, window)
    reach = last_day(columns, matches.irregular, window)
    name, all_bars = bars(days, early, window, interval, reach)
    return Summary(
        matched=int(by_category.sum()),
        undated=undated,
        unplaced=matches.unplaced,
        pins=matches.pins,
        interval=name,
        histogram=_buckets(columns, matches, window, all_bars),
        categories=_ranked(columns.categories, by_category),
        countries=_named_countries(columns, filter_, matches.countries),
        figures=matches.figures,
        bbox=matches.bounds,
        **_span(begun, days, matches.last),
        stamp=columns.stamp,
    )


def _early(columns: Columns, matches: Matches, window: Interval | None) -> int:
    """Return the number of events that began before the window, or have no beginning."""
    begun = matches.begun
    first = window.first if window else ALWAYS
    if first == ALWAYS:
        return int(np.diff(begun.before_rows([NO_BEGINNING, NO_BEGINNING + 1]).sum(axis=1))[0])
    early = int(begun.before_days([first // DAY]).sum())
    if first % DAY:
        # The window starts within a day.
        starts = columns.start_min[matches.near_edges][columns.dated[matches.near_edges]]
        early += int(np.count_nonzero((starts < first) & (starts >= first // DAY * DAY)))
    return early


def _buckets(columns: Columns, matches: Matches, window: Interval | None, all_bars: Bars) -> list[Bucket]:
    """Count the events of each bar; the first also counts earlier events, the last also later ones."""
    if not all_bars.lasts:
        return []
    lasts = np.array([FOREVER // DAY if last is None else last for last in all_bars.lasts])
    before = matches.begun.before_days(np.append(lasts[:-1] + 1, FOREVER // DAY))
    table = np.diff(before, axis=0, prepend=0)
    counts = table.sum(axis=1)
    certain, spread = certainty(columns, matches.irregular, window, lasts, counts)
    split = (_named(columns.categories, row) for row in table.tolist())
    members = zip(*all_bars, counts.tolist(), certain, spread, split, strict=True)
    return [
        Bucket(
            start=start, end=end, last=last, count=count, certain=sure, spread=share, categories=categories
        )
        for start, end, last, count, sure, share, categories in members
    ]


def countries(columns: Columns, filter_: Filter, connection: Connection | None) -> dict[str, int]:
    """Return the counts of matching events by the countries of their pins; a filter by country returns only those."""
    return _named_countries(
        columns, filter_, events_by_country(columns, choose(columns, filter_, connection))
    )


def _named_countries(columns: Columns, filter_: Filter, counts: Ints) -> dict[str, int]:
    wanted = np.array(
        [not filter_.countries or code in filter_.countries for code in columns.codes], dtype=bool
    )
    return _ranked(columns.codes, counts * wanted)


def _named(names: list[str], counts: Any) -> dict[str, Any]:
    return {name: count for name, count in zip(names, counts, strict=True) if count}


def _ranked(names: list[str], counts: Ints) -> dict[str, int]:
    """Return the counts by name, largest first, ties sorted by name."""
    rows = [(name, int(count)) for name, count in zip(names, counts, strict=True) if count]
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


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


def _span(begun: Begun, days: tuple[int, int] | None, last: int) -> dict[str, Any]:
    open_start = np.diff(begun.before_rows([NO_BEGINNING, NO_BEGINNING + 1]).sum(axis=1))[0] > 0
    if days is None and not open_start:
        return {"earliest": None, "latest": None}
    return {
        "earliest": None if open_start or days is None else iso_date(days[0] * DAY),
        "latest": None if last == FOREVER else iso_date(last),
    }
