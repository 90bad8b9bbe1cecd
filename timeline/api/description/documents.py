"""The documents of OGC API Features 1.0: landing page, conformance, collections, queryables, schema."""

from html import escape
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from db.query.filter import Filter
from timeline.api.description.schema import QUERYABLES, feature_schema, geojson_schema
from timeline.api.events.items import ITEMS
from timeline.api.events.summary import write_document
from timeline.api.http.answers import Content, cached, send
from timeline.api.http.media_types import GEOJSON, HTML, JSON, SCHEMA
from timeline.api.http.query import Query, read_query, wants_html
from timeline.api.http.route import Route, described
from timeline.api.params.page import PAGE
from timeline.api.params.tables import DOCUMENT
from timeline.api.site.embed import events_page
from timeline.api.site.oembed import discovery_url
from timeline.errors import NotFound
from timeline.writers import jsonfg

_OGC_API = tuple(
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
CONFORMS = (*_OGC_API, *jsonfg.CONFORMS)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ATTRIBUTION = "Place data: GeoNames (CC BY 4.0), Natural Earth, country-coder"


OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_SCHEMA = "http://www.opengis.net/def/rel/ogc/1.0/schema"
_COLLECTION = "/collections/events"


def _document_route(summary: str, operation: str | None = None, media_type: str = JSON) -> dict[str, Any]:
    types = (media_type, HTML)
    return described(Route(summary=summary, operation=operation, media_types=types, parameters=DOCUMENT))


@get(
    "/",
    name="landing",
    sync_to_thread=True,
    opt=_document_route("Landing page; the events as a page for browsers", "getLandingPage"),
)
def landing(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the page of events to browsers, and the landing page to programs.

    A request that accepts anything and names a filter also gets the page: editors send such a request to find the
    oEmbed links.
    """
    if wants_html(request) or _means_page(request):
        return events_page(request)
    query = read_query(request, DOCUMENT)
    response = _send(query, "Landing page", landing_document(query))
    response.headers["Link"] = f'<{discovery_url(query)}>; rel="alternate"; type="application/json+oembed"'
    return response


def _means_page(request: Request[Any, Any, State]) -> bool:
    if request.headers.get("accept", "*/*").strip() != "*/*":
        return False
    names = {name for name, _ in parse_qsl(request.scope["query_string"].decode("ascii", "replace"))}
    page_names = {parameter.name for parameter in PAGE} - {parameter.name for parameter in DOCUMENT}
    return bool(names & page_names) and "f" not in names


def _link(rel: str, media_type: str, title: str, href: str) -> dict[str, str]:
    return {"rel": rel, "type": media_type, "title": title, "href": href}


def landing_document(query: Query) -> dict[str, Any]:
    """Return the landing page (OGC API Features 1.0, 7.2): title, description, attribution and links."""
    settings = query.context.settings
    url, oembed = query.plain, escape(discovery_url(query))
    return {
        "title": settings.title,
        "description": settings.description,
        "attribution": ATTRIBUTION,
        # Editors fetch a pasted address with Accept: */* and search any response for this tag, as if it were HTML.
        "oembed": f"<link rel='alternate' type='application/json+oembed' href='{oembed}'/>",
        "links": [
            _link("self", JSON, "this document", url("/")),
            _link("alternate", HTML, "the events as a page", url("/?f=html")),
            _link("service-desc", OPENAPI, "the API", url("/openapi.json")),
            _link("service-doc", HTML, "documentation", url("/docs")),
            _link("conformance", JSON, "conformance", url("/conformance")),
            _link("data", JSON, "collections", url("/collections")),
            _link("items", GEOJSON, "the events", url("/events")),
            _link("related", JSON, "counts", url("/events/summary")),
            _link("related", JSON, "the vocabulary", url("/categories")),
            _link("related", JSON, "changes, for copies", url("/changes")),
        ],
    }


@get(
    "/conformance",
    name="conformance",
    sync_to_thread=True,
    opt=_document_route("Conformance classes", "getConformanceDeclaration"),
)
def conformance(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the conformance classes."""
    return _send(read_query(request, DOCUMENT), "Conformance", {"conformsTo": list(CONFORMS)})


@get(
    "/collections",
    name="collections",
    sync_to_thread=True,
    opt=_document_route("The collections", "getCollections"),
)
def collections(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the list of collections, which has one entry."""
    query = read_query(request, DOCUMENT)

    def make() -> Content:
        stamp = query.context.store.stamp()  # before the extent is read: it may be newer, but not older
        links = [_link("self", JSON, "this document", query.plain("/collections"))]
        document = {"links": links, "collections": [_collection(query)]}
        return (*write_document(query, "Collections", document), stamp)

    return cached(request, query, make)


@get("/collections/{collection_id:str}", name="unknown_collection", sync_to_thread=False)
def unknown_collection(
    collection_id: Annotated[str, Parameter(description="of the collection")],
) -> Response[bytes]:
    """Raise NotFound: there is one collection, at its own address."""
    raise NotFound(f"There is no collection {collection_id[:80]!r}; expected 'events'")


@get(
    _COLLECTION,
    name="collection",
    sync_to_thread=True,
    opt=_document_route("The collection of events", "describeCollection"),
)
def collection(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the description of the collection of events."""
    query = read_query(request, DOCUMENT)

    def make() -> Content:
        stamp = query.context.store.stamp()
        return (*write_document(query, "Events", _collection(query)), stamp)

    return cached(request, query, make)


def _collection(query: Query) -> dict[str, Any]:
    """Return the collection with its extent and its links (OGC API Features 1.0, 7.14)."""
    url, settings = query.plain, query.context.settings
    return {
        "id": "events",
        "title": settings.title,
        "description": settings.description,
        "attribution": ATTRIBUTION,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": _extent(query),
        "links": [
            _link("self", JSON, "this collection", url(_COLLECTION)),
            _link("items", GEOJSON, "the events", url(ITEMS)),
            _link("items", HTML, "the events as a page", url(f"{ITEMS}?f=html")),
            _link(_QUERYABLES, SCHEMA, "queryables", url(f"{_COLLECTION}/queryables")),
            _link(_SCHEMA, SCHEMA, "schema", url(f"{_COLLECTION}/schema")),
            _link("describedby", SCHEMA, "schema of a Feature", url(f"{_COLLECTION}/schema/geojson")),
        ],
    }


def _extent(query: Query) -> dict[str, Any]:
    summary = query.context.store.summary(Filter())
    extent: dict[str, Any] = {}
    if summary.bbox:
        extent["spatial"] = {"bbox": [list(summary.bbox)], "crs": CRS84}
    if summary.matched > summary.undated:
        first = summary.earliest and f"{summary.earliest}T00:00:00Z"
        last = summary.latest and f"{summary.latest}T23:59:59Z"
        extent["temporal"] = {"interval": [[first, last]]}
    return extent


@get(
    f"{_COLLECTION}/queryables",
    name="queryables",
    sync_to_thread=True,
    opt=_document_route("The properties that `filter` may compare", media_type=SCHEMA),
)
def queryables(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the properties that `filter` may compare, as JSON Schema (OGC API Features 3, 6.1)."""
    query = read_query(request, DOCUMENT)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": query.plain(f"{_COLLECTION}/queryables"),
        "type": "object",
        "title": "Queryables of the events",
        "properties": QUERYABLES,
        "additionalProperties": False,
    }
    return _send(query, "Queryables", document, SCHEMA)


@get(
    f"{_COLLECTION}/schema",
    name="schema",
    sync_to_thread=True,
    opt=_document_route("The schema of an event", media_type=SCHEMA),
)
def schema(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the schema of an event, as JSON Schema (OGC API Features 5)."""
    query = read_query(request, DOCUMENT)
    return _send(query, "Schema", feature_schema(query.plain(f"{_COLLECTION}/schema")), SCHEMA)


def _send(query: Query, title: str, document: dict[str, Any], media_type: str = JSON) -> Response[bytes]:
    body, written_type = write_document(query, title, document)
    return send(body, HTML if written_type == HTML else media_type)


@get(
    f"{_COLLECTION}/schema/geojson",
    name="geojson_schema",
    sync_to_thread=True,
    opt=_document_route("The schema of an event as a GeoJSON Feature", media_type=SCHEMA),
)
def schema_of_feature(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the schema of a GeoJSON Feature, as JSON Schema: GDAL looks for it at the link `describedby`."""
    query = read_query(request, DOCUMENT)
    return _send(query, "Schema", geojson_schema(query.plain(f"{_COLLECTION}/schema/geojson")), SCHEMA)


HANDLERS: list[Any] = [
    landing,
    conformance,
    collections,
    collection,
    unknown_collection,
    queryables,
    schema,
    schema_of_feature,
]
