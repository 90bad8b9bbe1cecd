"""Views that a map draws: clusters, countries and vector tiles of the matching events."""

from functools import cache
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from db.columns.clusters import MAX_ZOOM, Cluster
from db.dates.calendar import iso_time
from db.query.results import Stamp
from geo.countries.names import country_name
from geo.countries.outlines import country_label, country_shape, simplified_shape
from geo.geometry import to_geojson
from timeline.api.http.answers import cached
from timeline.api.http.media_types import GEOJSON, JSON, MVT
from timeline.api.http.query import Query, read_query
from timeline.api.http.route import Route, described
from timeline.api.params.tables import CLUSTERS, COUNTRIES, GROUP, OUTLINES, TILE
from timeline.api.params.values import choose, read_whole_number
from timeline.errors import BadParameter

_TILE_EXAMPLE = "/tiles/4/8/5"
_TILE_SUFFIXES = (".pbf", ".mvt")  # GDAL's MVT driver always adds one
_OUTLINE_DECIMALS = 2
# Web Mercator ends at this latitude (degrees); tiles cover no more.
_WORLD_BOUNDS = (-180, -85.0511, 180, 85.0511)
_TILE_FIELDS = {
    "id": "the event's id; missing in a cluster",
    "title": "the event's title; missing in a cluster",
    "category": "slug; in a cluster the most frequent",
    "precision": "of the pin; missing in a cluster",
    "bbox": "west,south,east,north in degrees, of a cluster or of pins at one place",
    "earliest": "day since 1970-01-01; missing if undated or open",
    "latest": "day since 1970-01-01; missing if undated or open",
    "count": "pins of a cluster",
    "kind": "of a cluster: country pins have their own",
    "coarse": "true of a cluster whose pins are known only to their region or country",
}


@get(
    "/events/clusters",
    name="clusters",
    sync_to_thread=True,
    opt=described(
        Route(summary="Pins grouped for a map", media_types=(GEOJSON,), parameters=CLUSTERS, tag="Events")
    ),
)
def clusters(request: Request[Any, Any, State]) -> Response[bytes]:
    """Group the selected pins for a map; a cluster of one carries the event's id and title."""
    query = read_query(request, CLUSTERS)
    zoom = _zoom(query)

    def make() -> tuple[bytes, str, Stamp]:
        groups, stamp = query.context.store.clusters(query.filter, zoom)
        return _collection([_cluster_feature(cluster) for cluster in groups], stamp), GEOJSON, stamp

    return cached(request, query, make)


def _cluster_feature(cluster: Cluster) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "count": cluster.count,
        "categories": cluster.categories,
        "kind": cluster.kind,
        "vague": cluster.vague,
    }
    if cluster.id is not None:
        properties |= {"id": cluster.id, "title": cluster.title}
    return {
        "type": "Feature",
        "bbox": list(cluster.bbox),
        "geometry": {"type": "Point", "coordinates": [cluster.lon, cluster.lat]},
        "properties": {**properties, "bbox": list(cluster.bbox)},
    }


@get(
    "/events/countries",
    name="countries",
    sync_to_thread=True,
    opt=described(
        Route(summary="Events by country", media_types=(GEOJSON,), parameters=COUNTRIES, tag="Events")
    ),
)
def countries(request: Request[Any, Any, State]) -> Response[bytes]:
    """Count the matching events by country; each country is a Feature, with its polygon by default."""
    query = read_query(request, COUNTRIES)
    geometry = choose("geometry", query.values.get("geometry", "shape"), OUTLINES.schema["enum"])

    def make() -> tuple[bytes, str, Stamp]:
        counts, stamp = query.context.store.countries(query.filter)
        features = [_country_feature(*row, geometry, query.lang) for row in counts.items()]
        return _collection(features, stamp), GEOJSON, stamp

    return cached(request, query, make)


def _country_feature(code: str, events: int, geometry: str, lang: str) -> dict[str, Any]:
    properties = {"country": code, "name": country_name(code, lang), "events": events}
    return {
        "type": "Feature",
        "id": code,
        "geometry": _country_geometry(code, geometry),
        "properties": properties,
    }


@cache  # 2 MB for all countries; to round and encode them takes 20 times as long as to count the events
def _country_geometry(code: str, kind: str) -> msgspec.Raw:
    """Return a country's geometry of a kind as JSON."""
    return msgspec.Raw(msgspec.json.encode(_geometry_of(code, kind)))


