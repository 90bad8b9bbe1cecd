"""Style layers for an operator's own tiles, such as a city's, in the two schemas that such files have."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from timeline.errors import BadFile
from timeline.web.basemap.style import FONT, StyleLayer, Theme

SOURCE = "detail"
_WIDTH_BY_ZOOM = ["interpolate", ["exponential", 1.6], ["zoom"]]


class Schema(NamedTuple):
    """The names of a schema's layers; `road` is the property with a road's kind, `major` the kinds of main roads."""

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
_OUR_LAYERS = frozenset({"land", "borders", "countries"})


def schema(metadata: Mapping[str, Any]) -> Schema | None:
    """Return the schema of a file, recognised by its layers; None for our own.

    Raises BadFile for the layers of an unknown schema.
    """
    names = {str(layer.get("id")) for layer in metadata.get("vector_layers") or ()}
    if names >= _OUR_LAYERS:
        return None
    for candidate in (PROTOMAPS, OPENMAPTILES):
        if {candidate.water, candidate.roads, candidate.places} <= names:
            return candidate
    listed = ", ".join(sorted(names)) or "none"
    raise BadFile(
        f"the tiles have the layers {listed}; expected those of Protomaps, OpenMapTiles or our own file. "
        "For other layers set TIMELINE_BASEMAP_STYLE, for example, to https://tiles.example.org/style.json"
    )


def ground(names: Schema, colours: Theme) -> list[StyleLayer]:
    """Return the layers under the labels, bottom first."""
    polygon = ["==", ["geometry-type"], "Polygon"]
    line = ["==", ["geometry-type"], "LineString"]
    major = ["in", ["get", names.road], ["literal", list(names.major)]]
    land = [_layer("fill", names.land, {"fill-color": colours.land}, filter=polygon)] if names.land else []
    narrow, broad = [*_WIDTH_BY_ZOOM, 8, 0.3, 14, 2, 18, 9], [*_WIDTH_BY_ZOOM, 6, 0.5, 12, 1.8, 18, 16]
    return [
        *land,
        _layer("fill", names.green, {"fill-color": colours.state, "fill-opacity": 0.35}, filter=polygon),
        _layer("fill", names.water, {"fill-color": colours.water}, filter=polygon),
        _layer("line", names.rivers, {"line-color": colours.water, "line-width": narrow}, filter=line),
        _layer("fill", names.buildings, {"fill-color": colours.state}, filter=polygon, minzoom=13),
        _layer("line", names.roads, {"line-color": colours.state, "line-width": narrow}, minzoom=10),
        _layer("line", names.roads, {"line-color": colours.border, "line-width": broad}, filter=major),
        _layer("line", names.borders, {"line-color": colours.border, "line-dasharray": [3, 2.5]}, minzoom=7),
    ]


def labels(names: Schema, colours: Theme, lang: str) -> list[StyleLayer]:
    """Return the labels of places, from the zoom after the last with our own cities."""
    short = lang.partition("-")[0]
    paint = {"text-color": colours.city, "text-halo-color": colours.land, "text-halo-width": 1.4}
    layout = {
        "text-field": ["coalesce", ["get", names.name.format(lang=short)], ["get", "name"]],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 12, 14, 15],
        "text-max-width": 8,
        "text-padding": 4,
    }
    return [_layer("symbol", names.places, paint, layout=layout, minzoom=8)]


def _layer(kind: str, name: str | None, paint: dict[str, Any], **members: Any) -> StyleLayer:
    identifier = "-".join([SOURCE, str(name), kind, str(len(str(members)))])
    return {
        "id": identifier,
        "type": kind,
        "source": SOURCE,
        "source-layer": name,
        "paint": paint,
        **members,
    }
