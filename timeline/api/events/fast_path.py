"""Answer the most frequent requests in the event loop, before they reach the framework.

These are the first page of events and a single event, as plain GeoJSON, while the columns in memory
show the version that the database has. Every other request, and every error, takes the usual path through the
handlers; both paths return the same bytes.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from litestar.types import ASGIApp, Receive, Scope, Send

from db.errors import DbError
from geo.errors import GeoError
from timeline.api.events import items
from timeline.api.http.answers import version_headers
from timeline.api.http.media_types import GEOJSON, negotiate_format
from timeline.api.http.query import Query, base_of
from timeline.api.params.reading import parse_filter, parse_limit, parse_query_string
from timeline.api.params.tables import ITEM, LIST, LIST_FORMAT
from timeline.context import Context
from timeline.errors import TimelineError
from timeline.writers.registry import writer_named
from timeline.writers.writer import Shaping

_LIST_PATHS = frozenset((items.ITEMS, "/events", "/events.geojson"))
_ITEM_PREFIX = items.ITEMS + "/"
# Requests with these parameters or headers take the usual path.
_OTHER_PARAMETERS = frozenset(
    ("cursor", "sortby", "properties", "geometry", "lang", "f", "filter", "filter-lang", "ids", "q", "tag", "within")
)  # fmt: skip
_LARGE_PAGE_EVENTS = 500  # a page of more would keep the event loop for longer than a few milliseconds
_OTHER_HEADERS = frozenset((b"if-none-match", b"range", b"authorization"))
_FORMATS = tuple(LIST_FORMAT.schema["enum"])
_GEOJSON_WRITER = writer_named("geojson")

BodyAndHeaders = tuple[bytes, dict[str, str]]


def fast_path(context: Context) -> Callable[[ASGIApp], ASGIApp]:
    """Return the layer that answers the most frequent requests for this context."""
    if not Shaping(lang=context.settings.lang).plain:
        return lambda app: app

    def layer(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            response = await _respond(context, scope)
            if response is None:
                await app(scope, receive, send)
                return
            body, named = response
            headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in named.items()]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body, "more_body": False})

        return serve

    return layer


async def _respond(context: Context, scope: Any) -> BodyAndHeaders | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path: str = scope["path"]
    if path not in _LIST_PATHS and not path.startswith(_ITEM_PREFIX):
        return None
    headers = dict(scope["headers"])
    if not _wants_plain_json(headers):
        return None
    try:
        response = await _page_or_event(context, scope, headers)
    except (TimelineError, DbError, GeoError):
        # The usual path finds the same error and describes it.
        return None
    if response is None:
        return None
    body, named = response
    named |= {"Content-Type": GEOJSON, "Content-Length": str(len(body))}
    if b"origin" in headers:
        named |= {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "etag"}
    return body, named


async def _page_or_event(
    context: Context, scope: Any, headers: Mapping[bytes, bytes]
) -> BodyAndHeaders | None:
    path: str = scope["path"]
    lists = path in _LIST_PATHS
    values = parse_query_string(scope["query_string"], LIST if lists else ITEM)
    if not _OTHER_PARAMETERS.isdisjoint(values) or parse_limit(values) > _LARGE_PAGE_EVENTS:
        return None
    query = Query(
        context=context,
        values=values,
        path=path,
        base=base_of(context.settings, scope, _text(headers, b"host")),
        format="json",
        lang=context.settings.lang,
        filter=parse_filter(values),
        limit=parse_limit(values),
    )
    return await _page(query) if lists else await _event(query, scope)


def _wants_plain_json(headers: Mapping[bytes, bytes]) -> bool:
    accept = _text(headers, b"accept")
    return _OTHER_HEADERS.isdisjoint(headers) and (not accept or negotiate_format(accept, _FORMATS) == "json")


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


async def _page(query: Query) -> BodyAndHeaders | None:
    page = await query.context.store.quick.page(query.filter, query.limit)
    if page is None:
        return None
    body, _, stamp = items.write_page(query, page, Shaping(), _GEOJSON_WRITER)
    return body, version_headers(query, stamp)


async def _event(query: Query, scope: Any) -> BodyAndHeaders | None:
    id_ = unquote(scope.get("raw_path", b"").split(b"?")[0].decode("latin-1").partition(_ITEM_PREFIX)[2])
    published = await query.context.store.quick.event(id_)
    if published is None:
        return None
    raw, revision = published
    return items.write_item(query, raw, items.item_path(id_), Shaping()), items.item_headers(query, revision)
