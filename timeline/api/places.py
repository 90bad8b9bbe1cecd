"""The geocoder: text to candidate places, and a point to the areas around it."""

from dataclasses import asdict
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from geo.place import Candidate, Place
from timeline.api.http.answers import send_json
from timeline.api.http.media_types import GEOJSON
from timeline.api.http.query import read_query
from timeline.api.http.route import Route, described
from timeline.api.params.tables import DOCUMENT, FORMAT, LANG, QueryParameter
from timeline.api.params.values import check_point, read_numbers, read_whole_number
from timeline.errors import BadParameter

_MAX_CANDIDATES = 50
_TEXT_EXAMPLE = "q=Hasselt, Belgium"
_POINT_EXAMPLE = "lon=4.35&lat=50.85"
GEOCODE = (
    QueryParameter("q", "a place as people write it", {"type": "string"}, "Hasselt, Belgium", required=True),
    QueryParameter("country", "the country of the place: a name or an ISO code", {"type": "string"}, "BE"),
    QueryParameter(
        "limit", "most candidates",
        {"type": "integer", "minimum": 1, "maximum": _MAX_CANDIDATES, "default": 10}, "10",
    ),
    *DOCUMENT,
)  # fmt: skip
REVERSE = (
    QueryParameter("lon", "longitude in degrees", {"type": "number"}, "4.35", required=True),
    QueryParameter("lat", "latitude in degrees", {"type": "number"}, "50.85", required=True),
    LANG,
    FORMAT,
)


@get(
    "/geocode",
    name="geocode",
    sync_to_thread=True,
    opt=described(
        Route(
            summary="The places that a text may mean, best first", media_types=(GEOJSON,), parameters=GEOCODE,
            tag="Places",
        )
    ),
)  # fmt: skip
def geocode(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the places that a text may mean, best first, as GeoJSON."""
    query = read_query(request, GEOCODE)
    text = query.values.get("q")
    if text is None:
        raise BadParameter("q", "missing; expected the place to look for", _TEXT_EXAMPLE)
    limit = read_whole_number("limit", query.values.get("limit", "10"), 1, None, "limit=10")
    candidates = query.context.resolver.candidates(
        text, country=query.values.get("country"), lang=query.lang, limit=min(limit, _MAX_CANDIDATES)
    )
    features = [_candidate_feature(candidate) for candidate in candidates]
    return send_json({"type": "FeatureCollection", "features": features}, GEOJSON)


def _candidate_feature(candidate: Candidate) -> dict[str, Any]:
    properties = _properties(candidate.place, candidate.reasons)
    return {**place_feature(candidate.place), "properties": properties}


def _properties(place: Place, reasons: tuple[str, ...]) -> dict[str, Any]:
    return {
        **asdict(place),
        "countries": list(place.codes),
        "precision": place.precision.value,
        "reasons": list(reasons),
    }


def place_feature(place: Place) -> dict[str, Any]:
    """Return a place as a GeoJSON point (lon, lat in degrees) without properties."""
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]}}


@get(
    "/reverse",
    name="reverse",
    sync_to_thread=True,
    opt=described(Route(summary="The places that contain a point", parameters=REVERSE, tag="Places")),
)
def reverse(request: Request[Any, Any, State]) -> Response[bytes]:
    """Return the places that contain a point: country, admin areas, and the nearest city with its distance."""
    query = read_query(request, REVERSE)
    lon, lat = (_degrees(name, query.values.get(name)) for name in ("lon", "lat"))
    check_point("lon, lat", lon, lat)
    return send_json(query.context.resolver.reverse(lon, lat, lang=query.lang))


def _degrees(name: str, text: str | None) -> float:
    if text is None:
        raise BadParameter(name, "missing; expected degrees", _POINT_EXAMPLE)
    numbers = read_numbers(name, text, _POINT_EXAMPLE)
    if len(numbers) > 1:
        raise BadParameter(name, f"expected 1 number, got {len(numbers)}", _POINT_EXAMPLE)
    return numbers[0]
