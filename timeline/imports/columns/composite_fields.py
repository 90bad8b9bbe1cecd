"""Fields that several columns make together, or that values reveal: coordinates, places by their street."""

import re
from collections.abc import Iterable

from geo.coordinates import pair
from geo.shape_extent import is_shape
from timeline.exchange.field_names import key
from timeline.imports.columns.assignment import Assignment
from timeline.imports.columns.value_tests import is_blank, share

_LAT = ("lat", "latitude", "latitud", "latitudine", "y")
_LON = ("lon", "longitude", "longitud", "longitudine", "x", "lng", "long")
_BOTH = (
    "coordinates", "coordinate", "coords", "coord", "coordenadas", "coordenades", "coordonnees", "koordinaten",
    "gps", "gps_coordinates", "lat_lon", "latlon", "lat_lng", "latlng", "lat_long", "latitude_longitude", "geolocation",
    "geo_point", "geopoint", "geom", "geometry", "the_geom", "wkt", "position",
)  # fmt: skip
_PROJECTED = frozenset(("easting", "northing", "eastings", "northings", "utm", "x", "y", "utmx", "utmy"))
_STREET = ("address", "street_address", "streetaddress", "street", "direccion", "adresse", "adreca")
_QUARTER = ("neighborhood", "neighbourhood", "district", "barrio", "barri", "quartier")


def assign_coordinates(assignment: Assignment) -> None:
    """Assign latitude and longitude to two columns with matching names, else to one column with both.

    One column has values such as `34.05, -118.24`, or geometries in WKT.
    """
    if assignment.has("lat", "lon"):
        return
    for lat, lon in _matching_columns(assignment):
        if assignment.fits("lat", lat) and assignment.fits("lon", lon):
            assignment.assign("lat", lat)
            assignment.assign("lon", lon)
            return
    named = assignment.free_named(_BOTH)
    for name in (*named, *assignment.free()):
        stripped = map(str.strip, assignment.samples[name])
        values = [value for value in stripped if value and not is_blank("lat", value)]
        min_share = 0.5 if name in named else 0.9
        if values and share(values, lambda value: pair(value) is not None or is_shape(value)) >= min_share:
            assignment.assign("lat", name)
            assignment.assign("lon", name)
            return


def _matching_columns(assignment: Assignment) -> list[tuple[str, str]]:
    """Return pairs such as `y` and `x`, `begin_lat` and `begin_lon`, `_place_latitude` and `_place_longitude`."""
    by_key = {key(name): name for name in assignment.free()}
    pairs = []
    for lat_key, lat in by_key.items():
        prefix, _, axis = lat_key.rpartition("_")
        if axis not in _LAT or prefix in ("end", "to"):
            continue
        lon_keys = (
            f"{prefix}_{_LON[_LAT.index(axis)]}".lstrip("_"),
            *(f"{prefix}_{other}".lstrip("_") for other in _LON),
        )
        if lon := next((by_key[lon_key] for lon_key in lon_keys if lon_key in by_key), None):
            pairs.append((lat, lon))
    return pairs


def projected_columns(assignment: Assignment) -> list[str]:
    """Return the free columns whose names and values look like coordinates of a projection, such as UTM."""
    return [
        name
        for name in assignment.free()
        if set(key(name).split("_")) & _PROJECTED
        and _mostly(assignment.samples[name], r"-?\d{4,8}(?:[.,]\d+)?")
    ]


def _mostly(values: Iterable[str], pattern: str) -> bool:
    texts = [value.strip() for value in values if value.strip()]
    return bool(texts) and share(texts, lambda text: bool(re.fullmatch(pattern, text))) >= 0.9


def assign_street(assignment: Assignment) -> None:
    """Name a place with coordinates after its street and town; the geocoder, which knows no streets, is not needed."""
    if not {"lat", "lon"} <= assignment.columns.keys() or assignment.has("place"):
        return
    street, quarter = (assignment.free_named(keys)[:1] for keys in (_STREET, _QUARTER))
    town = [name for field in ("city", "admin1") for name in assignment.columns.get(field, ())]
    if street:
        for field in ("city", "admin1"):
            assignment.columns.pop(field, None)
        assignment.assign("place", *street, *quarter, *town)
