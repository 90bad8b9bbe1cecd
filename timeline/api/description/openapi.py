"""The OpenAPI 3.0 document, made from the same table of parameters that reads the query strings.

OpenAPI 3.0 and not 3.1, since OGC API Features 1.0 conforms to `oas30` and GDAL and OWSLib read that.
"""

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from timeline.api.basemap import STYLE
from timeline.api.description import openapi_editing
from timeline.api.description.schema import FEATURE
from timeline.api.events.changes import CHANGES, HISTORY
from timeline.api.events.exports import CSV, NDJSON
from timeline.api.events.index import INDEX
from timeline.api.events.items import ITEMS
from timeline.api.events.maps import MVT
from timeline.api.events.summary import COUNTED
from timeline.api.http.answers import send
from timeline.api.http.asked import ask
from timeline.api.params import tables
from timeline.api.params.page import PAGE
from timeline.api.params.tables import Parameter
from timeline.api.places import GEOCODE, REVERSE
from timeline.api.site.oembed import OEMBED
from timeline.api.site.stills import PNG, STILL, SVG

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_GEOJSON, _JSON, _HTML, _SCHEMA = (
    "application/geo+json",
    "application/json",
    "text/html",
    "application/schema+json",
)
_LIST = ("A page of events", "EventCollection", (_GEOJSON, _HTML), tables.LIST)

# address: (summary, schema, media types, parameters, tag)
_PATHS: dict[str, tuple[str, str, tuple[str, ...], tuple[Parameter, ...]]] = {
    "/": ("Landing page; the events as a page for browsers", "Document", (_JSON, _HTML), tables.DOCUMENT),
    "/conformance": ("Conformance classes", "Document", (_JSON, _HTML), tables.DOCUMENT),
    "/collections": ("The collections", "Document", (_JSON, _HTML), tables.DOCUMENT),
    "/collections/events": ("The collection of events", "Document", (_JSON, _HTML), tables.DOCUMENT),
    "/collections/events/queryables": (
        "What events can be chosen by",
        "Document",
        (_SCHEMA, _HTML),
        tables.DOCUMENT,
    ),
    "/collections/events/schema": ("What an event looks like", "Document", (_SCHEMA, _HTML), tables.DOCUMENT),
    ITEMS: _LIST,
    ITEMS + "/{id}": ("One event", "Event", (_GEOJSON, _HTML), tables.ITEM),
    ITEMS + "/{id}/history": (
        "Every change of an event, with a key; its public corrections without",
        "Document",
        (_JSON,),
        HISTORY,
    ),
    "/changes": ("What came, changed and went, in order, for copies", "Document", (_JSON,), CHANGES),
    "/events": _LIST,
    "/events.geojson": ("A page of events", "EventCollection", (_GEOJSON,), tables.LIST),
    "/events.csv": ("Every matching event as a table", "Tile", (CSV,), tables.LIST),
    "/events.geojsonl": ("Every matching event, a Feature a line", "Tile", (NDJSON,), tables.LIST),
    "/events/summary": ("Counts by time, category and country", "Summary", (_JSON, _HTML), COUNTED),
    "/events/index": ("The matching events as columns, at most 20,000", "Document", (_JSON,), INDEX),
    "/events/clusters": ("Pins grouped for a map", "Document", (_GEOJSON,), tables.CLUSTERS),
    "/events/countries": ("Events by country", "Document", (_GEOJSON,), tables.COUNTRIES),
    "/events.svg": ("The view as a still picture", "Document", (SVG,), STILL),
    "/events.png": ("The view as a still picture, 1200 by 630 pixels", "Tile", (PNG,), STILL),
    "/tiles.json": ("TileJSON 3.0 of the vector tiles", "Document", (_JSON,), tables.TILE),
    "/tiles/{z}/{x}/{y}": ("A Mapbox Vector Tile 2.1", "Tile", (MVT,), tables.TILE),
    "/basemap/style.json": ("A MapLibre style of the map under the events", "Document", (_JSON,), STYLE),
    "/basemap/{version}/{z}/{x}/{y}": ("A tile of that map", "Tile", (MVT,), (tables.FORMAT,)),
    "/categories": ("The vocabulary", "Document", (_JSON, _HTML), tables.DOCUMENT),
    "/geocode": ("What a text may mean, best first", "Document", (_GEOJSON,), GEOCODE),
    "/reverse": ("The places that hold a point", "Document", (_JSON,), REVERSE),
    "/embed": ("The page of the events, for a frame", "Document", (_HTML,), PAGE),
    "/oembed": (
        "How an address of this site is embedded (oEmbed 1.0)",
        "Document",
        (_JSON, "text/xml"),
        OEMBED,
    ),
    "/health": ("Is it alive?", "Document", (_JSON,), (tables.FORMAT,)),
}
_OPERATIONS = {
    "/": "getLandingPage",
    "/conformance": "getConformanceDeclaration",
    "/collections": "getCollections",
    "/collections/events": "describeCollection",
    ITEMS: "getFeatures",
    ITEMS + "/{id}": "getFeature",
}
_REQUIRED = {
    ("/oembed", "url"),
    ("/geocode", "q"),
    ("/reverse", "lon"),
    ("/reverse", "lat"),
    ("/events/clusters", "zoom"),
}
_IN_PATH = re.compile(r"{(\w+)}")


