"""Objects of well-known services, whose fields are inside other objects, with members that an import recognises."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

_OF_TERM = frozenset(("value", "type", "datatype", "xml:lang"))  # members of a value in SPARQL
_OSM_TYPES = ("node", "way", "relation")


def plain_object(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an element of OpenStreetMap or an event of Google Calendar with plain members; another one unchanged."""
    if value.get("kind") == "calendar#event":
        return _calendar_event(value)
    if value.get("type") in _OSM_TYPES and isinstance(value.get("tags"), Mapping):
        return _map_element(value, value["tags"])
    return value


def plain_terms(value: Any) -> Any:
    """Return an answer to a query in SPARQL, whose values have a type and perhaps a language, with plain values."""
    if not isinstance(value, Mapping):
        return value
    terms = {}
    for name, term in value.items():
        if isinstance(term, Mapping) and "value" in term:
            terms[name] = term["value"]
            terms |= {f"{name}.{member}": part for member, part in term.items() if member not in _OF_TERM}
        else:
            terms[name] = term
    return terms


def _map_element(value: Mapping[str, Any], tags: Mapping[str, Any]) -> dict[str, Any]:
    """Return an element with its name, which is a tag, and the centre of its shape as its position."""
    element, center = dict(value), value.get("center")
    if "name" in tags and "name" not in element:
        element["name"] = tags["name"]
        element["tags"] = {name: tag for name, tag in tags.items() if name != "name"}
    if isinstance(center, Mapping) and center.keys() == {"lat", "lon"} and not center.keys() & element.keys():
        del element["center"]
        element |= center
    return element


def _calendar_event(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with its title, and its days or moments; the last of its days is exclusive."""
    event = dict(value)
    if "title" not in event and "summary" in event:
        event["title"] = event.pop("summary")
    for side in ("start", "end"):
        moment = value.get(side)
        if not isinstance(moment, Mapping):
            continue
        if name := next(filter(moment.get, ("dateTime", "date")), ""):
            others = {f"{side}.{key}": part for key, part in moment.items() if key != name}
            event[side] = _day_before(moment[name]) if (side, name) == ("end", "date") else moment[name]
            event |= others
    return event


def _day_before(text: Any) -> Any:
    try:
        return (date.fromisoformat(text) - timedelta(days=1)).isoformat()
    except (TypeError, ValueError, OverflowError):
        return text
