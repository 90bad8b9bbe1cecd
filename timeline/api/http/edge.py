"""What happens to a request before any handler: its host is checked, proxies are believed, HEAD becomes GET."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from timeline.api.http.mounting import is_mounted, mounted, root_of, without_double_compression
from timeline.api.http.problems import send_problem
from timeline.api.http.proxies import forwarded, networks
from timeline.api.params.tables import MAX_QUERY_BYTES
from timeline.errors import AddressTooLong, TimelineError, UnknownHost, WrongMedia
from timeline.settings import Settings

MAX_HOST_CHARACTERS = 300  # a name has 253 at most; `host_allowed` remembers hosts
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?", re.ASCII)
_LAST_PORT = 65_535
HEAD = "dateline.head"  # the key of a HEAD request's scope, whose method is GET from the edge on


def edge(settings: Settings, hosts: tuple[str, ...] | None = None) -> Callable[[ASGIApp], ASGIApp]:
    """Return the outermost layer for these settings; `hosts` replaces the settings' where another layer checks them."""
    if hosts is None:
        hosts = ("*",) if settings.base_url else settings.allowed_hosts
    trusted = networks(settings.trusted_proxies)
    prefix = urlsplit(settings.base_url or "").path.rstrip("/")

    def layer(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or is_mounted(scope):
                await app(scope, receive, send)
                return
            scope = forwarded(scope, trusted)
            try:
                _check(scope, hosts)
            except TimelineError as error:
                await send_problem(send, error)
                return
            send = without_double_compression(scope, send)
            scope = _unprefixed(mounted(scope), prefix)
            if scope["method"] == "HEAD":
                # RFC 9110, 9.3.2: as GET, without the content.
                scope, send = {**scope, "method": "GET", HEAD: True}, _without_body(send)
            await app(scope, receive, _with_final_headers(send))

        return serve

    return layer


def _header(scope: Scope, name: bytes) -> str:
    """Return one header, "" if it is missing; `name` is in lower case."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


def _check(scope: Scope, hosts: tuple[str, ...]) -> None:
    """Raise AddressTooLong, WrongMedia or UnknownHost for a request that is not answered."""
    length = len(scope["query_string"])
    if length > MAX_QUERY_BYTES:
        raise AddressTooLong(f"The query string has {length:,} bytes; expected at most {MAX_QUERY_BYTES:,}.")
    encoding = _header(scope, b"content-encoding").strip().lower()
    if encoding not in ("", "identity"):
        raise WrongMedia(f"Content-Encoding: {encoding[:80]!r} is not decoded here; send the body as it is")
    host = _header(scope, b"host")
    if len(host) > MAX_HOST_CHARACTERS or not host_allowed(host, hosts):
        raise UnknownHost(
            f"The host {host[:200]!r} is not served here; the operator lists hosts in TIMELINE_ALLOWED_HOSTS."
        )


@lru_cache(maxsize=1024)
def host_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """Return whether a Host header is well formed and one of the allowed names; `*.example.org` covers subdomains.

    The form is checked first (RFC 9112, 3.2), since links contain the host: `localhost:1@evil.example` is not a host.
    """
    match = _HOST.fullmatch(host)
    if match is None or int(match[2] or 0) > _LAST_PORT:
        return False
    name = match[1].lower()
    return any(
        pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))
        for pattern in allowed
    )


def _unprefixed(scope: Any, prefix: str) -> Any:
    """Remove the base address's path, for proxies that leave it on; paths without it work as well."""
    path: str = scope["path"]
    if not prefix or root_of(scope) or not (path == prefix or path.startswith(prefix + "/")):
        return scope
    raw = scope.get("raw_path", b"").removeprefix(quote(prefix).encode())
    return {**scope, "path": path[len(prefix) :] or "/", "raw_path": raw or b"/"}


def _with_final_headers(send: Send) -> Send:
    """Finish the headers: one entity tag for each encoding, HEAD among the allowed methods, no content sniffing."""

    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _final_headers(message["headers"])}
        await send(message)

    return serve


def _final_headers(pairs: Any) -> list[tuple[bytes, bytes]]:
    headers = {name.lower(): value for name, value in pairs}
    tag = headers.get(b"etag")
    if tag and b"content-encoding" in headers:
        headers[b"etag"] = tag[:-1] + b"-" + headers[b"content-encoding"] + b'"'
    if b"vary" in headers:
        unique = dict.fromkeys(part.strip() for part in headers[b"vary"].split(b","))
        headers[b"vary"] = b", ".join(unique)
    if b"allow" in headers:
        methods = {part.strip() for part in headers[b"allow"].split(b",")}
        headers[b"allow"] = b", ".join(sorted(methods | ({b"HEAD"} if b"GET" in methods else set())))
    headers[b"x-content-type-options"] = b"nosniff"
    return list(headers.items())


def _without_body(send: Send) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.body":
            if not message.get("more_body"):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await send(message)

    return serve
