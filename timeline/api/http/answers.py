"""Answers about events: an ETag from the data version and the request, 304 without reading any event."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response

from db.query.results import Stamp
from timeline.api.http.asked import Asked
from timeline.settings import Settings
from timeline.web.render import CSP, Site

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"  # Litestar adds the charset
SCHEMA = "application/schema+json"

Made = tuple[bytes, str, Stamp | None]


def site(asked: Asked) -> Site:
    """Tell the pages what they belong to."""
    return site_at(asked.context.settings, asked.base, asked.lang)


def site_at(settings: Settings, base: str, lang: str) -> Site:
    """Tell the pages what they belong to; their links begin with the path of the base address."""
    return Site(
        title=settings.title, description=settings.description, lang=lang, root=root_path(base), base=base
    )


def root_path(base: str) -> str:
    """Give the path of a base address, without a slash at its end."""
    return urlsplit(base).path.rstrip("/")


def cached(request: Request[Any, Any, Any], asked: Asked, make: Callable[[], Made]) -> Response[bytes]:
    """Answer with what `make` gives, or with a 304 when the client holds this version of it already.

    An editor's answer has no tag: it may show what the data version, which is the readers', does not count.
    """
    if asked.editor:
        body, media_type, _ = make()
        return send(body, media_type)
    stamp = asked.context.store.stamp()
    held = matching(request, etag(asked, stamp))
    if held:
        return Response(b"", status_code=304, headers=_headers(asked, held), media_type=None)
    body, media_type, made_of = make()
    return send(body, media_type, _headers(asked, etag(asked, made_of or stamp)))


def etag(asked: Asked, stamp: Stamp) -> str:
    """Make a strong entity tag: same version and same request, same bytes (RFC 9110, 8.8.3)."""
    return f'"{stamp.version}-{asked.digest()}"'


def headers_of(asked: Asked, stamp: Stamp) -> dict[str, str]:
    """Give the headers of an answer that shows this version of the data."""
    return _headers(asked, etag(asked, stamp))


def matching(request: Request[Any, Any, Any], tag: str) -> str | None:
    """Return the tag of If-None-Match that names this version, in whatever encoding the client holds it.

    Weak comparison, as RFC 9110, 13.1.2 wants.
    """
    held = request.headers.get("if-none-match", "")
    for part in held.split(","):
        plain = part.strip().removeprefix("W/")
        if plain in (tag, "*") or plain.rsplit("-", 1)[0] == tag[:-1]:
            return tag if plain == "*" else plain
    return None


def _headers(asked: Asked, tag: str) -> dict[str, str]:
    seconds = asked.context.settings.cache_seconds
    return {
        "ETag": tag,
        "Cache-Control": f"public, max-age={seconds}, stale-while-revalidate={seconds * 6}",
        "Vary": _VARY_PAGE if asked.form == "html" else _VARY,
    }


# JSON never looks at Accept-Language.
_VARY = "Accept, Authorization, Accept-Encoding"
_VARY_PAGE = "Accept, Accept-Language, Authorization, Accept-Encoding"


def send(body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Send bytes of a media type; pages carry their content security policy."""
    found = {"Vary": _VARY_PAGE if media_type == HTML else _VARY, **(headers or {})}
    if media_type == HTML:
        found["Content-Security-Policy"] = CSP
        found["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return Response(body, media_type=media_type, headers=found)


def send_json(document: Any, media_type: str = JSON) -> Response[bytes]:
    """Send a document as JSON."""
    return send(msgspec.json.encode(document), media_type)
