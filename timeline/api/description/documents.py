"""The documents of OGC API Features 1.0: landing page, conformance, collections, queryables, schema."""

from html import escape
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter as Taken

from db.query.filter import Filter
from timeline.api.description.schema import QUERYABLES, feature_schema
from timeline.api.events import html
from timeline.api.events.items import ITEMS
from timeline.api.http.answers import HTML, JSON, SCHEMA, cached, send, send_json, site
from timeline.api.http.asked import Asked, ask, wants_html
from timeline.api.params.page import PAGE
from timeline.api.params.tables import DOCUMENT
from timeline.api.site import oembed
from timeline.api.site.embed import HANDLERS as EMBED
from timeline.api.site.embed import shown
from timeline.errors import NotFound
from timeline.web.render import render_document

CONFORMS = tuple(
    f"http://www.opengis.net/spec/{name}"
    for name in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
        "cql2/1.0/conf/basic-cql2",
        "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison",
        "cql2/1.0/conf/accent-insensitive-comparison",
        "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/basic-spatial-functions-plus",
        "cql2/1.0/conf/temporal-functions",
        "cql2/1.0/conf/array-functions",
        "ogcapi-features-4/1.0/conf/create-replace-delete",
        "ogcapi-features-4/1.0/conf/update",
        "ogcapi-features-4/1.0/conf/optimistic-locking-etags",
        "ogcapi-features-4/1.0/conf/features",
        "ogcapi-features-5/1.0/conf/schemas",
    )
)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ATTRIBUTION = "Place data: GeoNames (CC BY 4.0), Natural Earth, country-coder"


@get("/", name="landing", sync_to_thread=True)
def landing(request: Request[Any, Any, State]) -> Response[bytes]:
    """Give browsers the events, and programs the landing page.

    What takes anything and names a filter means the page, too: so do editors that look for its oEmbed links.
    """
    if wants_html(request) or _means_page(request):
        return shown(request)
    asked = ask(request, DOCUMENT)
    answer = _send(asked, "Landing page", landing_document(asked))
    answer.headers["Link"] = f'<{oembed.address(asked)}>; rel="alternate"; type="application/json+oembed"'
    return answer


def _means_page(request: Request[Any, Any, State]) -> bool:
    if request.headers.get("accept", "*/*").strip() != "*/*":
        return False
    names = {name for name, _ in parse_qsl(request.scope["query_string"].decode("ascii", "replace"))}
    known = {parameter.name for parameter in PAGE} - {parameter.name for parameter in DOCUMENT}
    return bool(names & known) and "f" not in names


def landing_document(asked: Asked) -> dict[str, Any]:
    """List what there is, as OGC API Features 1.0, 7.2 wants."""
    settings = asked.context.settings
    link = asked.plain
    return {
        "title": settings.title,
        "description": settings.description,
        "attribution": ATTRIBUTION,
        # Editors fetch a pasted address with Accept: */* and look for this in whatever comes, as if it were HTML.
        "oembed": f"<link rel='alternate' type='application/json+oembed' href='{escape(oembed.address(asked))}'/>",
        "links": [
            {"rel": "self", "type": JSON, "title": "this document", "href": link("/")},
            {
                "rel": "alternate",
                "type": "text/html",
                "title": "the events as a page",
                "href": link("/?f=html"),
            },
            {"rel": "service-desc", "type": _OPENAPI, "title": "the API", "href": link("/openapi.json")},
            {"rel": "service-doc", "type": "text/html", "title": "documentation", "href": link("/docs")},
            {"rel": "conformance", "type": JSON, "title": "conformance", "href": link("/conformance")},
            {"rel": "data", "type": JSON, "title": "collections", "href": link("/collections")},
            {"rel": "items", "type": _GEOJSON, "title": "the events", "href": link("/events")},
            {"rel": "related", "type": JSON, "title": "counts", "href": link("/events/summary")},
            {"rel": "related", "type": JSON, "title": "the vocabulary", "href": link("/categories")},
            {"rel": "related", "type": JSON, "title": "changes, for copies", "href": link("/changes")},
        ],
    }


_OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_GEOJSON = "application/geo+json"


@get("/conformance", name="conformance", sync_to_thread=True)
def conformance(request: Request[Any, Any, State]) -> Response[bytes]:
    """Declare the conformance classes."""
    return _send(ask(request, DOCUMENT), "Conformance", {"conformsTo": list(CONFORMS)})


