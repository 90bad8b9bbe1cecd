"""The geocoder: text to places, and a point to the places that hold it."""

from dataclasses import asdict
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from geo.place import Candidate, Place
from timeline.api.http.answers import GEOJSON, send_json
from timeline.api.http.asked import ask
from timeline.api.params.tables import DOCUMENT, LANG, Parameter, check_point, read_numbers
from timeline.errors import BadParameter

GEOCODE = (
    Parameter("q", "a place as people write it", {"type": "string"}, "Hasselt, Belgium"),
    Parameter("country", "the country it lies in: a name or an ISO code", {"type": "string"}, "BE"),
    Parameter(
        "limit", "most candidates", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}, "10"
    ),
    *DOCUMENT,
)
REVERSE = (
    Parameter("lon", "longitude in degrees", {"type": "number"}, "4.35"),
    Parameter("lat", "latitude in degrees", {"type": "number"}, "50.85"),
    LANG,
    DOCUMENT[1],
)
_LONGEST = 10_000


@get("/geocode", name="geocode", sync_to_thread=True)
def geocode(request: Request[Any, Any, State]) -> Response[bytes]:
    """List what a text may mean, best first, as GeoJSON."""
    asked = ask(request, GEOCODE)
    text = asked.values.get("q")
    if text is None:
        raise BadParameter("q", "missing: the place to look for", "q=Hasselt, Belgium")
    if len(text) > _LONGEST:
        raise BadParameter(
            "q", f"it has {len(text):,} characters; {_LONGEST:,} is the most", "q=Hasselt, Belgium"
        )
    limit = asked.values.get("limit", "10")
    if not (limit.isascii() and limit.isdigit() and int(limit[:6]) >= 1):
        raise BadParameter("limit", f"{limit[:40]!r} is not a whole number from 1 to 50", "limit=10")
    found = asked.context.resolver.candidates(
        text, country=asked.values.get("country"), lang=asked.lang, limit=min(int(limit[:6]), 50)
    )
    return send_json({"type": "FeatureCollection", "features": [_feature(one) for one in found]}, GEOJSON)


def _feature(candidate: Candidate) -> dict[str, Any]:
    return {**place_feature(candidate.place), "properties": _properties(candidate.place, candidate.reasons)}


def _properties(place: Place, reasons: tuple[str, ...]) -> dict[str, Any]:
    facts = asdict(place)
    return {
        **facts,
        "countries": list(place.codes),
        "precision": place.precision.value,
        "reasons": list(reasons),
    }


def place_feature(place: Place) -> dict[str, Any]:
    """Make a GeoJSON point of a place (lon, lat in degrees)."""
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]}}


@get("/reverse", name="reverse", sync_to_thread=True)
def reverse(request: Request[Any, Any, State]) -> Response[bytes]:
    """Name the places that hold a point: country, admin areas, and the nearest city with its distance."""
    asked = ask(request, REVERSE)
    numbers = []
    for name in ("lon", "lat"):
        if name not in asked.values:
            raise BadParameter(name, "missing", "lon=4.35&lat=50.85")
        found = read_numbers(name, asked.values[name], "lon=4.35&lat=50.85")
        if len(found) > 1:
            raise BadParameter(name, f"expected 1 number, got {len(found)}", "lon=4.35&lat=50.85")
        numbers += found
    lon, lat = check_point("lon, lat", *numbers)
    return send_json(asked.context.resolver.reverse(lon, lat, lang=asked.lang))
