"""The map under the events: its tiles, read from one file, and its style with addresses of this server."""

import gzip
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter as Taken

from timeline.api.events.maps import MVT
from timeline.api.http.answers import JSON
from timeline.api.http.asked import Asked, ask
from timeline.api.params.tables import FORMAT, LANG, Parameter, choose
from timeline.errors import NotFound
from timeline.settings import Settings
from timeline.web.basemap import operator_tiles, style
from timeline.web.basemap.archive import WORLD, Archive, archive

THEME = Parameter(
    "theme",
    "colours of the map",
    {"type": "string", "enum": list(style.THEMES), "default": "light"},
    "dark",
)
STYLE = (THEME, LANG, FORMAT)
_FOREVER = "public, max-age=31536000, immutable"
_WHILE = "public, max-age=3600"


def archives(settings: Settings) -> list[Archive]:
    """List the files that tiles come from: our world first, then the operator's own over it."""
    if settings.basemap is None:
        return [archive(WORLD)]
    own = archive(settings.basemap)
    return [own] if operator_tiles.schema(own.metadata) is None else [archive(WORLD), own]


# The compression of answers would pack the tiles a second time.
@get(
    "/basemap/{version:str}/{z:int}/{x:int}/{y:int}",
    name="basemap_tile",
    sync_to_thread=True,
    opt={"compressed": True},
)
def tile(
    request: Request[Any, Any, State],
    version: Annotated[str, Taken(description="of the file, as the style gives it")],
    z: Annotated[int, Taken(description="zoom")],
    x: Annotated[int, Taken(description="column, from the west")],
    y: Annotated[int, Taken(description="row, from the north")],
) -> Response[bytes]:
    """Send a tile of the map as it is stored; an empty one is no content."""
    ask(request, (FORMAT,))
    known = archives(request.app.state.context.settings)
    found = next((one for one in known if one.version == version), None)
    if found is None or not found.holds(z, x, y):
        raise NotFound(f"There is no tile {z}/{x}/{y} of the map {version[:40]!r}; /basemap/style.json knows")
    headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
    body = found.tile(z, x, y)
    if not body:
        return Response(b"", status_code=204, headers=headers, media_type=None)
    if found.gzipped:
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            body = gzip.decompress(body)
    return Response(body, media_type=MVT, headers=headers)


@get("/basemap/style.json", name="basemap_style", sync_to_thread=True)
def style_json(request: Request[Any, Any, State]) -> Response[bytes]:
    """Describe how to draw the map (MapLibre Style Specification 8), or lead to the operator's own style."""
    asked = ask(request, STYLE)
    theme = choose("theme", asked.values.get("theme", "light"), tuple(style.THEMES))
    settings = asked.context.settings
    headers = {"Cache-Control": _WHILE, "Vary": "Accept-Encoding"}
    if settings.basemap_style:
        moved = {**headers, "Location": settings.basemap_style}
        return Response(b"", status_code=307, headers=moved, media_type=None)
    return Response(msgspec.json.encode(document(asked, theme)), media_type=JSON, headers=headers)


def document(asked: Asked, theme: str) -> dict[str, Any]:
    """Make the style of a theme in the language that is asked for."""
    settings = asked.context.settings
    files = archives(settings)
    colours, lang = style.THEMES[theme], asked.lang
    sources = {style.SOURCE: _source(asked, files[0])}
    layers, names = style.ground(colours, settings.basemap_borders), style.labels(colours, lang)
    known = operator_tiles.schema(files[-1].metadata)
    if known:
        sources[operator_tiles.SOURCE] = {**_source(asked, files[1]), "bounds": list(files[1].bounds)}
        layers, names = (
            layers + operator_tiles.ground(known, colours),
            names + operator_tiles.labels(known, colours, lang),
        )
    return {
        "version": 8,
        "name": f"{settings.title}, {theme}",
        "sources": sources,
        "layers": layers + names,
    }


def _source(asked: Asked, found: Archive) -> dict[str, Any]:
    first, last = found.zooms
    return {
        "type": "vector",
        "tiles": [asked.plain(f"/basemap/{found.version}") + "/{z}/{x}/{y}"],
        "minzoom": first,
        "maxzoom": last,
        "attribution": credit(asked.context.settings, found),
    }


def credit(settings: Settings, found: Archive) -> str:
    """Say whose data a file shows: what the operator sets for their own file, else what it says itself."""
    own = found is not archive(WORLD)
    if own:
        return settings.basemap_attribution or str(found.metadata.get("attribution") or "")
    return style.ATTRIBUTION


HANDLERS = [tile, style_json]
