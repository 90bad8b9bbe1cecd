"""The short way: the commonest questions answered at once, in the event loop, ahead of the framework.

That is the first page of events and a single event, as plain GeoJSON, uncompressed, for as long as the columns in
memory are of the version that the database has. All else, and every error, goes the long way; the answers are the same
to the byte.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from litestar.types import ASGIApp, Receive, Scope, Send

from db.errors import DbError
from db.query.filter import Filter
from geo.errors import GeoError
from timeline.api.events import items
from timeline.api.http.answers import GEOJSON, headers_of
from timeline.api.http.asked import Asked, base_of, prefers_html
from timeline.api.params.tables import ITEM, LIST, parse_filter, parse_limit, read_query
from timeline.context import Context
from timeline.errors import TimelineError
from timeline.writers.geojson import Shaping

_LISTS = frozenset((items.ITEMS, "/events", "/events.geojson"))
_ONE = items.ITEMS + "/"
# Other forms of an answer are made elsewhere, and so is what stands behind a cursor.
_LONG = frozenset(("cursor", "sortby", "properties", "geometry", "lang", "f"))
_HEADERS = frozenset((b"if-none-match", b"range", b"authorization"))

Answer = tuple[bytes, Mapping[str, str]]


def direct(context: Context) -> Callable[[ASGIApp], ASGIApp]:
    """Make the layer that answers what it can for this context."""
    if not Shaping(lang=context.settings.lang).plain:
        return lambda app: app

    def around(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            found = _answer(context, scope)
            if found is None:
                await app(scope, receive, send)
                return
            body, said = found
            headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in said.items()]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body, "more_body": False})

        return serve

    return around


def _answer(context: Context, scope: Any) -> Answer | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path: str = scope["path"]
    if path not in _LISTS and not path.startswith(_ONE):
        return None
    headers = dict(scope["headers"])
    if not _plain(headers):
        return None
    try:
        values = read_query(scope["query_string"], LIST if path in _LISTS else ITEM)
        if not _LONG.isdisjoint(values):
            return None
        asked = Asked(
            context=context, values=values, path=path, base=base_of(context.settings, scope, _text(headers, b"host")),
            form="json", lang=context.settings.lang,
        )  # fmt: skip
        made = _page(asked) if path in _LISTS else _event(asked, scope)
    except (TimelineError, DbError, GeoError):
        # The long way finds the same, and words it.
        return None
    if made is None:
        return None
    body, found = made
    found |= {"Content-Type": GEOJSON, "Content-Length": str(len(body))}
    if b"origin" in headers:
        found |= {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "etag"}
    return body, found


def _plain(headers: Mapping[bytes, bytes]) -> bool:
    accepted = _text(headers, b"accept")
    compressed = b"gzip" in headers.get(b"accept-encoding", b"")
    return not compressed and _HEADERS.isdisjoint(headers) and not (accepted and prefers_html(accepted))


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _page(asked: Asked) -> tuple[bytes, dict[str, str]] | None:
    filter_: Filter = parse_filter(asked.values)
    page = asked.context.store.find_at_once(filter_, parse_limit(asked.values))
    if page is None:
        return None
    body, _, stamp = items.collected(asked, page, Shaping())
    return body, headers_of(asked, stamp)


def _event(asked: Asked, scope: Any) -> tuple[bytes, dict[str, str]] | None:
    id_ = unquote(scope.get("raw_path", b"").split(b"?")[0].decode("latin-1").partition(_ONE)[2])
    found = asked.context.store.get_at_once(id_)
    if found is None:
        return None
    raw, revision = found
    return items.told(asked, raw, items.address(id_), Shaping()), items.kept(asked, revision)
