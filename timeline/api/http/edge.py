"""What happens before any handler: whose host is answered, which proxy is believed, HEAD as GET."""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from timeline.api.http.mounting import is_placed, once_compressed, placed, root_of
from timeline.api.params.tables import MAX_QUERY
from timeline.settings import Settings


def edge(settings: Settings, hosts: tuple[str, ...] | None = None) -> Callable[[ASGIApp], ASGIApp]:
    """Make the outermost layer for these settings; `hosts` instead of the settings' where another layer checks them."""
    if hosts is None:
        hosts = ("*",) if settings.base_url else settings.allowed_hosts
    trusted = [ip_network(proxy, strict=False) for proxy in settings.trusted_proxies]
    prefix = urlsplit(settings.base_url or "").path.rstrip("/")

    def around(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or is_placed(scope):
                await app(scope, receive, send)
                return
            if trusted and _from_proxy(scope, trusted):
                scope = _forwarded(scope, trusted)
            refusal = _refusal(scope, hosts)
            if refusal:
                await _refuse(send, *refusal)
                return
            send = once_compressed(scope, send)
            scope = _accepting(_unprefixed(placed(scope), prefix))
            if scope["method"] == "HEAD":
                # RFC 9110, 9.3.2: as GET, without the content.
                scope, send = {**scope, "method": "GET"}, _without_body(send)
            await app(scope, receive, _tidy(send))

        return serve

    return around


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _header(scope: Scope, name: bytes) -> str:
    """Read one header; a server gives their names in small letters."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


def _refusal(scope: Scope, hosts: tuple[str, ...]) -> tuple[int, str, str] | None:
    if len(scope["query_string"]) > MAX_QUERY:
        length = len(scope["query_string"])
        return 414, "Address too long", f"The query string has {length:,} bytes; {MAX_QUERY:,} is the most."
    host = _header(scope, b"host")
    if not host_allowed(host, hosts):
        detail = (
            f"The host {host[:200]!r} is not served here; the operator names hosts in TIMELINE_ALLOWED_HOSTS."
        )
        return 400, "Unknown host", detail
    return None


@lru_cache(maxsize=1024)
def host_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a Host header is well formed and one of the allowed names; `*.example.org` covers subdomains.

    The form is checked first (RFC 9112, 3.2), since links are made of it: `localhost:1@evil.example` is none.
    """
    match = _HOST.fullmatch(host)
    if match is None:
        return False
    name = match[1].lower()
    return any(
        pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))
        for pattern in allowed
    )


_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?", re.ASCII)


def _unprefixed(scope: Any, prefix: str) -> Any:
    """Take the base address's path off, for proxies that leave it on; plain paths work as well."""
    path: str = scope["path"]
    if not prefix or root_of(scope) or not (path == prefix or path.startswith(prefix + "/")):
        return scope
    raw = scope.get("raw_path", b"").removeprefix(quote(prefix).encode())
    return {**scope, "path": path[len(prefix) :] or "/", "raw_path": raw or b"/"}


def _accepting(scope: Any) -> Any:
    """Drop encodings that a client rules out with q=0 (RFC 9110, 12.5.3), which the compression overlooks."""
    said = _header(scope, b"accept-encoding")
    if "q=0" not in said:
        return scope
    liked = [part.strip() for part in said.split(",") if not _NEVER.search(part)]
    kept = [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]
    return {**scope, "headers": [*kept, (b"accept-encoding", ", ".join(liked).encode("latin-1"))]}


_NEVER = re.compile(r";\s*q=0(?:\.0*)?\s*$")


def _tidy(send: Send) -> Send:
    """Finish the headers: one entity tag for each encoding, HEAD among what is allowed, no sniffing of types."""

    async def serve(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message["headers"]}
            tag = headers.get(b"etag")
            if tag and b"content-encoding" in headers:
                headers[b"etag"] = tag[:-1] + b"-" + headers[b"content-encoding"] + b'"'
            if b"vary" in headers:
                named = dict.fromkeys(part.strip() for part in headers[b"vary"].split(b","))
                headers[b"vary"] = b", ".join(named)
            if b"allow" in headers:
                methods = {part.strip() for part in headers[b"allow"].split(b",")}
                headers[b"allow"] = b", ".join(sorted(methods | ({b"HEAD"} if b"GET" in methods else set())))
            headers[b"x-content-type-options"] = b"nosniff"
            message = {**message, "headers": list(headers.items())}
        await send(message)

    return serve


def _from_proxy(scope: Scope, trusted: list[Any]) -> bool:
    client = scope.get("client")
    return client is not None and _one_of(client[0], trusted)


def _one_of(address: str, trusted: list[Any]) -> bool:
    try:
        return any(ip_address(address) in network for network in trusted)
    except ValueError:
        return False


def _client(headers: dict[str, str], trusted: list[Any]) -> str | None:
    """Find the address that the nearest proxy we do not trust, or the client itself, came from."""
    said = headers.get("forwarded", "")
    hops = (
        re.findall(r'for="?\[?([0-9A-Fa-f:.]+)', said)
        if said
        else headers.get("x-forwarded-for", "").split(",")
    )
    return next(
        (hop.strip() for hop in reversed(hops) if hop.strip() and not _one_of(hop.strip(), trusted)), None
    )


def _forwarded(scope: Scope, trusted: list[Any]) -> Scope:
    """Believe X-Forwarded-For, -Host, -Proto and -Prefix, or Forwarded (RFC 7239), of a trusted proxy."""
    headers = _headers(scope)
    said = {
        key.strip().lower(): value.strip().strip('"')
        for key, _, value in (
            pair.partition("=") for pair in headers.get("forwarded", "").split(",")[0].split(";")
        )
    }
    host = said.get("host") or headers.get("x-forwarded-host", "").split(",")[0].strip()
    scheme = said.get("proto") or headers.get("x-forwarded-proto", "").split(",")[0].strip()
    prefix = headers.get("x-forwarded-prefix", "").rstrip("/")
    changed: dict[str, Any] = dict(scope)
    if host:
        kept = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
        changed["headers"] = [*kept, (b"host", host.encode("latin-1"))]
    if scheme in ("http", "https"):
        changed["scheme"] = scheme
    if prefix.startswith("/"):
        changed["root_path"] = prefix
    client = _client(headers, trusted)
    if client:
        changed["client"] = (client, 0)
    return changed  # type: ignore[return-value]  # a scope again


def _without_body(send: Send) -> Send:
    async def serve(message: Message) -> None:
        if message["type"] == "http.response.body":
            if not message.get("more_body"):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await send(message)

    return serve


async def _refuse(send: Send, status: int, title: str, detail: str) -> None:
    body = msgspec.json.encode({"type": "about:blank", "title": title, "status": status, "detail": detail})
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", b"*"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
