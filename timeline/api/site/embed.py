"""The page, whole at `/` and in a frame at `/embed`, and the script that makes such a frame."""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from timeline.api.events import html
from timeline.api.events.items import find
from timeline.api.http.answers import cached, send
from timeline.api.http.asked import ask
from timeline.api.params.page import FRAME, PAGE, check_scene
from timeline.web.content_security import policy
from timeline.web.render import STATIC


def shown(request: Request[Any, Any, State]) -> Response[bytes]:
    """Answer with the page of events, with a header of its own or framed."""
    framed = request.scope["path"] == FRAME
    back = html.tidied(request)
    if back is not None:
        return back
    asked = ask(request, PAGE, form="html")
    check_scene(asked.values)
    answer = cached(request, asked, lambda: html.list_page(asked, find(asked)))
    settings = asked.context.settings
    ancestors = settings.frame_ancestors if framed else ("'self'",)
    hosts = settings.basemap_origins
    answer.headers["Content-Security-Policy"] = policy(ancestors, framed=framed, hosts=hosts)
    return answer


@get(FRAME, name="embed", sync_to_thread=True)
def embed(request: Request[Any, Any, State]) -> Response[bytes]:
    """Show the page for a frame in somebody's article."""
    return shown(request)


@get("/embed.js", name="embed_script", sync_to_thread=True)
def script(request: Request[Any, Any, State]) -> Response[bytes]:
    """Give the module that defines the element `event-map`."""
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    return send((STATIC / "embed.js").read_bytes(), "text/javascript", headers)


@get("/favicon.ico", name="favicon", sync_to_thread=True, include_in_schema=False)
def favicon() -> Response[bytes]:
    """Give the icon where browsers look for one beside what is no page, such as JSON."""
    return send(
        (STATIC / "favicon.svg").read_bytes(), "image/svg+xml", {"Cache-Control": "public, max-age=86400"}
    )


HANDLERS: list[Any] = [embed, script, favicon]
