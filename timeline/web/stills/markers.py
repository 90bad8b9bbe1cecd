"""Category markers: a colour and a shape each, as SVG symbols with one fill for light and one for dark."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from timeline.web.page_model import CategoryOption

# The path of each of db.events.categories.SHAPES, in a box of 16 by 16 and of about the same area. The page's scripts
# read the paths from the symbols of the page.
PATHS = {
    "circle": "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2Z",
    "triangle": "M8 1.5 15 14H1Z",
    "diamond": "M8 .8 15.2 8 8 15.2.8 8Z",
    "square": "M2.6 2.6h10.8v10.8H2.6Z",
    "inverted_triangle": "M8 14.5 1 2h14Z",
    "hexagon": "M8 1.2 14 4.6v6.8L8 14.8 2 11.4V4.6Z",
}

# The dark partners of the design's six colours; their distances for colour-blind readers were measured there.
_DARK = {
    "#1f3fae": "#6081cf",
    "#c2300f": "#df595d",
    "#571f5c": "#f0d1ff",
    "#1492b4": "#72b8bc",
    "#ab8100": "#e1a404",
    "#3f7f5f": "#67fc94",
}
_COLOR = re.compile(r"#[0-9a-f]{6}")
_GREY = "#6b6b6b"
_LIGHT_GROUND, _DARK_GROUND = "#ffffff", "#17191d"
_MIN_CONTRAST = 3.0  # of graphics (WCAG 2.2, 1.4.11)


@dataclass(frozen=True, slots=True)
class Symbol:
    """One marker: its id on the page, its path, and its fill on a light and on a dark ground."""

    id: str
    path: str
    light: str
    dark: str


def symbols(categories: Iterable[CategoryOption]) -> dict[str, Symbol]:
    """Return a symbol for each category, by slug; "" is the marker of an unknown category.

    Raises ValueError for a shape without a path.
    """
    options = {"": CategoryOption(slug="", label=""), **{option.slug: option for option in categories}}
    return {
        slug: Symbol(f"m{index}", _path(option.shape), *_fills(option.color))
        for index, (slug, option) in enumerate(options.items())
    }


def _path(shape: str) -> str:
    if shape not in PATHS:
        raise ValueError(f"unknown marker shape {shape!r}; expected one of {', '.join(PATHS)}")
    return PATHS[shape]


def _fills(color: str) -> tuple[str, str]:
    color = color.lower()
    if not _COLOR.fullmatch(color):
        color = _GREY
    return readable(color, _LIGHT_GROUND), _DARK.get(color) or readable(color, _DARK_GROUND)


def readable(color: str, ground: str) -> str:
    """Return a colour (#rrggbb) made lighter or darker until its contrast with the ground is 3 to 1."""
    target = "#000000" if luminance(ground) > 0.5 else "#ffffff"
    steps = (_mix(color, target, part / 10) for part in range(11))
    return next(step for step in steps if contrast(step, ground) >= _MIN_CONTRAST)


def contrast(color: str, other: str) -> float:
    """Return the contrast ratio of two colours (#rrggbb), 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    low, high = sorted((luminance(color), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    """Return the relative luminance of #rrggbb, 0 to 1. Source: WCAG 2.2, "relative luminance"."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _mix(color: str, target: str, part: float) -> str:
    pairs = zip(_channels(color), _channels(target), strict=True)
    return "#" + "".join(f"{round(start + (end - start) * part):02x}" for start, end in pairs)
