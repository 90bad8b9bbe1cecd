"""The events: a list and a single one, as GeoJSON or as a page."""

import time
from dataclasses import replace
from typing import Annotated, Any, get_args
from urllib.parse import quote, unquote

import anyio.to_thread
import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter as Taken

from db.dates.calendar import iso_time
from db.desk import StoredEvent
from db.events.draft import Status
from db.query.results import Page, Stamp
from timeline.api.events import changes, html
from timeline.api.http.answers import GEOJSON, HTML, JSON, cached, matching, send
from timeline.api.http.asked import Asked, ask, editor_of
from timeline.api.params.tables import ITEM, LIST, STATUS, choose, parse_limit, parse_sort, split
from timeline.errors import NotFound
from timeline.writers.geojson import Shaping, collection, item

ITEMS = "/collections/events/items"
PROPERTIES = (
    "title", "summary", "category", "date", "display_date", "earliest", "latest", "date_precision", "place",
    "country", "countries", "precision", "places", "figures", "tags", "sources", "data", "note", "status",
    "verification", "corrections", "created", "updated",
)  # fmt: skip


def listed(request: Request[Any, Any, State]) -> Response[bytes]:
    """Answer with the matching events, as GeoJSON or as a page; editors may ask for those of other statuses."""
    back = html.tidied(request)
    if back is not None:
        return back
    asked = ask(request, (*LIST, STATUS) if editor_of(request) else LIST)
    if asked.form == "html" and (not asked.path.endswith(".geojson") or "f" in asked.values):
        return cached(request, asked, lambda: html.list_page(asked, find(asked)))
    shaping = read_shaping(asked)
    return cached(request, asked, lambda: collected(asked, find(asked), shaping))


def _list_at(path: str) -> HTTPRouteHandler:
    # Litestar 2.25 wraps a threaded handler once for each path, and once more for each other method of its path.
    @get(path)
    async def events(request: Request[Any, Any, State]) -> Response[bytes]:
        """List the matching events."""
        return await anyio.to_thread.run_sync(listed, request)

    return events


LISTS = [_list_at(path) for path in (ITEMS, "/events", "/events.geojson")]


def find(asked: Asked) -> Page:
    """Ask the store for the page that the request means."""
    limit, sort = parse_limit(asked.values), parse_sort(asked.values)
    statuses = split(asked.values.get("status"))
    for status in statuses:
        choose("status", status, get_args(Status))
    filter_ = replace(asked.filter, statuses=statuses)
    return asked.context.store.find(filter_, limit, sort, asked.values.get("cursor"))


def collected(asked: Asked, page: Page, shaping: Shaping) -> tuple[bytes, str, Stamp]:
    """Write a page with its links."""
    here = asked.path
    links = [
        {"rel": "self", "type": GEOJSON, "title": "this page", "href": asked.link(here)},
        {"rel": "alternate", "type": "text/html", "title": "as a page", "href": asked.link(ITEMS, f="html")},
        {"rel": "collection", "type": "application/json", "href": asked.plain("/collections/events")},
    ]
    if page.next:
        links.append(
            {"rel": "next", "type": GEOJSON, "title": "next page", "href": asked.link(here, cursor=page.next)}
        )
    return collection(page, shaping, links), GEOJSON, page.stamp


def read_shaping(asked: Asked) -> Shaping:
    """Read how the Features shall look; raise BadParameter for a property that events don't have."""
    properties = split(asked.values.get("properties"))
    for name in properties:
        choose("properties", name, PROPERTIES)
    geometry = choose("geometry", asked.values.get("geometry", "point"), ("point", "shape", "none"))
    return Shaping(properties, geometry, asked.lang)


_HISTORY = "/history"


@get(ITEMS + "/{routed:path}", name="event")
async def event(
    request: Request[Any, Any, State], routed: Annotated[str, Taken(description="of the event")]
) -> Response[bytes]:
    """Give one event; editors see those of any status."""
    return await anyio.to_thread.run_sync(_event, request, routed)


def _event(request: Request[Any, Any, State], routed: str) -> Response[bytes]:
    id_ = event_id(request, routed)
    # Only a slash that is none of the id's: those come as %2F.
    raw_path = request.scope.get("raw_path", b"").split(b"?")[0]
    history = raw_path.endswith(_HISTORY.encode()) and id_ != _HISTORY[1:]
    asked = ask(request, changes.HISTORY if history else ITEM)
    id_, shaping = id_.removesuffix(_HISTORY) if history else id_, read_shaping(asked)
    if history and asked.editor:
        return changes.history(asked, id_)
    raw, revision = _found(asked, id_)
    here, headers = address(id_), kept(asked, revision)
    tag = matching(request, headers["ETag"])
    if tag:
        return Response(b"", status_code=304, headers=headers | {"ETag": tag}, media_type=None)
    if history:
        return send(changes.corrections(id_, raw), JSON, headers)
    if asked.form == "html":
        return send(html.event_page(asked, raw, here).encode(), HTML, headers)
    return send(told(asked, raw, here, shaping), GEOJSON, headers)


def _found(asked: Asked, id_: str) -> tuple[bytes, int]:
    """Read an event's Feature and revision: for editors one of any status; raise NotFound or EventGone."""
    if asked.editor:
        held = asked.context.store.desk.event(id_)
        return whole(held), held.revision
    found = asked.context.store.get(id_)
    if found is None:
        raise NotFound(f"There is no event {id_[:200]!r}; the events are listed at {ITEMS}")
    return found


def address(event_id: str) -> str:
    """Give the path of an event."""
    return f"{ITEMS}/{quote(event_id, safe='')}"


def whole(held: StoredEvent) -> bytes:
    """Give an event's Feature as editors see it: with its embargo, where there is one."""
    if not held.draft.embargo or held.draft.embargo <= time.time():
        return held.feature
    found: dict[str, Any] = msgspec.json.decode(held.feature)
    found["properties"]["embargo_until"] = iso_time(held.draft.embargo)
    return msgspec.json.encode(found)


def kept(asked: Asked, revision: int) -> dict[str, str]:
    """Say how long an answer about one event may be kept; its tag counts its own revisions."""
    seconds = asked.context.settings.cache_seconds
    return {
        "ETag": f'"r{revision}-{asked.digest()}"',
        "Cache-Control": f"public, max-age={seconds}",
        "Vary": "Accept, Authorization, Accept-Encoding",
    }


def told(asked: Asked, raw: bytes, here: str, shaping: Shaping) -> bytes:
    """Write one event with its links."""
    links = [
        {"rel": "self", "type": GEOJSON, "href": asked.link(here)},
        {"rel": "alternate", "type": "text/html", "href": asked.link(here, f="html")},
        {"rel": "collection", "type": "application/json", "href": asked.plain("/collections/events")},
    ]
    return item(raw, shaping, links)


def event_id(request: Request[Any, Any, State], routed: str, under: str = ITEMS) -> str:
    """Read the id behind `under` from the path as it was sent: it may hold slashes, which routing would fold."""
    raw: bytes = request.scope.get("raw_path", b"").split(b"?")[0]
    _, found, rest = raw.partition(f"{under}/".encode())
    return unquote(rest.decode("latin-1")) if found else routed.removeprefix("/")