@get("/collections", name="collections", sync_to_thread=True)
def collections(request: Request[Any, Any, State]) -> Response[bytes]:
    """List the one collection."""
    asked = ask(request, DOCUMENT)
    return cached(
        request,
        asked,
        lambda: _made(
            asked,
            "Collections",
            {
                "links": [
                    {
                        "rel": "self",
                        "type": JSON,
                        "title": "this document",
                        "href": asked.plain("/collections"),
                    }
                ],
                "collections": [_collection(asked)],
            },
        ),
    )


@get("/collections/{collection_id:str}", name="unknown_collection", sync_to_thread=False)
def unknown_collection(
    collection_id: Annotated[str, Taken(description="of the collection")],
) -> Response[bytes]:
    """Say that there is no such collection."""
    raise NotFound(f"There is no collection {collection_id[:80]!r}; there is 'events'")


@get("/collections/events", name="collection", sync_to_thread=True)
def collection(request: Request[Any, Any, State]) -> Response[bytes]:
    """Describe the collection of events."""
    asked = ask(request, DOCUMENT)
    return cached(request, asked, lambda: _made(asked, "Events", _collection(asked)))


def _collection(asked: Asked) -> dict[str, Any]:
    """Describe the events: their extent and where to find them (OGC API Features 1.0, 7.14)."""
    summary = asked.context.store.summary(Filter())
    link = asked.plain
    extent: dict[str, Any] = {}
    if summary.bbox:
        extent["spatial"] = {"bbox": [list(summary.bbox)], "crs": CRS84}
    if summary.matched > summary.undated:
        instants = [
            summary.earliest and f"{summary.earliest}T00:00:00Z",
            summary.latest and f"{summary.latest}T23:59:59Z",
        ]
        extent["temporal"] = {"interval": [instants]}
    return {
        "id": "events",
        "title": asked.context.settings.title,
        "description": asked.context.settings.description,
        "attribution": ATTRIBUTION,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": [
            {"rel": "self", "type": JSON, "title": "this collection", "href": link("/collections/events")},
            {"rel": "items", "type": _GEOJSON, "title": "the events", "href": link(ITEMS)},
            {
                "rel": "items",
                "type": "text/html",
                "title": "the events as a page",
                "href": link(f"{ITEMS}?f=html"),
            },
            {
                "rel": _QUERYABLES,
                "type": SCHEMA,
                "title": "queryables",
                "href": link("/collections/events/queryables"),
            },
            {"rel": _SCHEMA, "type": SCHEMA, "title": "schema", "href": link("/collections/events/schema")},
        ],
    }


_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_SCHEMA = "http://www.opengis.net/def/rel/ogc/1.0/schema"


@get("/collections/events/queryables", name="queryables", sync_to_thread=True)
def queryables(request: Request[Any, Any, State]) -> Response[bytes]:
    """Describe what events can be chosen by, as JSON Schema (OGC API Features 3, 6.1)."""
    asked = ask(request, DOCUMENT)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": asked.plain("/collections/events/queryables"),
        "type": "object",
        "title": "Queryables of the events",
        "properties": QUERYABLES,
        "additionalProperties": False,
    }
    return _send(asked, "Queryables", document, SCHEMA)


@get("/collections/events/schema", name="schema", sync_to_thread=True)
def schema(request: Request[Any, Any, State]) -> Response[bytes]:
    """Describe an event, as JSON Schema (OGC API Features 5)."""
    asked = ask(request, DOCUMENT)
    return _send(asked, "Schema", feature_schema(asked.plain("/collections/events/schema")), SCHEMA)


def _made(asked: Asked, title: str, document: dict[str, Any]) -> tuple[bytes, str, None]:
    if asked.form == "html":
        page = render_document(site(asked), title, document, asked.link(asked.path, f="json"))
        return page.encode(), HTML, None
    return msgspec.json.encode(document), JSON, None


def _send(asked: Asked, title: str, document: dict[str, Any], media_type: str = JSON) -> Response[bytes]:
    body, kind, _ = _made(asked, title, document)
    return send(body, kind) if kind == HTML else send_json(document, media_type)


HANDLERS: list[Any] = [
    landing,
    conformance,
    collections,
    collection,
    unknown_collection,
    queryables,
    schema,
    *EMBED,
    oembed.oembed,
    html.docs,
    html.assets,
    html.static,
]
