"""GeoJSON (RFC 7946): a page of stored Features joined into a FeatureCollection, reshaped only when asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from db.dates.calendar import iso_time
from db.dates.display import display
from db.query.results import Page
from geo.countries.names import country_name
from geo.countries.outlines import country_shape
from geo.geometry import to_geojson

Link = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shaping:
    """How Features differ from the stored ones: fewer properties, other geometries, another language."""

    properties: tuple[str, ...] = ()
    geometry: str = "point"
    lang: str = "en"

    @property
    def plain(self) -> bool:
        """Tell whether the stored bytes will do as they are."""
        return not self.properties and self.geometry == "point" and self.lang == "en"


def collection(page: Page, shaping: Shaping, links: Sequence[Link]) -> bytes:
    """Write a page as a FeatureCollection with `numberMatched`, `numberReturned`, `timeStamp` and `links`."""
    features = page.features if shaping.plain else [reshape(raw, shaping) for raw in page.features]
    head = msgspec.json.encode(
        {
            "type": "FeatureCollection",
            "numberMatched": page.matched,
            "numberReturned": len(features),
            "timeStamp": iso_time(page.stamp.moment),
            "links": list(links),
        }
    )
    return b"".join((head[:-1], b',"features":[', b",".join(features), b"]}"))


def item(raw: bytes, shaping: Shaping, links: Sequence[Link]) -> bytes:
    """Write one Feature with its links."""
    feature = raw if shaping.plain else reshape(raw, shaping)
    return b"".join((feature[:-1], b',"links":', msgspec.json.encode(list(links)), b"}"))


def reshape(raw: bytes, shaping: Shaping) -> bytes:
    """Give a stored Feature other geometries, another language or fewer properties."""
    feature = msgspec.json.decode(raw)
    if shaping.geometry == "none":
        feature["geometry"] = None
    elif shaping.geometry == "shape":
        feature["geometry"] = _shapes(feature)
    if shaping.lang != "en":
        translate(feature, shaping.lang)
    if shaping.properties:
        kept = feature["properties"]
        feature["properties"] = {name: kept[name] for name in shaping.properties if name in kept}
    return msgspec.json.encode(feature)


def translate(feature: dict[str, Any], lang: str) -> None:
    """Say the date and the countries of a Feature in another language, in place."""
    properties = feature["properties"]
    properties["display_date"] = display(properties["date"], lang)
    for place in properties["places"]:
        if place["precision"] == "country" and place["country"]:
            place["name"] = country_name(place["country"], lang)
    if properties["places"]:
        properties["place"] = properties["places"][0]["name"]


def _shapes(feature: dict[str, Any]) -> Any:
    """Draw countries as polygons; several places become a GeometryCollection, points alone stay as they are."""
    places = feature["properties"]["places"]
    shapes = [_shape(place) for place in places]
    if all(drawn is None for drawn in shapes):
        return feature["geometry"]
    drawn = [
        found or {"type": "Point", "coordinates": [place["lon"], place["lat"]]}
        for place, found in zip(places, shapes, strict=True)
    ]
    if len(drawn) == 1:
        return drawn[0]
    if all(part["type"] == "MultiPolygon" for part in drawn):
        # RFC 7946, 3.1.8: a collection of one type should be a geometry of that type.
        return {
            "type": "MultiPolygon",
            "coordinates": [ring for part in drawn for ring in part["coordinates"]],
        }
    return {"type": "GeometryCollection", "geometries": drawn}


def _shape(place: Mapping[str, Any]) -> dict[str, Any] | None:
    return (
        country_geometry(place["country"]) if place["precision"] == "country" and place["country"] else None
    )


@cache
def country_geometry(code: str) -> dict[str, Any] | None:
    """Draw a country (ISO alpha-2) as a GeoJSON MultiPolygon; None where Natural Earth has no shape."""
    found = country_shape(code)
    return to_geojson(found) if found is not None else None
