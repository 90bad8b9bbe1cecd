"""Every query parameter, in one table: what it is called, what it means, what it takes, how it is read."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar, get_args
from urllib.parse import unquote_plus

from db.dates.interval import Interval
from db.errors import BadInterval
from db.query.cql_parser import EXAMPLE, parse
from db.query.filter import Filter, Near, Presence, Sort
from db.query.shapes import AREA, read_area
from db.sql.cql_conditions import check_expression
from geo.box import Box
from geo.countries.iso_codes import iso_codes
from geo.countries.names import country_code
from geo.errors import BadBox
from geo.place import Precision
from timeline.errors import BadParameter, UnknownParameter

MAX_LIMIT = 10_000
MAX_QUERY = 64 * 1024
HALF_TURN_KM = 20_038.0
_IGNORED = ("fbclid", "gclid")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter: its meaning, its JSON schema, and an example that would do."""

    name: str
    meaning: str
    schema: Mapping[str, Any]
    example: str
    many: bool = field(default=False)


def _text(name: str, meaning: str, example: str) -> Parameter:
    return Parameter(name, meaning, {"type": "string"}, example)


def _number(name: str, meaning: str, example: str, **limits: float) -> Parameter:
    return Parameter(name, meaning, {"type": "number", **limits}, example)


def _list(name: str, meaning: str, example: str) -> Parameter:
    return Parameter(name, meaning, {"type": "array", "items": {"type": "string"}}, example, many=True)


def _choice(name: str, meaning: str, choices: Iterable[str], default: str) -> Parameter:
    schema = {"type": "string", "enum": list(choices), "default": default}
    return Parameter(name, meaning, schema, schema["enum"][-1])


_PRESENCE = get_args(Presence)

FILTER = (
    Parameter(
        "bbox",
        "west,south,east,north in degrees (CRS84), edges included; west > east crosses the antimeridian. "
        "Unplaced events match any box.",
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        "-10,35,30,60",
    ),
    _choice("unplaced", "events without a place: among the others, left out, or alone", _PRESENCE, "include"),
    _text("datetime", "an instant or start/end, both inclusive; either side may be '..'; the end may be a "
          "duration. Undated events match any datetime.", "2020-01-01/2023-12-31"),
    _choice("match", "with datetime: events that may overlap it, or that do whatever their true date is",
            ("possible", "certain"), "possible"),
    _choice("undated", "events without a date: among the others, left out, or alone", _PRESENCE, "include"),
    _list("category", "one or several categories (slugs)", "raid,arrest"),
    _list("country", "one or several countries, ISO 3166-1 alpha-2", "NL,BE"),
    _list("tag", "one or several tags", "europol"),
    _text("q", "full text over title, summary, places and tags: words are ANDed, \"a phrase\", prefix*",
          "cocaine belgi*"),
    Parameter("near", "lon,lat in degrees: pins within `radius` of it",
              {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}, "4.35,50.85"),
    _number("radius", "kilometres on the sphere around `near` (50 if left out)", "100",
            minimum=0, exclusiveMinimum=True),
    _text("within", "a WKT polygon or multipolygon in CRS84: pins in it or on its edge; cut in two what crosses the "
          "antimeridian", AREA),
    _choice("precision", "pins at least this precise", [p.value for p in Precision], "country"),
    _text("filter", "CQL2 over the queryables, at most 8 kB and 50 deep; what is compared with nothing (an undated "
          "event's time, an unplaced one's place) is unknown and does not match", EXAMPLE),
    _choice("filter-lang", "how `filter` is written", ("cql2-json", "cql2-text"), "cql2-text"),
    _list("ids", "these events alone", "ndrangheta-action-day,duisburg-massacre"),
)  # fmt: skip

