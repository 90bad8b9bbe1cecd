"""The Content-Security-Policy: what a page may load, and which sites may show it in a frame."""

import re
from collections.abc import Iterable

# img-src: swagger-ui's style sheet contains icons as data: addresses; the map draws pictures as blob: addresses.
_DIRECTIVES = (
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
    """Return the policy of a page that these sources may frame (CSP3, frame-ancestors).

    `hosts` are the origins from which an operator's own map style loads tiles and pictures.
    In a frame with an opaque origin (sandbox="allow-scripts") no worker can be started from an address, so MapLibre
    starts its worker from a data: address. That worker has this policy too, and only an allowed script can start it.
    """
    workers = "worker-src 'self' data:" if framed else "worker-src 'self'"
    origins = " ".join(("", *hosts))
    sources = (
        directive + origins if directive.startswith(("connect-src", "img-src")) else directive
        for directive in _DIRECTIVES
    )
    return "; ".join((*sources, workers, f"frame-ancestors {' '.join(ancestors)}"))


def ancestor(text: str) -> str:
    """Return a source for frame-ancestors as the policy writes it; raise ValueError for any other text."""
    source = _KEYWORDS.get(text.lower()) or (text if _SOURCE.fullmatch(text) else None)
    if source is None:
        raise ValueError(
            f"{text!r} is not a source; expected *, self, none or an origin, for example, https://*.example.org"
        )
    return source


CSP = policy()
