"""The map of a view as SVG, for pages without JavaScript and for the poster.

It is drawn from clusters, so its cost does not grow with the number of events.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from db.columns.clusters import Cluster
from timeline.web.basemap.archive import archive
from timeline.web.basemap.ground_svg import ground
from timeline.web.basemap.label_placement import PixelBox, names
from timeline.web.basemap.projection import Frame, fit
from timeline.web.basemap.style import ATTRIBUTION
from timeline.web.messages import Translator
from timeline.web.stills.markers import Symbol
from timeline.web.stills.tinted_countries import shaded

SERIF = "'Dateline Serif','Source Serif 4','Noto Sans Arabic',Georgia,serif"
SANS = "'Dateline Sans','Source Sans 3','Noto Sans Arabic',system-ui,sans-serif"
# Characters that XML 1.0 forbids (2.2).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKER_SCALE = 1.15  # of a single event's marker, which is drawn in a box of 16 pixels
_CREDIT_WIDTH = 176.0  # pixels of the line that names the sources
_CREDIT_HEIGHT = 20
_DASHES_WIDTH = 3.5  # pixels that the ring of dashes adds to a radius
_MERGE_DISTANCE = 0.85  # of the distance at which two discs touch
_MERGE_DISTANCE_MIXED = 0.7  # the same, between an exact mark and one of a region
_MAX_RADIUS = 24.0  # pixels, of a disc


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours around the map: the panel, its ink, soft ink, rules, and the bars of the timeline."""

    panel: str
    ink: str
    soft: str
    rule: str
    bar: str


