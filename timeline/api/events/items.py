"""The events: a list in every format, and a single event, as GeoJSON or as a page."""

from dataclasses import replace
from typing import Annotated, Any, get_args
from urllib.parse import quote, unquote

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter

from db.dates.calendar import iso_time
from db.desk import StoredEvent
from db.events.draft import Status
from db.query.results import Page, Stamp
from timeline.api.events import changes, html
from timeline.api.events.exports import check_dialect, export
from timeline.api.http.answers import cached, matching_tag, send
from timeline.api.http.media_types import GEOJSON, HTML, JSON
from timeline.api.http.query import Query, editor_of, read_query
from timeline.api.http.route import Route, described
from timeline.api.http.slots import run_in_thread
from timeline.api.params.page import SCENE_NAMES
from timeline.api.params.tables import DIALECT, ITEM, LIST, STATUS
from timeline.api.params.values import choose, split_list
from timeline.errors import BadParameter, NotFound
from timeline.writers import geojson, jsonfg
from timeline.writers.registry import WRITERS, writer_named
from timeline.writers.writer import About, Shaping, Writer

ITEMS = "/collections/events/items"
# The id of an event as the routing passes it; `event_id` returns the id itself.
RoutedId = Annotated[str, Parameter(description="of the event")]
PROPERTIES = (
    "title", "summary", "category", "date", "display_date", "earliest", "latest", "date_precision", "place",
    "country", "countries", "precision", "places", "figures", "tags", "sources", "data", "note", "status",
    "verification", "corrections", "created", "updated",
)  # fmt: skip

_PARAMETERS = (*LIST, DIALECT)


def list_events(request: Request[Any, Any, State], writer: Writer | None = None) -> Response[Any]:
    """Return the matching events; `f` chooses the format, else `writer`, else the Accept header.

    Editors may choose events of other statuses than published.
    """
    redirect = html.tidied(request) if writer is None or not writer.streams else None
    if redirect is not None:
        return redirect
    query = read_query(request, (*_PARAMETERS, STATUS) if editor_of(request) else _PARAMETERS)
    if writer is None or "f" in query.values:
        if query.format == "html":
            page_query = replace(query, limit=min(query.limit, html.MAX_EVENTS_ON_PAGE))
            return cached(request, query, lambda: html.list_page(page_query, find(page_query)))
        writer = writer_named("geojson" if query.format == "json" else query.format)
    else:
        query = replace(query, format="json")
    check_dialect(query.values, writer)
    if writer.streams:
        query = replace(query, filter=replace(query.filter, statuses=read_statuses(query)))
        return export(request, query, writer)
    shaping = read_shaping(query)
    return cached(request, query, lambda: write_page(query, find(query), shaping, writer))


def _list_at(path: str, writer: Writer | None, route: Route) -> HTTPRouteHandler:
    # Litestar 2.25 wraps a threaded handler once for each path, and once more for each other method of its path.
    @get(path, opt=described(route))
    async def events(request: Request[Any, Any, State]) -> Response[Any]:
        """List the matching events."""
        return await run_in_thread(list_events, request, writer)

    return events


def _list_route(writer: Writer, operation: str | None = None) -> Route:
    return Route(
        summary=writer.title, schema=writer.schema, media_types=(writer.media_type,), parameters=_PARAMETERS,
        tag="Events", operation=operation,
    )  # fmt: skip


def _negotiated_route(operation: str | None = None) -> Route:
    types = (*(writer.media_type for writer in WRITERS), HTML)
    schemas = {writer.media_type: writer.schema for writer in WRITERS}
    return replace(_list_route(WRITERS[0], operation), media_types=types, schemas=schemas)


LISTS = [
    _list_at(ITEMS, None, _negotiated_route("getFeatures")),
    _list_at("/events", None, _negotiated_route()),
    *(_list_at(writer.path, writer, _list_route(writer)) for writer in WRITERS),
]


def read_statuses(query: Query) -> tuple[str, ...]:
    """Return the statuses that an editor asks for; raise BadParameter for an unknown one."""
    return tuple(
        choose("status", status, get_args(Status)) for status in split_list(query.values.get("status"))
    )


def find(query: Query) -> Page:
    """Return the page of events that a query asks for."""
    filter_ = replace(query.filter, statuses=read_statuses(query))
    return query.context.store.find(filter_, query.limit, query.sort, query.values.get("cursor"))


def write_page(query: Query, page: Page, shaping: Shaping, writer: Writer) -> tuple[bytes, str, Stamp]:
    """Return a page in a format with its links, the media type, and the data version."""
    about = About(
        title=query.context.settings.title, base=query.base, shaping=shaping, matched=page.matched, stamp=page.stamp,
        links=_page_links(query, page, writer),
    )  # fmt: skip
    return b"".join(writer.write(page.features, about)), writer.media_type, page.stamp


def _page_links(query: Query, page: Page, writer: Writer) -> list[dict[str, str]]:
    path, media_type = query.path, writer.media_type
    links = [
        {"rel": "self", "type": media_type, "title": "this page", "href": query.link(path)},
        {"rel": "alternate", "type": HTML, "title": "as a page", "href": query.link(ITEMS, f="html")},
        *alternate_links(query, writer),
        {"rel": "collection", "type": JSON, "href": query.plain("/collections/events")},
    ]
    if page.next:
        href = query.link(path, cursor=page.next)
        links.append({"rel": "next", "type": media_type, "title": "next page", "href": href})
    return links


_WITHOUT_SHAPE = dict.fromkeys(("f", "dialect", "cursor", "limit", *SCENE_NAMES))


