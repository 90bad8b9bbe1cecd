"""Features changed on request: other geometries, another language, fewer properties."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from db.dates.display import display
from geo.countries.names import country_name
from geo.countries.outlines import country_shape
from geo.geometry import to_geojson
from timeline.writers.writer import Shaping


def reshape(raw: bytes, shaping: Shaping) -> bytes:
    """Return a stored Feature with other geometries, in another language or with fewer properties."""
    feature = msgspec.json.decode(raw)
    if shaping.geometry == "none":
        feature["geometry"] = None
    elif shaping.geometry == "shape":
        feature["geometry"] = _country_geometry(feature)
    if shaping.lang != "en":
        translate(feature, shaping.lang)
    if shaping.properties:
        properties = feature["properties"]
        feature["properties"] = {name: properties[name] for name in shaping.properties if name in properties}
    return msgspec.json.encode(feature)


def translate(feature: dict[str, Any], lang: str) -> None:
    """Write the date and the countries of a Feature in another language, in place."""
    properties = feature["properties"]
    properties["display_date"] = display(properties["date"], lang)
    for place in properties["places"]:
        if place["precision"] == "country" and place["country"]:
            place["name"] = country_name(place["country"], lang)
    if properties["places"]:
        properties["place"] = properties["places"][0]["name"]


def _country_geometry(feature: dict[str, Any]) -> Any:
    """Return the geometry with countries as polygons; several places become a GeometryCollection.

    A Feature without a country among its places keeps its points.
    """
    places = feature["properties"]["places"]
    shapes = [_place_shape(place) for place in places]
    if all(geometry is None for geometry in shapes):
        return feature["geometry"]
    geometries = [
        geometry or {"type": "Point", "coordinates": [place["lon"], place["lat"]]}
        for place, geometry in zip(places, shapes, strict=True)
    ]
    if len(geometries) == 1:
        return geometries[0]
    if all(geometry["type"] == "MultiPolygon" for geometry in geometries):
        # RFC 7946, 3.1.8: a collection of one type should be a geometry of that type.
        polygons = [polygon for geometry in geometries for polygon in geometry["coordinates"]]
        return {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "GeometryCollection", "geometries": geometries}


def _place_shape(place: Mapping[str, Any]) -> dict[str, Any] | None:
    return (
        country_geometry(place["country"]) if place["precision"] == "country" and place["country"] else None
    )


@cache
def country_geometry(code: str) -> dict[str, Any] | None:
    """Return a country (ISO alpha-2) as a GeoJSON MultiPolygon; None where Natural Earth has no shape."""
    polygons = country_shape(code)
    return to_geojson(polygons) if polygons is not None else None
