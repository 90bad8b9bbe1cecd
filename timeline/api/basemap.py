"""The map under the events: its tiles, read from one file, and its style with addresses of this server."""

import gzip
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from timeline.api.http.media_types import JSON, MVT
from timeline.api.http.query import Query, read_query
from timeline.api.http.route import Route, described
from timeline.api.params.tables import FORMAT, LANG, QueryParameter
from timeline.api.params.values import choose
from timeline.errors import NotFound
from timeline.settings import Settings
from timeline.web.basemap import operator_tiles, style
from timeline.web.basemap.archive import WORLD, Archive, archive

THEME = QueryParameter(
    "theme",
    "colours of the map",
    {"type": "string", "enum": list(style.THEMES), "default": "light"},
    "dark",
)
STYLE = (THEME, LANG, FORMAT)
# The address of a tile contains the version of its file, so that a tile never changes.
_CACHE_TILE = "public, max-age=31536000, immutable"
_CACHE_STYLE = "public, max-age=3600"


def archives(settings: Settings) -> list[Archive]:
    """Return the files that tiles come from: our world first, then the operator's own file on top of it."""
    if settings.basemap is None:
        return [archive(WORLD)]
    own = archive(settings.basemap)
    return [own] if operator_tiles.schema(own.metadata) is None else [archive(WORLD), own]


@get(
    "/basemap/{version:str}/{z:int}/{x:int}/{y:int}",
    name="basemap_tile",
    sync_to_thread=True,
    opt=described(
        Route(summary="A tile of the basemap", schema="Binary", media_types=(MVT,), parameters=(FORMAT,)),
    ),
)
def tile(
    request: Request[Any, Any, State],
    version: Annotated[str, Parameter(description="of the file, as the style contains it")],
    z: Annotated[int, Parameter(description="zoom")],
    x: Annotated[int, Parameter(description="column, from the west")],
    y: Annotated[int, Parameter(description="row, from the north")],
) -> Response[bytes]:
    """Return a tile of the map as it is stored; 204 for an empty tile."""
    read_query(request, (FORMAT,))
    files = archives(request.app.state.context.settings)
    file = next((file for file in files if file.version == version), None)
    if file is None or not file.contains(z, x, y):
        raise NotFound(
            f"There is no tile {z}/{x}/{y} of the map {version[:40]!r}; /basemap/style.json contains the addresses"
        )
    headers = {"Cache-Control": _CACHE_TILE, "Vary": "Accept-Encoding"}
    body = file.tile(z, x, y)
    if not body:
        return Response(b"", status_code=204, headers=headers, media_type=None)
    if file.gzipped:
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            body = gzip.decompress(body)
    return Response(body, media_type=MVT, headers=headers)


@get(
    "/basemap/style.json",
    name="basemap_style",
    sync_to_thread=True,
    opt=described(Route(summary="A MapLibre style of the map under the events", parameters=STYLE)),
)
def style_json(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the map's style (MapLibre Style Specification 8), or redirect to the operator's own style."""
    query = read_query(request, STYLE)
    theme = choose("theme", query.values.get("theme", "light"), tuple(style.THEMES))
    settings = query.context.settings
    headers = {"Cache-Control": _CACHE_STYLE, "Vary": "Accept-Encoding"}
    if settings.basemap_style:
        redirect = {**headers, "Location": settings.basemap_style}
        return Response(b"", status_code=307, headers=redirect, media_type=None)
    return Response(msgspec.json.encode(style_document(query, theme)), media_type=JSON, headers=headers)


def style_document(query: Query, theme: str) -> dict[str, Any]:
    """Return the style of a theme with labels in the language of the request."""
    settings = query.context.settings
    files = archives(settings)
    colours, lang = style.THEMES[theme], query.lang
    sources = {style.SOURCE: _source(query, files[0])}
    layers, labels = style.ground(colours, settings.basemap_borders), style.labels(colours, lang)
    schema = operator_tiles.schema(files[-1].metadata)
    if schema:
        sources[operator_tiles.SOURCE] = {**_source(query, files[1]), "bounds": list(files[1].bounds)}
        layers = layers + operator_tiles.ground(schema, colours)
        labels = labels + operator_tiles.labels(schema, colours, lang)
    return {
        "version": 8,
        "name": f"{settings.title}, {theme}",
        "sources": sources,
        "layers": layers + labels,
    }


def _source(query: Query, file: Archive) -> dict[str, Any]:
    first, last = file.zooms
    return {
        "type": "vector",
        "tiles": [query.plain(f"/basemap/{file.version}") + "/{z}/{x}/{y}"],
        "minzoom": first,
        "maxzoom": last,
        "attribution": credit(query.context.settings, file),
    }


def credit(settings: Settings, file: Archive) -> str:
    """Return the attribution of a file: the operator's setting for their own file, else the file's metadata."""
    own = file is not archive(WORLD)
    if own:
        return settings.basemap_attribution or str(file.metadata.get("attribution") or "")
    return style.ATTRIBUTION


HANDLERS = [tile, style_json]
