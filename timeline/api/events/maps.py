"""What a map draws: clusters, countries and vector tiles of the matching events."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter as Taken

from db.columns.clusters import MAX_ZOOM, Cluster
from db.dates.calendar import iso_time
from db.query.results import Stamp
from geo.countries.names import country_name
from geo.countries.outlines import country_label, country_shape, simplified_shape
from geo.geometry import to_geojson
from timeline.api.http.answers import GEOJSON, JSON, cached
from timeline.api.http.asked import Asked, ask
from timeline.api.params.tables import CLUSTERS, COUNTRIES, GROUP, TILE, choose, parse_limit, parse_sort
from timeline.errors import BadParameter

MVT = "application/vnd.mapbox-vector-tile"
_SHAPES = ("point", "shape", "outline", "none")
_TILE = "/tiles/4/8/5"
_FEW = 2  # decimals of a simple outline


@get("/events/clusters", name="clusters", sync_to_thread=True)
def clusters(request: Request[Any, Any, State]) -> Response[bytes]:
    """Group the selected pins for a map; a cluster of one carries the event's id and title."""
    asked = _counted(request, CLUSTERS)
    zoom, filter_ = _zoom(asked), asked.filter

    def make() -> tuple[bytes, str, Stamp]:
        found, stamp = asked.context.store.clusters(filter_, zoom)
        return _collection([_cluster(one) for one in found], stamp), GEOJSON, stamp

    return cached(request, asked, make)


def _cluster(one: Cluster) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "count": one.count,
        "categories": one.categories,
        "kind": one.kind,
        "vague": one.vague,
    }
    if one.id is not None:
        facts |= {"id": one.id, "title": one.title}
    return {
        "type": "Feature",
        "bbox": list(one.bbox),
        "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
        "properties": {**facts, "bbox": list(one.bbox)},
    }


@get("/events/countries", name="countries", sync_to_thread=True)
def countries(request: Request[Any, Any, State]) -> Response[bytes]:
    """Count the matching events by country; each country is a Feature, its polygon unless asked otherwise."""
    asked = _counted(request, COUNTRIES)
    drawn = choose("geometry", asked.values.get("geometry", "shape"), _SHAPES)
    filter_ = asked.filter

    def make() -> tuple[bytes, str, Stamp]:
        found, stamp = asked.context.store.countries(filter_)
        return (
            _collection([_country(*row, drawn, asked.lang) for row in found.items()], stamp),
            GEOJSON,
            stamp,
        )

    return cached(request, asked, make)


def _country(code: str, events: int, drawn: str, lang: str) -> dict[str, Any]:
    facts = {"country": code, "name": country_name(code, lang), "events": events}
    return {"type": "Feature", "id": code, "geometry": _geometry(code, drawn), "properties": facts}


def _geometry(code: str, drawn: str) -> dict[str, Any] | None:
    spot = country_label(code)
    if drawn == "none" or spot is None:
        return None
    if drawn == "outline" and (simple := simplified_shape(code)):
        return to_geojson(simple, _FEW)
    whole = country_shape(code) if drawn == "shape" else None
    return to_geojson(whole) if whole else {"type": "Point", "coordinates": [spot.lon, spot.lat]}


def _collection(features: list[dict[str, Any]], stamp: Stamp) -> bytes:
    return msgspec.json.encode(
        {
            "type": "FeatureCollection",
            "numberReturned": len(features),
            "timeStamp": iso_time(stamp.moment),
            "features": features,
        }
    )


@get("/tiles/{z:str}/{x:str}/{y:str}", name="tile", sync_to_thread=True)
def tile(
    request: Request[Any, Any, State],
    z: Annotated[str, Taken(description="zoom")],
    x: Annotated[str, Taken(description="column, from the west")],
    y: Annotated[str, Taken(description="row, from the north")],
) -> Response[bytes]:
    """Draw the selected pins as a Mapbox Vector Tile 2.1, layer `events`."""
    asked = _counted(request, TILE)
    address, grouped = _address(z, x, y), _grouped(asked)
    filter_ = asked.filter

    def make() -> tuple[bytes, str, Stamp]:
        body, stamp = asked.context.store.tile(filter_, *address, grouped)
        return body, MVT, stamp

    return cached(request, asked, make)


def _grouped(asked: Asked) -> bool:
    return choose("group", asked.values.get("group", "auto"), GROUP.schema["enum"]) == "always"


def _address(*texts: str) -> tuple[int, int, int]:
    numbers: list[int] = []
    for name, text in zip("zxy", texts, strict=True):
        most = MAX_ZOOM if name == "z" else 2 ** numbers[0] - 1
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
        if not 0 <= number <= most:
            raise BadParameter(name, f"{text[:40]!r} is not a whole number from 0 to {most}", _TILE)
        numbers.append(number)
    return numbers[0], numbers[1], numbers[2]


@get("/tiles.json", name="tilejson", sync_to_thread=True)
def tilejson(request: Request[Any, Any, State]) -> Response[bytes]:
    """Describe the tiles (TileJSON 3.0); a filter that is given goes into their address."""
    asked = _counted(request, TILE)
    _grouped(asked)
    kept = {*asked.filter_only(), GROUP.name}
    dropped = {name: None for name in asked.values if name not in kept}
    address = asked.link("/tiles/Z/X/Y", **dropped).replace("/tiles/Z/X/Y", "/tiles/{z}/{x}/{y}")
    filter_ = asked.filter

    def make() -> tuple[bytes, str, Stamp]:
        found = asked.context.store.summary(filter_)
        fields = {
            "id": "the event's id; missing in a cluster",
            "title": "the event's title; missing in a cluster",
            "category": "slug; in a cluster the most frequent",
            "precision": "of the pin; missing in a cluster",
            "bbox": "west,south,east,north in degrees, of a cluster or in its company",
            "earliest": "day since 1970-01-01; missing if undated or open",
            "latest": "day since 1970-01-01; missing if undated or open",
            "count": "pins of a cluster",
            "kind": "of a cluster: country pins have their own",
            "coarse": "true of a cluster whose pins only know their region or country",
            **{f"categories.{slug}": "pins of a cluster" for slug in asked.context.store.categories()},
        }
        document = {
            "tilejson": "3.0.0",
            "name": asked.context.settings.title,
            "tiles": [address],
            "minzoom": 0,
            "maxzoom": MAX_ZOOM,
            "bounds": list(found.bbox or (-180, -85.0511, 180, 85.0511)),
            "vector_layers": [{"id": "events", "fields": fields}],
        }
        return msgspec.json.encode(document), JSON, found.stamp

    return cached(request, asked, make)


def _counted(request: Request[Any, Any, State], known: Any) -> Asked:
    """Read a request; what shapes lists alone is checked and then left alone."""
    asked = ask(request, known)
    parse_limit(asked.values)
    parse_sort(asked.values)
    return asked


def _zoom(asked: Asked) -> int:
    text = asked.values.get("zoom")
    if text is None:
        raise BadParameter("zoom", "missing; expected a whole number from 0 to 22", "zoom=4")
    if not (text.isascii() and text.isdigit() and int(text[:3]) <= MAX_ZOOM and len(text) < 3):
        raise BadParameter("zoom", f"{text[:40]!r} is not a whole number from 0 to {MAX_ZOOM}", "zoom=4")
    return int(text)


HANDLERS = [clusters, countries, tile, tilejson]
