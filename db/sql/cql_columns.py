"""What a CQL2 filter may compare: the queryables by their columns, and the literals of text and time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from typing import Any, NamedTuple, get_args

from db.dates.edtf import ALWAYS, FOREVER, DatePrecision
from db.dates.interval import Interval
from db.engines.sqlite.functions import accenti, casei
from db.errors import BadFilter, BadInterval
from db.events.draft import Verification
from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_code
from geo.place import Precision

FOLDS: dict[str, Callable[[str | None], str | None]] = {"casei": casei, "accenti": accenti}
_DAY = re.compile(r"-?\d{4}-\d\d-\d\d", re.ASCII)
_PLACES = "SELECT p.event FROM place p WHERE {}"
_STARTS, _ENDS = f"nullif(e.start_min, {ALWAYS})", f"nullif(e.end_max, {FOREVER})"


class Queryable(NamedTuple):
    """A property: `text`, `time` or `shape`, its column, and for one with several values where they lie.

    `many` is a query for the events of which a value satisfies `{}`; `known` says which have a value at all.
    """

    kind: str
    column: str
    many: str | None = None
    known: str = "1"


_PLACED = "EXISTS (SELECT 1 FROM place p JOIN place_country c ON c.place = p.pk WHERE p.event = e.pk)"
_SUMMARY = "(SELECT json_extract(CAST(f.feature AS TEXT), '$.properties.summary') FROM encoded f WHERE f.event = e.pk)"
_RANKS = " ".join(f"WHEN {one.rank} THEN '{one.value}'" for one in Precision)
_PRECISION = f"CASE p.rank {_RANKS} END"
QUERYABLES = {
    "id": Queryable("text", "e.id"),
    "title": Queryable("text", "e.title"),
    "summary": Queryable("text", _SUMMARY),
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
    """A property that is compared, perhaps through CASEI and ACCENTI (outermost first)."""

    name: str
    folds: tuple[str, ...] = ()

    @property
    def queryable(self) -> Queryable:
        """Give the property's columns."""
        return QUERYABLES[self.name]

    @property
    def sql(self) -> str:
        """Write the column, folded as the filter asks."""
        return reduce(lambda inner, fold: f"{fold}({inner})", reversed(self.folds), self.queryable.column)


def subject(node: Any) -> Subject | None:
    """Read a property with its folds; None for anything else. Raises BadFilter for an unknown property."""
    folds: list[str] = []
    while isinstance(node, dict) and node.get("op") in FOLDS and len(node.get("args", ())) == 1:
        folds.append(node["op"])
        node = node["args"][0]
    if not isinstance(node, dict) or "property" not in node:
        return None
    found = Subject(known(node["property"]), tuple(folds))
    if folds and found.queryable.kind not in ("text", "date"):
        raise bad(f"{folds[0].upper()} takes a text, which {found.name!r} is not; such as CASEI(title)")
    return found


def known(name: Any) -> str:
    """Return the name of a queryable; raise BadFilter with the nearest for another."""
    if isinstance(name, str) and name in QUERYABLES:
        return name
    nearest = get_close_matches(str(name).lower(), QUERYABLES, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"known are {', '.join(QUERYABLES)}"
    raise bad(f"there is no queryable {str(name)[:80]!r}; {hint}")


def literal_text(node: Any, of: Subject, checked: bool = True) -> str:
    """Read a text literal with its folds; with `checked`, one that the property may have at all."""
    folds = []
    while isinstance(node, dict) and node.get("op") in FOLDS and len(node.get("args", ())) == 1:
        folds.append(FOLDS[node["op"]])
        node = node["args"][0]
    if not isinstance(node, str):
        raise bad(
            f"{of.name!r} is a text and cannot be compared with {describe(node)}; such as {of.name} = 'x'"
        )
    if checked and not of.folds and not folds:
        _check_choice(of.name, node)
    for fold in reversed(folds):
        node = fold(node)
    return str(node)


def _check_choice(name: str, text: str) -> None:
    """Refuse what no event can have: never an empty map without a word."""
    choices = _CHOICES.get(name)
    if choices and text not in choices:
        nearest = get_close_matches(text.lower(), choices, n=1, cutoff=0.4)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"known are {', '.join(choices)}"
        raise bad(f"{name!r} is never {text[:80]!r}; {hint}")
    if name == "country" and text not in iso_codes():
        meant = country_code(text.upper()) or country_code(text)
        hint = f"did you mean {meant!r}?" if meant else "such as country = 'NL'"
        raise bad(f"'country' is never {text[:80]!r}, but an ISO 3166-1 alpha-2 code; {hint}")


def literal_time(node: Any, of: str) -> Interval:
    """Read a date, a timestamp or their text as the first and last second of UTC that it covers."""
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
            f"{of!r} is a time and cannot be compared with {describe(node)}; such as DATE('2023-05-03')"
        )
    try:
        return Interval.parse(text)
    except BadInterval as error:
        raise bad(f"{error}; such as DATE('2023-05-03')") from None


def literal_span(node: Any, of: str) -> tuple[Interval, Interval]:
    """Read an instant or an interval: its start and its end, each the seconds that it covers."""
    if not (isinstance(node, dict) and "interval" in node):
        instant = literal_time(node, of)
        return instant, instant
    sides = node["interval"]
    if not isinstance(sides, list) or len(sides) != 2:
        raise bad("an interval has two sides; expected INTERVAL('2023-01-01', '2023-12-31')")
    start = Interval(ALWAYS, ALWAYS) if sides[0] == ".." else literal_time(sides[0], of)
    end = Interval(FOREVER, FOREVER) if sides[1] == ".." else literal_time(sides[1], of)
    if start.first > end.last:
        raise bad(f"the interval starts ({sides[0]}) after its end ({sides[1]}); swap them")
    return start, end


def describe(node: Any) -> str:
    """Name a literal in an error."""
    if isinstance(node, dict):
        for key, words in (
            ("property", "the property {!r}"), ("op", "{}(…)"), ("date", "the date {!r}"),
            ("timestamp", "the time {!r}"), ("type", "a geometry ({})"),
        ):  # fmt: skip
            if key in node:
                return words.format(str(node[key])[:40])
        return "an interval" if "interval" in node else "a box" if "bbox" in node else "that"
    if isinstance(node, list):
        return "a list"
    if node is None:
        return "NULL (ask with IS NULL)"
    if isinstance(node, bool):
        return str(node).upper()
    return f"the text {node[:40]!r}" if isinstance(node, str) else f"the number {node:g}"


def bad(reason: str) -> BadFilter:
    """Make the error of the parameter `filter`."""
    return BadFilter("filter", reason)
