"""The plan of an import: which columns feed which fields, found by name and content, or as they were mapped."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from db.errors import BadDate
from timeline.dates import Ambiguous, Form, read
from timeline.errors import BadFile
from timeline.identity import slug
from timeline.readers.row import DATES

FIELDS = (
    "id", "title", "summary", "category", "date", "start", "end", "place", "city", "admin1", "country",
    "lat", "lon", "tags", "source_title", "source_url", "note", "verification",
)  # fmt: skip
_SAMPLE = 200  # values of a column that are looked at to see what it holds
_NAMES = {
    "id": "event_id uid uuid guid",
    "title": "headline event_title event_name name event incident titulo titol titre titular nombre nom titel titolo",
    "summary": "description details text content abstract narrative synopsis resumen descripcion resum descripcio",
    "category": "event_type event_category incident_type categoria categorie type kind tipo tipus",
    "date": "event_date incident_date date_of_event date_of_incident when day_of_event fecha data dates datum",
    "start": "start_date date_start begin begin_date from_date fecha_inicio inicio data_inici inici date_debut debut",
    "end": "end_date date_end to_date fecha_fin fin data_fi fi date_fin",
    "place": "location place_name location_name where venue lugar lloc lieu ubicacion ort luogo",
    "city": "town municipality municipio municipi commune ville ciudad ciutat localidad locality stadt citta",
    "admin1": "state province region provincia departement departamento estado state_province",
    "country": "country_name country_code iso_country pais pays nation land",
    "lat": "latitude latitud lat_dd y_coord gps_lat",
    "lon": "longitude lng long longitud lon_dd x_coord gps_lon gps_lng",
    "tags": "keywords etiquetas etiquetes mots_cles",
    "source_title": "source source_name publisher outlet fuente font",
    "source_url": "url link source_link href enlace enllac lien article_url news_url",
    "note": "notes comment comments nota remarks",
}
_YEAR = ("year", "yr", "iyear", "ano", "annee")
_MONTH = ("month", "imonth", "mes", "mois")
_DAY = ("day", "iday", "dia", "jour")
_STREET = ("address", "street_address", "streetaddress", "street", "direccion", "adresse", "adreca")
_QUARTER = ("neighborhood", "neighbourhood", "district", "barrio", "barri", "quartier")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns feed which field; `values` are the same for every row; `rest` goes to `data`.

    `forms` tell how the columns of a date field write their dates.
    """

    columns: Mapping[str, tuple[str, ...]]
    rest: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)

    def within(self, names: Iterable[str]) -> "Plan":
        """Narrow the plan to the columns that a row has."""
        names = tuple(names)
        here = set(names)
        columns = {
            one: kept
            for one, given in self.columns.items()
            if (kept := tuple(name for name in given if name in here))
        }
        used = {name for given in columns.values() for name in given}
        return Plan(columns, tuple(name for name in names if name not in used), self.values, self.forms)

    @property
    def plain(self) -> bool:
        """Tell whether there is nothing to say: every column is called as its field."""
        return not self.rest and all(given == (one,) for one, given in self.columns.items())

    def lines(self) -> list[str]:
        """Say the plan in a line a field."""
        said = {one: ", ".join(given) for one, given in self.columns.items()}
        told = [f"{one} ← {said[one]}{_order(self.forms.get(one))}" for one in FIELDS if one in said]
        told += [f"{one} = {value}" for one, value in self.values.items()]
        return told + ([f"data ← {', '.join(self.rest)}"] if self.rest else [])


def _order(form: Form | None) -> str:
    if form is None:
        return ""
    if form.numbers:
        return {"serial": " (Excel's days since 1900)"}.get(
            form.numbers, f" ({form.numbers} since 1970, UTC)"
        )
    return f" ({form.order})" if form.order else ""


def planned(
    samples: Mapping[str, Sequence[str]],
    mapped: Mapping[str, str],
    values: Mapping[str, str],
    known: Callable[[str], bool] = lambda label: False,
) -> Plan:
    """Find the columns of the fields: as mapped, by the field's own name, then by what they are called and hold.

    `samples` are some values of each column; `known` tells whether a text is a category of the vocabulary.
    Raises BadFile when a mapped column is not there.
    """
    columns = _mapped(samples, mapped)
    taken = {name for given in columns.values() for name in given}

    def take(one: str, *found: str) -> None:
        columns[one] = found
        taken.update(found)

    free = [name for name in samples if name not in taken]
    for name in sorted(free, key=lambda name: name not in FIELDS):
        own = name.strip().lower()
        if own in FIELDS and own not in columns and own not in values:
            take(own, name)
    for one, more in _NAMES.items():
        if one in columns or one in values or one in _barred(columns.keys() | values.keys()):
            continue
        for name in _called(more.split(), samples, taken):
            if _holds(one, samples[name], known):
                take(one, name)
                break
    _dates(samples, columns, taken, values, take)
    _streets(samples, columns, taken, values, take)
    used = {name for given in columns.values() for name in given}
    columns = {one: given for one, given in columns.items() if one not in values}
    return Plan(columns, tuple(name for name in samples if name not in used), values)


