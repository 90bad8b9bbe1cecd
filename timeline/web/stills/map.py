"""Still pictures of a view: the map with its marks for the page without JavaScript, and the whole as SVG or PNG.

A still is made of counts alone: the clusters of the map and the bars of the timeline, whatever the number of events.
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
from timeline.web.basemap.label_placement import Box, names
from timeline.web.basemap.projection import Frame, fit
from timeline.web.basemap.style import ATTRIBUTION
from timeline.web.messages import Translator
from timeline.web.stills.markers import Symbol
from timeline.web.stills.tinted_countries import shaded

SERIF = "'Dateline Serif','Source Serif 4','Noto Sans Arabic',Georgia,serif"
SANS = "'Dateline Sans','Source Sans 3','Noto Sans Arabic',system-ui,sans-serif"
# What XML 1.0, 2.2 has no place for.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SINGLE = 1.15  # times the 16 pixels that a mark is drawn in
_CREDIT = 176.0  # pixels of the line that names the sources
_WIDER = 3.5  # pixels
_CLOSE = 0.85  # of the distance at which two discs touch
_MIXED = 0.7  # the same, of an exact mark and one of a region
_MOST = 24.0  # pixels: radius of the largest disc


@dataclass(frozen=True, slots=True)
class Paper:
    """The colours around the map: the panel, its ink, soft ink, rules, and the bars of the timeline."""

    panel: str
    ink: str
    soft: str
    rule: str
    bar: str


PAPERS = {
    "light": Paper("#ffffff", "#1a1a1a", "#57534d", "#e3dfd7", "#8f8a81"),
    "dark": Paper("#17191d", "#ecebe8", "#a9abb0", "#34373d", "#7c8088"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How to draw: `theme` light or dark, a symbol for each category by slug, and the words' language.

    `borders` is a view of timeline.web.basemap.style; `href` gives the address of an event's page, or None.
    """

    theme: str
    symbols: Mapping[str, Symbol]
    translator: Translator
    borders: str = "both"
    href: Callable[[str], str | None] = lambda _id: None

    @property
    def paper(self) -> Paper:
        """Give the colours of the theme."""
        return PAPERS[self.theme]

    def mark(self, slug: str) -> Symbol:
        """Find the symbol of a category; an unknown one has the symbol of ""."""
        return self.symbols.get(slug) or self.symbols[""]

    def fill(self, slug: str) -> str:
        """Give a category's colour in the theme."""
        found = self.mark(slug)
        return found.dark if self.theme == "dark" else found.light


def text(words: str) -> str:
    """Escape words for SVG text and attributes; what XML cannot hold is dropped, spaces become single."""
    return escape(" ".join(_FORBIDDEN.sub("", words).split()), quote=True)


def frame_of(pins: Sequence[Cluster], width: int, height: int) -> Frame:
    """Choose the window that shows all clusters (in degrees), with room for their discs."""
    corners = [
        (lon, lat) for pin in pins for lon, lat in ((pin.bbox[0], pin.bbox[1]), (pin.bbox[2], pin.bbox[3]))
    ]
    return fit(corners, width, height)


def cell_zoom(frame: Frame) -> int:
    """Give the zoom of clusters (256 pixels the world) whose cells are about as wide as a disc."""
    return max(0, min(22, math.floor(frame.zoom) + 2))


def svg_map(
    pins: Sequence[Cluster], frame: Frame, looks: Looks, areas: Iterable[str] = (), coarser: int = 0
) -> str:
    """Draw land, borders and marks as a whole <svg> element of the frame's size.

    `areas` are countries (ISO 3166-1 alpha-2) to be tinted, since something is known no finer; `coarser`
    steps down the detail of coasts, for pictures inside a page.
    """
    found = gathered(pins, frame)
    taken = [_credit_box(frame), *(_room(pin, frame) for pin in found)]
    inside = (
        ground(archive(), frame, looks.theme, looks.borders, coarser)
        + shaded(areas, frame, looks.paper.ink)
        + names(archive(), frame, looks.theme, looks.translator.lang, taken)
        + marks(found, frame, looks)
        + _credit(frame, looks)
    )
    size = f'width="{frame.width}" height="{frame.height}" viewBox="0 0 {frame.width} {frame.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{SANS}">{inside}</svg>'


def _credit_box(frame: Frame) -> Box:
    return Box(frame.width - _CREDIT, frame.height - 20, frame.width, frame.height)


def _credit(frame: Frame, looks: Looks) -> str:
    """Name the sources, as GeoNames' licence wants wherever its places are shown."""
    box = _credit_box(frame)
    return (
        f'<rect x="{box.left:g}" y="{box.top:g}" width="{_CREDIT:g}" height="20" fill="{looks.paper.panel}" '
        f'fill-opacity=".8"/><text x="{box.right - 8:g}" y="{box.bottom - 6:g}" text-anchor="end" font-size="12" '
        f'fill="{looks.paper.soft}">{text(ATTRIBUTION)}</text>'
    )


def marks(pins: Sequence[Cluster], frame: Frame, looks: Looks) -> str:
    """Draw the pins: what stands for a region beneath, then large discs, and single events on top."""
    ordered = sorted(pins, key=lambda pin: (not coarse(pin), -pin.count))
    return "".join(_mark(pin, frame, looks) for pin in ordered)


def coarse(pin: Cluster) -> bool:
    """Tell whether only the region or the country is known of all pins of a mark."""
    return pin.vague == pin.count


