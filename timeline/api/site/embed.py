"""The page, complete at `/` and in a frame at `/embed`, and the script that makes such a frame."""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from timeline.api.events import html
from timeline.api.events.items import find
from timeline.api.http.answers import cached, send
from timeline.api.http.media_types import HTML
from timeline.api.http.query import read_query
from timeline.api.http.route import Route, described
from timeline.api.params.page import FRAME, PAGE, check_scene
from timeline.web.content_security import policy
from timeline.web.render import STATIC


def events_page(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the page of events, with its own header or for a frame."""
    framed = request.scope["path"] == FRAME
    redirect = html.tidied(request)
    if redirect is not None:
        return redirect
    query = read_query(request, PAGE, format="html")
    check_scene(query.values)
    response = cached(request, query, lambda: html.list_page(query, find(query)))
    settings = query.context.settings
    ancestors = settings.frame_ancestors if framed else ("'self'",)
    hosts = settings.basemap_origins
    response.headers["Content-Security-Policy"] = policy(ancestors, framed=framed, hosts=hosts)
    return response


@get(
    FRAME,
    name="embed",
    sync_to_thread=True,
    opt=described(Route(summary="The page of the events, for a frame", media_types=(HTML,), parameters=PAGE)),
)
def embed(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the page for a frame in another site's article."""
    return events_page(request)


@get("/embed.js", name="embed_script", sync_to_thread=True)
def script() -> Response[bytes]:
    """Return the module that defines the element `event-map`."""
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    return send((STATIC / "embed.js").read_bytes(), "text/javascript", headers)


@get("/favicon.ico", name="favicon", sync_to_thread=True, include_in_schema=False)
def favicon() -> Response[bytes]:
    """Return the icon at the address where browsers look for it when a response is not HTML."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return send((STATIC / "favicon.svg").read_bytes(), "image/svg+xml", headers)


HANDLERS: list[Any] = [embed, script, favicon]
