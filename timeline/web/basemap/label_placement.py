"""Names on a still map: countries in spaced capitals and cities, never over a mark or another name."""

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
_FIRST_CITY_ZOOM = 3
_SIZES = {"countries": 11.5, "cities": 12.5}  # pixels
_LETTER_SPACING = 1.0  # pixels between capitals
_CLEARANCE = 3.0  # pixels of free space around a name


class PixelBox(NamedTuple):
    """A rectangle in pixels of the frame."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "PixelBox") -> bool:
        """Return whether two rectangles overlap."""
        horizontally = self.left < other.right and other.left < self.right
        return horizontally and self.top < other.bottom and other.top < self.bottom


class Name(NamedTuple):
    """A name of a tile: its layer, its position as shares of the tile's side, its rank, and its first zoom."""

    layer: str
    x: float
    y: float
    rank: float
    first: int
    shape: Shape


def names(archive: Archive, frame: Frame, theme: str, lang: str, occupied: Iterable[PixelBox]) -> str:
    """Return the names that fit into the frame as an SVG fragment; no name overlaps a box of `occupied`."""
    colours = THEMES[theme]
    boxes, drawn = list(occupied), []
    for x, y, name in sorted(_placed_names(archive, frame), key=lambda placed: placed[2].rank):
        text, font, width = _text(name, lang)
        height = _SIZES[name.layer]
        box = _box(x, y, width, height)
        inside = box.left > 0 and box.top > 0 and box.right < frame.width and box.bottom < frame.height
        if text and inside and not any(box.overlaps(other) for other in boxes):
            boxes.append(box)
            colour = colours.country if name.layer == "countries" else colours.city
            drawn.append(
                f'<text x="{x:.0f}" y="{y + height * 0.35:.0f}" fill="{colour}"{font}>{escape(text)}</text>'
            )
    halo = f'stroke="{colours.land}" stroke-width="2.6" stroke-linejoin="round" paint-order="stroke"'
    return f'<g text-anchor="middle" {halo}>{"".join(drawn)}</g>' if drawn else ""


def _box(x: float, y: float, width: float, height: float) -> PixelBox:
    """Return the box of a text in pixels, with free space around it."""
    across, down = width / 2 + _CLEARANCE, height * 0.6 + _CLEARANCE
    return PixelBox(x - across, y - down, x + across, y + down)


def _text(name: Name, lang: str) -> tuple[str, str, float]:
    """Return a name's text, its attributes in SVG, and its estimated width in pixels."""
    size = _SIZES[name.layer]
    if name.layer == "cities":
        local = str(name.shape.properties["name"])
        text = cities(lang).get(str(name.shape.properties.get("zone")), local)
        return text, f' font-size="{size:g}"', 0.52 * size * len(text)
    plain = countries(lang).get(str(name.shape.properties["code"]), "")
    text = plain.upper()
    # A script without capitals, such as Arabic, joins its letters, so they are not spaced.
    spacing = _LETTER_SPACING if text != plain else 0
    font = f' font-size="{size:g}"' + (f' letter-spacing="{spacing:g}"' if spacing else "")
    return text, font, (0.62 * size + spacing) * len(text)


def _placed_names(archive: Archive, frame: Frame) -> Iterator[tuple[float, float, Name]]:
    """Yield the names of the frame's tiles with their position in its pixels, each once."""
    zoom = frame.zoom
    for tile_x, tile_y, address in touched(archive, frame):
        size = frame.world / 2 ** address[0]
        for name in _in_tile(archive, address):
            shown = name.first <= zoom + 0.5 and (name.layer == "countries" or zoom >= _FIRST_CITY_ZOOM)
            x, y = tile_x + name.x * size, tile_y + name.y * size
            # A wide frame shows parts of the world twice; marks are on the copy in the middle.
            if shown and abs(x - frame.width / 2) <= frame.world / 2:
                yield x, y, name


@lru_cache(maxsize=256)
def _in_tile(archive: Archive, address: Address) -> list[Name]:
    placed_names = []
    for layer, content in decode(unpacked(archive, address), _LAYERS).items():
        for shape in content.shapes:
            x, y = (int(coordinate) / content.extent for coordinate in shape.parts[0][0])
            # Points in the margin of a tile belong to its neighbour.
            if 0 <= x < 1 and 0 <= y < 1:
                first = shape.properties.get("min")
                placed_names.append(Name(layer, x, y, _rank(layer, shape), int(first or 0), shape))
    return placed_names


def _rank(layer: str, shape: Shape) -> float:
    """Return a number to sort by: countries by size, then capitals, then other cities by inhabitants."""
    properties = shape.properties
    if layer == "countries":
        return -1e12 * float(properties.get("size") or 1)
    return -float(properties.get("people") or 0) - (1e9 if properties.get("capital") else 0)
