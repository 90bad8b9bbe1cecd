"""The whole view as one picture of 1200 by 630 pixels, which social networks show with a link."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import resvg_py

from db.columns.clusters import Cluster
from timeline.web.basemap.projection import Frame
from timeline.web.filter_links import period_text
from timeline.web.stills.map import SANS, SERIF, Looks, shortened, svg_map, text, width_of

WIDTH, HEIGHT = 1200, 630
MAP_WIDTH, MAP_HEIGHT = 1200, 372
_MAP_TOP, _MARGIN = 136, 44
_TITLE_BASELINE, _COUNTS_BASELINE, _LEGEND_BASELINE = 58, 90, 118
_BARS_TOP, _BARS_HEIGHT = 536, 56
_MIN_TITLE_SIZE, _MAX_TITLE_SIZE = 28.0, 44.0
_MAX_BAR_WIDTH = 40
_MAX_LABEL_WIDTH = 220  # of a category in the legend
_LEGEND_SIZE = 15
_VENDOR = Path(__file__).parents[1] / "static" / "vendor"
# Our fonts have Latin, Greek, Cyrillic and Arabic. Only for other scripts and pictures may the renderer use the
# system's fonts: it takes any font that has a letter, in any weight, even where one of ours fits better.
_OUTSIDE_OUR_FONTS = re.compile("[^\x00-\u052f\u0600-\u06ff\u1e00-\u206f\u20a0-\u20bf]")
_FONT_FILES = sorted(str(path) for path in _VENDOR.glob("*-ttf/*.ttf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What the picture shows: title, counts, first and last day (ISO), bars, clusters, and countries to tint.

    `categories` are (slug, label, events), most frequent first; `histogram` has {"start", "end", "count"} for each bar.
    """

    title: str
    matched: int
    undated: int
    unplaced: int
    earliest: str | None
    latest: str | None
    histogram: Sequence[dict[str, Any]]
    categories: Sequence[tuple[str, str, int]]
    pins: Sequence[Cluster]
    frame: Frame
    areas: Sequence[str] = ()


class LegendEntry(NamedTuple):
    """A category of the legend: its slug, its text, and its left edge in pixels from where reading begins."""

    slug: str
    text: str
    start: float


def svg(poster: Poster, looks: Looks) -> str:
    """Return the picture as an SVG document, which refers to no address except events' pages."""
    parts = (
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{looks.palette.panel}"/>',
        _head(poster, looks),
        f'<svg y="{_MAP_TOP}" width="{MAP_WIDTH}" height="{MAP_HEIGHT}">{_map(poster, looks)}</svg>',
        _timeline(poster, looks),
    )
    title = looks.translator.labelled(poster.title, looks.translator.translate("events", n=poster.matched))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" lang="{text(looks.translator.lang)}" font-family="{SANS}">'
        f"<title>{text(title)}</title>{''.join(parts)}</svg>"
    )


def png(document: str) -> bytes:
    """Return an SVG document as a PNG of its own size; system fonts help only where ours lack a script."""
    covered = _OUTSIDE_OUR_FONTS.search(document) is None
    return bytes(
        resvg_py.svg_to_bytes(svg_string=document, font_files=_FONT_FILES, skip_system_fonts=covered)
    )


def _map(poster: Poster, looks: Looks) -> str:
    rule = looks.palette.rule
    edges = f'<path d="M0 .5H{MAP_WIDTH}M0 {MAP_HEIGHT - 0.5}H{MAP_WIDTH}" stroke="{rule}"/>'
    return svg_map(poster.pins, poster.frame, looks, poster.areas) + edges


def _head(poster: Poster, looks: Looks) -> str:
    room = WIDTH - 2 * _MARGIN
    size = max(_MIN_TITLE_SIZE, min(_MAX_TITLE_SIZE, room / max(1.0, width_of(poster.title))))
    title = shortened(poster.title, room, size)
    font = f'font-family="{SERIF}" font-size="{size:.1f}" font-weight="600" fill="{looks.palette.ink}"'
    counts_font = f'font-size="20" fill="{looks.palette.soft}"'
    return (
        _line(looks, title, _TITLE_BASELINE, font)
        + _line(looks, _counts(poster, looks), _COUNTS_BASELINE, counts_font)
        + _legend(poster, looks)
    )


