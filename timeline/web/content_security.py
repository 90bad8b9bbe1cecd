"""What a page may load and who may frame it: the Content-Security-Policy."""

import re
from collections.abc import Iterable

# img-src data: is for the icons inside swagger-ui's own style sheet; blob: for pictures that the map draws.
_SOURCES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
)
# CSP3's host-source with a scheme or a name; the keywords may come without their quotes.
_SOURCE = re.compile(
    r"(?:https?://)?(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:\d{1,5}|\*))?|https?:", re.IGNORECASE
)
_KEYWORDS = {"self": "'self'", "'self'": "'self'", "none": "'none'", "'none'": "'none'", "*": "*"}


def policy(ancestors: Iterable[str] = ("'self'",), *, framed: bool = False, hosts: Iterable[str] = ()) -> str:
    """Write the policy of a page that these may frame (CSP3, frame-ancestors).

    `hosts` are the origins from which an operator's own map style loads what it draws.
    A frame whose origin is opaque (sandbox="allow-scripts") may start no worker from an address: MapLibre then starts
    its own from a data: address. Such a worker has this policy too, and comes from a script that it allowed.
    """
    workers = "worker-src 'self' data:" if framed else "worker-src 'self'"
    wider = " ".join(("", *hosts))
    sources = (one + wider if one.startswith(("connect-src", "img-src")) else one for one in _SOURCES)
    return "; ".join((*sources, workers, f"frame-ancestors {' '.join(ancestors)}"))


def ancestor(text: str) -> str:
    """Check one of the sources that may frame a page; raise ValueError for what the policy has no word for."""
    found = _KEYWORDS.get(text.lower()) or (text if _SOURCE.fullmatch(text) else None)
    if found is None:
        raise ValueError(f"{text!r} is not *, self, none or an origin such as https://*.example.org")
    return found


CSP = policy()
