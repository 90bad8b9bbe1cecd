"""The plan of an import: which columns feed which fields, found by name and content, or as they were mapped."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from db.errors import BadDate
from geo.countries import country_code
from timeline.dates import Ambiguous, Form, read
from timeline.errors import BadFile
from timeline.identity import slug
from timeline.names import NAMES
from timeline.pairs import pair
from timeline.readers.row import DATES

_YES_OR_NO = frozenset(
    ["yes", "no", "y", "n", "true", "false", "t", "f", "0", "1", "si", "sí", "oui", "non"]
)  # whether it was verified, not how

FIELDS = (
    "id", "title", "summary", "category", "date", "start", "end", "place", "city", "admin1", "country",
    "lat", "lon", "tags", "source_title", "source_url", "note", "verification",
)  # fmt: skip
_SAMPLE = 200  # values of a column that are looked at to see what it holds
_OF = ("event", "incident", "date", "evento", "fecha", "evenement", "esdeveniment")  # event_year, ano_evento
_YEAR, _MONTH, _DAY = (
    (*words, *(name for word in words for of in _OF for name in (f"{of}_{word}", f"{word}_{of}", f"{word}_of_{of}")))
    for words in (
        ("year", "yr", "iyear", "ano", "anio", "annee", "an", "any", "anno", "jahr", "yyyy", "y"),
        ("month", "imonth", "mes", "mois", "mese", "monat", "mon", "mm", "m"),
        ("day", "iday", "dia", "jour", "giorno", "tag", "dd", "d"),
    )
)  # fmt: skip
_ENDS = (("end_year",), ("end_month",), ("end_day",))  # of TimelineJS's own sheet
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
    odd: tuple[str, ...] = ()  # what is called like a field, and holds something else

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
        told += [f"data ← {', '.join(self.rest)}"] if self.rest else []
        return told + [f"not used: {one}" for one in self.odd]


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
        if own not in FIELDS or own in columns or own in values:
            continue
        # Tables hold codes of their own as "country", both coordinates as "place", yes and no as "verification".
        if own not in ("country", "place", "verification") or _holds(own, samples[name], known):
            take(own, name)
    for one, more in NAMES.items():
        if one in columns or one in values or one in _barred(columns.keys() | values.keys()):
            continue
        for name in _called(more.split(), samples, taken):
            if _holds(one, samples[name], known):
                take(one, name)
                break
    _pairs(samples, columns, taken, values, take)
    _dates(samples, columns, taken, values, take)
    _streets(samples, columns, taken, values, take)
    used = {name for given in columns.values() for name in given}
    columns = {one: given for one, given in columns.items() if one not in values}
    rest = tuple(name for name in samples if name not in used)
    return Plan(columns, rest, values, odd=_odd(samples, columns, values, rest))


def _odd(
    samples: Mapping[str, Sequence[str]],
    columns: Mapping[str, object],
    values: Mapping[str, str],
    rest: Sequence[str],
) -> tuple[str, ...]:
    """Tell of columns that are called like a field that has none, and kept out for what they hold."""
    told = []
    dated = any(one in columns or one in values for one in DATES)
    for one in (*DATES, "lat", "lon", "country", "verification"):
        if one in columns or one in values or (one in DATES and dated):
            continue
        for name in rest:
            held = next(filter(str.strip, samples[name]), "")
            if held and _key(name) in (one, *NAMES.get(one, "").split()):
                told.append(f"{name}, which is called like {one} but holds values such as {held[:40]!r}")
    return tuple(told)


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
        return _share(some, _is_date) >= 0.5
    if one == "country":
        return _share(some, lambda value: country_code(value) is not None) >= 0.5
    if one == "place":
        return _share(some, lambda value: pair(value) is not None) < 0.9
    if one in ("lat", "lon"):
        return _share(some, _degrees) >= 0.9
    if one == "category":
        return all(map(known, some))
    if one == "verification":
        return not all(value.lower() in _YES_OR_NO for value in some)
    if one == "source_url":
        return _share(some, lambda value: value.lower().startswith(("http://", "https://"))) == 1
    if one == "source_title":
        return not any(value.lower().startswith(("http://", "https://")) for value in some)
    if one == "id":
        return len(set(some)) == len(some)
    if one == "title":
        return _share(some, lambda value: bool(re.search(r"[^\W\d_]", value))) >= 0.9
    return True


def _degrees(value: str) -> bool:
    """Tell whether a text may be degrees: a number of some kind, and none of metres in a projection."""
    try:
        return abs(float(value)) <= 180
    except ValueError:
        return len(value) < 40 and any(map(str.isdigit, value))


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values)


def _is_date(value: str) -> bool:
    try:
        read(value)
    except Ambiguous:
        return True
    except BadDate:
        return bool(re.fullmatch(r"\d{5}(\.\d+)?|-?\d{9,10}|-?\d{12,13}", value))
    return True


def _pairs(
    samples: Mapping[str, Sequence[str]],
    columns: Mapping[str, object],
    taken: set[str],
    values: Mapping[str, str],
    take: Callable[..., None],
) -> None:
    """Find latitude and longitude in y and x, else in one column: `34.05, -118.24`, or a point of WKT."""
    if {"lat", "lon"} & (columns.keys() | values.keys()):
        return
    y, x = (_called([letter], samples, taken)[:1] for letter in "yx")
    if y and x and all(_holds("lat", samples[name], lambda label: False) for name in (*y, *x)):
        take("lat", *y)
        take("lon", *x)
        return
    for name in samples:
        some = [value for value in samples[name] if value.strip()]
        if name not in taken and some and _share(some, lambda value: pair(value) is not None) >= 0.9:
            take("lat", name)
            take("lon", name)
            return


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
    year, month, day = (_called(keys, samples, taken)[:1] for keys in (_YEAR, _MONTH, _DAY))
    parts = (*year, *month, *(day if month else ()))
    ends = [found[0] for keys in _ENDS if (found := _called(keys, samples, taken))]
    alone = len(parts) < 3 and bool(year) and _key(year[0]) in ("y", "yyyy")  # may stand for anything
    if year and not alone and _holds("date", samples[year[0]], lambda label: False):
        take("start" if ends else "date", *parts)
        if ends:
            take("end", *ends)
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
