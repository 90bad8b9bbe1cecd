"""Query strings read into values, and values into the Filter, the limit and the order that every view shares."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote_plus

from db.errors import BadInterval
from db.query.cql_parser import parse
from db.query.filter import Filter, Near, Sort
from db.sql.cql_conditions import check_expression
from geo.errors import BadBox
from timeline.api.params.tables import (
    DEFAULT_LIMIT,
    FILTER,
    MAX_LIMIT,
    FilterParameter,
    QueryParameter,
)
from timeline.api.params.values import choose, read_whole_number, split_list
from timeline.errors import BadParameter, UnknownParameter

MAX_LIST_VALUES = 1_000
DEFAULT_RADIUS_KM = 50.0
_IGNORED_NAMES = ("fbclid", "gclid")


def parse_query_string(raw: bytes, parameters: Iterable[QueryParameter]) -> dict[str, str]:
    """Return the values of a query string by name; raise UnknownParameter or BadParameter.

    `utm_*`, `fbclid` and `gclid` are ignored. A parameter that takes several values may be repeated.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    texts: dict[str, list[str]] = {}
    for part in raw.decode("ascii", "replace").split("&"):
        if not part:
            continue
        name, _, text = part.partition("=")
        name, text = _unquote(name, name), _unquote(text, name)
        if name.startswith("utm_") or name in _IGNORED_NAMES:
            continue
        if name not in by_name:
            nearest = get_close_matches(name[:80].lower(), by_name, n=1, cutoff=0.55)
            raise UnknownParameter(name[:80], nearest[0] if nearest else None, list(by_name))
        texts.setdefault(name, []).append(text)
    return {name: _value(by_name[name], parts) for name, parts in texts.items()}


def _value(parameter: QueryParameter, texts: list[str]) -> str:
    """Return the value of a parameter; of one that takes several, all of its texts, separated by commas."""
    name, example = parameter.name, f"{parameter.name}={parameter.example}"
    if len(texts) > 1 and not parameter.many:
        raise BadParameter(name, "is given twice; expected one value", example)
    text = ",".join(texts)
    count = len(split_list(text)) if parameter.many else len(text)
    if not text.strip() or not count:
        raise BadParameter(name, "is empty; leave it out or give it a value", example)
    limit, unit = (MAX_LIST_VALUES, "values") if parameter.many else (parameter.max_characters, "characters")
    if count > limit:
        raise BadParameter(name, f"it has {count:,} {unit}; expected at most {limit:,}", example)
    return text


def _unquote(text: str, name: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        raise BadParameter(
            name[:80], "its percent-encoded bytes are not UTF-8; expected UTF-8", "q=caf%C3%A9"
        ) from None


def parse_filter(values: Mapping[str, str]) -> Filter:
    """Return the Filter of the values; raise BadParameter, with an example, for a value that cannot be read."""
    if "radius" in values and "near" not in values:
        raise BadParameter("radius", "is given without near; expected both", "near=4.35,50.85&radius=100")
    fields = {row.field: _read(row, values[row.name]) for row in FILTER if row.name in values}
    return Filter(**_qualified(fields))


def _read(row: FilterParameter, text: str) -> Any:
    try:
        return row.read(text)
    except (BadBox, BadInterval) as error:
        raise BadParameter(row.name, str(error), f"{row.name}={row.example}") from None


def _qualified(fields: dict[str, Any]) -> dict[str, Any]:
    """Join the values that qualify another one with it: radius with near, match with datetime, language with filter."""
    radius_km = fields.pop("radius_km", DEFAULT_RADIUS_KM)
    language = fields.pop("language", "cql2-text")
    if "near" in fields:
        lon, lat = fields["near"]
        fields["near"] = Near(lon, lat, radius_km)
    if "interval" not in fields:
        fields.pop("certain", None)
    if "expression" in fields:
        expression = parse(fields["expression"], language)
        check_expression(expression)  # raises BadFilter here, before a cached response could hide the error
        fields["expression"] = expression
    return fields


def check_categories(filter_: Filter, slugs: Iterable[str]) -> Filter:
    """Return the filter if the vocabulary holds its categories; raise BadParameter instead of an empty map."""
    slugs = list(slugs) if filter_.categories else []
    for slug in filter_.categories:
        choose("category", slug, slugs)
    return filter_


def parse_limit(values: Mapping[str, str], default: int = DEFAULT_LIMIT) -> int:
    """Return `limit`: at least 1, clamped to 10,000; `default` if it is left out."""
    if "limit" not in values:
        return default
    return min(read_whole_number("limit", values["limit"], 1, None, "limit=100"), MAX_LIMIT)


def parse_sort(values: Mapping[str, str]) -> Sort:
    """Return `sortby`; a leading `+`, which an address turns into a space, means ascending."""
    text = values.get("sortby", Sort.NEWEST.value).strip().removeprefix("+")
    return Sort(choose("sortby", text, [sort.value for sort in Sort]))
