"""Checks of a request's headers that httptools leaves to the server."""

import httptools

from timeline.errors import UnreadableRequest

_SCHEMES = (b"http://", b"https://")

Headers = list[tuple[bytes, bytes]]


def check_head(version: str, headers: Headers) -> None:
    """Raise UnreadableRequest for headers that a proxy and this server may read differently (RFC 9112, 11.2)."""
    if version not in ("1.0", "1.1"):
        raise UnreadableRequest(f"HTTP/{version} is not supported here; expected HTTP/1.1")
    encodings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    if encodings and (encodings != [b"chunked"] or version == "1.0"):
        raise UnreadableRequest("Transfer-Encoding: expected chunked, in a request of HTTP/1.1")
    if sum(name == b"host" for name, _ in headers) > 1:
        raise UnreadableRequest("The request has several Host headers; expected one")


def has_host(url: bytes) -> bool:
    """Return whether an address names its host, such as `http://example.org/events`."""
    return url[:8].lower().startswith(_SCHEMES)


def without_host(url: bytes, headers: Headers) -> bytes:
    """Return the path and the query of an address that names its host; that host replaces Host (RFC 9112, 3.2.2)."""
    parts = httptools.parse_url(url)
    if parts.userinfo or not parts.host:
        raise UnreadableRequest()
    host = b"[" + parts.host + b"]" if b":" in parts.host else parts.host
    if parts.port:
        host += b":%d" % parts.port
    headers[:] = [(b"host", host), *((name, value) for name, value in headers if name != b"host")]
    return (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")
