"""Columns that look like dates or places, by their names or values, although no field was read from them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from geo.coordinates import pair
from geo.countries.names import country_code
from timeline.exchange.date_names import date_name
from timeline.exchange.field_names import DATES, NAMES, key, possible_keys
from timeline.imports.columns.date_values import is_day
from timeline.imports.columns.plan import Plan
from timeline.imports.columns.value_tests import fits, has_letter, share

_DATE_NAMES = frozenset({*DATES, *(name for field in DATES for name in NAMES[field].split())})
_DATE_WORDS = frozenset((
    "date", "dates", "datetime", "day", "when", "time", "timestamp", "ts", "dt", "fecha", "data", "datum", "zeit",
    "tag", "jour", "dia", "giorno", "moment", "year", "jahr", "annee", "ano", "any", "anno",
))  # fmt: skip
_COUNTRY_NAMES = frozenset({"country", *NAMES["country"].split()})
_PLACE_WORDS = frozenset((
    "place", "location", "city", "town", "village", "municipality", "county", "district", "province", "state", "region",
    "country", "nation", "address", "street", "neighborhood", "neighbourhood", "area", "territory", "lugar",
    "ubicacion", "localidad", "municipio", "provincia", "pais", "direccion", "ciudad", "lloc", "municipi", "ciutat",
    "comarca", "adreca", "lieu", "commune", "ville", "departement", "pays", "adresse", "ort", "stadt", "gemeinde",
    "bundesland", "landkreis", "luogo", "citta", "comune", "regione", "paese", "indirizzo", "cidade", "morada",
    "concelho", "distrito", "plaats", "gemeente", "lat", "latitude", "latitud", "latitudine", "lon", "lng", "long",
    "longitude", "longitud", "longitudine", "coordinates", "coordenadas", "coordonnees", "koordinaten",
    "geolocation", "easting", "northing",
))  # fmt: skip
_PLACE_ENDINGS = ("ort", "stadt", "location")  # Tatort, Einsatzort
_LIST = re.compile(r"\[[{'\"]")  # how a list of objects or texts is sampled
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_TIME_OF_DAY = re.compile(r"\d{1,2}(?:[:.h]\d\d){1,2}(?: ?[ap]\.?m\.?)?", re.IGNORECASE)
_MAX_VALUES_TESTED = 50  # of a column; prose is slow to read as a date
_MIN_COUNTRY_LENGTH = 4  # characters; shorter texts may be codes of anything

_ColumnValues = Mapping[str, Sequence[str]]  # values by column


def date_columns(samples: _ColumnValues, plan: Plan) -> dict[str, list[str]]:
    """Return the unused columns that look like dates, with their values without blanks."""
    return {name: values for name, values in _unused(samples, plan) if _looks_like_dates(name, values)}


def place_columns(samples: _ColumnValues, plan: Plan) -> dict[str, list[str]]:
    """Return the unused columns that look like places or coordinates, with their values without blanks."""
    return {name: values for name, values in _unused(samples, plan) if _looks_like_places(name, values)}


def place_field(name: str, values: Sequence[str]) -> str | None:
    """Return the field that a column of places can be read as; None if its values fit no such field."""
    if set(possible_keys(name)) & _COUNTRY_NAMES and fits("country", values):
        return "country"
    return "place" if fits("place", values) else None


def are_lists(values: Sequence[str]) -> bool:
    """Return whether the values of a column are lists inside the objects of a JSON file."""
    return share(values, lambda text: bool(_LIST.match(text))) >= 0.5


def is_readable_date(values: Sequence[str]) -> bool:
    """Return whether the values of a column can be read as dates, perhaps after a question about their order."""
    return fits("date", values)


def _unused(samples: _ColumnValues, plan: Plan) -> Iterator[tuple[str, list[str]]]:
    used = {name for columns in plan.columns.values() for name in columns}
    for name, values in samples.items():
        texts = [text for text in map(str.strip, values) if text][:_MAX_VALUES_TESTED]
        if name not in used and texts:
            yield name, texts


def _looks_like_dates(name: str, values: Sequence[str]) -> bool:
    if are_lists(values):
        return share(values, lambda text: bool(_DAY.search(text))) >= 0.5
    words = set(key(name).split("_"))
    has_digits = share(values, lambda text: any(map(str.isdigit, text))) >= 0.5
    if not has_digits or share(values, lambda text: bool(_TIME_OF_DAY.fullmatch(text))) >= 0.5:
        return False
    is_named = bool(
        words & _DATE_WORDS
        or set(possible_keys(name)) & _DATE_NAMES
        or date_name(name).part in ("date", "year", "moment")
    )
    if share(values, lambda text: bool(_NUMBER.fullmatch(text))) >= 0.5:
        return is_named and is_readable_date(values)
    return is_named or share(values, is_day) >= 0.5


def _looks_like_places(name: str, values: Sequence[str]) -> bool:
    words = set(key(name).split("_"))
    is_named = bool(words & _PLACE_WORDS) or key(name).endswith(_PLACE_ENDINGS)
    if share(values, has_letter) < 0.5 and share(values, lambda text: pair(text) is not None) < 0.5:
        return bool(words & _PLACE_WORDS) and share(values, lambda text: bool(_NUMBER.fullmatch(text))) >= 0.5
    return is_named or share(values, _is_country_name) >= 0.5


def _is_country_name(text: str) -> bool:
    return len(text) >= _MIN_COUNTRY_LENGTH and country_code(text) is not None
