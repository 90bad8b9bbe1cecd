"""Draw an operator's own tiles, such as a city's, over the world: in the schemas that such files come in."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from timeline.errors import BadFile
from timeline.web.basemap.style import FONT, Layer, Theme

SOURCE = "detail"
_WIDE = ["interpolate", ["exponential", 1.6], ["zoom"]]


class Schema(NamedTuple):
    """How a schema calls its layers; `road` is the property of a road's kind, `major` its greater kinds."""

    land: str | None
    water: str
    rivers: str
    green: str
    buildings: str
    roads: str
    road: str
    major: tuple[str, ...]
    borders: str
    places: str
    name: str


PROTOMAPS = Schema(
    "earth", "water", "water", "landuse", "buildings", "roads", "kind", ("highway", "major_road"),
    "boundaries", "places", "name:{lang}",
)  # fmt: skip
OPENMAPTILES = Schema(
    None, "water", "waterway", "park", "building", "transportation", "class",
    ("motorway", "trunk", "primary", "secondary"), "boundary", "place", "name:{lang}",
)  # fmt: skip
_OURS = frozenset({"land", "borders", "countries"})


def schema(metadata: Mapping[str, Any]) -> Schema | None:
    """Recognise the schema of a file by its layers; None for our own.

    Raises BadFile for layers that nobody here can draw.
    """
    found = {str(layer.get("id")) for layer in metadata.get("vector_layers") or ()}
    if found >= _OURS:
        return None
    for known in (PROTOMAPS, OPENMAPTILES):
        if {known.water, known.roads, known.places} <= found:
            return known
    said = ", ".join(sorted(found)) or "none"
    raise BadFile(
        f"the tiles have the layers {said}; expected those of Protomaps, OpenMapTiles or of our own file. "
        "Set TIMELINE_BASEMAP_STYLE to a style that knows them"
    )


def ground(known: Schema, colours: Theme) -> list[Layer]:
    """List what lies under the labels."""
    polygon = ["==", ["geometry-type"], "Polygon"]
    line = ["==", ["geometry-type"], "LineString"]
    major = ["in", ["get", known.road], ["literal", list(known.major)]]
    land = [_layer("fill", known.land, {"fill-color": colours.land}, filter=polygon)] if known.land else []
    narrow, broad = [*_WIDE, 8, 0.3, 14, 2, 18, 9], [*_WIDE, 6, 0.5, 12, 1.8, 18, 16]
    return [
        *land,
        _layer("fill", known.green, {"fill-color": colours.state, "fill-opacity": 0.35}, filter=polygon),
        _layer("fill", known.water, {"fill-color": colours.water}, filter=polygon),
        _layer("line", known.rivers, {"line-color": colours.water, "line-width": narrow}, filter=line),
        _layer("fill", known.buildings, {"fill-color": colours.state}, filter=polygon, minzoom=13),
        _layer("line", known.roads, {"line-color": colours.state, "line-width": narrow}, minzoom=10),
        _layer("line", known.roads, {"line-color": colours.border, "line-width": broad}, filter=major),
        _layer("line", known.borders, {"line-color": colours.border, "line-dasharray": [3, 2.5]}, minzoom=7),
    ]


def labels(known: Schema, colours: Theme, lang: str) -> list[Layer]:
    """List the labels of places, from the zooms on where the world's own cities end."""
    short = lang.partition("-")[0]
    paint = {"text-color": colours.city, "text-halo-color": colours.land, "text-halo-width": 1.4}
    layout = {
        "text-field": ["coalesce", ["get", known.name.format(lang=short)], ["get", "name"]],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 12, 14, 15],
        "text-max-width": 8,
        "text-padding": 4,
    }
    return [_layer("symbol", known.places, paint, layout=layout, minzoom=8)]


def _layer(kind: str, name: str | None, paint: dict[str, Any], **more: Any) -> Layer:
    marked = "-".join([SOURCE, str(name), kind, str(len(str(more)))])
    return {
        "id": marked,
        "type": kind,
        "source": SOURCE,
        "source-layer": name,
        "paint": paint,
        **more,
    }
