"""Names on a drawn map: countries in spaced capitals, cities, and none over a mark or another name."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import NamedTuple

from timeline.web.basemap.archive import Archive
from timeline.web.basemap.ground_svg import Address, touched, unpacked
from timeline.web.basemap.mvt import Shape, decode
from timeline.web.basemap.projection import Frame
from timeline.web.basemap.style import THEMES, cities, countries

_LAYERS = frozenset({"countries", "cities"})
_FIRST_CITIES = 3  # the zoom
_SIZES = {"countries": 11.5, "cities": 12.5}  # pixels
_SPACED = 1.0  # pixels between capitals
_AROUND = 3.0  # pixels that are kept free


class Box(NamedTuple):
    """A rectangle in pixels of the frame."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Tell whether two rectangles have a point in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Name(NamedTuple):
    """A name that a tile holds: its layer, where it stands in the tile as a share of it, and how it ranks."""

    layer: str
    x: float
    y: float
    rank: float
    first: int
    shape: Shape


def names(archive: Archive, frame: Frame, theme: str, lang: str, taken: Iterable[Box]) -> str:
    """Write the names that the frame has room for as an SVG fragment; what lies in `taken` stays free."""
    colours = THEMES[theme]
    boxes, drawn = list(taken), []
    for x, y, name in sorted(_around(archive, frame), key=lambda found: found[2].rank):
        said, look, wide = _said(name, lang)
        high = _SIZES[name.layer]
        box = Box(
            x - wide / 2 - _AROUND, y - high * 0.6 - _AROUND, x + wide / 2 + _AROUND, y + high * 0.6 + _AROUND
        )
        inside = box.left > 0 and box.top > 0 and box.right < frame.width and box.bottom < frame.height
        if said and inside and not any(box.meets(other) for other in boxes):
            boxes.append(box)
            colour = colours.country if name.layer == "countries" else colours.city
            drawn.append(
                f'<text x="{x:.0f}" y="{y + high * 0.35:.0f}" fill="{colour}"{look}>{escape(said)}</text>'
            )
    halo = f'stroke="{colours.land}" stroke-width="2.6" stroke-linejoin="round" paint-order="stroke"'
    return f'<g text-anchor="middle" {halo}>{"".join(drawn)}</g>' if drawn else ""


def _said(name: Name, lang: str) -> tuple[str, str, float]:
    """Give what is written, how, and about how wide it is in pixels."""
    size = _SIZES[name.layer]
    if name.layer == "cities":
        own = str(name.shape.properties["name"])
        said = cities(lang).get(str(name.shape.properties.get("zone")), own)
        return said, f' font-size="{size:g}"', 0.52 * size * len(said)
    plain = countries(lang).get(str(name.shape.properties["code"]), "")
    said = plain.upper()
    # A script without capitals, such as Arabic, is not spaced either: its letters join.
    spaced = _SPACED if said != plain else 0
    look = f' font-size="{size:g}"' + (f' letter-spacing="{spaced:g}"' if spaced else "")
    return said, look, (0.62 * size + spaced) * len(said)


def _around(archive: Archive, frame: Frame) -> Iterator[tuple[float, float, Name]]:
    """Give the names of the frame's tiles where they stand in it, each once."""
    zoom = frame.zoom
    for left, top, address in touched(archive, frame):
        size = frame.world / 2 ** address[0]
        for name in _in_tile(archive, address):
            shown = name.first <= zoom + 0.5 and (name.layer == "countries" or zoom >= _FIRST_CITIES)
            x, y = left + name.x * size, top + name.y * size
            # The world may be there twice; marks are on the turn around the middle.
            if shown and abs(x - frame.width / 2) <= frame.world / 2:
                yield x, y, name


@lru_cache(maxsize=256)
def _in_tile(archive: Archive, address: Address) -> list[Name]:
    found = []
    for layer, content in decode(unpacked(archive, address), _LAYERS).items():
        for shape in content.shapes:
            x, y = (int(each) / content.extent for each in shape.parts[0][0])
            # Points in the margin of a tile are the neighbour's.
            if 0 <= x < 1 and 0 <= y < 1:
                first = shape.properties.get("min")
                found.append(Name(layer, x, y, _rank(layer, shape), int(first or 0), shape))
    return found


def _rank(layer: str, shape: Shape) -> float:
    """Order names: countries by size, capitals, other cities by their inhabitants."""
    facts = shape.properties
    if layer == "countries":
        return -1e12 * float(facts.get("size") or 1)
    return -float(facts.get("people") or 0) - (1e9 if facts.get("capital") else 0)