LIMIT = Parameter(
    "limit", f"events a page; more than {MAX_LIMIT:,} is clamped",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 100}, "100",
)  # fmt: skip
STATUS = _list("status", "with a key: events of these statuses; without it what readers see", "draft,review")
FORMAT = _choice("f", "format, instead of the Accept header", ("json", "geojson", "html"), "json")
LANG = _text("lang", "language (BCP 47) of dates, labels and names", "fr")
SHAPING = (
    _list("properties", "these properties alone", "title,date,category"),
    _choice("geometry", "points; `shape`: the polygon where a place is a country; or none",
            ("point", "shape", "none"), "point"),
    LANG,
    FORMAT,
)  # fmt: skip
PAGING = (
    LIMIT,
    _text("cursor", "where to go on; opaque, from the link 'next'", "WyI0NzE1…"),
    _choice("sortby", "order; ties by id, undated last", [s.value for s in Sort], "-date"),
)
LIST = (*FILTER, *PAGING, *SHAPING)
ITEM = SHAPING
DOCUMENT = (LANG, FORMAT)
INTERVAL = _choice("interval", "width of a bar", ("auto", "day", "week", "month", "quarter", "year"), "auto")
# Counts take what lists take, so that one query string serves all views; pages never touch them.
SUMMARY = (*FILTER, INTERVAL, *PAGING, *SHAPING)
ZOOM = Parameter(
    "zoom", "zoom of the map, which sets how wide the cells are",
    {"type": "integer", "minimum": 0, "maximum": 22}, "4",
)  # fmt: skip
GROUP = _choice("group", "`always`: clusters of 16 by 16 cells, also in a tile of less than 3,000 pins",
                ("auto", "always"), "auto")  # fmt: skip
CLUSTERS = (*FILTER, ZOOM, *PAGING, *SHAPING)
OUTLINES = _choice(
    "geometry",
    "the country's polygon, a simple `outline` of it for small maps, its point, or none",
    ("point", "shape", "outline", "none"),
    "shape",
)
COUNTRIES = (*FILTER, *PAGING, *(OUTLINES if one.name == "geometry" else one for one in SHAPING))
TILE = (*FILTER, GROUP, *PAGING, *SHAPING)


def read_query(raw: bytes, known: Iterable[Parameter]) -> dict[str, str]:
    """Read a query string into values by name; raise UnknownParameter or BadParameter.

    `utm_*`, `fbclid` and `gclid` are ignored. A parameter that takes several values may be repeated.
    """
    by_name = {parameter.name: parameter for parameter in known}
    values: dict[str, str] = {}
    for part in raw.decode("ascii", "replace").split("&"):
        if not part:
            continue
        name, _, text = part.partition("=")
        name, text = _unquote(name, name), _unquote(text, name)
        if name.startswith("utm_") or name in _IGNORED:
            continue
        if name not in by_name:
            nearest = get_close_matches(name.lower(), by_name, n=1, cutoff=0.55)
            raise UnknownParameter(name[:80], nearest[0] if nearest else None, list(by_name))
        if name in values:
            if not by_name[name].many:
                raise BadParameter(
                    name, "is given twice; expected one value", f"{name}={by_name[name].example}"
                )
            text = f"{values[name]},{text}"
        if not text.strip() or (by_name[name].many and not split(text)):
            raise BadParameter(
                name, "is empty; leave it out or give it a value", f"{name}={by_name[name].example}"
            )
        values[name] = text
    return values


def _unquote(text: str, name: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        raise BadParameter(name[:80], "is not UTF-8 behind its percent signs", "q=caf%C3%A9") from None


def check_categories(filter_: Filter, known: Iterable[str]) -> Filter:
    """Return the filter if the vocabulary holds its categories: never an empty map without a word."""
    slugs = list(known) if filter_.categories else []
    for slug in filter_.categories:
        choose("category", slug, slugs)
    return filter_


def parse_filter(values: Mapping[str, str]) -> Filter:
    """Turn the filter's values into a Filter; raise BadParameter, with an example, for one that cannot be."""
    if "radius" in values and "near" not in values:
        raise BadParameter("radius", "needs near to be around", "near=4.35,50.85&radius=100")
    interval = _given(values, "datetime", _read_interval)
    return Filter(
        box=_given(values, "bbox", _read_box),
        interval=interval,
        certain=_chosen(values, "match") == "certain" and interval is not None,
        unplaced=_chosen(values, "unplaced"),  # type: ignore[arg-type]  # checked against its choices
        undated=_chosen(values, "undated"),  # type: ignore[arg-type]  # as above
        categories=split(values.get("category")),
        countries=_given(values, "country", _read_countries) or (),
        tags=split(values.get("tag")),
        text=values.get("q"),
        near=_read_near(values) if "near" in values else None,
        precision=Precision(_chosen(values, "precision")) if "precision" in values else None,
        within=_given(values, "within", read_area),
        expression=_read_expression(values),
        ids=split(values["ids"]) if "ids" in values else None,
    )


def parse_limit(values: Mapping[str, str]) -> int:
    """Read `limit`: 1 to 10,000, more is clamped, 100 if left out."""
    text = values.get("limit", "100").strip()
    if not (text.isascii() and text.isdigit()) or int(text[:9]) < 1:
        raise BadParameter("limit", f"{text!r} is not a whole number from 1", "limit=100")
    return min(int(text[:9]), MAX_LIMIT)


def parse_sort(values: Mapping[str, str]) -> Sort:
    """Read `sortby`; a leading `+`, which an address turns into a space, means ascending."""
    text = values.get("sortby", Sort.NEWEST.value).strip().removeprefix("+")
    return Sort(choose("sortby", text, [sort.value for sort in Sort]))


def split(text: str | None) -> tuple[str, ...]:
    """Part a comma-separated list, without blanks and doubles."""
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))


