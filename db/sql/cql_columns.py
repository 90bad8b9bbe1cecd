"""The operands of a CQL2 filter: its queryable properties as columns, and literals of text and time as values."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args

from db.dates.edtf import ALWAYS, FOREVER, DatePrecision
from db.dates.interval import Interval
from db.engines.base import Backend
from db.errors import BadFilter, BadInterval
from db.events.draft import Verification
from db.query.folding import FOLDS
from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_code
from geo.place import Precision

_DAY = re.compile(r"-?\d{4}-\d\d-\d\d", re.ASCII)
_PLACES = "SELECT p.event FROM place p WHERE {}"
_STARTS, _ENDS = f"nullif(e.start_min, {ALWAYS})", f"nullif(e.end_max, {FOREVER})"


class Queryable(NamedTuple):
    """A property that a filter may compare.

    `kind` is text, date, time, span or shape. If an event may have several values, `events` is a query for the events
    with a value that satisfies the condition `{}`, and `exists` the condition that an event has a value. `path`
    (member names) leads to a text inside the JSON that the column holds.
    """

    kind: str
    column: str
    events: str | None = None
    exists: str = "TRUE"
    path: tuple[str, ...] = ()


_PLACED = "EXISTS (SELECT 1 FROM place p JOIN place_country c ON c.place = p.pk WHERE p.event = e.pk)"
_RANKS = " ".join(f"WHEN {precision.rank} THEN '{precision.value}'" for precision in Precision)
_PRECISION = f"CASE p.rank {_RANKS} END"
QUERYABLES = {
    "id": Queryable("text", "e.id"),
    "title": Queryable("text", "e.title"),
    "summary": Queryable("text", "f.feature", path=("properties", "summary")),
    "category": Queryable("text", "e.category"),
    "date": Queryable("date", "e.date"),
    "earliest": Queryable("time", _STARTS),
    "latest": Queryable("time", _ENDS),
    "date_precision": Queryable("text", "e.date_precision"),
    "datetime": Queryable("span", "e.start_min"),
    "place": Queryable("text", "p.name", _PLACES, "e.placed"),
    "country": Queryable(
        "text", "c.country",
        "SELECT p.event FROM place_country c JOIN place p ON p.pk = c.place WHERE {}", _PLACED,
    ),
    "precision": Queryable("text", _PRECISION, _PLACES, "e.placed"),
    "verification": Queryable("text", "e.verification"),
    "tags": Queryable("text", "t.tag", "SELECT t.event FROM tag t WHERE {}"),
    "geometry": Queryable("shape", "p", _PLACES, "e.placed"),
}  # fmt: skip
_CHOICES: dict[str, tuple[str, ...]] = {
    "verification": get_args(Verification),
    "precision": tuple(precision.value for precision in Precision),
    "date_precision": get_args(DatePrecision),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A property in a comparison, perhaps inside CASEI and ACCENTI (`folds`, outermost first)."""

    name: str
    folds: tuple[str, ...] = ()

    @property
    def queryable(self) -> Queryable:
        """Return the property's columns."""
        return QUERYABLES[self.name]

    def sql(self, backend: Backend) -> str:
        """Return the expression for its value, with the folds applied."""
        column, path = self.queryable.column, self.queryable.path
        if path:
            text = backend.feature_text(column, path)
            column = f"(SELECT {text} FROM encoded f WHERE f.event = e.pk)"
        return backend.folded(self.folds[::-1], column) if self.folds else column


def subject(node: Any) -> Subject | None:
    """Return the property of a node, with its folds; None for another node. Raises BadFilter if it is unknown."""
    folds: list[str] = []
    while isinstance(node, dict) and node.get("op") in FOLDS and len(node.get("args", ())) == 1:
        folds.append(node["op"])
        node = node["args"][0]
    if not isinstance(node, dict) or "property" not in node:
        return None
    compared = Subject(queryable_name(node["property"]), tuple(folds))
    if folds and compared.queryable.kind not in ("text", "date"):
        raise bad(f"{compared.name!r} is not a text, as {folds[0].upper()} expects; example: CASEI(title)")
    return compared