def _mapped(samples: Mapping[str, object], mapped: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Take what was mapped; a name with commas is a column of that name, else several columns."""
    columns: dict[str, tuple[str, ...]] = {}
    for left, one in mapped.items():
        names = (left,) if left in samples else tuple(part.strip() for part in left.split(","))
        for name in names:
            if name not in samples:
                raise BadFile(f"has no column {name!r}; its columns are {', '.join(map(repr, samples))}")
        columns[one] = names
    return columns


def _barred(there: Set[str]) -> Set[str]:
    """Return the date fields that must not stand beside those that are there."""
    return {"start", "end"} if "date" in there else {"date"} if "start" in there else set()


@cache
def _key(name: str) -> str:
    return slug(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name), "_")


def _called(keys: Sequence[str], samples: Iterable[str], taken: set[str]) -> list[str]:
    free = [name for name in samples if name not in taken and _key(name) in keys]
    return sorted(free, key=lambda name: keys.index(_key(name)))


def _holds(one: str, values: Sequence[str], known: Callable[[str], bool]) -> bool:
    """Tell whether the values of a column can be those of a field."""
    some = [value.strip() for value in islice(values, _SAMPLE) if value.strip()]
    if not some:
        return one not in ("date", "start", "end", "lat", "lon")
    if one in DATES:
        return _share(some, _is_date) >= 0.8
    if one in ("lat", "lon"):
        return _share(some, lambda value: bool(re.search(r"\d", value)) and len(value) < 40) >= 0.9
    if one == "category":
        return all(map(known, some))
    if one == "source_url":
        return _share(some, lambda value: value.lower().startswith(("http://", "https://"))) == 1
    if one == "source_title":
        return not any(value.lower().startswith(("http://", "https://")) for value in some)
    if one == "id":
        return len(set(some)) == len(some)
    if one == "title":
        return _share(some, lambda value: bool(re.search(r"[^\W\d_]", value))) >= 0.9
    return True


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values)


def _is_date(value: str) -> bool:
    try:
        read(value)
    except Ambiguous:
        return True
    except BadDate:
        return bool(re.fullmatch(r"\d{5}(\.\d+)?|\d{9,10}|\d{12,13}", value))
    return True


def _dates(
    samples: Mapping[str, Sequence[str]],
    columns: Mapping[str, tuple[str, ...]],
    taken: set[str],
    values: Mapping[str, str],
    take: Callable[..., None],
) -> None:
    """Find a date in year, month and day, else in the one column whose name and values speak of a date."""
    if any(one in columns or one in values for one in DATES):
        return
    year, month, day = (_called(keys, samples, taken) for keys in (_YEAR, _MONTH, _DAY))
    if year and _holds("date", samples[year[0]], lambda label: False):
        take("date", *(found[0] for found in (year, month, day if month else []) if found))
        return
    speaking = [
        name
        for name in samples
        if name not in taken
        and set(_key(name).split("_")) & {"date", "fecha", "data", "day", "when"}
        and any(value.strip() for value in samples[name])
        and _holds("date", samples[name], lambda label: False)
    ]
    if len(speaking) == 1:
        take("date", speaking[0])


def _streets(
    samples: Mapping[str, Sequence[str]],
    columns: dict[str, tuple[str, ...]],
    taken: set[str],
    values: Mapping[str, str],
    take: Callable[..., None],
) -> None:
    """Name a place whose coordinates are given by its street; the geocoder knows no streets."""
    if not {"lat", "lon"} <= columns.keys() or "place" in columns or "place" in values:
        return
    street, quarter = (_called(keys, samples, taken)[:1] for keys in (_STREET, _QUARTER))
    town = [name for one in ("city", "admin1") for name in columns.get(one, ())]
    if street:
        for one in ("city", "admin1"):
            columns.pop(one, None)
        take("place", *street, *quarter, *town)
