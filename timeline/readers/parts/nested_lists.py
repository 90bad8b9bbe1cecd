"""Lists inside an object that have dates of their own, such as the occurrences of an event: report or expand them."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from timeline.errors import BadFile
from timeline.exchange.field_names import DATES, NAMES, key, recognised
from timeline.exchange.name_lists import listed
from timeline.exchange.row import Note, Row, has_only_scalars, is_empty
from timeline.exchange.slug import slug

MAX_LISTS_REMEMBERED = 100
MAX_ITEMS_OF_LIST = 10_000  # that become events, in one object
MAX_BYTES_OF_ITEMS = 50_000_000  # of these events together, each of which repeats the members of the object
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?", re.ASCII)
_IDS = ("id", *NAMES["id"].split())
_PLACES = frozenset(("place", "city", "lat", "lon"))
_OF_FEATURE = frozenset(("type", "id", "geometry", "properties"))
_MAX_NESTING = 3
_MAX_CHARACTERS_OF_DATE = 40  # in an id


class NestedLists:
    """Counts the lists with dates that objects contain; with `member` each item of that list becomes an event."""

    def __init__(self, member: str | None) -> None:
        self.member = member
        self.counts = Counter[str]()
        self.expanded = 0

    def events(self, value: Any) -> Iterator[tuple[Any, str]]:
        """Yield an object, or its parts if it has the list `member`, each with a name: "" or "dates 2"."""
        if self.member is not None:
            value = _with_member(value, self.member)
        items = None if self.member is None else _items(value, self.member)
        if not items:
            yield value, ""
            return
        self.expanded += 1
        _check_size(value, items, self.member or "")
        ids = Counter[str]()
        for number, item in enumerate(items, 1):
            yield _merged(value, self.member or "", item, ids), f"{self.member} {number}"

    def count(self, row: Row) -> None:
        """Count the lists with dates in the columns of a row."""
        if row.kind == "own" or row.problem or has_only_scalars(row.columns):
            return
        for name, items in _lists(row.columns):
            if name.partition(".")[0] in row.parts or name == "when.timespans":
                continue  # the shapes of a geometry, or the date of the Feature
            if (name in self.counts or len(self.counts) < MAX_LISTS_REMEMBERED) and _has_dates(items):
                self.counts[name] += 1

    def finish(self, note: Note) -> None:
        """Note the lists that stay in `data`; raise BadFile if no object has the list that was chosen."""
        if self.member is not None and not self.expanded:
            names = f"; its lists are {listed(self.counts)}" if self.counts else ""
            raise BadFile(f"has no object with a list {self.member!r}{names}")
        for name, count in self.counts.items():
            objects = "1 object has" if count == 1 else f"{count:,} objects have"
            note(
                f"{objects} a list {name!r} with dates; the object is imported as one event with the list in data; "
                f"to import an event for each of its items, use --each {name}"
            )


def _lists(members: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of an object and of the objects inside it, by names with dots."""
    for name, value in members.items():
        if isinstance(value, list) and value:
            yield f"{prefix}{name}", value
        elif isinstance(value, dict) and depth < _MAX_NESTING:
            yield from _lists(value, f"{prefix}{name}.", depth + 1)


def _has_dates(items: list[Any]) -> bool:
    """Return whether a list is one of days, or of objects with a date."""
    if all(isinstance(item, Mapping) for item in items):
        return any(not recognised(item).isdisjoint(DATES) for item in items)
    return len(items) > 1 and all(isinstance(item, str) and _DAY.fullmatch(item) for item in items)


def _container(value: Any) -> Any:
    """Return the object whose members are columns: the properties of a Feature, else the object itself."""
    if isinstance(value, Mapping) and value.get("type") == "Feature":
        return value.get("properties")
    return value


def _with_member(value: Any, member: str) -> Any:
    """Return a Feature with the list `member` among its properties, if it has that list beside them."""
    name = member if isinstance(value, Mapping) and member in value else member.partition(".")[0]
    properties = _container(value)
    if properties is value or not isinstance(value.get(name), Mapping | list) or name in _OF_FEATURE:
        return value
    if isinstance(properties, Mapping) and name in properties:
        return value
    others = {key: part for key, part in value.items() if key != name}
    return {**others, "properties": {**(properties or {}), name: value[name]}}


