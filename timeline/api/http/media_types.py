"""Media types of responses, and the choice between them by `f` and by the Accept header (RFC 9110, 12.5.1)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from timeline.writers.registry import WRITERS

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"  # Litestar adds the charset
SCHEMA = "application/schema+json"
MVT = "application/vnd.mapbox-vector-tile"
SVG, PNG = "image/svg+xml", "image/png"
PROBLEM = "application/problem+json"

MAX_ACCEPT_CHARACTERS = 2_000
_JSON_TYPES = (GEOJSON, JSON)
_ANY_TYPES = ("application/*", "*/*")
_HTML_TYPES = (HTML, "application/xhtml+xml", "text/*")
_OTHER_TYPES = {
    writer.name: writer.media_types for writer in WRITERS if not set(writer.media_types) & {*_JSON_TYPES}
}


def negotiate_format(accept: str, formats: Sequence[str]) -> str:
    """Return the name of the format that an Accept header prefers: "json", "html" or another of `formats`.

    HTML wins a tie with JSON. Another format is chosen only if the header names one of its media types with a higher
    weight than JSON and HTML; a wildcard such as */* means JSON. The header is read up to MAX_ACCEPT_CHARACTERS.
    """
    return _negotiate_format(accept[:MAX_ACCEPT_CHARACTERS], formats)


@lru_cache(maxsize=256)
def _negotiate_format(accept: str, formats: Sequence[str]) -> str:
    weights = _weights(accept)
    json = _best(weights, _JSON_TYPES)
    html = _best(weights, _HTML_TYPES)
    named = {name: _best(weights, types) for name, types in _OTHER_TYPES.items() if name in formats}
    best = max(named, key=lambda name: named[name], default="json")
    if named and named[best] > max(json, html) and named[best] >= _best(weights, _ANY_TYPES):
        return best
    return "html" if html > 0 and html >= max(json, _best(weights, _ANY_TYPES)) else "json"


def prefers_html(accept: str) -> bool:
    """Return whether an Accept header names HTML with at least the weight of JSON."""
    return negotiate_format(accept, ("json", "html")) == "html"


def _best(weights: Mapping[str, float], types: Sequence[str]) -> float:
    return max((weights.get(media_type, 0.0) for media_type in types), default=0.0)


def _weights(accept: str) -> dict[str, float]:
    """Return the weight (q, from 0 to 1) of each media type of an Accept header; a malformed weight counts as 0."""
    weights = {}
    for part in accept.split(","):
        media_type, *params = (piece.strip() for piece in part.split(";"))
        text = next((param[2:] for param in params if param.startswith("q=")), "1")
        weights[media_type.lower()] = float(text) if text.replace(".", "", 1).isdecimal() else 0.0
    return weights
