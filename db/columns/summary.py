"""The summary of a filter: its counts are those of one snapshot, so they agree with each other and with the list."""

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Connection

from db.columns.arrays import Ints
from db.columns.blocks import FIRST_DAY, NO_BEGINNING, UNDATED
from db.columns.certainty import last_day, with_certainty
from db.columns.filtering import Selection, choose
from db.columns.histogram import histogram
from db.columns.matches import Matches, counted_by_block, counted_singly, events_by_country
from db.columns.snapshot import Columns
from db.columns.sums import sums_by_group
from db.dates.calendar import DAY, iso_date
from db.dates.edtf import ALWAYS, FOREVER
from db.errors import BadFilter
from db.query.filter import Filter
from db.query.results import Bucket, Summary


def summary(
    columns: Columns,
    filter_: Filter,
    connection: Connection,
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
    begun = matches.begun.sum(axis=1)
    irregular, window = matches.irregular, filter_.interval
    reach = last_day(columns, irregular, window)
    name, buckets = histogram(*_days(columns, matches, filter_, begun), window, interval, reach)
    buckets = with_certainty(columns, irregular, window, buckets)
    return Summary(
        matched=int(begun.sum()),
        undated=int(begun[UNDATED]),
        unplaced=matches.unplaced,
        pins=matches.pins,
        interval=name,
        histogram=_split_by_category(columns, matches.begun, buckets),
        categories=_ranked(columns.categories, matches.begun.sum(axis=0)),
        countries=_named_countries(columns, filter_, matches.countries),
        figures=matches.figures,
        bbox=matches.bounds,
        **_span(columns, begun, matches.last),
        stamp=columns.stamp,
    )


def countries(columns: Columns, filter_: Filter, chosen: Selection) -> dict[str, int]:
    """Return the counts of matching events by the countries of their pins; a filter by country returns only those."""
    return _named_countries(columns, filter_, events_by_country(columns, chosen))


def _named_countries(columns: Columns, filter_: Filter, counts: Ints) -> dict[str, int]:
    wanted = np.array(
        [not filter_.countries or code in filter_.countries for code in columns.codes], dtype=bool
    )
    return _ranked(columns.codes, counts * wanted)


def _split_by_category(columns: Columns, table: Ints, buckets: list[Bucket]) -> list[Bucket]:
    """Split each bar by category. The first also counts earlier events, the last also later ones."""
    if not buckets:
        return []
    lasts = [FOREVER if bar.last is None else bar.last for bar in buckets[:-1]]
    ends = np.searchsorted(columns.days, lasts, side="right") + FIRST_DAY
    totals = np.concatenate(
        [np.zeros((1, table.shape[1]), dtype=table.dtype), table[NO_BEGINNING:].cumsum(axis=0)]
    )
    counts = np.diff(totals[np.concatenate(([0], ends - NO_BEGINNING, [-1]))], axis=0).tolist()
    return [
        replace(bar, categories=_named(columns.categories, row))
        for bar, row in zip(buckets, counts, strict=True)
    ]


def _named(names: list[str], counts: Any) -> dict[str, Any]:
    return {name: count for name, count in zip(names, counts, strict=True) if count}


def _days(columns: Columns, matches: Matches, filter_: Filter, begun: Ints) -> tuple[Ints, Ints, int]:
    """Return the days on which events begin, their counts, and the count of those that began before the window."""
    early, counts = int(begun[NO_BEGINNING]), begun[FIRST_DAY:]
    if filter_.interval and filter_.interval.first != ALWAYS:
        first = filter_.interval.first
        before = int(np.searchsorted(columns.days, first // DAY))
        early, counts = early + int(counts[:before].sum()), counts.copy()
        counts[:before] = 0
        if first % DAY and counts[before : before + 1].any():
            # The window starts within a day.
            slots = columns.begun[matches.near_edges] // len(columns.categories)
            same = np.flatnonzero(slots == before + FIRST_DAY)
            earlier = int(np.count_nonzero(columns.start_min[matches.near_edges][same] < first))
            early, counts[before] = early + earlier, counts[before] - earlier
    present = np.flatnonzero(counts)
    return columns.days[present], counts[present], early


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


def _span(columns: Columns, begun: Ints, last: int) -> dict[str, Any]:
    days = np.flatnonzero(begun[FIRST_DAY:])
    if not len(days) and not begun[NO_BEGINNING]:
        return {"earliest": None, "latest": None}
    return {
        "earliest": None if begun[NO_BEGINNING] else iso_date(int(columns.days[days[0]]) * DAY),
        "latest": None if last == FOREVER else iso_date(last),
    }