def queryable_name(name: Any) -> str:
    """Return the name of a queryable; raise BadFilter, with the nearest name, for an unknown one."""
    if isinstance(name, str) and name in QUERYABLES:
        return name
    nearest = get_close_matches(str(name).lower(), QUERYABLES, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"expected one of {', '.join(QUERYABLES)}"
    raise bad(f"there is no queryable {str(name)[:80]!r}; {hint}")


def literal_text(node: Any, compared: Subject, checked: bool = True) -> str:
    """Return a text literal with its folds applied; with `checked`, refuse a text that the property can never have."""
    folds = []
    while isinstance(node, dict) and node.get("op") in FOLDS and len(node.get("args", ())) == 1:
        folds.append(FOLDS[node["op"]])
        node = node["args"][0]
    if not isinstance(node, str):
        raise bad(
            f"{compared.name!r} is a text and cannot be compared with {describe(node)};"
            f" example: {compared.name} = 'x'"
        )
    if checked and not compared.folds and not folds:
        _check_choice(compared.name, node)
    for fold in reversed(folds):
        node = fold(node)
    return str(node)


def _check_choice(name: str, text: str) -> None:
    """Raise BadFilter for a value that no event can have, instead of answering with an empty map."""
    choices = _CHOICES.get(name)
    if choices and text not in choices:
        nearest = get_close_matches(text.lower(), choices, n=1, cutoff=0.4)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"expected one of {', '.join(choices)}"
        raise bad(f"{text[:80]!r} is not a value of {name!r}; {hint}")
    if name == "country" and text not in iso_codes():
        code = country_code(text.upper()) or country_code(text)
        hint = f"did you mean {code!r}?" if code else "example: country = 'NL'"
        raise bad(f"{text[:80]!r} is not a country; expected an ISO 3166-1 alpha-2 code; {hint}")


def literal_time(node: Any, name: str) -> Interval:
    """Return the first and last second of UTC that a date, a timestamp or a text of either covers."""
    text = node
    if isinstance(node, dict) and len(node) == 1 and isinstance(node.get("date"), str):
        text = node["date"]
        if not _DAY.fullmatch(text):
            raise bad(f"{text[:40]!r} is not a day; expected DATE('2023-05-03')")
    elif isinstance(node, dict) and len(node) == 1 and isinstance(node.get("timestamp"), str):
        text = node["timestamp"]
        if "T" not in text.upper():
            raise bad(f"{text[:40]!r} is not a time; expected TIMESTAMP('2023-05-03T12:00:00Z')")
    if not isinstance(text, str) or "/" in text or text in ("", ".."):
        raise bad(
            f"{name!r} is a time and cannot be compared with {describe(node)}; example: DATE('2023-05-03')"
        )
    try:
        return Interval.parse(text)
    except BadInterval as error:
        raise bad(f"{error}; example: DATE('2023-05-03')") from None


def literal_span(node: Any, name: str) -> tuple[Interval, Interval]:
    """Return the start and the end of an instant or an interval, each as the seconds that it covers."""
    if not (isinstance(node, dict) and "interval" in node):
        instant = literal_time(node, name)
        return instant, instant
    sides = node["interval"]
    if not isinstance(sides, list) or len(sides) != 2:
        raise bad("an interval needs two sides; example: INTERVAL('2023-01-01', '2023-12-31')")
    start = Interval(ALWAYS, ALWAYS) if sides[0] == ".." else literal_time(sides[0], name)
    end = Interval(FOREVER, FOREVER) if sides[1] == ".." else literal_time(sides[1], name)
    if start.first > end.last:
        raise bad(f"the interval starts ({sides[0]}) after its end ({sides[1]}); swap them")
    return start, end


def describe(node: Any) -> str:
    """Return words for a literal in an error message."""
    if isinstance(node, dict):
        for key, words in (
            ("property", "the property {!r}"), ("op", "{}(…)"), ("date", "the date {!r}"),
            ("timestamp", "the time {!r}"), ("type", "a geometry ({})"),
        ):  # fmt: skip
            if key in node:
                return words.format(str(node[key])[:40])
        return "an interval" if "interval" in node else "a box" if "bbox" in node else "an object"
    if isinstance(node, list):
        return "a list"
    if node is None:
        return "NULL (use IS NULL)"
    if isinstance(node, bool):
        return str(node).upper()
    return f"the text {node[:40]!r}" if isinstance(node, str) else f"the number {node:g}"


def bad(reason: str) -> BadFilter:
    """Return the error of the parameter `filter`."""
    return BadFilter("filter", reason)
