"""The whole view as one picture of 1200 by 630 pixels, which social networks show beside a link."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import resvg_py

from db.columns.clusters import Cluster
from timeline.web.basemap.projection import Frame
from timeline.web.filter_links import period_text
from timeline.web.stills.map import SANS, SERIF, Looks, shortened, svg_map, text, width_of

WIDTH, HEIGHT = 1200, 630
MAP_WIDTH, MAP_HEIGHT = 1200, 372
_MAP_TOP, _SIDE = 136, 44
_BARS_TOP, _BARS = 536, 56
_VENDOR = Path(__file__).parents[1] / "static" / "vendor"
# Scripts beyond Latin, Greek, Cyrillic and Arabic, and pictures. Only for them: the renderer takes whatever face of
# the system has a letter, in whatever weight, even where one of ours fits better.
_LACKING = re.compile("[^\x00-\u052f\u0600-\u06ff\u1e00-\u206f\u20a0-\u20bf]")
_FACES = sorted(str(path) for path in _VENDOR.glob("*-ttf/*.ttf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What the picture says: the site's title, counts, the extent in days (ISO), the bars, the marks, and
    the countries to be tinted.

    `categories` are (slug, label, events), most frequent first; `histogram` holds {"start", "end", "count"}.
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


def svg(poster: Poster, looks: Looks) -> str:
    """Draw the picture as an SVG document; nothing in it refers to another address but an event's page."""
    parts = (
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{looks.paper.panel}"/>',
        _head(poster, looks),
        f'<svg y="{_MAP_TOP}" width="{MAP_WIDTH}" height="{MAP_HEIGHT}">{_map(poster, looks)}</svg>',
        _timeline(poster, looks),
    )
    said = looks.translator.labelled(poster.title, looks.translator.translate("events", n=poster.matched))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" lang="{text(looks.translator.lang)}" font-family="{SANS}">'
        f"<title>{text(said)}</title>{''.join(parts)}</svg>"
    )


def png(drawn: str) -> bytes:
    """Draw an SVG document as a PNG of its own size; the system's fonts help out where ours lack a script."""
    ours = _LACKING.search(drawn) is None
    return bytes(resvg_py.svg_to_bytes(svg_string=drawn, font_files=_FACES, skip_system_fonts=ours))


def _map(poster: Poster, looks: Looks) -> str:
    rule = looks.paper.rule
    edge = f'<path d="M0 .5H{MAP_WIDTH}M0 {MAP_HEIGHT - 0.5}H{MAP_WIDTH}" stroke="{rule}"/>'
    return svg_map(poster.pins, poster.frame, looks, poster.areas) + edge


def _head(poster: Poster, looks: Looks) -> str:
    room = WIDTH - 2 * _SIDE
    size = max(28.0, min(44.0, room / max(1.0, width_of(poster.title))))
    title = shortened(poster.title, room, size)
    look = f'font-family="{SERIF}" font-size="{size:.1f}" font-weight="600" fill="{looks.paper.ink}"'
    return (
        _line(looks, title, 58, look)
        + _line(looks, _counts(poster, looks), 90, f'font-size="20" fill="{looks.paper.soft}"')
        + _legend(poster, looks)
    )


def _counts(poster: Poster, looks: Looks) -> str:
    translator = looks.translator
    said = [translator.translate("events", n=poster.matched)]
    if poster.earliest or poster.latest:
        said.append(period_text(f"{poster.earliest or '..'}/{poster.latest or '..'}", translator.lang))
    if poster.undated:
        said.append(translator.translate("undated_count", n=poster.undated))
    if poster.unplaced:
        said.append(translator.translate("unplaced_count", n=poster.unplaced))
    return " · ".join(said)


def _line(looks: Looks, words: str, y: float, look: str) -> str:
    """Write a line that begins where the language begins."""
    if looks.translator.direction == "rtl":
        # Isolated, for renderers that know no `direction`; the sheet of the page may not reach here.
        return (
            f'<text x="{WIDTH - _SIDE}" y="{y:g}" text-anchor="end" {look}>\u2067{text(words)}\u2069</text>'
        )
    return f'<text x="{_SIDE}" y="{y:g}" {look}>\u2068{text(words)}\u2069</text>'


def _legend(poster: Poster, looks: Looks) -> str:
    """Name the categories that are there, as many as fit one line."""
    mirrored, at, drawn = looks.translator.direction == "rtl", float(_SIDE), []
    for slug, label, events in poster.categories:
        said = f"{shortened(label, 220, 15)} {looks.translator.number(events)}"
        wide = 22 + width_of(said) * 15 + 18
        if at + wide > WIDTH - _SIDE:
            break
        x = WIDTH - at - 16 if mirrored else at
        where = f'x="{x - 6:.1f}" text-anchor="end"' if mirrored else f'x="{x + 22:.1f}"'
        drawn.append(
            f'<path transform="translate({x:.1f} 105)" d="{looks.mark(slug).path}" fill="{looks.fill(slug)}"/>'
            f'<text {where} y="118" font-size="15" fill="{looks.paper.ink}">{text(said)}</text>'
        )
        at += wide
    return "".join(drawn)


def _timeline(poster: Poster, looks: Looks) -> str:
    buckets, paper = poster.histogram, looks.paper
    most = max((bucket["count"] for bucket in buckets), default=0)
    if not most:
        return ""
    room, base = WIDTH - 2 * _SIDE, _BARS_TOP + _BARS
    share = room / len(buckets)
    mirrored = looks.translator.direction == "rtl"
    bars = []
    for index, bucket in enumerate(buckets):
        high = bucket["count"] and max(2, round(bucket["count"] / most * _BARS))
        wide = min(share * 0.84, 40)
        left = _SIDE + index * share + (share - wide) / 2
        x = WIDTH - left - wide if mirrored else left
        if high:
            bars.append(f"M{x:.1f} {base}v{-high}h{wide:.1f}v{high}z")
    axis = f'<path d="M{_SIDE} {base + 0.5}H{WIDTH - _SIDE}" stroke="{paper.soft}"/>'
    return f'<path d="{"".join(bars)}" fill="{paper.bar}"/>{axis}{_ends(poster, looks, base + 20)}'


def _ends(poster: Poster, looks: Looks, y: float) -> str:
    """Write the first and the last period under the axis."""
    known = [bucket for bucket in poster.histogram if bucket["start"] and bucket["end"]]
    if not known:
        return ""
    sides, ends = [(_SIDE, "start"), (WIDTH - _SIDE, "end")], [known[0], known[-1]]
    if looks.translator.direction == "rtl":
        sides.reverse()
    if len(poster.histogram) == 1:
        sides, ends = [(WIDTH // 2, "middle")], known
    drawn = []
    for (x, anchor), bucket in zip(sides, ends, strict=False):
        said = period_text(f"{bucket['start']}/{bucket['end']}", looks.translator.lang)
        look = f'text-anchor="{anchor}" font-size="14" fill="{looks.paper.soft}"'
        drawn.append(f'<text x="{x}" y="{y}" {look}>{text(said)}</text>')
    return "".join(drawn)