def _geometry_of(code: str, kind: str) -> dict[str, Any] | None:
    point = country_label(code)
    if kind == "none" or point is None:
        return None
    if kind == "outline" and (simple := simplified_shape(code)):
        return to_geojson(simple, _OUTLINE_DECIMALS)
    polygons = country_shape(code) if kind == "shape" else None
    return to_geojson(polygons) if polygons else {"type": "Point", "coordinates": [point.lon, point.lat]}


def _collection(features: list[dict[str, Any]], stamp: Stamp) -> bytes:
    return msgspec.json.encode(
        {
            "type": "FeatureCollection",
            "numberReturned": len(features),
            "timeStamp": iso_time(stamp.moment),
            "features": features,
        }
    )


@get(
    "/tiles/{z:str}/{x:str}/{y:str}",
    name="tile",
    sync_to_thread=True,
    opt=described(
        Route(
            summary="A Mapbox Vector Tile 2.1", schema="Binary", media_types=(MVT,), parameters=TILE, tag="Events"
        )
    ),
)  # fmt: skip
def tile(
    request: Request[Any, Any, State],
    z: Annotated[str, Parameter(description="zoom")],
    x: Annotated[str, Parameter(description="column, from the west")],
    y: Annotated[str, Parameter(description="row, from the north; .pbf or .mvt may follow")],
) -> Response[bytes]:
    """Draw the selected pins as a Mapbox Vector Tile 2.1, layer `events`."""
    query = read_query(request, TILE)
    address, always_grouped = _tile_address(z, x, y), _always_grouped(query)

    def make() -> tuple[bytes, str, Stamp]:
        body, stamp = query.context.store.tile(query.filter, *address, always_grouped)
        return body, MVT, stamp

    return cached(request, query, make)


def _always_grouped(query: Query) -> bool:
    return choose("group", query.values.get("group", "auto"), GROUP.schema["enum"]) == "always"


def _tile_address(*texts: str) -> tuple[int, int, int]:
    """Return zoom, column and row, which may end in .pbf or .mvt; raise BadParameter for a tile that does not exist."""
    *others, row = texts
    suffix = next((suffix for suffix in _TILE_SUFFIXES if row.endswith(suffix)), "")
    numbers: list[int] = []
    for name, text in zip("zxy", (*others, row.removesuffix(suffix)), strict=True):
        highest = MAX_ZOOM if name == "z" else 2 ** numbers[0] - 1
        numbers.append(read_whole_number(name, text, 0, highest, _TILE_EXAMPLE))
    return numbers[0], numbers[1], numbers[2]


@get(
    "/tiles.json",
    name="tilejson",
    sync_to_thread=True,
    opt=described(Route(summary="TileJSON 3.0 of the vector tiles", parameters=TILE, tag="Events")),
)
def tilejson(request: Request[Any, Any, State]) -> Response[bytes]:
    """Describe the tiles (TileJSON 3.0); the address of the tiles contains the request's filter."""
    query = read_query(request, TILE)
    _always_grouped(query)

    def make() -> tuple[bytes, str, Stamp]:
        summary = query.context.store.summary(query.filter)
        slugs = query.context.store.categories()
        fields = {**_TILE_FIELDS, **{f"categories.{slug}": "pins of a cluster" for slug in slugs}}
        document = {
            "tilejson": "3.0.0",
            "name": query.context.settings.title,
            "tiles": [_tiles_url(query)],
            "minzoom": 0,
            "maxzoom": MAX_ZOOM,
            "bounds": list(summary.bbox or _WORLD_BOUNDS),
            "vector_layers": [{"id": "events", "fields": fields}],
        }
        return msgspec.json.encode(document), JSON, summary.stamp

    return cached(request, query, make)


def _tiles_url(query: Query) -> str:
    tile_parameters = {*query.filter_values(), GROUP.name}
    dropped = {name: None for name in query.values if name not in tile_parameters}
    return query.link("/tiles/Z/X/Y", **dropped).replace("/tiles/Z/X/Y", "/tiles/{z}/{x}/{y}")


def _zoom(query: Query) -> int:
    text = query.values.get("zoom")
    if text is None:
        raise BadParameter("zoom", f"missing; expected a whole number from 0 to {MAX_ZOOM}", "zoom=4")
    return read_whole_number("zoom", text, 0, MAX_ZOOM, "zoom=4")


HANDLERS = [clusters, countries, tile, tilejson]
