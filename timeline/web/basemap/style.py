"""The MapLibre style of the map: a light and a dark theme, labels in any language, in the page's fonts."""

from functools import lru_cache
from typing import Any, NamedTuple

from babel import Locale

from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_name

ATTRIBUTION = "Natural Earth · GeoNames"
FONT = ["Dateline Sans"]
SOURCE = "basemap"

Expression = list[Any]
StyleLayer = dict[str, Any]


class Theme(NamedTuple):
    """The colours of a map, as #rrggbb."""

    land: str
    water: str
    border: str
    state: str
    river: str
    country: str
    city: str


THEMES = {
    "light": Theme("#f6f3ec", "#d9e3e8", "#b8afa2", "#ddd6ca", "#c9d8df", "#6f695f", "#4c4842"),
    "dark": Theme("#24272d", "#15181d", "#545a64", "#363b44", "#1b2027", "#9a9fa8", "#b9bdc4"),
}


def ground(colours: Theme, view: str) -> list[StyleLayer]:
    """Return the layers under the labels, bottom first; `view` of borders is `both`, `un` or `facto`."""
    shared = ["==", ["get", "view"], "both"]
    visible = ["any", shared, ["==", ["get", "view"], view]] if view != "both" else True
    width = _by_zoom(0, 0.4, 3, 0.8, 6, 1.2, 10, 1.8)
    return [
        {"id": "water", "type": "background", "paint": {"background-color": colours.water}},
        _fill("land", colours.land),
        _line("rivers", colours.river, _by_zoom(3, 0.4, 6, 1.0, 10, 2.0), minzoom=3),
        _fill("lakes", colours.water),
        _line("states", colours.state, _by_zoom(3, 0.5, 6, 0.9, 10, 1.4), minzoom=3),
        _line("borders", colours.border, width, filter=["all", ["!", ["get", "disputed"]], visible]),
        {
            **_line("borders", colours.border, width, filter=["all", ["get", "disputed"], visible]),
            "id": "disputed",
            "layout": {"line-cap": "butt", "line-join": "round"},
            "paint": {"line-color": colours.border, "line-width": width, "line-dasharray": [3, 2.5]},
        },
    ]


def _fill(name: str, colour: str) -> StyleLayer:
    return {
        "id": name,
        "type": "fill",
        "source": SOURCE,
        "source-layer": name,
        "paint": {"fill-color": colour},
    }


def _line(name: str, colour: str, width: Expression, **members: Any) -> StyleLayer:
    return {
        "id": name,
        "type": "line",
        "source": SOURCE,
        "source-layer": name,
        "layout": {"line-cap": "round", "line-join": "round"},
        "paint": {"line-color": colour, "line-width": width},
        **members,
    }


def _by_zoom(*stops: float | Expression) -> Expression:
    return ["interpolate", ["linear"], ["zoom"], *stops]


def labels(colours: Theme, lang: str) -> list[StyleLayer]:
    """Return the labels: cities, and over them countries, in spaced capitals if the script has capitals."""
    names = countries(lang)
    has_capitals = names["FR"].upper() != names["FR"].lower()
    is_due = [">=", ["zoom"], ["get", "min"]]
    capital = ["boolean", ["get", "capital"], False]
    return [
        {
            **_label("cities", colours.city, colours.land),
            "minzoom": 3,
            "filter": is_due,
            "layout": {
                "text-field": _named("zone", cities(lang), ["get", "name"]),
                "text-font": FONT,
                "text-size": _by_zoom(3, ["case", capital, 11.5, 11], 8, ["case", capital, 15, 13.5]),
                "text-max-width": 8,
                "text-padding": 4,
                "symbol-sort-key": ["-", ["case", capital, -1e8, 0], ["get", "people"]],
            },
        },
        {
            **_label("countries", colours.country, colours.land),
            "filter": is_due,
            "layout": {
                "text-field": _named("code", names, ""),
                "text-font": FONT,
                "text-size": _by_zoom(1, 10.5, 4, 12.5, 7, 16),
                "text-transform": "uppercase" if has_capitals else "none",
                "text-letter-spacing": 0.09 if has_capitals else 0,
                "text-line-height": 1.25,
                "text-max-width": 7,
                "text-padding": 6,
                # If a mark is in the middle of a country, the name moves below or above it.
                "text-variable-anchor-offset": ["center", [0, 0], "top", [0, 1.7], "bottom", [0, -1.7]],
                "symbol-sort-key": ["-", ["get", "size"]],
            },
        },
    ]


def _label(name: str, colour: str, halo: str) -> StyleLayer:
    paint = {"text-color": colour, "text-halo-color": halo, "text-halo-width": 1.4, "text-halo-blur": 0.4}
    return {"id": name, "type": "symbol", "source": SOURCE, "source-layer": name, "paint": paint}


def _named(key: str, names: dict[str, str], otherwise: Any) -> Any:
    if not names:
        return otherwise
    pairs = [word for pair in names.items() for word in pair]
    # `match` refuses null, the value of a feature without the property.
    return ["match", ["coalesce", ["get", key], ""], *pairs, otherwise]


@lru_cache(maxsize=16)
def countries(lang: str) -> dict[str, str]:
    """Return the name of every country in a language (BCP 47), by ISO code."""
    return {code: country_name(code, lang) for code in sorted(iso_codes())}


@lru_cache(maxsize=16)
def cities(lang: str) -> dict[str, str]:
    """Return the names of time zones' example cities in a language, as far as CLDR has them, by zone."""
    zones = Locale.parse(lang.replace("-", "_")).time_zones
    return {zone: facts["city"] for zone, facts in sorted(zones.items()) if "city" in facts}
