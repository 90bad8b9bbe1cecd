"""The events: a list and a single one, as GeoJSON or as a page."""

from typing import Annotated, Any
from urllib.parse import quote, unquote

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter as Taken

from db.filter import Page, Stamp
from timeline.api import pages
from timeline.api.answers import GEOJSON, HTML, cached, matching, send
from timeline.api.asked import Asked, ask
from timeline.api.params import ITEM, LIST, choose, parse_limit, parse_sort, split
from timeline.errors import NotFound
from timeline.writers.geojson import Shaping, collection, item

ITEMS = "/collections/events/items"
PROPERTIES = (
    "title", "summary", "category", "date", "display_date", "earliest", "latest", "date_precision", "place",
    "country", "countries", "precision", "places", "figures", "tags", "sources", "data", "note", "status",
    "verification", "created", "updated",
)  # fmt: skip


def listed(request: Request[Any, Any, State]) -> Response[bytes]:
    """Answer with the matching events, as GeoJSON or as a page."""
    back = pages.tidied(request)
    if back is not None:
        return back
    asked = ask(request, LIST)
    if asked.form == "html" and (not asked.path.endswith(".geojson") or "f" in asked.values):
        return cached(request, asked, lambda: pages.list_page(asked, find(asked)))
    shaping = read_shaping(asked)
    return cached(request, asked, lambda: collected(asked, find(asked), shaping))


def _list_at(path: str) -> HTTPRouteHandler:
    # One handler an address: Litestar 2.25 wraps a threaded handler of several paths once for each.
    @get(path, sync_to_thread=True)
    def events(request: Request[Any, Any, State]) -> Response[bytes]:
        """List the matching events."""
        return listed(request)

    return events


LISTS = [_list_at(path) for path in (ITEMS, "/events", "/events.geojson")]


def find(asked: Asked) -> Page:
    """Ask the store for the page that the request means."""
    limit, sort = parse_limit(asked.values), parse_sort(asked.values)
    return asked.context.store.find(asked.filter, limit, sort, asked.values.get("cursor"))


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


@get(ITEMS + "/{event_id:path}", name="event", sync_to_thread=True)
def event(
    request: Request[Any, Any, State], event_id: Annotated[str, Taken(description="of the event")]
) -> Response[bytes]:
    """Give one event."""
    asked = ask(request, ITEM)
    shaping = read_shaping(asked)
    event_id = _id(request, event_id)
    found = asked.context.store.get(event_id)
    if found is None:
        raise NotFound(f"There is no event {event_id[:200]!r}; the events are listed at {ITEMS}")
    raw, revision = found
    here, headers = address(event_id), kept(asked, revision)
    held = matching(request, headers["ETag"])
    if held:
        return Response(b"", status_code=304, headers=headers | {"ETag": held}, media_type=None)
    if asked.form == "html":
        return send(pages.event_page(asked, raw, here).encode(), HTML, headers)
    return send(told(asked, raw, here, shaping), GEOJSON, headers)


def address(event_id: str) -> str:
    """Give the path of an event."""
    return f"{ITEMS}/{quote(event_id, safe='')}"


def kept(asked: Asked, revision: int) -> dict[str, str]:
    """Say how long an answer about one event may be kept; its tag counts its own revisions."""
    seconds = asked.context.settings.cache_seconds
    return {
        "ETag": f'"r{revision}-{asked.digest()}"',
        "Cache-Control": f"public, max-age={seconds}",
        "Vary": "Accept, Accept-Encoding",
    }


def told(asked: Asked, raw: bytes, here: str, shaping: Shaping) -> bytes:
    """Write one event with its links."""
    links = [
        {"rel": "self", "type": GEOJSON, "href": asked.link(here)},
        {"rel": "alternate", "type": "text/html", "href": asked.link(here, f="html")},
        {"rel": "collection", "type": "application/json", "href": asked.plain("/collections/events")},
    ]
    return item(raw, shaping, links)


def _id(request: Request[Any, Any, State], routed: str) -> str:
    """Read the id from the path as it was sent: it may hold slashes, which routing would fold."""
    raw: bytes = request.scope.get("raw_path", b"").split(b"?")[0]
    _, found, rest = raw.partition(f"{ITEMS}/".encode())
    return unquote(rest.decode("latin-1")) if found else routed.removeprefix("/")