def _items(value: Any, member: str) -> list[Any] | None:
    """Return the list of an object that a name such as `dates` or `schedule.dates` means; None if it has none."""
    container = _container(value)
    for name in [member] if isinstance(container, Mapping) and member in container else member.split("."):
        container = container.get(name) if isinstance(container, Mapping) else None
    return container if isinstance(container, list) else None


def _check_size(value: Any, items: list[Any], member: str) -> None:
    """Raise BadFile for a list that would make too many events, or too large ones."""
    if len(items) > MAX_ITEMS_OF_LIST:
        raise BadFile(
            f"has an object with {len(items):,} items in its list {member!r}; expected at most {MAX_ITEMS_OF_LIST:,}: "
            "divide the list between several objects"
        )
    if len(msgspec.json.encode(_container(value))) * len(items) > MAX_BYTES_OF_ITEMS:
        raise BadFile(
            f"has an object whose {len(items):,} items in the list {member!r} would make more than "
            f"{MAX_BYTES_OF_ITEMS:,} bytes, because each event repeats the other members; expected shorter ones"
        )


def _merged(value: Mapping[str, Any], member: str, item: Any, ids: Counter[str]) -> dict[str, Any]:
    """Return an object with the members of one item in place of its list; `ids` counts the ids given so far.

    Members of the object that the item has as well are kept in `parent`.
    """
    container = _without(_container(value), [member] if member in _container(value) else member.split("."))
    members = dict(item) if isinstance(item, Mapping) else {member.rpartition(".")[2]: item}
    replaced = {
        name: container[name]
        for name in members
        if name in container and not is_empty(container[name]) and container[name] != members[name]
    }
    is_feature = value.get("type") == "Feature"
    parent_id = value.get("id") if is_feature and value.get("id") is not None else _id(container)
    merged = {**container, **members}
    if parent_id is not None:
        for name in (*_id_names(container)[:1], *_id_names(members)[:1]):
            merged.pop(name, None)
            replaced.pop(name, None)
        merged["id"] = _occurrence_id(parent_id, members, item, ids)
    if replaced:
        merged["parent"] = replaced
    if not is_feature:
        return merged
    feature = {**value, "properties": merged}
    if "id" in merged:
        feature["id"] = merged.pop("id")
    if "geometry" in members:
        feature["geometry"] = merged.pop("geometry")
    elif not recognised(members).isdisjoint(_PLACES):
        feature["geometry"] = None  # it is where the whole event is, and the item says where it is itself
        if value.get("geometry"):
            merged["parent"] = {**replaced, "geometry": value["geometry"]}
    return feature


def _without(container: Mapping[str, Any], path: list[str]) -> dict[str, Any]:
    """Return an object without the member that a path of names leads to."""
    first, *others = path
    members = dict(container)
    if others:
        if inner := _without(members.pop(first), others):
            members[first] = inner
    else:
        members.pop(first)
    return members


def _id_names(members: Mapping[str, Any]) -> list[str]:
    """Return the members that may be the id, the best one first."""
    names = (name for name in members if key(name) in _IDS and isinstance(members[name], str | int))
    return sorted(names, key=lambda name: _IDS.index(key(name)))


def _id(members: Mapping[str, Any]) -> str | int | None:
    names = _id_names(members)
    value: str | int | None = members[names[0]] if names else None
    return value


def _occurrence_id(parent: str | int, members: Mapping[str, Any], item: Any, ids: Counter[str]) -> str:
    """Return the id of an item: that of its object, and its own id, or its date, or a hash of all that it says.

    It does not depend on the position, so that a later import of a longer list changes nothing.
    """
    own = _id(members)
    dates = [str(members[name]) for name in members if not recognised([name]).isdisjoint(DATES)]
    text = str(own) if own is not None else slug(" ".join(dates))[:_MAX_CHARACTERS_OF_DATE]
    if not text:
        content = json.dumps(item, ensure_ascii=False, sort_keys=True, default=str)
        text = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    ids[text] += 1
    return f"{parent}-{text}" + (f"-{ids[text]}" if ids[text] > 1 else "")
