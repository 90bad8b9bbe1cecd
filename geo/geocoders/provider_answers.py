"""Turn the answer of a network geocoder into a place, with its precision, extent and country."""

from collections.abc import Iterator
from typing import Any

from geopy.location import Location

from geo.countries.iso_codes import iso_codes
from geo.countries.lookup import country_at
from geo.errors import BadPoint
from geo.geometry import DECIMALS, checked_point
from geo.place import Place, Precision
from geo.sphere import distance_km

_KIND_WORDS = {
    Precision.POINT: (
        "house building address street road venue poi amenity rooftop range_interpolated premise "
        "intersection highway railway tourism shop office leisure pointaddress streetname streetaddress "
        "postcode postalcode"
    ),
    Precision.NEIGHBOURHOOD: "neighbourhood neighborhood suburb quarter district borough city_district",
    Precision.CITY: "city town village hamlet municipality locality localadmin settlement place township ppl "
    "ppla ppla2 ppla3 ppla4 pplc",
    Precision.ADMIN2: "county macrocounty state_district adm2 administrative_area_level_2",
    Precision.ADMIN1: "state region province macroregion adm1 administrative_area_level_1",
    Precision.COUNTRY: "country dependency pcli nation",
}
_PRECISION_OF_WORD = {word: precision for precision, words in _KIND_WORDS.items() for word in words.split()}
_TYPICAL_RADIUS_KM = {
    Precision.POINT: 0.1,
    Precision.NEIGHBOURHOOD: 1.5,
    Precision.CITY: 10.0,
    Precision.ADMIN2: 40.0,
    Precision.ADMIN1: 150.0,
    Precision.COUNTRY: 500.0,
}
# Fields in which providers give the kind of a place, the clearest first.
_KIND_FIELDS = (
    "addresstype",
    "_type",
    "layer",
    "type",
    "fcode",
    "Addr_type",
    "resultType",
    "entityType",
    "types",
)
DEFAULT_CONFIDENCE = 0.7
MAX_CONFIDENCE = 0.95


def place_from(location: Location, provider: str) -> Place | None:
    """Return the place of a provider's answer; None if its coordinates are not valid."""
    try:
        lon, lat = checked_point(location.longitude, location.latitude)
    except BadPoint:
        return None
    raw = location.raw if isinstance(location.raw, dict) else {}
    precision = _precision(raw)
    return Place(
        name=_name(location, raw),
        lon=round(lon, DECIMALS),
        lat=round(lat, DECIMALS),
        precision=precision,
        country=_country(raw) or country_at(lon, lat),
        radius_km=round(_radius_km(raw, lon, lat) or _TYPICAL_RADIUS_KM[precision], 1),
        confidence=_confidence(raw),
        geocoder=provider,
        gazetteer_id=_gazetteer_id(raw, provider),
    )


def _objects(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the answer, and the objects inside it in which providers put their facts."""
    yield raw
    for name in ("properties", "components", "address", "attributes"):
        if isinstance(inner := raw.get(name), dict):
            yield inner


def _precision(raw: dict[str, Any]) -> Precision:
    for field in _KIND_FIELDS:
        for facts in _objects(raw):
            values = facts.get(field)
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str) and value.lower() in _PRECISION_OF_WORD:
                    return _PRECISION_OF_WORD[value.lower()]
    # A place of unknown kind counts as a town: an exact address needs evidence.
    return Precision.CITY


def _name(location: Location, raw: dict[str, Any]) -> str:
    for facts in _objects(raw):
        name = facts.get("name")
        if isinstance(name, str) and name:
            return name
    return str(location.address).partition(",")[0].strip()


def _country(raw: dict[str, Any]) -> str | None:
    for facts in _objects(raw):
        for field in ("country_code", "countrycode", "countryCode", "country_a"):
            code = str(facts.get(field, "")).upper()
            if code in iso_codes():
                return code
    return None


def _radius_km(raw: dict[str, Any], lon: float, lat: float) -> float | None:
    corners = _corners(raw)
    if corners is None:
        return None
    return max(distance_km(lon, lat, *corner) for corner in corners)


def _corners(raw: dict[str, Any]) -> tuple[tuple[float, float], tuple[float, float]] | None:
    try:
        if box := raw.get("boundingbox"):
            south, north, west, east = map(float, box)
        elif box := raw.get("bbox") or raw.get("properties", {}).get("extent"):
            west, south, east, north = map(float, box)
        elif box := raw.get("bounds"):
            low, high = box["southwest"], box["northeast"]
            west, south, east, north = map(float, (low["lng"], low["lat"], high["lng"], high["lat"]))
        else:
            return None
        return checked_point(west, south), checked_point(east, north)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _confidence(raw: dict[str, Any]) -> float:
    for facts in _objects(raw):
        value = facts.get("confidence")
        if isinstance(value, int | float) and 0 <= value <= 10:
            # Pelias gives 0 to 1, OpenCage 0 to 10.
            return round(min(MAX_CONFIDENCE, value if value <= 1 else value / 10), 2)
    return DEFAULT_CONFIDENCE


def _gazetteer_id(raw: dict[str, Any], provider: str) -> str | None:
    for facts in _objects(raw):
        if facts.get("osm_id") and facts.get("osm_type"):
            return f"osm:{str(facts['osm_type'])[0].lower()}{facts['osm_id']}"
        if facts.get("gid"):
            return f"{provider}:{facts['gid']}"
        if facts.get("geonameId"):
            return f"geonames:{facts['geonameId']}"
    return None
