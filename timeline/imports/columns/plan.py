"""The plan of an import: which columns feed which fields, found by name and content, or as they were mapped."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from timeline.errors import BadFile
from timeline.exchange.field_names import DATES, FORM, FORM_MARKS, NAMES, ways
from timeline.imports.columns import composite_fields
from timeline.imports.columns.assignment import Found
from timeline.written_dates import Form

FIELDS = (
    "id", "title", "summary", "category", "date", "start", "end", "place", "city", "admin1", "country",
    "lat", "lon", "tags", "source_title", "source_url", "note", "verification",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns feed which field; `values` are the same for every row; `data` goes to `data`.

    `forms` tell how the columns of a date field write their dates.
    """

    columns: Mapping[str, tuple[str, ...]]
    data: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()  # what is called like a field, and holds something else

    def within(self, names: Iterable[str]) -> "Plan":
        """Narrow the plan to the columns that a row has; one that is an object in it stays, for its row to be told."""
        names = tuple(names)
        here = {*names, *(name[:at] for name in names for at, sign in enumerate(name) if sign == ".")}
        columns = {
            one: kept
            for one, given in self.columns.items()
            if (kept := tuple(name for name in given if name in here))
        }
        used = {name for given in columns.values() for name in given}
        return Plan(columns, tuple(name for name in names if name not in used), self.values, self.forms)

    @property
    def is_trivial(self) -> bool:
        """Tell whether there is nothing to say: every column is called as its field."""
        return not self.data and all(given == (one,) for one, given in self.columns.items())

    def lines(self) -> list[str]:
        """Say the plan in a line a field."""
        said = {one: ", ".join(given) for one, given in self.columns.items()}
        told = [f"{one} ← {said[one]}{_order(self.forms.get(one))}" for one in FIELDS if one in said]
        told += [f"{one} = {value}" for one, value in self.values.items()]
        told += [f"data ← {', '.join(self.data)}"] if self.data else []
        return told + [f"not used: {one}" for one in self.remarks]


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
    # What is a part of a title is still what it is.
    taken = {name for one, given in columns.items() if one != "title" or len(given) == 1 for name in given}
    found = Found(samples, values, known, columns, taken, _of_the_form(samples))
    _own(found)
    for one, more in NAMES.items():
        if found.has(one) or one in _barred(found.columns.keys() | values.keys()):
            continue
        fit = [name for name in found.called([one, *more.split()]) if found.holds(one, name)]
        if fit:
            found.take(one, fit[0])
            found.others[one] = fit[1:]
    _own(found, empty=True)
    composite_fields.coordinates(found)
    composite_fields.dates(found)
    composite_fields.streets(found)
    used = {name for given in found.columns.values() for name in given}
    columns = {one: given for one, given in found.columns.items() if one not in values}
    rest = tuple(name for name in samples if name not in used)
    return Plan(columns, rest, values, remarks=_odd(found, rest))


def _own(found: Found, *, empty: bool = False) -> None:
    """Give the fields the columns of their own name; those without values come last."""
    for name in sorted(found.free(), key=lambda name: name not in FIELDS):
        own = name.strip().lower()
        if own not in FIELDS or found.has(own) or empty == any(map(str.strip, found.samples[name])):
            continue
        if empty or own not in _PROVED or found.holds(own, name):
            found.take(own, name)


# Tables hold codes of their own as "country", both coordinates as "place", yes and no as "verification".
_PROVED = frozenset(("country", "place", "city", "admin1", "verification"))


def _of_the_form(samples: Iterable[str]) -> frozenset[str]:
    """Return the columns in which a form for smartphones says when it was filled in."""
    names = set(samples)
    return frozenset(names & set(FORM)) if names & FORM_MARKS else frozenset()


def _odd(found: Found, rest: Sequence[str]) -> tuple[str, ...]:
    """Tell of columns that are called like a field that has none, and kept out for what they hold or stand for."""
    told = []
    dated = found.has(*DATES)
    for one in (*DATES, "lat", "lon", "country", "verification"):
        if found.has(one) or (one in DATES and dated):
            continue
        for name in rest:
            held = next(filter(str.strip, found.samples[name]), "")
            if held and name not in found.barred and {one, *NAMES.get(one, "").split()} & set(ways(name)):
                told.append(f"{name}, which is called like {one} but holds values such as {held[:40]!r}")
    if found.barred & set(rest):
        told.append(f"{', '.join(sorted(found.barred & set(rest)))}, which say when the form was filled in")
    if not found.has("lat", "lon") and (metres := composite_fields.metres(found)):
        told.append(
            f"{', '.join(metres)}, which are metres of a projection; QGIS or ogr2ogr make degrees of them"
        )
    if others := found.others.get("category"):
        chosen = found.columns["category"][0]
        option = shlex.quote(f"{others[0]}=category")
        told.append(
            f"{', '.join(others)}, which could be the category too; {chosen} has the commoner name: --map {option}"
        )
    for name in composite_fields.undecided(found):
        told.append(
            f"{name}, which may be the date of something else; if not: --map {shlex.quote(name + '=date')}"
        )
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
