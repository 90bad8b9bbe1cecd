"""Write events: compare them with the stored ones, and insert, replace or leave them, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import col

from db.dates.calendar import iso_time
from db.engines import backend_of, run
from db.engines.index_rows import CountryRow, PinRow
from db.engines.text_rows import text_row_of
from db.errors import UnknownCategory
from db.events import feature
from db.events.categories import COLORS, SHAPES
from db.events.diff import FieldChange, change
from db.events.draft import COMMAND_LINE, Correction, Draft, LookedUpText, Status
from db.events.tables import Category, Embargo, Encoded, Event, EventFigure, EventPlace, PlaceCountry, Tag
from db.sql import visibility
from db.writing import editor_changes, history, place_texts, tombstones
from db.writing.editor_changes import DEFAULT_RULES, ImportRules, Marks, StoredVersion
from db.writing.prepared import EVENT_COLUMNS, PreparedEvent, prepare
from db.writing.write_log import WriteLog, increase_version

_EVENTS_PER_BATCH = 2_500
_EVENT_ROW = ("pk", *EVENT_COLUMNS, "status", "created", "updated", "revision")
RowEnd = tuple[Status, int, int, int]
"""The last columns of an event's row: status, created, updated, revision."""


class Added(NamedTuple):
    """How many events a write created, updated and left unchanged."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def plus(self, other: "Added") -> "Added":
        """Return the sum of two counts."""
        return Added(*(a + b for a, b in zip(self, other, strict=True)))


class ExistingEvent(NamedTuple):
    """The stored event under an id; `marks` are those of the fields that editors changed."""

    pk: int
    status: Status
    created: int
    updated: int
    revision: int
    embargo: int
    feature: bytes
    marks: Marks

    def visible(self, now: int) -> bool:
        """Return whether readers see it at a time (seconds of UTC)."""
        return self.status == "published" and self.embargo <= now


@dataclass
class RowBatch:
    """The rows to insert, by table; `changed` are event rows to update."""

    events: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    features: list[tuple[int, bytes]] = field(default_factory=list)
    places: list[tuple[Any, ...]] = field(default_factory=list)
    countries: list[CountryRow] = field(default_factory=list)
    figures: list[tuple[Any, ...]] = field(default_factory=list)
    tags: list[tuple[str, int]] = field(default_factory=list)
    embargoes: list[tuple[int, int, bool]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    pins: list[PinRow] = field(default_factory=list)


def write(connection: Connection, drafts: Sequence[Draft], log: WriteLog) -> Added:
    """Write validated drafts with distinct ids; see `write_prepared`."""
    return write_prepared(connection, [prepare(draft, log.now) for draft in drafts], log)


def write_prepared(
    connection: Connection,
    events: Iterable[PreparedEvent],
    log: WriteLog,
    rules: ImportRules = DEFAULT_RULES,
) -> Added:
    """Write prepared events with distinct ids; an event equal to the stored one is left unchanged.

    Unless the log is that of an editor, `rules` say what stays of a stored event; a deleted event is not written again.
    The changes are added to the log, which the caller finishes; the creation of an event by the command line has no
    entry. Raises UnknownCategory for a category that is not in the database.
    """
    total, remaining = Added(), iter(events)
    categories = set(connection.scalars(select(col(Category.slug))))
    while batch := list(islice(remaining, _EVENTS_PER_BATCH)):
        for event in batch:
            if event.category not in categories:
                raise UnknownCategory(event.category, None)
        deleted = tombstones.deleted_days(connection, [event.id for event in batch])
        present = [event for event in batch if event.id not in deleted] if deleted else batch
        counts = _write_batch(connection, present, log, rules)
        total = total.plus(counts).plus(Added(unchanged=len(deleted)))
    return total


def _write_batch(
    connection: Connection,
    events: Sequence[PreparedEvent],
    log: WriteLog,
    rules: ImportRules,
) -> Added:
    existing = _existing(connection, [event.id for event in events])
    rows = RowBatch()
    next_event = _next_pk(connection, Event)
    next_place = _next_pk(connection, EventPlace)
    counts = [0, 0, 0]
    texts: dict[int, tuple[LookedUpText, ...]] = {}
    marks: dict[int, Marks] = {}
    replaced: dict[int, bytes] = {}
    for event in events:
        old = existing.get(event.id)
        pk = old.pk if old else next_event
        if old and old.marks and not log.by_editor:
            stored = StoredVersion(pk, old.status, old.feature, old.marks)
            event, marks[pk] = editor_changes.with_editors_values(connection, event, stored, rules)
        event = _merged(event, old, rules, log)
        if old or event.texts:
            texts[pk] = event.texts
        row_end, encoded = _row_end(event, old, log.now)
        if encoded is None:
            counts[2] += 1
            continue
        if rules.on_change:
            rules.on_change(change(old.feature if old else None, encoded))
        fields = _log_change(log, event, old, (pk, row_end[-1]), encoded)
        if log.by_editor:
            marks[pk] = editor_changes.marks_after_edit(old and old.marks, fields, encoded)
        if old:
            replaced[pk] = old.feature
        next_event += not old
        _add_event_rows(rows, event, pk, encoded, row_end)
        _add_place_rows(rows, event, pk, next_place)
        next_place += len(event.places)
        counts[bool(old)] += 1
    if replaced:
        remove(connection, replaced, keep_events=True)
    _insert(connection, rows)
    place_texts.store(connection, texts)
    editor_changes.store(connection, marks)
    log.flush(connection)
    return Added(*counts)


def _merged(
    event: PreparedEvent, old: ExistingEvent | None, rules: ImportRules, log: WriteLog
) -> PreparedEvent:
    """Return the event with the embargo, corrections and fixed status of the stored one."""
    embargo = event.embargo if event.embargo is not None else old.embargo if old else 0
    corrections = event.corrections
    if old:
        corrections = tuple(dict.fromkeys((*feature.corrections(old.feature), *corrections)))
    if log.author.note:
        corrections = (*corrections, Correction(at=iso_time(log.now), note=log.author.note))
    if corrections != event.corrections:
        encoded = feature.corrected(event.feature, corrections)
        event = event._replace(feature=encoded, corrections=corrections)
    if old and old.status != event.status and rules.fixes(old.status) and not log.by_editor:
        stamped = event.stamped._replace(status=old.status)
        encoded = feature.restamped(event.feature, event.stamped, stamped)
        event = event._replace(status=old.status, feature=encoded)
    embargo = embargo if embargo > log.now else 0
    return event if event.embargo == embargo else event._replace(embargo=embargo)


def _log_change(
    log: WriteLog, event: PreparedEvent, old: ExistingEvent | None, numbers: tuple[int, int], encoded: bytes
) -> list[FieldChange]:
    """Add a change to the log: the fields for editors, and an entry of the feed if readers see a difference.

    `numbers` are the event's row number and its new revision. Return the changed fields.
    """
    pk, revision = numbers
    embargo = event.embargo or 0
    fields: list[FieldChange] = []
    if old:
        fields = list(change(old.feature, encoded).fields)
        if old.embargo != embargo:
            times = (iso_time(seconds) if seconds else None for seconds in (old.embargo, embargo))
            fields.append(FieldChange("embargo_until", *times))
        log.record(event.id, revision, history.action(old.status, event.status), fields)
    elif log.author != COMMAND_LINE:
        log.record(event.id, revision, "created")
    visible = event.status == "published" and not embargo
    if old and embargo and old.embargo == embargo and event.status == old.status == "published":
        log.record_embargoed(pk, event.id, embargo)
    elif old and old.status == "published" and old.embargo > log.now:
        log.record_embargo_removed(pk, event.id, old.embargo, visible=visible)
    log.record_public(pk, event.id, before=bool(old and old.visible(log.now)), after=visible)
    return fields


def _existing(connection: Connection, ids: Sequence[str]) -> dict[str, ExistingEvent]:
    of_ids = backend_of(connection).any_of("e.id", ids)
    rows = run(
        connection,
        "SELECT e.id, e.pk, e.status, e.created, e.updated, e.revision, coalesce(b.until, 0), f.feature, m.fields"
        " FROM event e JOIN encoded f ON f.event = e.pk LEFT JOIN embargo b ON b.event = e.pk"
        f" LEFT JOIN edited m ON m.event = e.pk WHERE {of_ids.sql}",
        of_ids.params,
    )
    return {
        id_: ExistingEvent(*(*columns, msgspec.json.decode(marks or "{}"))) for id_, *columns, marks in rows
    }


def _next_pk(connection: Connection, table: type[Event] | type[EventPlace]) -> int:
    return (connection.execute(select(func.max(table.pk))).scalar() or 0) + 1


def _row_end(event: PreparedEvent, old: ExistingEvent | None, now: int) -> tuple[RowEnd, bytes | None]:
    """Return the last columns of the row, and the Feature with them; None instead if nothing has changed."""
    if old is None:
        return (event.status, event.now, event.now, 1), event.feature
    before = event.stamped._replace(created=old.created, updated=old.updated)
    same = feature.restamped(event.feature, event.stamped, before)
    row_end = (event.status, old.created, now, old.revision + 1)
    equal = same == old.feature or msgspec.json.decode(same) == msgspec.json.decode(old.feature)
    if equal and old.embargo == event.embargo:
        return row_end, None
    return row_end, feature.restamped(event.feature, event.stamped, before._replace(updated=now))


def _add_event_rows(rows: RowBatch, event: PreparedEvent, pk: int, encoded: bytes, row_end: RowEnd) -> None:
    (rows.changed if row_end[-1] > 1 else rows.events).append((pk, *event.event, *row_end))
    rows.features.append((pk, encoded))
    if event.embargo:
        rows.embargoes.append((pk, event.embargo, event.status == "published"))
    rows.texts.append((pk, *event.search_texts))
    rows.tags += [(tag, pk) for tag in event.tags]
    rows.figures += [(pk, *figure) for figure in event.figures]


def _add_place_rows(rows: RowBatch, event: PreparedEvent, pk: int, first_pk: int) -> None:
    for place_pk, place in enumerate(event.places, first_pk):
        rows.places.append((place_pk, pk, *place.row))
        rows.countries += [CountryRow(code, place_pk, place.bounds) for code in place.countries]
        rows.pins.append(place.index_row(place_pk))


def _insert(connection: Connection, rows: RowBatch) -> None:
    """Insert the rows with plain SQL, without SQLAlchemy's processing of each row."""
    backend = backend_of(connection)
    if rows.changed:
        fields = ", ".join(f"{name} = ?" for name in _EVENT_ROW[1:])
        values = [(*row[1:], row[0]) for row in rows.changed]
        run(connection, f"UPDATE event SET {fields} WHERE pk = ?", values)
    for table, names, table_rows in (
        ("event", _EVENT_ROW, rows.events),
        ("encoded", ("event", "feature"), rows.features),
        ("place", ("pk", "event", "name", "lon", "lat", "rank"), rows.places),
        ("figure", ("event", "name", "kind", "value", "unit"), rows.figures),
        ("tag", ("tag", "event"), rows.tags),
        ("embargo", ("event", "until", "published"), rows.embargoes),
    ):
        backend.put_rows(connection, table, names, table_rows)
    backend.put_countries(connection, rows.countries)
    backend.put_search_rows(connection, rows.texts, rows.pins)


