"""The fields that editors changed, which an import keeps: three values decide, imported last, stored, and in the file.

A field counts as changed by an editor from the first change on, until an import brings the editor's value or the editor
returns to the imported one. Only a mark of the imported value is stored, since it is only compared.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from msgspec import structs
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.engines import backend_of, run
from db.errors import BadEvent
from db.events import feature
from db.events.diff import FIELDS, EventChange, FieldChange, change
from db.events.draft import Draft, Figure, LookedUpText
from db.events.tables import EditedFields
from db.writing import place_texts
from db.writing.prepared import PreparedEvent, prepare

Marks = Mapping[str, str]
"""The fields of an event that an editor changed, such as `title` or `data.age`, with marks of their imported values."""

CHOSEN = "chosen:"
"""What the mark of `places` begins with if editors only chose places for texts: imports apply such choices as well."""
_ATTRIBUTES = {"date": "when"}  # of Draft, where it differs from the property
_UNKNOWN_BEFORE = {"verification": "reported"}  # the value of a property that nobody has written


class EditConflict(NamedTuple):
    """A field for which an editor and a file have different values; `at` is the position of the row in the file.

    `is_kept` is true if the editor's value stays. `at` is empty if the editor made the change during the import.
    `field` is empty for an event that stays as it is, because it would be too large with the values of both.
    """

    id: str
    at: str
    field: str
    stored: Any
    imported: Any
    is_kept: bool


class ImportRules(NamedTuple):
    """What a write of imported events does to stored ones.

    With `keep_status` each keeps its status, otherwise only a retracted one. `overwrite` replaces what editors changed.
    `on_change` is called with each change, `on_conflict` with each conflict between an editor and the file.
    """

    keep_status: bool = False
    overwrite: bool = False
    on_change: Callable[[EventChange], None] | None = None
    on_conflict: Callable[[EditConflict], None] | None = None

    def fixes(self, status: str) -> bool:
        """Return whether a stored event with a status keeps it."""
        return self.keep_status or status == "retracted"


DEFAULT_RULES = ImportRules()


class StoredVersion(NamedTuple):
    """What is stored under an id that an import writes again: its row, status, Feature and marks."""

    pk: int
    status: str
    feature: bytes
    marks: Marks


def mark(value: Any) -> str:
    """Return a short mark by which two values of a field are compared; '' for a field without a value."""
    if value in (None, "", [], {}):
        return ""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def marks_after_edit(marks: Marks | None, changes: Iterable[FieldChange], encoded: bytes) -> dict[str, str]:
    """Return the marks after an editor's changes, None before for a new event; `encoded` is the Feature after them.

    A field that has the imported value again has no mark.
    """
    if marks is None:
        return _marks_of_new_event(encoded)
    result = dict(marks)
    for name, old, new in changes:
        if name == "embargo_until" or (name == "status" and name not in result and old != "published"):
            continue  # no file has an embargo, and publishing is what an import with that option does
        imported = result.get(name, CHOSEN + mark(old)).removeprefix(CHOSEN)
        is_choice = name == "places" and _is_choice(old, new) and result.get(name, CHOSEN).startswith(CHOSEN)
        result[name] = CHOSEN + imported if is_choice else imported
        if imported == mark(new):
            del result[name]
    return result


def _is_choice(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a change of places is the choice of one for a text, on the review page or with the command."""
    others = [place for place in new if place not in old]
    return len(others) == 1 and others[0]["geocoder"] == "chosen" and len(old) <= len(new)


def _marks_of_new_event(encoded: bytes) -> dict[str, str]:
    properties = msgspec.json.decode(encoded)["properties"]
    marks: dict[str, str] = {}
    for name in FIELDS:
        value = properties[name]
        if isinstance(value, dict):
            marks |= {f"{name}.{key}": "" for key in value}
        elif name != "status" and value and value != _UNKNOWN_BEFORE.get(name):
            marks[name] = ""
    return marks


def with_editors_values(
    connection: Connection, event: PreparedEvent, stored: StoredVersion, rules: ImportRules
) -> tuple[PreparedEvent, dict[str, str]]:
    """Return an imported event with the values of editors that it keeps, and the new marks of the stored event."""
    differences = {change.name: change for change in change(stored.feature, event.feature).fields}
    marks = dict(stored.marks)
    editors_fields: list[str] = []
    for name in stored.marks:
        difference = differences.get(name)
        if name == "status" and event.status != "published":
            continue  # the import leaves every status as it is
        if event.origin and not event.origin.has(name) and name != "status":
            editors_fields += [name] if difference else []  # the file says nothing about it
        elif difference is None:
            # An export that comes back has the editor's value, but the source of the event may still have another.
            is_export = event.origin is not None and event.origin.is_native
            is_choice = marks[name].startswith(CHOSEN) or (name == "places" and _has_rejected_text(event))
            if not is_export and not is_choice:
                del marks[name]
        elif marks[name].startswith(CHOSEN) and _has_chosen_places(difference):
            marks[name] = CHOSEN + mark(difference.new)
        else:
            is_kept = not rules.overwrite or (name == "status" and rules.fixes(stored.status))
            _report(event, difference, rules, is_kept=is_kept)
            if is_kept:
                prefix = CHOSEN if marks[name].startswith(CHOSEN) else ""
                marks[name] = prefix + mark(difference.new)
                editors_fields.append(name)
            else:
                del marks[name]
    return (_merged(connection, event, stored, editors_fields, rules) if editors_fields else event), marks


