"""Trusted proxies: the client, host, scheme and prefix that their headers name replace those of the connection."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from litestar.types import Scope

Network = IPv4Network | IPv6Network
_FORWARDED_FOR = re.compile(r'for="?\[?([0-9A-Fa-f:.]+)')


def networks(proxies: Iterable[str]) -> list[Network]:
    """Return addresses and networks such as 10.0.0.0/8 of the settings; raise ValueError for any other text."""
    return [ip_network(proxy, strict=False) for proxy in proxies]


def forwarded(scope: Scope, trusted: list[Network]) -> Scope:
    """Return the scope as a trusted proxy describes it; the same scope for any other client.

    The proxy sends X-Forwarded-For, -Host, -Proto and -Prefix, or Forwarded (RFC 7239).
    """
    if not trusted or not _is_from_proxy(scope, trusted):
        return scope
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    first = _first_forwarded(headers.get("forwarded", ""))
    host = first.get("host") or headers.get("x-forwarded-host", "").split(",")[0].strip()
    scheme = first.get("proto") or headers.get("x-forwarded-proto", "").split(",")[0].strip()
    prefix = headers.get("x-forwarded-prefix", "").rstrip("/")
    changed: dict[str, Any] = dict(scope)
    if host:
        others = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
        changed["headers"] = [*others, (b"host", host.encode("latin-1"))]
    if scheme in ("http", "https"):
        changed["scheme"] = scheme
    if prefix.startswith("/"):
        changed["root_path"] = prefix
    client = _client(headers, trusted)
    if client:
        changed["client"] = (client, 0)
    return changed  # type: ignore[return-value]  # a scope again


def _first_forwarded(header: str) -> dict[str, str]:
    """Return the parameters of the first element of a Forwarded header."""
    pairs = (pair.partition("=") for pair in header.split(",")[0].split(";"))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _is_from_proxy(scope: Scope, trusted: list[Network]) -> bool:
    client = scope.get("client")
    return client is not None and _in_networks(client[0], trusted)


def _in_networks(address: str, trusted: list[Network]) -> bool:
    try:
        return any(ip_address(address) in network for network in trusted)
    except ValueError:
        return False


def _client(headers: dict[str, str], trusted: list[Network]) -> str | None:
    """Return the last address on the way here that is not a trusted proxy."""
    header = headers.get("forwarded", "")
    hops = _FORWARDED_FOR.findall(header) if header else headers.get("x-forwarded-for", "").split(",")
    addresses = (hop.strip() for hop in reversed(hops))
    return next((address for address in addresses if address and not _in_networks(address, trusted)), None)