def _room(pin: Cluster, frame: Frame) -> Box:
    (x, y), size = frame.xy(pin.lon, pin.lat), reach(pin)
    return Box(x - size, y - size, x + size, y + size)


def gathered(pins: Sequence[Cluster], frame: Frame) -> list[Cluster]:
    """Gather clusters whose discs would hide each other's counts; no pin is lost, and none counts twice.

    Those of neighbouring cells may have their middles beside the cells' common edge.
    """
    kept: list[tuple[float, float, Cluster]] = []
    for pin in sorted(pins, key=lambda pin: -pin.count):
        x, y = frame.xy(pin.lon, pin.lat)
        for at, (left, top, other) in enumerate(kept):
            room = (_CLOSE if coarse(pin) == coarse(other) else _MIXED) * (reach(pin) + reach(other))
            if math.hypot(x - left, y - top) < room:
                kept[at] = (left, top, _joined(other, pin))
                break
        else:
            kept.append((x, y, pin))
    return [pin for _, _, pin in kept]


def _joined(pin: Cluster, other: Cluster) -> Cluster:
    """Add a cluster to a larger one, which stays where it is."""
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
    said = looks.translator.translate("events", n=pin.count) if pin.title is None else pin.title
    group = f'<g transform="translate({x:g} {y:g})"><title>{text(said)}</title>{drawn}</g>'
    address = looks.href(pin.id) if pin.id is not None else None
    return f'<a href="{text(address)}">{group}</a>' if address else group


def _single(pin: Cluster, looks: Looks) -> str:
    slug = next(iter(pin.categories), "")
    edge = looks.paper.panel
    return (
        f'<path transform="scale({_SINGLE}) translate(-8 -8)" d="{looks.mark(slug).path}" '
        f'fill="{looks.fill(slug)}" stroke="{edge}" stroke-width="2.4" stroke-linejoin="round" paint-order="stroke"/>'
    )


def radius(count: int) -> float:
    """Give the radius of a disc that counts so many, in pixels."""
    return round(min(_MOST, 10.5 + 1.8 * math.log2(max(1, count))), 1)


def reach(pin: Cluster) -> float:
    """Give the radius of a mark; an area is wider than a disc that counts as many."""
    return radius(pin.count) + (_WIDER if pin.vague else 0)


def _disc(pin: Cluster, looks: Looks) -> str:
    """Draw a cluster: a disc, a thin ring of its categories, the count."""
    size = radius(pin.count)
    around = _dashes(size + _WIDER, looks.paper.soft) if pin.vague else ""
    white = f'<circle r="{size + 1:g}" fill="{looks.paper.panel}"/>'
    return f"{around}{white}{_ring(pin, size - 2, looks)}{_count(pin, looks)}"


def _dashes(size: float, colour: str) -> str:
    return f'<circle r="{size:g}" fill="none" stroke="{colour}" stroke-width="1.3" stroke-dasharray="3 2.6"/>'


def _area(pin: Cluster, looks: Looks) -> str:
    """Draw what is known to a region alone: a ring of dashes with a count, never a marker on a spot."""
    slug = max(pin.categories, key=lambda slug: pin.categories[slug], default="")
    white = f'<circle r="{reach(pin):g}" fill="{looks.paper.panel}" fill-opacity=".85"/>'
    return white + _dashes(reach(pin) - 1, looks.fill(slug)) + _count(pin, looks)


def _ring(pin: Cluster, size: float, looks: Looks) -> str:
    around, total, before, arcs = 2 * math.pi * size, sum(pin.categories.values()), 0, []
    for slug, count in sorted(pin.categories.items(), key=lambda pair: -pair[1]):
        share = around * count / total
        arcs.append(
            f'<circle r="{size:g}" fill="none" stroke="{looks.fill(slug)}" stroke-width="3.4" '
            f'transform="rotate({360 * before / total - 90:.1f})" stroke-dasharray="{share:.2f} {around:.2f}"/>'
        )
        before += count
    return "".join(arcs)


def _count(pin: Cluster, looks: Looks) -> str:
    said = short(pin.count, looks.translator)
    size = 12 if len(said) < 4 else 10.5
    return (
        f'<text y="{size * 0.35:.1f}" text-anchor="middle" font-size="{size:g}" font-weight="600" '
        f'fill="{looks.paper.ink}">{text(said)}</text>'
    )


def short(count: int, translator: Translator) -> str:
    """Write a count so that it fits a disc: 999, 1.2k, 35k, 1.2M."""
    for limit, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= limit:
            value = count / limit
            return (
                translator.number(math.floor(value * 10) / 10 if value < 10 else math.floor(value)) + letter
            )
    return translator.number(count)


def width_of(words: str) -> float:
    """Estimate how wide words stand, in ems: without a font at hand, wide characters count as one."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    narrow = sum(letter in "iljtfrI.,:;'|! ()" for letter in words)
    capital = sum(letter.isupper() for letter in words)
    return 0.54 * (len(words) - wide) + wide - 0.2 * narrow + 0.12 * capital


def shortened(words: str, room: float, size: float) -> str:
    """Cut words that would be wider than `room` pixels at a font size, with an ellipsis."""
    plain = " ".join(words.split())
    if width_of(plain) * size <= room:
        return plain
    while plain and (width_of(plain) + 0.6) * size > room:
        plain = plain[:-1]
    return plain.rstrip() + "…"
