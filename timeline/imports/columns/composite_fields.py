"""Fields that several columns make together, or that values reveal: dates, coordinates, places by their street."""

import re
from collections.abc import Iterable

from geo.coordinates import pair
from geo.shape_extent import is_shape
from timeline.exchange.field_names import BIRTH, DATES, RECORD, key
from timeline.imports.columns.assignment import Assignment
from timeline.imports.columns.value_tests import is_blank, share

_DATE_PARTS = (
    ("year", "yr", "iyear", "ano", "anio", "annee", "an", "any", "anno", "jahr", "yyyy", "y", "yearmonth"),
    ("month", "imonth", "mes", "mois", "mese", "monat", "mon", "mm", "m"),
    ("day", "iday", "dia", "jour", "giorno", "tag", "dd", "d"),
)
# event_year, ano_evento, year_of_incident
_OWNERS = ("event", "incident", "date", "evento", "fecha", "evenement", "esdeveniment")
_PLAIN = ("{}", *(form.format(owner) for owner in _OWNERS for form in ("{}_{{}}", "{{}}_{}", "{{}}_of_{}")))
_STARTS, _ENDS = ("start_{}", "begin_{}", "from_{}"), ("end_{}", "to_{}", "finish_{}")
_DATE_WORDS = frozenset(("date", "fecha", "data", "day", "when", "datum"))
_LAT = ("lat", "latitude", "latitud", "latitudine", "y")
_LON = ("lon", "longitude", "longitud", "longitudine", "x", "lng", "long")
_BOTH = (
    "coordinates", "coordinate", "coords", "coord", "coordenadas", "coordenades", "coordonnees", "koordinaten",
    "gps", "gps_coordinates", "lat_lon", "latlon", "lat_lng", "latlng", "lat_long", "latitude_longitude", "geolocation",
    "geo_point", "geopoint", "geom", "geometry", "the_geom", "wkt", "position",
)  # fmt: skip
_PROJECTED = frozenset(("easting", "northing", "eastings", "northings", "utm", "x", "y", "utmx", "utmy"))
_STREET = ("address", "street_address", "streetaddress", "street", "direccion", "adresse", "adreca")
_LAST_DAY_OF_MONTH = 31
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


def assign_dates(assignment: Assignment) -> None:
    """Assign year, month and day to a date, or to its start and end; without them, take the only column of dates."""
    if assignment.has(*DATES):
        return
    plain, starts, ends = (_year_month_day(assignment, forms) for forms in (_PLAIN, _STARTS, _ENDS))
    first = starts or (plain if ends else ())
    if first and ends:
        assignment.assign("start", *first)
        assignment.assign("end", *ends)
    elif starts or plain:
        assignment.assign("date", *(starts or plain))
    else:
        _assign_only_date(assignment)


def _year_month_day(assignment: Assignment, forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of year, month and day, up to the first that is missing."""
    parts: list[str] = []
    for keys in _DATE_PARTS:
        names = assignment.free_named([form.format(part) for form in forms for part in keys])
        if not names:
            # After a column of year and month comes that of the day.
            if len(parts) == 1 and key(parts[0]).endswith("yearmonth"):
                continue
            break
        parts.append(names[0])
    if not parts or (len(parts) < len(_DATE_PARTS) and key(parts[0]) in ("y", "yyyy")):  # may mean anything
        return ()
    return tuple(parts) if _are_years(assignment.samples[parts[0]]) else ()


def _are_years(values: Iterable[str]) -> bool:
    """Return whether numbers are years, some of them early or before Christ; 1 to 31 alone may be anything."""
    texts = [value.strip() for value in values if value.strip()]
    return _mostly(texts, r"(?:-?\d{1,4}|[12]\d{3}(?:0\d|1[0-2]))(?:\.0)?") and (
        share(texts, lambda text: abs(float(text)) > _LAST_DAY_OF_MONTH if _is_number(text) else False) >= 0.5
    )


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(?:\.0)?", text))


def _mostly(values: Iterable[str], pattern: str) -> bool:
    texts = [value.strip() for value in values if value.strip()]
    return bool(texts) and share(texts, lambda text: bool(re.fullmatch(pattern, text))) >= 0.9


def _assign_only_date(assignment: Assignment) -> None:
    """Assign the only column whose name and values are of a date, unless it says when the record was made."""
    of_event = [name for name in _date_columns(assignment) if not set(key(name).split("_")) & RECORD]
    part_names = [*_DATE_PARTS[1], *_DATE_PARTS[2]]
    full_dates = _named_like(assignment, part_names, r"\d{4}-\d\d.*")
    # A time of day, such as 1430, is not a year.
    moments = _named_like(assignment, ["time"], r"\d{4}-\d\d.*|\d{12,13}")
    if len(of_event) == 1 and not set(key(of_event[0]).split("_")) & BIRTH:
        assignment.assign("date", of_event[0])
    elif full_dates and not of_event:
        assignment.assign("date", full_dates[0])
    elif moments and not of_event:
        assignment.assign("date", moments[0])


def _named_like(assignment: Assignment, keys: list[str], pattern: str) -> list[str]:
    """Return the free columns with one of these names, most of whose values match a pattern."""
    return [name for name in assignment.free_named(keys) if _mostly(assignment.samples[name], pattern)]


def _date_columns(assignment: Assignment) -> list[str]:
    return [
        name
        for name in assignment.free()
        if set(key(name).split("_")) & _DATE_WORDS
        and any(value.strip() for value in assignment.samples[name])
        and assignment.fits("date", name)
    ]


def unclear_dates(assignment: Assignment) -> list[str]:
    """Return the columns of dates if none was assigned: they may be dates of something else."""
    return [] if assignment.has(*DATES) else _date_columns(assignment)


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