def remove(connection: Connection, features: Mapping[int, bytes], keep_events: bool = False) -> None:
    """Delete the rows of events in every table, and their rows in `event` unless `keep_events` is true.

    `features` are the stored Features by row number: the engine needs the indexed texts to delete them from the full
    text.
    """
    backend = backend_of(connection)
    backend.remove_search_rows(connection, {pk: text_row_of(encoded) for pk, encoded in features.items()})
    for table in (Encoded, Embargo, EventPlace, EventFigure, Tag):
        of_events = backend.any_of("event", list(features))
        run(connection, f"DELETE FROM {table.__tablename__} WHERE {of_events.sql}", of_events.params)
    if not keep_events:
        of_events = backend.any_of("pk", list(features))
        run(connection, f"DELETE FROM event WHERE {of_events.sql}", of_events.params)


def add_categories(connection: Connection, labels: Mapping[str, str]) -> None:
    """Add categories (slug to English label), each with the next colour and shape; existing ones stay unchanged."""
    existing = set(connection.scalars(select(col(Category.slug))))
    for position, (slug, label) in enumerate(labels.items(), len(existing)):
        if slug not in existing:
            color = COLORS[position % len(COLORS)]
            shape = SHAPES[(position + position // len(COLORS)) % len(SHAPES)]
            row = {
                "slug": slug,
                "labels": {"en": label},
                "color": color,
                "shape": shape,
                "position": position,
            }
            connection.execute(insert(Category), [row])


def clear(connection: Connection, now: int) -> None:
    """Delete every event; those that readers saw enter the feed as deleted."""
    run(
        connection,
        "INSERT INTO change (pk, event, kind, at)"
        f" SELECT e.pk, e.id, 'deleted', moment() FROM event e WHERE {visibility.EVENTS} ORDER BY e.pk",
    )
    backend_of(connection).clear_search(connection)
    for table in (PlaceCountry, EventPlace, EventFigure, Tag, Embargo, Encoded, Event):
        connection.execute(delete(table))
    increase_version(connection, now)