@get("/openapi.json", name="openapi", sync_to_thread=True)
def openapi(request: Request[Any, Any, State]) -> Response[bytes]:
    """Describe the API."""
    asked = ask(request, (tables.FORMAT,))
    settings = asked.context.settings
    return send(
        msgspec.json.encode(document(settings.title, settings.description, asked.base or "/")), MEDIA_TYPE
    )


def document(title: str, description: str, server: str) -> dict[str, Any]:
    """Make the document for a server address."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "description": description,
            "version": version("dateline"),
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "tags": [{"name": name} for name in ("Events", "Editing", "Places", "Description", "Operations")],
        "servers": [{"url": server}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "responses": {"Problem": _problem()},
            "securitySchemes": openapi_editing.KEY,
        },
    }


def _paths() -> dict[str, dict[str, Any]]:
    read = {path: {"get": _operation(path, *row)} for path, row in _PATHS.items()}
    return read | {path: {**read.get(path, {}), **more} for path, more in openapi_editing.OPERATIONS.items()}


def _operation(
    path: str, summary: str, schema: str, types: tuple[str, ...], known: Iterable[Parameter]
) -> dict[str, Any]:
    content = {
        kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}} for kind in types if kind != _HTML
    }
    if _HTML in types:
        content[_HTML] = {"schema": {"type": "string"}}
    found: dict[str, Any] = {
        "operationId": _OPERATIONS.get(path, re.sub(r"[/.]", "_", re.sub(r"/{\w+}", "", path).strip("/"))),
        "summary": summary,
        "tags": [_tag(path)],
        "parameters": [_parameter(parameter, path) for parameter in known],
        "responses": {
            "200": {"description": summary, "content": content},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    for name in reversed(_IN_PATH.findall(path)):
        kind = "string" if name in ("id", "version") else "integer"
        found["parameters"].insert(
            0, {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
        )
    return found


def _tag(path: str) -> str:
    if path.startswith(("/events", ITEMS, "/categories", "/tiles", "/changes")):
        return "Events"
    return {"/geocode": "Places", "/reverse": "Places", "/health": "Operations"}.get(path, "Description")


def _parameter(parameter: Parameter, path: str) -> dict[str, Any]:
    schema = dict(parameter.schema)
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning,
        "required": (path, parameter.name) in _REQUIRED,
        "schema": schema,
    }
    if schema["type"] == "array":
        described |= {"style": "form", "explode": False}
    return described


def _problem() -> dict[str, Any]:
    return {
        "description": "What was wrong, what was expected, and an example (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_BAR = {
    "type": "object",
    "properties": {
        "start": {"type": "string", "nullable": True, "description": "first day; null: and what came before"},
        "end": {"type": "string", "nullable": True, "description": "last day"},
        "count": {"type": "integer"},
        "categories": {"type": "object", "description": "the count by category"},
        "sum": {"type": "number", "description": "of the figure that is measured"},
        "sums": {"type": "object", "description": "the sum by category"},
    },
}


def _schemas() -> dict[str, Any]:
    event = oas30(FEATURE)
    return {
        "Event": event,
        "EventCollection": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "numberMatched": {"type": "integer"},
                "numberReturned": {"type": "integer"},
                "timeStamp": {"type": "string", "format": "date-time"},
                "links": {"type": "array", "items": {"type": "object"}},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
            },
        },
        "Summary": {
            "type": "object",
            "properties": {name: {"type": "integer"} for name in ("matched", "undated", "unplaced", "pins")}
            | {
                "interval": {"type": "string"},
                "histogram": {"type": "array", "items": _BAR},
                **{name: {"type": "object"} for name in ("categories", "countries", "figures", "extent")},
            },
        },
        "Change": openapi_editing.CHANGE,
        "Document": {"type": "object"},
        "Tile": {"type": "string", "format": "binary"},
        "Problem": {
            "type": "object",
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "parameter": {"type": "string"},
                "example": {"type": "string"},
            },
        },
    }


def oas30(schema: Any) -> Any:
    """Turn JSON Schema's `["string", "null"]` into OpenAPI 3.0's `nullable`."""
    if isinstance(schema, list):
        return [oas30(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    turned = {name: oas30(part) for name, part in schema.items()}
    if isinstance(turned.get("type"), list):
        turned["type"] = next(kind for kind in turned["type"] if kind != "null")
        turned["nullable"] = True
    return turned