def alternate_links(query: Query, current: Writer | None = None) -> list[dict[str, str]]:
    """Return a link to the same events in every format but the current one."""
    # The query string is the same for every format: build it once, since every page has these links.
    query_string = query.link("", **_WITHOUT_SHAPE).removeprefix(query.base)
    return [
        {
            "rel": "alternate",
            "type": writer.media_type,
            "title": writer.title,
            "href": f"{query.base}{writer.path}{query_string}",
        }
        for writer in WRITERS
        if writer is not current
    ]


def read_shaping(query: Query) -> Shaping:
    """Return the language and properties of the Features; raise BadParameter for a property that events do not have."""
    properties = split_list(query.values.get("properties"))
    for name in properties:
        choose("properties", name, PROPERTIES)
    geometry = choose("geometry", query.values.get("geometry", "point"), ("point", "shape", "none"))
    return Shaping(properties, geometry, query.lang)


_HISTORY = "/history"


@get(
    ITEMS + "/{routed:path}",
    name="event",
    opt=described(
        Route(
            summary="One event", schema="Event", media_types=(GEOJSON, jsonfg.MEDIA_TYPE, HTML), parameters=ITEM,
            tag="Events", operation="getFeature", path=ITEMS + "/{id}",
        ),
        Route(
            summary="Every change of an event, with a key; its public corrections without",
            parameters=changes.HISTORY, tag="Events", path=ITEMS + "/{id}/history",
        ),
    ),
)  # fmt: skip
async def event(request: Request[Any, Any, State], routed: RoutedId) -> Response[bytes]:
    """Return one event; editors see events of any status."""
    return await run_in_thread(_event, request, routed)


def _event(request: Request[Any, Any, State], routed: str) -> Response[bytes]:
    id_ = event_id(request, routed)
    # Only a slash that does not belong to the id: slashes of an id are sent as %2F.
    raw_path = request.scope.get("raw_path", b"").split(b"?")[0]
    history = raw_path.endswith(_HISTORY.encode()) and id_ != _HISTORY[1:]
    query = read_query(request, changes.HISTORY if history else ITEM)
    id_, shaping = id_.removesuffix(_HISTORY) if history else id_, read_shaping(query)
    if history and query.editor:
        return changes.history(query, id_)
    raw, revision = _feature_and_revision(query, id_)
    path, headers = item_path(id_), item_headers(query, revision)
    tag = matching_tag(request, headers["ETag"])
    if tag:
        return Response(b"", status_code=304, headers=headers | {"ETag": tag}, media_type=None)
    if history:
        return send(changes.corrections(id_, raw), JSON, headers)
    if query.format == "html":
        return send(html.event_page(query, raw, path).encode(), HTML, headers)
    media_type = jsonfg.MEDIA_TYPE if query.format == jsonfg.WRITER.name else GEOJSON
    return send(write_item(query, raw, path, shaping), media_type, headers)


def _feature_and_revision(query: Query, id_: str) -> tuple[bytes, int]:
    """Return an event's Feature and revision, for editors of any status; raise NotFound or EventGone."""
    if query.editor:
        event = query.context.store.desk.event(id_)
        return editors_feature(event), event.revision
    published = query.context.store.get(id_)
    if published is None:
        raise NotFound(f"There is no event {id_[:200]!r}; the events are listed at {ITEMS}")
    return published


def item_path(event_id: str) -> str:
    """Return the path of an event."""
    return f"{ITEMS}/{quote(event_id, safe='')}"


def editors_feature(event: StoredEvent) -> bytes:
    """Return an event's Feature as editors see it: with its embargo, if it has one."""
    if not event.draft.embargo:
        return event.feature
    feature: dict[str, Any] = msgspec.json.decode(event.feature)
    feature["properties"]["embargo_until"] = iso_time(event.draft.embargo)
    return msgspec.json.encode(feature)


def item_headers(query: Query, revision: int) -> dict[str, str]:
    """Return the cache headers of a response about one event; its tag contains the event's own revision."""
    seconds = query.context.settings.cache_seconds
    return {
        "ETag": f'"r{revision}-{query.digest()}"',
        "Cache-Control": f"public, max-age={seconds}",
        "Vary": "Accept, Authorization, Accept-Encoding",
    }


def write_item(query: Query, raw: bytes, path: str, shaping: Shaping) -> bytes:
    """Return one event as GeoJSON or JSON-FG, with its links."""
    as_jsonfg = query.format == jsonfg.WRITER.name
    media_type = jsonfg.MEDIA_TYPE if as_jsonfg else GEOJSON
    links = [
        {"rel": "self", "type": media_type, "href": query.link(path)},
        {"rel": "alternate", "type": HTML, "href": query.link(path, f="html")},
        {"rel": "collection", "type": JSON, "href": query.plain("/collections/events")},
    ]
    if as_jsonfg:
        return jsonfg.item(raw, shaping, links, query.base)
    return geojson.item(raw, shaping, links)


def event_id(request: Request[Any, Any, State], routed: str, under: str = ITEMS) -> str:
    """Return the id behind `under` from the path as it was sent: it may hold slashes, which routing would fold.

    Raises BadParameter for an id that is not UTF-8.
    """
    raw: bytes = request.scope.get("raw_path", b"").split(b"?")[0]
    _, separator, id_ = raw.partition(f"{under}/".encode())
    if not separator:
        return routed.removeprefix("/")
    try:
        return unquote(id_.decode("latin-1"), errors="strict")
    except UnicodeDecodeError:
        raise BadParameter(
            "id", "the address contains bytes that are not UTF-8", f"{under}/Umba%C3%BAba"
        ) from None