PALETTES = {
    "light": Palette("#ffffff", "#1a1a1a", "#57534d", "#e3dfd7", "#8f8a81"),
    "dark": Palette("#17191d", "#ecebe8", "#a9abb0", "#34373d", "#7c8088"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How to draw: the `theme`, light or dark, the symbol of each category by slug, and the language.

    `borders` is one of timeline.web.basemap.style's views of disputed borders; `href` returns the address of an
    event's page, or None.
    """

    theme: str
    symbols: Mapping[str, Symbol]
    translator: Translator
    borders: str = "both"
    href: Callable[[str], str | None] = lambda _id: None

    @property
    def palette(self) -> Palette:
        """Return the colours of the theme."""
        return PALETTES[self.theme]

    def mark(self, slug: str) -> Symbol:
        """Return the symbol of a category; an unknown category has the symbol of ""."""
        return self.symbols.get(slug) or self.symbols[""]

    def fill(self, slug: str) -> str:
        """Return a category's colour in the theme, #rrggbb."""
        symbol = self.mark(slug)
        return symbol.dark if self.theme == "dark" else symbol.light


def text(words: str) -> str:
    """Return words escaped for SVG text and attributes, without characters that XML forbids, with single spaces."""
    return escape(" ".join(_FORBIDDEN.sub("", words).split()), quote=True)


def frame_of(pins: Sequence[Cluster], width: int, height: int) -> Frame:
    """Return the window that shows all clusters (lon, lat in degrees), with a margin for their discs."""
    corners = [
        (lon, lat) for pin in pins for lon, lat in ((pin.bbox[0], pin.bbox[1]), (pin.bbox[2], pin.bbox[3]))
    ]
    return fit(corners, width, height)


def cell_zoom(frame: Frame) -> int:
    """Return the zoom (256 pixels the world) at which a cell of clusters is about as wide as a disc."""
    return max(0, min(22, math.floor(frame.zoom) + 2))


def svg_map(
    pins: Sequence[Cluster], frame: Frame, looks: Looks, areas: Iterable[str] = (), coarser: int = 0
) -> str:
    """Return land, borders and marks as an <svg> element of the frame's size in pixels.

    `areas` are the countries (ISO 3166-1 alpha-2) to tint, because an event names only the country. `coarser`
    lowers the detail of coasts by so many zooms, for pictures inside a page.
    """
    merged = gathered(pins, frame)
    occupied = [_credit_box(frame), *(_bounds(pin, frame) for pin in merged)]
    inside = (
        ground(archive(), frame, looks.theme, looks.borders, coarser)
        + shaded(areas, frame, looks.palette.ink)
        + names(archive(), frame, looks.theme, looks.translator.lang, occupied)
        + marks(merged, frame, looks)
        + _credit(frame, looks)
    )
    size = f'width="{frame.width}" height="{frame.height}" viewBox="0 0 {frame.width} {frame.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{SANS}">{inside}</svg>'


def _credit_box(frame: Frame) -> PixelBox:
    return PixelBox(frame.width - _CREDIT_WIDTH, frame.height - _CREDIT_HEIGHT, frame.width, frame.height)


def _credit(frame: Frame, looks: Looks) -> str:
    """Return the names of the sources, which GeoNames' licence requires wherever its places are shown."""
    box = _credit_box(frame)
    return (
        f'<rect x="{box.left:g}" y="{box.top:g}" width="{_CREDIT_WIDTH:g}" height="{_CREDIT_HEIGHT}" '
        f'fill="{looks.palette.panel}" fill-opacity=".8"/>'
        f'<text x="{box.right - 8:g}" y="{box.bottom - 6:g}" text-anchor="end" font-size="12" '
        f'fill="{looks.palette.soft}">{text(ATTRIBUTION)}</text>'
    )


def marks(pins: Sequence[Cluster], frame: Frame, looks: Looks) -> str:
    """Return the clusters as SVG: regions at the bottom, then large discs, and single events on top."""
    ordered = sorted(pins, key=lambda pin: (not coarse(pin), -pin.count))
    return "".join(_mark(pin, frame, looks) for pin in ordered)


def coarse(pin: Cluster) -> bool:
    """Return whether every pin of a cluster is known to a region or country only."""
    return pin.vague == pin.count


def _bounds(pin: Cluster, frame: Frame) -> PixelBox:
    (x, y), size = frame.xy(pin.lon, pin.lat), reach(pin)
    return PixelBox(x - size, y - size, x + size, y + size)


def gathered(pins: Sequence[Cluster], frame: Frame) -> list[Cluster]:
    """Merge clusters whose discs would hide each other's counts; every pin is counted once.

    The centres of two clusters in neighbouring cells may be close to the edge between the cells.
    """
    merged: list[tuple[float, float, Cluster]] = []
    for pin in sorted(pins, key=lambda pin: -pin.count):
        x, y = frame.xy(pin.lon, pin.lat)
        for index, (other_x, other_y, other) in enumerate(merged):
            share = _MERGE_DISTANCE if coarse(pin) == coarse(other) else _MERGE_DISTANCE_MIXED
            distance = share * (reach(pin) + reach(other))
            if math.hypot(x - other_x, y - other_y) < distance:
                merged[index] = (other_x, other_y, _joined(other, pin))
                break
        else:
            merged.append((x, y, pin))
    return [pin for _, _, pin in merged]


def _joined(pin: Cluster, other: Cluster) -> Cluster:
    """Return a cluster with another one added; its position stays."""
    slugs = {**pin.categories, **other.categories}
    both = {slug: pin.categories.get(slug, 0) + other.categories.get(slug, 0) for slug in slugs}
    west, south, east, north = zip(pin.bbox, other.bbox, strict=True)
    box = (min(west), min(south), max(east), max(north))
    count, vague = pin.count + other.count, pin.vague + other.vague
    return replace(pin, count=count, vague=vague, categories=both, bbox=box, id=None, title=None)


def _mark(pin: Cluster, frame: Frame, looks: Looks) -> str:
    x, y = frame.xy(pin.lon, pin.lat)
    if coarse(pin):
        drawn = _area(pin, looks)
    elif pin.count == 1:
        drawn = _single(pin, looks)
    else:
        drawn = _disc(pin, looks)
    title = looks.translator.translate("events", n=pin.count) if pin.title is None else pin.title
    group = f'<g transform="translate({x:g} {y:g})"><title>{text(title)}</title>{drawn}</g>'
    address = looks.href(pin.id) if pin.id is not None else None
    return f'<a href="{text(address)}">{group}</a>' if address else group


def _single(pin: Cluster, looks: Looks) -> str:
    slug = next(iter(pin.categories), "")
    edge = looks.palette.panel
    return (
        f'<path transform="scale({_MARKER_SCALE}) translate(-8 -8)" d="{looks.mark(slug).path}" '
        f'fill="{looks.fill(slug)}" stroke="{edge}" stroke-width="2.4" stroke-linejoin="round" paint-order="stroke"/>'
    )


def radius(count: int) -> float:
    """Return the radius of a disc that counts so many pins, in pixels."""
    return round(min(_MAX_RADIUS, 10.5 + 1.8 * math.log2(max(1, count))), 1)


def reach(pin: Cluster) -> float:
    """Return the radius of a cluster's mark in pixels, with its ring of dashes."""
    return radius(pin.count) + (_DASHES_WIDTH if pin.vague else 0)


def _disc(pin: Cluster, looks: Looks) -> str:
    """Return a cluster as a disc with a thin ring of its categories and the count."""
    size = radius(pin.count)
    dashes = _dashes(size + _DASHES_WIDTH, looks.palette.soft) if pin.vague else ""
    white = f'<circle r="{size + 1:g}" fill="{looks.palette.panel}"/>'
    return f"{dashes}{white}{_ring(pin, size - 2, looks)}{_count(pin, looks)}"


def _dashes(size: float, colour: str) -> str:
    return f'<circle r="{size:g}" fill="none" stroke="{colour}" stroke-width="1.3" stroke-dasharray="3 2.6"/>'


def _area(pin: Cluster, looks: Looks) -> str:
    """Return pins known to a region only as a ring of dashes with a count: a marker would claim a spot."""
    slug = max(pin.categories, key=lambda slug: pin.categories[slug], default="")
    white = f'<circle r="{reach(pin):g}" fill="{looks.palette.panel}" fill-opacity=".85"/>'
    return white + _dashes(reach(pin) - 1, looks.fill(slug)) + _count(pin, looks)


def _ring(pin: Cluster, size: float, looks: Looks) -> str:
    circumference, total, drawn, arcs = 2 * math.pi * size, sum(pin.categories.values()), 0, []
    for slug, count in sorted(pin.categories.items(), key=lambda pair: -pair[1]):
        share = circumference * count / total
        arcs.append(
            f'<circle r="{size:g}" fill="none" stroke="{looks.fill(slug)}" stroke-width="3.4" '
            f'transform="rotate({360 * drawn / total - 90:.1f})" stroke-dasharray="{share:.2f} {circumference:.2f}"/>'
        )
        drawn += count
    return "".join(arcs)


def _count(pin: Cluster, looks: Looks) -> str:
    count = short(pin.count, looks.translator)
    size = 12 if len(count) < 4 else 10.5
    return (
        f'<text y="{size * 0.35:.1f}" text-anchor="middle" font-size="{size:g}" font-weight="600" '
        f'fill="{looks.palette.ink}">{text(count)}</text>'
    )


def short(count: int, translator: Translator) -> str:
    """Return a count that fits a disc: 999, 1.2k, 35k, 1.2M."""
    for limit, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= limit:
            value = count / limit
            return (
                translator.number(math.floor(value * 10) / 10 if value < 10 else math.floor(value)) + letter
            )
    return translator.number(count)


def width_of(words: str) -> float:
    """Estimate the width of words in ems, without a font; a wide East Asian character counts as one."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    narrow = sum(letter in "iljtfrI.,:;'|! ()" for letter in words)
    capital = sum(letter.isupper() for letter in words)
    return 0.54 * (len(words) - wide) + wide - 0.2 * narrow + 0.12 * capital


def shortened(words: str, room: float, size: float) -> str:
    """Return words cut with an ellipsis to at most `room` pixels at a font size in pixels."""
    plain = " ".join(words.split())
    if width_of(plain) * size <= room:
        return plain
    while plain and (width_of(plain) + 0.6) * size > room:
        plain = plain[:-1]
    return plain.rstrip() + "…"
