"""The histogram as bars and ticks: places across in per cent of the width, heights in pixels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.dates.display import display
from timeline.web.filter_links import page_address, period_text, with_value
from timeline.web.messages import Translator
from timeline.web.page_model import EventsView

HEIGHT = 64  # pixels of the highest bar
_LOWEST = 3  # pixels of a bar that counts one of many
_WIDEST = 5.0  # per cent: three buckets make three bars, not three walls
_EDGE = 93.0  # per cent: a label that begins after this would be cut off
_DAY = re.compile(r"([+-]?\d+)-(\d\d)-(\d\d)")
_MOST_YEARS = 7  # labels that fit a phone: "2023"
_APART = 0.26  # of the width: what "28 February 2023" takes of a phone's
_NICE = [base * 10**power for power in range(9) for base in (1, 2, 5)]


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
class Tick:
    """A label on the axis, and where its line stands, in per cent."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A histogram to draw: only buckets that hold something have a bar."""

    bars: list[Bar]
    ticks: list[Tick]
    highest: int
    title: str
    unit: str


def chart(view: EventsView, translator: Translator) -> Chart | None:
    """Lay out the histogram of a view, mirrored where the page reads right to left; None without a bar."""
    buckets = view.histogram
    highest = max((bucket["count"] for bucket in buckets), default=0)
    if not highest:
        return None
    share = 100 / len(buckets)
    bars = [_bar(view, translator, index, highest) for index, bucket in enumerate(buckets) if bucket["count"]]
    starts = [_parts(bucket["start"]) for bucket in buckets]
    marks = [
        Tick(_place(index * share, 0, translator), label) for index, label in _ticks(starts, translator.lang)
    ]
    unit = f"per_{view.interval}"
    return Chart(
        bars=bars,
        ticks=marks,
        highest=highest,
        title=_title(buckets, translator),
        unit=translator.translate(unit if translator.has(unit) else "per_period"),
    )


def _bar(view: EventsView, translator: Translator, index: int, highest: int) -> Bar:
    bucket = view.histogram[index]
    share = 100 / len(view.histogram)
    width = min(share * 0.84, _WIDEST)
    left = index * share
    asked = f"{bucket['start'] or '..'}/{bucket['end'] or '..'}"
    known = bucket["start"] or bucket["end"]
    return Bar(
        x=_place(left + (share - width) / 2, width, translator),
        width=f"{width:.3f}%",
        left=_place(left, share, translator),
        span=f"{share:.3f}%",
        height=max(_LOWEST, round(bucket["count"] / highest * HEIGHT)),
        label=translator.translate("bar", n=bucket["count"], when=_said(bucket, translator)),
        href=page_address(view.site.home, with_value(view.params, "datetime", asked)) if known else None,
    )


def _place(left: float, width: float, translator: Translator) -> str:
    return f"{100 - left - width if translator.direction == 'rtl' else left:.3f}%"


def _said(bucket: dict[str, Any], translator: Translator) -> str:
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


def _parts(day: str | None) -> tuple[int, int, int] | None:
    match = _DAY.fullmatch(day or "")
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _ticks(starts: Sequence[tuple[int, int, int] | None], lang: str) -> list[tuple[int, str]]:
    """Choose the coarsest of years, months and days that gives three labels, thinned to what fits a phone."""
    levels = ((said, _changes(starts, said)) for said in (1, 2, 3))
    said, found = next((each for each in levels if len(each[1]) >= 3), (3, _changes(starts, 3)))
    found = _round_years(found) if said == 1 else _apart(found, len(starts) * _APART)
    limit = len(starts) * _EDGE / 100
    return [(index, _label(parts[:said], lang)) for index, parts in found if index < limit]


def _changes(
    starts: Sequence[tuple[int, int, int] | None], said: int
) -> list[tuple[int, tuple[int, int, int]]]:
    """List the buckets that begin a year, a month or a day: (index, (year, month, day))."""
    found = []
    for index, parts in enumerate(starts):
        if parts is None:
            continue
        before = starts[index - 1] if index else None
        begins = parts[said:] == (1,) * (3 - said)
        if begins or (before and before[:said] != parts[:said]):
            found.append((index, parts))
    return found


def _apart(
    found: list[tuple[int, tuple[int, int, int]]], least: float
) -> list[tuple[int, tuple[int, int, int]]]:
    """Leave out what would begin within so many buckets after the one before."""
    kept: list[tuple[int, tuple[int, int, int]]] = []
    for each in found:
        if not kept or each[0] - kept[-1][0] >= least:
            kept.append(each)
    return kept


def _round_years(
    found: list[tuple[int, tuple[int, int, int]]],
) -> list[tuple[int, tuple[int, int, int]]]:
    for step in _NICE:
        kept = [each for each in found if each[1][0] % step == 0]
        if len(kept) <= _MOST_YEARS:
            return kept or found[:1]
    return found[:1]


def _label(parts: tuple[int, ...], lang: str) -> str:
    if not 1 <= parts[0] <= 9999 or len(parts) == 1:
        return str(parts[0])
    return display(f"{parts[0]:04}" + "".join(f"-{part:02}" for part in parts[1:]), lang)