def _counts(poster: Poster, looks: Looks) -> str:
    translator = looks.translator
    parts = [translator.translate("events", n=poster.matched)]
    if poster.earliest or poster.latest:
        parts.append(period_text(f"{poster.earliest or '..'}/{poster.latest or '..'}", translator.lang))
    if poster.undated:
        parts.append(translator.translate("undated_count", n=poster.undated))
    if poster.unplaced:
        parts.append(translator.translate("unplaced_count", n=poster.unplaced))
    return " · ".join(parts)


def _line(looks: Looks, words: str, y: float, font: str) -> str:
    """Return a line of text that begins where the language begins."""
    if looks.translator.direction == "rtl":
        # Isolated by characters: some renderers ignore `direction`, and a style sheet may not apply here.
        isolated = f"\u2067{text(words)}\u2069"
        return f'<text x="{WIDTH - _MARGIN}" y="{y:g}" text-anchor="end" {font}>{isolated}</text>'
    return f'<text x="{_MARGIN}" y="{y:g}" {font}>\u2068{text(words)}\u2069</text>'


def _legend(poster: Poster, looks: Looks) -> str:
    """Return the categories of the view, as many as fit one line."""
    return "".join(_legend_svg(entry, looks) for entry in _legend_entries(poster, looks))


def _legend_entries(poster: Poster, looks: Looks) -> Iterator[LegendEntry]:
    start = float(_MARGIN)
    for slug, label, events in poster.categories:
        words = f"{shortened(label, _MAX_LABEL_WIDTH, _LEGEND_SIZE)} {looks.translator.number(events)}"
        width = 22 + width_of(words) * _LEGEND_SIZE + 18
        if start + width > WIDTH - _MARGIN:
            return
        yield LegendEntry(slug, words, start)
        start += width


def _legend_svg(entry: LegendEntry, looks: Looks) -> str:
    mirrored = looks.translator.direction == "rtl"
    x = WIDTH - entry.start - 16 if mirrored else entry.start
    place = f'x="{x - 6:.1f}" text-anchor="end"' if mirrored else f'x="{x + 22:.1f}"'
    path, fill = looks.mark(entry.slug).path, looks.fill(entry.slug)
    return (
        f'<path transform="translate({x:.1f} {_LEGEND_BASELINE - 13})" d="{path}" fill="{fill}"/>'
        f'<text {place} y="{_LEGEND_BASELINE}" font-size="{_LEGEND_SIZE}" fill="{looks.palette.ink}">'
        f"{text(entry.text)}</text>"
    )


def _timeline(poster: Poster, looks: Looks) -> str:
    buckets, palette = poster.histogram, looks.palette
    highest = max((bucket["count"] for bucket in buckets), default=0)
    if not highest:
        return ""
    base = _BARS_TOP + _BARS_HEIGHT
    share = (WIDTH - 2 * _MARGIN) / len(buckets)
    width = min(share * 0.84, _MAX_BAR_WIDTH)
    bars = []
    for index, bucket in enumerate(buckets):
        if not bucket["count"]:
            continue
        height = max(2, round(bucket["count"] / highest * _BARS_HEIGHT))
        start = _MARGIN + index * share + (share - width) / 2
        x = WIDTH - start - width if looks.translator.direction == "rtl" else start
        bars.append(f"M{x:.1f} {base}v{-height}h{width:.1f}v{height}z")
    axis = f'<path d="M{_MARGIN} {base + 0.5}H{WIDTH - _MARGIN}" stroke="{palette.soft}"/>'
    return f'<path d="{"".join(bars)}" fill="{palette.bar}"/>{axis}{_period_labels(poster, looks, base + 20)}'


def _period_labels(poster: Poster, looks: Looks, y: float) -> str:
    """Return the first and the last period, to be written under the axis."""
    dated = [bucket for bucket in poster.histogram if bucket["start"] and bucket["end"]]
    if not dated:
        return ""
    sides, ends = [(_MARGIN, "start"), (WIDTH - _MARGIN, "end")], [dated[0], dated[-1]]
    if looks.translator.direction == "rtl":
        sides.reverse()
    if len(poster.histogram) == 1:
        sides, ends = [(WIDTH // 2, "middle")], dated
    labels = []
    for (x, anchor), bucket in zip(sides, ends, strict=False):
        words = period_text(f"{bucket['start']}/{bucket['end']}", looks.translator.lang)
        font = f'text-anchor="{anchor}" font-size="14" fill="{looks.palette.soft}"'
        labels.append(f'<text x="{x}" y="{y}" {font}>{text(words)}</text>')
    return "".join(labels)
