"""What a network geocoder answers, turned into a place: precision, extent and country as it says."""

from collections.abc import Iterator
from typing import Any

from geopy.location import Location

from geo.countries.iso_codes import iso_codes
from geo.countries.lookup import country_at
from geo.errors import BadPoint
from geo.geometry import DECIMALS, checked_point
from geo.place import Place, Precision
from geo.sphere import distance_km

_WORDS = {
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
_PRECISIONS = {word: precision for precision, words in _WORDS.items() for word in words.split()}
_TYPICAL_KM = {
    Precision.POINT: 0.1,
    Precision.NEIGHBOURHOOD: 1.5,
    Precision.CITY: 10.0,
    Precision.ADMIN2: 40.0,
    Precision.ADMIN1: 150.0,
    Precision.COUNTRY: 500.0,
}
# Where each provider says what kind of place it found, the clearest first.
_KINDS = ("addresstype", "_type", "layer", "type", "fcode", "Addr_type", "resultType", "entityType", "types")
_DEFAULT_CONFIDENCE = 0.7


def place_from(found: Location, provider: str) -> Place | None:
    """Make a place of a provider's answer; None where its coordinates are no coordinates."""
    try:
        lon, lat = checked_point(found.longitude, found.latitude)
    except BadPoint:
        return None
    raw = found.raw if isinstance(found.raw, dict) else {}
    precision = _precision(raw)
    return Place(
        name=_name(found, raw),
        lon=round(lon, DECIMALS),
        lat=round(lat, DECIMALS),
        precision=precision,
        country=_country(raw) or country_at(lon, lat),
        radius_km=round(_radius(raw, lon, lat) or _TYPICAL_KM[precision], 1),
        confidence=_confidence(raw),
        geocoder=provider,
        gazetteer_id=_ident(raw, provider),
    )


def _layers(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the answer and the objects inside it in which providers put their facts."""
    yield raw
    for name in ("properties", "components", "address", "attributes"):
        if isinstance(inner := raw.get(name), dict):
            yield inner


def _precision(raw: dict[str, Any]) -> Precision:
    for field in _KINDS:
        for layer in _layers(raw):
            values = layer.get(field)
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str) and value.lower() in _PRECISIONS:
                    return _PRECISIONS[value.lower()]
    # What a provider does not say is taken for a town: a claim of an exact address needs evidence.
    return Precision.CITY


def _name(found: Location, raw: dict[str, Any]) -> str:
    for layer in _layers(raw):
        name = layer.get("name")
        if isinstance(name, str) and name:
            return name
    return str(found.address).partition(",")[0].strip()


def _country(raw: dict[str, Any]) -> str | None:
    for layer in _layers(raw):
        for field in ("country_code", "countrycode", "countryCode", "country_a"):
            code = str(layer.get(field, "")).upper()
            if code in iso_codes():
                return code
    return None


def _radius(raw: dict[str, Any], lon: float, lat: float) -> float | None:
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
    for layer in _layers(raw):
        value = layer.get("confidence")
        if isinstance(value, int | float) and 0 <= value <= 10:
            # Pelias counts to 1, OpenCage to 10.
            return round(min(0.95, value if value <= 1 else value / 10), 2)
    return _DEFAULT_CONFIDENCE


def _ident(raw: dict[str, Any], provider: str) -> str | None:
    for layer in _layers(raw):
        if layer.get("osm_id") and layer.get("osm_type"):
            return f"osm:{str(layer['osm_type'])[0].lower()}{layer['osm_id']}"
        if layer.get("gid"):
            return f"{provider}:{layer['gid']}"
        if layer.get("geonameId"):
            return f"geonames:{layer['geonameId']}"
    return None
