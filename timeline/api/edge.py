"""What happens before any handler: whose host is answered, which proxy is believed, HEAD as GET."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from timeline.api.params import MAX_QUERY
from timeline.settings import Settings


def edge(settings: Settings) -> Callable[[ASGIApp], ASGIApp]:
    """Make the outermost layer for these settings."""
    trusted = [ip_network(proxy, strict=False) for proxy in settings.trusted_proxies]

    def around(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            if trusted and _from_proxy(scope, trusted):
                scope = _forwarded(scope)
            refusal = _refusal(scope, settings)
            if refusal:
                await _refuse(send, *refusal)
            elif scope["method"] == "HEAD":
                # RFC 9110, 9.3.2: as GET, without the content.
                await app({**scope, "method": "GET"}, receive, _without_body(send))  # type: ignore[arg-type]  # a scope
            else:
                await app(scope, receive, send)

        return serve

    return around


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _refusal(scope: Scope, settings: Settings) -> tuple[int, str, str] | None:
    if len(scope["query_string"]) > MAX_QUERY:
        length = len(scope["query_string"])
        return 414, "Address too long", f"The query string has {length:,} bytes; {MAX_QUERY:,} is the most."
    host = _headers(scope).get("host", "")
    if settings.base_url is None and not host_allowed(host, settings.allowed_hosts):
        detail = (
            f"The host {host[:200]!r} is not served here; the operator names hosts in TIMELINE_ALLOWED_HOSTS."
        )
        return 400, "Unknown host", detail
    return None


def host_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a Host header is one of the allowed names; `*.example.org` covers subdomains."""
    name = host.lower()
    if not name.endswith("]"):
        name = name.rsplit(":", 1)[0] if ":" in name else name
    return any(
        pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))
        for pattern in allowed
    )


def _from_proxy(scope: Scope, trusted: list[Any]) -> bool:
    client = scope.get("client")
    try:
        return client is not None and any(ip_address(client[0]) in network for network in trusted)
    except ValueError:
        return False


def _forwarded(scope: Scope) -> Scope:
    """Believe X-Forwarded-Host, -Proto and -Prefix, or Forwarded (RFC 7239), of a trusted proxy."""
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
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
