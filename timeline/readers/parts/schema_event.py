"""Events of schema.org in JSON-LD: one Event as columns of the fields of an event; everything else stays as it is.

See https://schema.org/Event. `location` is a Place with its `address` and `geo`, an address, or a text.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from timeline.exchange.row import is_empty

_PREFIXES = ("https://schema.org/", "http://schema.org/", "schema:")
_EVENT_TYPES = frozenset(("Festival", "Hackathon", "CourseInstance", "EventSeries"))  # others end in "Event"
_NOT_HELD = frozenset(("EventCancelled", "EventPostponed"))
_TEXTS = {
    "title": ("name", "headline"), "summary": ("description",),
    "start": ("startDate", "eventSchedule.startDate"), "end": ("endDate",),
    "source_url": ("url",), "tags": ("keywords",), "id": ("@id", "identifier"),
}  # fmt: skip
_ADDRESSES = ("location.address.", "location.")
_VIRTUAL = "virtual_location"
_OTHERS = "other_locations"

Flatten = Callable[[Mapping[str, Any]], dict[str, Any]]


def types_of(value: Any) -> set[str]:
    """Return the types of an object of JSON-LD without the address of the vocabulary."""
    if type(value) is not dict or "@type" not in value:  # asked of every object of every file
        return set()
    types = value["@type"]
    names = types if isinstance(types, list) else [types]
    return {_without_prefix(name) for name in names if isinstance(name, str)}


def _without_prefix(name: str) -> str:
    prefix = next(filter(name.startswith, _PREFIXES), "")
    return name.removeprefix(prefix)


def is_schema_event(value: Any) -> bool:
    """Return whether a value is an Event of schema.org, or of one of its subtypes."""
    names = types_of(value)
    return bool(names) and any(name.endswith("Event") or name in _EVENT_TYPES for name in names)


def is_held(event: Any) -> bool:
    """Return whether an Event took place as it says: it was neither cancelled nor postponed to an unknown day."""
    status = event.get("eventStatus") if isinstance(event, Mapping) else None
    return not isinstance(status, str) or _without_prefix(status) not in _NOT_HELD


def schema_columns(
    event: Mapping[str, Any], flatten: Flatten, nodes: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[tuple[Any, Any], ...], int]:
    """Return the columns of an Event, its points (lon, lat), and the number of its members that are in neither.

    `flatten` returns the members of an object and of the objects inside it, by names with dots; `nodes` are the objects
    that the event may refer to by their `@id`.
    """
    members = {name: value for name, value in flatten(_resolved(event, nodes)).items() if not _is_mark(name)}
    filled = sum(not is_empty(value) for value in members.values())
    columns = dict(_fields(members))
    columns.update(_place(members))
    points = _points(members)
    columns.update(
        (name if name not in columns else f"event.{name}", value) for name, value in members.items()
    )
    return columns, points, filled - sum(not is_empty(value) for value in columns.values())


def _is_mark(name: str) -> bool:
    """Return whether a member only says how to read the others, as the `type` of a Feature does."""
    return name.endswith(("@context", ".@type"))


def _resolved(event: Mapping[str, Any], nodes: Mapping[str, Any]) -> dict[str, Any]:
    """Return an Event whose `location` is its first place on Earth; texts in a language are plain texts."""
    members = _in_first_language(event)
    locations = members.pop("location", None)
    if is_empty(locations):
        return members
    places, virtual = list[Any](), list[Any]()
    for location in locations if isinstance(locations, list) else [locations]:
        location = _node(location, nodes)
        (virtual if "VirtualLocation" in types_of(location) else places).append(location)
    if places:
        members["location"] = places[0]
    for name, others in ((_OTHERS, places[1:]), (_VIRTUAL, virtual)):
        if others:
            members[name] = others[0] if len(others) == 1 else others
    return members


def _in_first_language(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object whose texts in several languages are the first one; the others get names of their own."""
    members: dict[str, Any] = {}
    for name, value in event.items():
        is_translated = isinstance(value, list) and len(value) > 1 and all(map(_is_text_in_language, value))
        members[name] = _plain(value[0] if is_translated else value)
        if is_translated:
            members[f"{name}_translations"] = value[1:]
    return members


def _is_text_in_language(value: Any) -> bool:
    return isinstance(value, Mapping) and "@value" in value


def _node(value: Any, nodes: Mapping[str, Any]) -> Any:
    """Return a place with its members in plain texts, the one that it refers to if it only has an `@id`."""
    if isinstance(value, Mapping) and set(value) <= {"@id", "@type"}:
        value = nodes.get(str(value.get("@id")), value)
    if not isinstance(value, Mapping):
        return value
    members = _in_first_language(value)
    if isinstance(address := members.get("address"), Mapping):
        members["address"] = {name: _plain(member) for name, member in address.items()}
    return members


def _plain(value: Any) -> Any:
    """Return the value of a JSON-LD value object; anything else unchanged."""
    return value["@value"] if isinstance(value, Mapping) and "@value" in value else value


def _fields(members: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields that an Event has as texts, and remove these members."""
    for field, names in _TEXTS.items():
        is_list = field == "tags"
        for name in names:
            value = members.get(name)
            if isinstance(value, str | int | float) or (is_list and isinstance(value, list)):
                yield field, members.pop(name)
                break


def _place(members: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of the place, and remove these members."""
    if isinstance(members.get("location"), str):
        return {"place": members.pop("location")}
    name = _take(members, "location.name")
    address = _take(members, "location.address")
    city, admin1, country = (
        _take(members, *(f"{prefix}{part}" for prefix in _ADDRESSES for part in parts))
        for parts in (
            ("addressLocality",),
            ("addressRegion",),
            ("addressCountry", "addressCountry.name", "addressCountry.identifier"),
        )
    )
    street = "" if name or address else _take(members, *(f"{prefix}streetAddress" for prefix in _ADDRESSES))
    parts = dict.fromkeys(filter(None, (name, address, street)))
    if parts and city and city.lower() not in address.lower():
        parts[city] = None
    columns = {"place": ", ".join(parts), "city": city, "admin1": admin1, "country": country}
    return {field: text for field, text in columns.items() if text}


def _take(members: dict[str, Any], *names: str) -> str:
    """Return the first of these members that is a text, and remove it; "" if none is."""
    for name in names:
        if isinstance(members.get(name), str) and members[name].strip():
            return str(members.pop(name)).strip()
    return ""


def _points(members: dict[str, Any]) -> tuple[tuple[Any, Any], ...]:
    """Return the coordinates of the place as a pair (lon, lat), and remove these members."""
    for prefix in ("location.geo.", "location."):
        names = (f"{prefix}longitude", f"{prefix}latitude")
        if not any(is_empty(members.get(name)) for name in names):
            return ((members.pop(names[0]), members.pop(names[1])),)
    return ()
