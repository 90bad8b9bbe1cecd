"""Responses about events: an ETag from the data version and the request, and 304 without reading any event."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response

from db.query.results import Stamp
from timeline.api.http.media_types import HTML, JSON
from timeline.api.http.query import Query
from timeline.settings import Settings
from timeline.web.render import CSP, Site

# Body, media type, and the data version that the body shows.
Content = tuple[bytes, str, Stamp]


def site(query: Query) -> Site:
    """Return the site that a page belongs to."""
    return site_at(query.context.settings, query.base, query.lang)


def site_at(settings: Settings, base: str, lang: str) -> Site:
    """Return the site that a page belongs to; its links begin with the path of the base address."""
    return Site(
        title=settings.title, description=settings.description, lang=lang, root=root_path(base), base=base
    )


def root_path(base: str) -> str:
    """Return the path of a base address, without a slash at its end."""
    return urlsplit(base).path.rstrip("/")


def cached(request: Request[Any, Any, Any], query: Query, make: Callable[[], Content]) -> Response[bytes]:
    """Return the content that `make` returns, or a 304 when the client holds this version of it already.

    A response to an editor has no tag: it may show events that the data version, which is the readers', does not
    count.
    """
    if query.editor:
        body, media_type, _ = make()
        return send(body, media_type)
    if "if-none-match" in request.headers:
        tag = matching_tag(request, etag(query, query.context.store.stamp()))
        if tag:
            return Response(b"", status_code=304, headers=_headers(query, tag), media_type=None)
    body, media_type, stamp = make()
    return send(body, media_type, version_headers(query, stamp))


def etag(query: Query, stamp: Stamp) -> str:
    """Return a strong entity tag: same version and same request, same bytes (RFC 9110, 8.8.3)."""
    return f'"{stamp.version}-{query.digest()}"'


def version_headers(query: Query, stamp: Stamp) -> dict[str, str]:
    """Return the cache headers of a response that shows this version of the data."""
    return _headers(query, etag(query, stamp))


def matching_tag(request: Request[Any, Any, Any], tag: str) -> str | None:
    """Return the tag of If-None-Match that names this version, in any encoding.

    The comparison is weak, as RFC 9110, 13.1.2 requires.
    """
    for part in request.headers.get("if-none-match", "").split(","):
        plain = part.strip().removeprefix("W/")
        if plain in (tag, "*") or plain.rsplit("-", 1)[0] == tag[:-1]:
            return tag if plain == "*" else plain
    return None


def _headers(query: Query, tag: str) -> dict[str, str]:
    seconds = query.context.settings.cache_seconds
    return {
        "ETag": tag,
        "Cache-Control": f"public, max-age={seconds}, stale-while-revalidate={seconds * 6}",
        "Vary": _VARY_PAGE if query.format == "html" else _VARY,
    }


# JSON never depends on Accept-Language.
_VARY = "Accept, Authorization, Accept-Encoding"
_VARY_PAGE = "Accept, Accept-Language, Authorization, Accept-Encoding"


def send(body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Return a response of a media type; pages carry their content security policy."""
    merged = {"Vary": _VARY_PAGE if media_type == HTML else _VARY, **(headers or {})}
    if media_type == HTML:
        merged["Content-Security-Policy"] = CSP
        merged["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return Response(body, media_type=media_type, headers=merged)


def send_json(document: Any, media_type: str = JSON) -> Response[bytes]:
    """Return a document as a JSON response."""
    return send(msgspec.json.encode(document), media_type)
