"""The histogram as bars and ticks: positions in per cent of the width, heights in pixels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from db.dates.calendar import iso_year
from db.dates.display import display
from timeline.web.filter_links import page_address, period_text, with_value
from timeline.web.messages import Translator
from timeline.web.page_model import EventsView

HEIGHT = 64  # pixels of the highest bar
_MIN_BAR_PIXELS = 3  # a bar that counts one event of many stays visible
_BAR_SHARE = 0.84  # of a bucket's share of the axis; the remainder is the gap
_MAX_BAR_PERCENT = 5.0  # of the width, so that three buckets do not fill the page
_LAST_LABEL_PERCENT = 93.0  # a label that begins further right would be cut off
_MIN_LABEL_DISTANCE = 0.26  # of the width: "28 February 2023" on a phone
_MAX_YEAR_LABELS = 7  # of "2023" on a phone
_MIN_LABELS = 3
_YEAR_STEPS = [base * 10**power for power in range(9) for base in (1, 2, 5)]
_DAY = re.compile(r"([+-]?\d+)-(\d\d)-(\d\d)")

Day = tuple[int, int, int]
"""Year, month, day."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bucket: `x` and `width` of the bar, `left` and `span` of its share of the axis, in per cent."""

    x: str
    width: str
    left: str
    span: str
    height: int
    label: str
    href: str | None


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """A label on the axis, and the position of its line in per cent."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A histogram to draw; buckets without events have no bar."""

    bars: list[Bar]
    ticks: list[AxisLabel]
    highest: int
    title: str
    unit: str


class BucketStart(NamedTuple):
    """The number of a bucket, and its first day."""

    bucket: int
    day: Day


def chart(view: EventsView, translator: Translator) -> Chart | None:
    """Return the histogram of a view, mirrored in right-to-left languages; None if every bucket is empty."""
    buckets = view.histogram
    highest = max((bucket["count"] for bucket in buckets), default=0)
    if not highest:
        return None
    share = 100 / len(buckets)
    starts = [_parse_day(bucket["start"]) for bucket in buckets]
    unit = f"per_{view.interval}"
    return Chart(
        bars=[
            _bar(view, translator, index, highest) for index, bucket in enumerate(buckets) if bucket["count"]
        ],
        ticks=[
            AxisLabel(_position(index * share, 0, translator), label)
            for index, label in _axis_labels(starts, translator.lang)
        ],
        highest=highest,
        title=_title(buckets, translator),
        unit=translator.translate(unit if translator.has(unit) else "per_period"),
    )


def _bar(view: EventsView, translator: Translator, index: int, highest: int) -> Bar:
    bucket = view.histogram[index]
    share = 100 / len(view.histogram)
    width = min(share * _BAR_SHARE, _MAX_BAR_PERCENT)
    start = index * share
    period = f"{bucket['start'] or '..'}/{bucket['end'] or '..'}"
    dated = bucket["start"] or bucket["end"]
    return Bar(
        x=_position(start + (share - width) / 2, width, translator),
        width=f"{width:.3f}%",
        left=_position(start, share, translator),
        span=f"{share:.3f}%",
        height=max(_MIN_BAR_PIXELS, round(bucket["count"] / highest * HEIGHT)),
        label=translator.translate("bar", n=bucket["count"], when=_bucket_text(bucket, translator)),
        href=page_address(view.site.home, with_value(view.params, "datetime", period)) if dated else None,
    )


def _position(start: float, width: float, translator: Translator) -> str:
    """Return the left edge of what starts and extends that far from where reading begins."""
    return f"{100 - start - width if translator.direction == 'rtl' else start:.3f}%"


def _bucket_text(bucket: dict[str, Any], translator: Translator) -> str:
    if not bucket["end"]:
        return translator.translate("any_time")
    if not bucket["start"]:
        return translator.translate("before", to=period_text(bucket["end"], translator.lang))
    return period_text(f"{bucket['start']}/{bucket['end']}", translator.lang)


def _title(buckets: Sequence[dict[str, Any]], translator: Translator) -> str:
    start = next((bucket["start"] for bucket in buckets if bucket["start"]), None)
    end = buckets[-1]["end"]
    if not end:
        return translator.translate("timeline")
    return period_text(f"{start or '..'}/{end}", translator.lang)


def _parse_day(day: str | None) -> Day | None:
    match = _DAY.fullmatch(day or "")
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _axis_labels(starts: Sequence[Day | None], lang: str) -> list[tuple[int, str]]:
    """Return labels by bucket: years, months or days, the coarsest that gives three, thinned for a phone."""
    for unit in (1, 2, 3):
        changes = _changes(starts, unit)
        if len(changes) >= _MIN_LABELS:
            break
    labelled = _round_years(changes) if unit == 1 else _spread(changes, len(starts) * _MIN_LABEL_DISTANCE)
    limit = len(starts) * _LAST_LABEL_PERCENT / 100
    return [(start.bucket, _label(start.day[:unit], lang)) for start in labelled if start.bucket < limit]


def _changes(starts: Sequence[Day | None], unit: int) -> list[BucketStart]:
    """Return the buckets that begin a year (`unit` 1), a month (2) or a day (3)."""
    changes = []
    for index, day in enumerate(starts):
        if day is None:
            continue
        previous = starts[index - 1] if index else None
        begins = day[unit:] == (1,) * (3 - unit)
        if begins or (previous and previous[:unit] != day[:unit]):
            changes.append(BucketStart(index, day))
    return changes


def _spread(starts: list[BucketStart], distance: float) -> list[BucketStart]:
    """Return the starts that are at least `distance` buckets after the one before."""
    spread: list[BucketStart] = []
    for start in starts:
        if not spread or start.bucket - spread[-1].bucket >= distance:
            spread.append(start)
    return spread


def is_round(year: int, step: int, *, is_yearly: bool) -> bool:
    """Return whether a year is round as people count them: 100 BC, which is -99, if buckets begin in every year.

    Longer buckets begin at multiples of ISO's years. Twin of roundYears in static/app/timeline/draw.js.
    """
    return (year - 1 if is_yearly and year <= 0 else year) % step == 0


def _round_years(starts: list[BucketStart]) -> list[BucketStart]:
    years = [start.day[0] for start in starts]
    is_yearly = any(later - earlier == 1 for earlier, later in pairwise(years))
    for step in _YEAR_STEPS:
        round_years = [start for start in starts if is_round(start.day[0], step, is_yearly=is_yearly)]
        if len(round_years) <= _MAX_YEAR_LABELS:
            return round_years or starts[:1]
    return starts[:1]


def _label(parts: tuple[int, ...], lang: str) -> str:
    year, *others = parts
    if abs(year) > 9999:
        return display(f"Y{year}", lang)
    return display(iso_year(year) + "".join(f"-{part:02}" for part in others), lang)
