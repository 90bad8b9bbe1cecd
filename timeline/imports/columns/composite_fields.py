"""Fields that several columns make together, or one by what it holds: dates, coordinates, places by their street."""

import re
from collections.abc import Iterable

from geo.coordinates import pair
from geo.shape_extent import is_shape
from timeline.exchange.field_names import BIRTH, DATES, RECORD, key
from timeline.imports.columns.assignment import Found
from timeline.imports.columns.blanks import nothing
from timeline.imports.columns.value_tests import share

_PARTS = (
    ("year", "yr", "iyear", "ano", "anio", "annee", "an", "any", "anno", "jahr", "yyyy", "y", "yearmonth"),
    ("month", "imonth", "mes", "mois", "mese", "monat", "mon", "mm", "m"),
    ("day", "iday", "dia", "jour", "giorno", "tag", "dd", "d"),
)
# event_year, ano_evento, year_of_incident
_OF = ("event", "incident", "date", "evento", "fecha", "evenement", "esdeveniment")
_PLAIN = ("{}", *(form.format(of) for of in _OF for form in ("{}_{{}}", "{{}}_{}", "{{}}_of_{}")))
_STARTS, _ENDS = ("start_{}", "begin_{}", "from_{}"), ("end_{}", "to_{}", "finish_{}")
_DATE = frozenset(("date", "fecha", "data", "day", "when", "datum"))
_LAT = ("lat", "latitude", "latitud", "latitudine", "y")
_LON = ("lon", "longitude", "longitud", "longitudine", "x", "lng", "long")
_BOTH = (
    "coordinates", "coordinate", "coords", "coord", "coordenadas", "coordenades", "coordonnees", "koordinaten",
    "gps", "gps_coordinates", "lat_lon", "latlon", "lat_lng", "latlng", "lat_long", "latitude_longitude", "geolocation",
    "geo_point", "geopoint", "geom", "geometry", "the_geom", "wkt", "position",
)  # fmt: skip
_METRES = frozenset(("easting", "northing", "eastings", "northings", "utm", "x", "y", "utmx", "utmy"))
_STREET = ("address", "street_address", "streetaddress", "street", "direccion", "adresse", "adreca")
_QUARTER = ("neighborhood", "neighbourhood", "district", "barrio", "barri", "quartier")


def coordinates(found: Found) -> None:
    """Find latitude and longitude in two columns of like names, else in one: `34.05, -118.24`, or a geometry of WKT."""
    if found.has("lat", "lon"):
        return
    for lat, lon in _twins(found):
        if found.holds("lat", lat) and found.holds("lon", lon):
            found.take("lat", lat)
            found.take("lon", lon)
            return
    called = found.called(_BOTH)
    for name in (*called, *found.free()):
        some = [value for value in map(str.strip, found.samples[name]) if value and not nothing("lat", value)]
        least = 0.5 if name in called else 0.9
        if some and share(some, lambda value: pair(value) is not None or is_shape(value)) >= least:
            found.take("lat", name)
            found.take("lon", name)
            return


def _twins(found: Found) -> list[tuple[str, str]]:
    """List pairs such as `y` and `x`, `begin_lat` and `begin_lon`, `_place_latitude` and `_place_longitude`."""
    by_key = {key(name): name for name in found.free()}
    pairs = []
    for one, name in by_key.items():
        before, _, last = one.rpartition("_")
        if last not in _LAT or before in ("end", "to"):
            continue
        twin = (
            f"{before}_{_LON[_LAT.index(last)]}".lstrip("_"),
            *(f"{before}_{x}".lstrip("_") for x in _LON),
        )
        if other := next((by_key[each] for each in twin if each in by_key), None):
            pairs.append((name, other))
    return pairs


def metres(found: Found) -> list[str]:
    """List columns that hold coordinates of a projection, such as UTM, by their names and size."""
    return [
        name
        for name in found.free()
        if set(key(name).split("_")) & _METRES and _all(found.samples[name], r"-?\d{4,8}(?:[.,]\d+)?")
    ]


def dates(found: Found) -> None:
    """Find a date in year, month and day, of start and end where they are there, else in the one column of dates."""
    if found.has(*DATES):
        return
    plain, starts, ends = (_year_month_day(found, forms) for forms in (_PLAIN, _STARTS, _ENDS))
    first = starts or (plain if ends else ())
    if first and ends:
        found.take("start", *first)
        found.take("end", *ends)
    elif starts or plain:
        found.take("date", *(starts or plain))
    else:
        _speaking(found)


def _year_month_day(found: Found, forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of year, month and day; from the first that there is not on, none."""
    parts: list[str] = []
    for keys in _PARTS:
        names = found.called([form.format(one) for form in forms for one in keys])
        if not names:
            # A column of year and month has the day as the next.
            if len(parts) == 1 and key(parts[0]).endswith("yearmonth"):
                continue
            break
        parts.append(names[0])
    if not parts or (len(parts) < len(_PARTS) and key(parts[0]) in ("y", "yyyy")):  # may stand for anything
        return ()
    return tuple(parts) if _years(found.samples[parts[0]]) else ()


def _years(values: Iterable[str]) -> bool:
    return _all(values, r"[12]\d{3}(0\d|1[0-2])?(\.0)?")


def _all(values: Iterable[str], pattern: str) -> bool:
    some = [value.strip() for value in values if value.strip()]
    return bool(some) and share(some, lambda value: bool(re.fullmatch(pattern, value))) >= 0.9


def _speaking(found: Found) -> None:
    """Take the only column whose name and values speak of a date, and not of when the record was made."""
    speaking = [name for name in _dated(found) if not set(key(name).split("_")) & RECORD]
    whole = [
        name for name in found.called([*_PARTS[1], *_PARTS[2]]) if _all(found.samples[name], r"\d{4}-\d\d.*")
    ]
    # A time of day, such as 1430, is no year.
    moments = [
        name for name in found.called(["time"]) if _all(found.samples[name], r"\d{4}-\d\d.*|\d{12,13}")
    ]
    if len(speaking) == 1 and not set(key(speaking[0]).split("_")) & BIRTH:
        found.take("date", speaking[0])
    elif whole and not speaking:
        found.take("date", whole[0])
    elif moments and not speaking:
        found.take("date", moments[0])


def _dated(found: Found) -> list[str]:
    return [
        name
        for name in found.free()
        if set(key(name).split("_")) & _DATE
        and any(value.strip() for value in found.samples[name])
        and found.holds("date", name)
    ]


def undecided(found: Found) -> list[str]:
    """List columns that hold dates where none was taken, since they may tell of something else."""
    return [] if found.has(*DATES) else _dated(found)


def streets(found: Found) -> None:
    """Name a place whose coordinates are given by its street; the geocoder knows no streets."""
    if not {"lat", "lon"} <= found.columns.keys() or found.has("place"):
        return
    street, quarter = (found.called(keys)[:1] for keys in (_STREET, _QUARTER))
    town = [name for one in ("city", "admin1") for name in found.columns.get(one, ())]
    if street:
        for one in ("city", "admin1"):
            found.columns.pop(one, None)
        found.take("place", *street, *quarter, *town)
