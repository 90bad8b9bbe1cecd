"""Every query parameter, in one table: its name, its meaning, its JSON schema, an example, and its parser.

The API, the OpenAPI document, `timeline export` and the page take the filter's parameters from FILTER, and tests check
that embed.js and the manual agree with it. CONTRIBUTING.md lists the steps for a new one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from db.query.cql_parser import EXAMPLE
from db.query.filter import Presence, Sort
from db.query.search_text import MAX_SEARCH_CHARACTERS, check_search_text
from db.query.shapes import AREA, read_area
from timeline.api.params.values import (
    PRECISIONS,
    VERIFICATIONS,
    choose,
    read_box,
    read_centre,
    read_countries,
    read_interval,
    read_min_precision,
    read_precisions,
    read_radius,
    read_verifications,
    split_list,
)
from timeline.writers.registry import NAMES
from timeline.writers.writer import DIALECTS

MAX_QUERY_BYTES = 64 * 1024
MAX_VALUE_CHARACTERS = 1_000
MAX_LIMIT = 10_000
DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A query parameter: its meaning, its JSON schema, and an example of a valid value.

    `many`: it takes a comma-separated list and may be repeated. `required`: a request without it is a 400.
    `max_characters` limits the value of one that takes no list.
    """

    name: str
    meaning: str
    schema: Mapping[str, Any]
    example: str
    many: bool = False
    required: bool = False
    max_characters: int = MAX_VALUE_CHARACTERS

    @property
    def kind(self) -> str:
        """Return what a value is: `list`, `choice`, `numbers`, `number` or `text`."""
        if self.many:
            return "list"
        if "enum" in self.schema:
            return "choice"
        return {"array": "numbers", "number": "number"}.get(self.schema["type"], "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterParameter(QueryParameter):
    """A parameter of the one filter.

    `read` turns its text into the value of the Filter's `field`. One that `qualifies` another parameter is read with
    that one and means nothing alone. `local`: the page's own filter evaluates it; the server evaluates the others.
    """

    field: str
    read: Callable[[str], Any]
    qualifies: str | None = None
    local: bool = False


def _text(name: str, meaning: str, example: str) -> QueryParameter:
    return QueryParameter(name, meaning, {"type": "string"}, example)


def _list(name: str, meaning: str, example: str) -> QueryParameter:
    return QueryParameter(name, meaning, _strings(), example, many=True)


def _choice(name: str, meaning: str, choices: Iterable[str], default: str) -> QueryParameter:
    schema = {"type": "string", "enum": list(choices), "default": default}
    return QueryParameter(name, meaning, schema, schema["enum"][-1])


def _strings(*choices: str) -> dict[str, Any]:
    items = {"type": "string", "enum": list(choices)} if choices else {"type": "string"}
    return {"type": "array", "items": items}


def _one_of(*choices: str, default: str | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "enum": list(choices)}
    return schema if default is None else {**schema, "default": default}


_TEXT = {"type": "string"}
_PRESENCE = get_args(Presence)
# GDAL 3.12 sends filters as text only if this list has the draft's name, `cql-text`.
_LANGUAGES = {"cql2-json": "cql2-json", "cql2-text": "cql2-text", "cql-text": "cql2-text"}

FILTER: tuple[FilterParameter, ...] = (
    FilterParameter(
        name="bbox", field="box", read=read_box, local=True, example="-10,35,30,60",
        schema={"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
        meaning="west,south,east,north in degrees (CRS84), edges included; west > east crosses the antimeridian, "
        "longitudes beyond 180 are wrapped. Unplaced events match any box.",
    ),
    FilterParameter(
        name="unplaced", field="unplaced", read=partial(choose, "unplaced", choices=_PRESENCE), local=True,
        example="only", schema=_one_of(*_PRESENCE, default="include"),
        meaning="events without a place: include them, exclude them, or return only them",
    ),
    FilterParameter(
        name="datetime", field="interval", read=read_interval, local=True, schema=_TEXT,
        example="2020-01-01/2023-12-31",
        meaning="an instant or start/end, both inclusive; either side may be '..'; the end may be a duration. Undated "
        "events match any datetime.",
    ),
    FilterParameter(
        name="match", field="certain", read=lambda text: choose("match", text, ("possible", "certain")) == "certain",
        qualifies="datetime", local=True, example="certain", schema=_one_of("possible", "certain", default="possible"),
        meaning="with datetime: events that may overlap it, or events that overlap it whatever their true date is",
    ),
    FilterParameter(
        name="undated", field="undated", read=partial(choose, "undated", choices=_PRESENCE), local=True,
        example="only", schema=_one_of(*_PRESENCE, default="include"),
        meaning="events without a date: include them, exclude them, or return only them",
    ),
    FilterParameter(
        name="category", field="categories", read=split_list, local=True, example="raid,arrest", schema=_strings(),
        many=True, meaning="one or several categories (slugs)",
    ),
    FilterParameter(
        name="country", field="countries", read=read_countries, local=True, example="NL,BE", schema=_strings(),
        many=True, meaning="one or several countries, ISO 3166-1 alpha-2",
    ),
    FilterParameter(
        name="tag", field="tags", read=split_list, example="europol", schema=_strings(), many=True,
        meaning="one or several tags",
    ),
    FilterParameter(
        name="verification", field="verifications", read=read_verifications, local=True, example="confirmed,disputed",
        schema=_strings(*VERIFICATIONS), many=True, meaning="one or several of reported, confirmed and disputed",
    ),
    FilterParameter(
        name="q", field="text", read=check_search_text, example="cocaine belgi*", schema=_TEXT,
        max_characters=MAX_SEARCH_CHARACTERS,
        meaning="full text over title, summary, places and tags: words are ANDed, \"a phrase\", prefix*",
    ),
    FilterParameter(
        name="near", field="near", read=read_centre, example="4.35,50.85",
        schema={"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        meaning="lon,lat in degrees: pins within `radius` of it",
    ),
    FilterParameter(
        name="radius", field="radius_km", read=read_radius, qualifies="near", example="100",
        schema={"type": "number", "minimum": 0, "exclusiveMinimum": True},
        meaning="kilometres on the sphere around `near` (50 if left out)",
    ),
    FilterParameter(
        name="within", field="within", read=read_area, example=AREA, schema=_TEXT, max_characters=MAX_QUERY_BYTES,
        meaning="a WKT polygon or multipolygon in CRS84: pins in it or on its edge; cut a polygon that crosses the "
        "antimeridian in two",
    ),
    FilterParameter(
        name="precision", field="precisions", read=read_precisions, local=True, example="city,point",
        schema=_strings(*PRECISIONS), many=True, meaning="pins of exactly one of these precisions",
    ),
    FilterParameter(
        name="min_precision", field="min_precision", read=read_min_precision, local=True, example="city",
        schema=_one_of(*PRECISIONS, default="country"), meaning="pins at least this precise",
    ),
    FilterParameter(
        name="filter", field="expression", read=str, example=EXAMPLE, schema=_TEXT, max_characters=MAX_QUERY_BYTES,
        meaning="CQL2 over the queryables, at most 8 kB and 50 deep; a comparison with a missing value (the time of an "
        "undated event, the place of an unplaced one) is unknown and does not match",
    ),
    FilterParameter(
        name="filter-lang", field="language", read=lambda text: _LANGUAGES[choose("filter-lang", text, _LANGUAGES)],
        qualifies="filter", example="cql2-text", schema=_one_of(*_LANGUAGES, default="cql2-text"),
        meaning="the language of `filter`; `cql-text` is another name of `cql2-text`",
    ),
    FilterParameter(
        name="ids", field="ids", read=split_list, example="ndrangheta-action-day,duisburg-massacre", schema=_strings(),
        many=True, meaning="only these events",
    ),
)  # fmt: skip

LIMIT = QueryParameter(
    "limit", f"events per page; values above {MAX_LIMIT:,} are clamped",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}, "100",
)  # fmt: skip
STATUS = _list("status", "with a key: events of these statuses; without it what readers see", "draft,review")
FORMAT = _choice("f", "format; overrides the Accept header", ("json", "geojson", "html"), "json")
LIST_FORMAT = _choice("f", "format; overrides the Accept header", ("json", *NAMES, "html"), "json")
ITEM_FORMAT = _choice(
    "f", "format; overrides the Accept header", ("json", "geojson", "jsonfg", "html"), "json"
)
LANG = _text("lang", "language (BCP 47) of dates, labels and names", "fr")
SHAPING = (
    _list("properties", "only these properties", "title,date,category"),
    _choice("geometry", "points; `shape`: the polygon where a place is a country; or none",
            ("point", "shape", "none"), "point"),
    LANG,
)  # fmt: skip
SORT = _choice("sortby", "order; ties by id, undated events last", [s.value for s in Sort], "-date")
PAGING = (
    LIMIT,
    QueryParameter(
        "cursor",
        "where the page begins; opaque, from the link 'next'",
        {"type": "string"},
        "WyI0NzE1…",
        max_characters=MAX_QUERY_BYTES,
    ),
    SORT,
)
DIALECT = _choice("dialect", "of CSV; `excel`: a byte order mark and semicolons", DIALECTS, "standard")
LIST = (*FILTER, *PAGING, *SHAPING, LIST_FORMAT)
ITEM = (*SHAPING, ITEM_FORMAT)
DOCUMENT = (LANG, FORMAT)
INTERVAL = _choice("interval", "width of a bar", ("auto", "day", "week", "month", "quarter", "year"), "auto")
# Counts accept the parameters of lists, so that one query string serves all views; paging never changes them.
SUMMARY = (*FILTER, INTERVAL, *PAGING, *SHAPING, FORMAT)
ZOOM = QueryParameter(
    "zoom", "zoom of the map, which sets the width of the cells",
    {"type": "integer", "minimum": 0, "maximum": 22}, "4", required=True,
)  # fmt: skip
GROUP = _choice("group", "`always`: clusters of 16 by 16 cells, also in a tile with fewer than 3,000 pins",
                ("auto", "always"), "auto")  # fmt: skip
CLUSTERS = (*FILTER, ZOOM, *PAGING, *SHAPING, FORMAT)
OUTLINES = _choice(
    "geometry",
    "the country's polygon, a simple `outline` of it for small maps, its point, or none",
    ("point", "shape", "outline", "none"),
    "shape",
)
COUNTRIES = (
    *FILTER,
    *PAGING,
    *(OUTLINES if parameter.name == "geometry" else parameter for parameter in SHAPING),
    FORMAT,
)
TILE = (*FILTER, GROUP, *PAGING, *SHAPING, FORMAT)