def _has_chosen_places(difference: FieldChange) -> bool:
    """Return whether the imported places have all that an editor chose for their texts: the choices still apply."""
    return all(place in difference.new for place in difference.old if place["geocoder"] == "chosen")


def _has_rejected_text(event: PreparedEvent) -> bool:
    """Return whether an editor has said of a text of an imported event that it is not a place.

    The import has the editor's value because of that choice; the file itself may still name another place.
    """
    return any(text.place is None and text.doubt is None for text in event.texts)


def _report(event: PreparedEvent, difference: FieldChange, rules: ImportRules, *, is_kept: bool) -> None:
    if rules.on_conflict:
        at = event.origin.at if event.origin else ""
        rules.on_conflict(EditConflict(event.id, at, *difference, is_kept))


def _merged(
    connection: Connection,
    event: PreparedEvent,
    stored: StoredVersion,
    editors_fields: Sequence[str],
    rules: ImportRules,
) -> PreparedEvent:
    """Return an imported event with these fields of the stored one; the stored event if both would be too large."""
    ours, theirs = feature.decode(stored.feature), feature.decode(event.feature)
    stored_texts = place_texts.read(connection, [stored.pk]).get(stored.pk, ())
    texts = stored_texts if "places" in editors_fields else event.texts
    try:
        merged = prepare(_with_context(_draft(ours, theirs, editors_fields), event, texts), event.now)
    except BadEvent:
        _report(event, FieldChange("", None, None), rules, is_kept=True)
        merged = prepare(_with_context(ours, event, stored_texts), event.now)
    return merged._replace(origin=event.origin)


def _with_context(draft: Draft, event: PreparedEvent, texts: tuple[LookedUpText, ...]) -> Draft:
    return structs.replace(draft, texts=texts, corrections=event.corrections, embargo=event.embargo)


def _draft(ours: Draft, theirs: Draft, editors_fields: Sequence[str]) -> Draft:
    """Return `theirs` with the fields `editors_fields` of `ours`."""
    whole = [name for name in editors_fields if "." not in name]
    attributes = [_ATTRIBUTES.get(name, name) for name in whole]
    draft = structs.replace(theirs, **{name: getattr(ours, name) for name in attributes})
    data, figures = (_members(editors_fields, prefix) for prefix in ("data.", "figures."))
    return structs.replace(
        draft,
        data=_with_members(theirs.data, ours.data, data),
        figures=tuple(_with_members(_by_name(theirs), _by_name(ours), figures).values()),
    )


def _members(names: Sequence[str], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def _by_name(draft: Draft) -> dict[str, Figure]:
    return {figure.name: figure for figure in draft.figures}


def _with_members(theirs: Mapping[str, Any], ours: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    others = {name: value for name, value in theirs.items() if name not in names}
    return others | {name: ours[name] for name in names if name in ours}


def store(connection: Connection, marks: Mapping[int, Marks]) -> None:
    """Store the marks of events, by their rows, in place of those stored before; write only what changed."""
    if not marks:
        return
    of_events = col(EditedFields.event).in_(list(marks))
    query = select(col(EditedFields.event), col(EditedFields.fields)).where(of_events)
    before = {row.event: row.fields for row in connection.execute(query)}
    changed = {pk: dict(fields) for pk, fields in marks.items() if fields != before.get(pk, {})}
    old = [pk for pk in changed if pk in before]
    if old:
        connection.execute(delete(EditedFields).where(col(EditedFields.event).in_(old)))
    rows = [{"event": pk, "fields": fields} for pk, fields in changed.items() if fields]
    if rows:
        connection.execute(insert(EditedFields), rows)


def edited_ids(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Return those of the ids whose event has fields that editors changed."""
    if run(connection, "SELECT 1 FROM edited LIMIT 1").first() is None:
        return frozenset()
    of_ids = backend_of(connection).any_of("e.id", ids)
    rows = run(
        connection,
        f"SELECT e.id FROM event e JOIN edited m ON m.event = e.pk WHERE {of_ids.sql}",
        of_ids.params,
    )
    return frozenset(id_ for (id_,) in rows)