def choose(name: str, text: str, choices: Iterable[str]) -> str:
    """Return the text if it is one of the choices; raise BadParameter with the nearest otherwise."""
    choices = list(choices)
    if text in choices:
        return text
    nearest = get_close_matches(text, choices, n=1, cutoff=0.4)
    raise BadParameter(
        name, f"{text[:80]!r} is not one of {', '.join(choices)}", f"{name}={(nearest or choices)[0]}"
    )


def _chosen(values: Mapping[str, str], name: str) -> str:
    schema = next(p.schema for p in FILTER if p.name == name)
    return choose(name, values.get(name, schema["default"]), schema["enum"])


def _given(values: Mapping[str, str], name: str, read: Callable[[str], _T]) -> _T | None:
    if name not in values:
        return None
    try:
        return read(values[name])
    except (BadBox, BadInterval) as error:
        example = next(p.example for p in FILTER if p.name == name)
        raise BadParameter(name, str(error), f"{name}={example}") from None


def _read_box(text: str) -> Box:
    try:
        return Box.parse(text)
    except BadBox as error:
        raise BadBox(f"{error}; expected west,south,east,north in degrees") from None


def _read_interval(text: str) -> Interval:
    return Interval.parse(text)


def _read_expression(values: Mapping[str, str]) -> str | None:
    """Read `filter`; raise BadFilter here already, before an answer from a cache could hide that it is wrong."""
    lang = _chosen(values, "filter-lang")
    if "filter" not in values:
        return None
    expression = parse(values["filter"], lang)
    check_expression(expression)
    return expression


def _read_countries(text: str) -> tuple[str, ...]:
    codes = tuple(code.upper() for code in split(text))
    for code in codes:
        if code not in iso_codes():
            meant = country_code(code)
            hint = f"; did you mean {meant}?" if meant else ""
            example = f"country={meant or 'NL,BE'}"
            raise BadParameter("country", f"{code[:80]!r} is not an ISO 3166-1 alpha-2 code{hint}", example)
    return codes


def _read_near(values: Mapping[str, str]) -> Near:
    numbers = read_numbers("near", values["near"], "near=4.35,50.85")
    if len(numbers) != 2:
        raise BadParameter("near", f"expected 2 numbers, lon,lat, got {len(numbers)}", "near=4.35,50.85")
    lon, lat = check_point("near", *numbers)
    radius, *more = read_numbers("radius", values.get("radius", "50"), "near=4.35,50.85&radius=100")
    if more:
        raise BadParameter("radius", f"expected 1 number, got {1 + len(more)}", "near=4.35,50.85&radius=100")
    if not 0 < radius <= HALF_TURN_KM:
        raise BadParameter("radius", f"{radius:g} is not between 0 and {HALF_TURN_KM:,.0f} km", "radius=100")
    return Near(lon, lat, radius)


def read_numbers(name: str, text: str, example: str) -> list[float]:
    """Read comma-separated finite numbers, or raise BadParameter."""
    numbers = []
    for part in text.split(","):
        try:
            number = float(part)
        except ValueError:
            raise BadParameter(name, f"{part.strip()[:80]!r} is not a number", example) from None
        if not math.isfinite(number):
            raise BadParameter(name, f"{part.strip()} is not a finite number", example)
        numbers.append(number)
    return numbers


def check_point(name: str, lon: float, lat: float) -> tuple[float, float]:
    """Return lon and lat in degrees if they are in range; raise BadParameter otherwise."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadParameter(
            name,
            f"longitude {lon:g}, latitude {lat:g} are out of range (-180 to 180, -90 to 90)",
            "near=4.35,50.85",
        )
    return lon, lat
