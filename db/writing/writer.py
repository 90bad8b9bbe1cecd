"""Drafts into rows: checked, compared with what is there, and written in one transaction."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import col

from db.dates.calendar import iso_time
from db.engines import backend_of, run
from db.engines.base import PinRow
from db.engines.text_rows import text_row
from db.errors import UnknownCategory
from db.events import feature
from db.events.categories import COLORS, SHAPES
from db.events.diff import Change, Field, change
from db.events.draft import COMMAND_LINE, Correction, Draft, Status, Written
from db.events.tables import Category, Embargo, Encoded, Event, Figure, Place, PlaceCountry, Tag
from db.sql import visibility
from db.writing import history, place_texts
from db.writing.history import Ledger
from db.writing.prepared import EVENT, Ready, ready

_BATCH = 2_500
_EVENT = ("pk", *EVENT, "status", "created", "updated", "revision")
Stamps = tuple[Status, int, int, int]  # status, created, updated, revision


class Added(NamedTuple):
    """How many events a write made, changed and left as they were."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def plus(self, other: "Added") -> "Added":
        """Add two counts."""
        return Added(*(a + b for a, b in zip(self, other, strict=True)))


class Known(NamedTuple):
    """What the store holds under an id already."""

    pk: int
    status: Status
    created: int
    updated: int
    revision: int
    embargo: int
    feature: bytes

    def visible(self, now: int) -> bool:
        """Tell whether readers see it."""
        return self.status == "published" and self.embargo <= now


@dataclass
class Rows:
    """Rows on their way in, by table."""

    events: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    features: list[tuple[int, bytes]] = field(default_factory=list)
    places: list[tuple[Any, ...]] = field(default_factory=list)
    countries: list[tuple[str, int]] = field(default_factory=list)
    figures: list[tuple[Any, ...]] = field(default_factory=list)
    tags: list[tuple[str, int]] = field(default_factory=list)
    embargoes: list[tuple[int, int, bool]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    pins: list[PinRow] = field(default_factory=list)


def write(
    connection: Connection,
    drafts: Sequence[Draft],
    book: Ledger,
    kept: Container[str] = (),
    tell: Callable[[Change], None] | None = None,
) -> Added:
    """Write checked drafts with distinct ids; see `put`."""
    return put(connection, [ready(draft, book.now) for draft in drafts], book, kept, tell)


def put(
    connection: Connection,
    events: Iterable[Ready],
    book: Ledger,
    kept: Container[str] = (),
    tell: Callable[[Change], None] | None = None,
) -> Added:
    """Write what was made ready, of distinct ids; an event that says the same as before is left alone.

    An event that is there and has one of the statuses `kept` keeps it; one that was deleted stays gone. `tell` is told
    each change, and the book, which the caller writes, holds it; an event that the command line makes is its own first
    entry. Raises UnknownCategory for a category that the vocabulary lacks.
    """
    total, left = Added(), iter(events)
    categories = set(connection.scalars(select(col(Category.slug))))
    while batch := list(islice(left, _BATCH)):
        for event in batch:
            if event.category not in categories:
                raise UnknownCategory(event.category, None)
        gone = history.buried(connection, [event.id for event in batch])
        there = [event for event in batch if event.id not in gone] if gone else batch
        total = total.plus(_put(connection, there, book, kept, tell)).plus(Added(unchanged=len(gone)))
    return total


def _put(
    connection: Connection,
    events: Sequence[Ready],
    book: Ledger,
    kept: Container[str],
    tell: Callable[[Change], None] | None,
) -> Added:
    known = _known(connection, [event.id for event in events])
    rows = Rows()
    next_event = _next(connection, Event)
    next_place = _next(connection, Place)
    counts = [0, 0, 0]
    written: dict[int, tuple[Written, ...]] = {}
    for event in events:
        old = known.get(event.id)
        event = _settled(event, old, kept, book)
        pk = old.pk if old else next_event
        if old or event.texts:
            written[pk] = event.texts
        stamps, encoded = _stamped(event, old, book.now)
        if encoded is None:
            counts[2] += 1
            continue
        if tell:
            tell(change(old.feature if old else None, encoded))
        _enter(book, event, old, encoded, stamps[-1])
        if old:
            remove(connection, old.pk, old.feature, keep_event=True)
        next_event += not old
        _rows(rows, event, pk, encoded, stamps)
        _place_rows(rows, event, pk, next_place)
        next_place += len(event.pins)
        counts[bool(old)] += 1
    _insert(connection, rows)
    place_texts.keep(connection, written)
    book.flush(connection)
    return Added(*counts)


def _settled(event: Ready, old: Known | None, kept: Container[str], book: Ledger) -> Ready:
    """Return the event as it will be: what it leaves open is as before, corrections join those there are."""
    embargo = event.embargo if event.embargo is not None else old.embargo if old else 0
    told = event.corrections
    if old:
        told = tuple(dict.fromkeys((*feature.corrections(old.feature), *told)))
    if book.author.note:
        told = (*told, Correction(at=iso_time(book.now), note=book.author.note))
    if told != event.corrections:
        event = event._replace(feature=feature.corrected(event.feature, told), corrections=told)
    if old and old.status in kept and old.status != event.status:
        now = event.stamped._replace(status=old.status)
        event = event._replace(
            status=old.status, feature=feature.restamped(event.feature, event.stamped, now)
        )
    embargo = embargo if embargo > book.now else 0
    return event if event.embargo == embargo else event._replace(embargo=embargo)


def _enter(book: Ledger, event: Ready, old: Known | None, encoded: bytes, revision: int) -> None:
    """Enter a change into the ledger: the fields for editors, and for readers that there is something new."""
    embargo = event.embargo or 0
    if old:
        fields = list(change(old.feature, encoded).fields)
        if old.embargo != embargo:
            moments = (iso_time(each) if each else None for each in (old.embargo, embargo))
            fields.append(Field("embargo_until", *moments))
        book.record(event.id, revision, history.action(old.status, event.status), fields)
    elif book.author != COMMAND_LINE:
        book.record(event.id, revision, "created")
    visible = event.status == "published" and not embargo
    if old and embargo and old.embargo == embargo and event.status == old.status == "published":
        book.hide(event.id, embargo)
    book.show(event.id, bool(old and old.visible(book.now)), visible)


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Known]:
    listed = backend_of(connection).any_of("e.id", ids)
    rows = run(
        connection,
        "SELECT e.id, e.pk, e.status, e.created, e.updated, e.revision, coalesce(b.until, 0), f.feature"
        " FROM event e JOIN encoded f ON f.event = e.pk LEFT JOIN embargo b ON b.event = e.pk"
        f" WHERE {listed.sql}",
        listed.params,
    )
    return {id_: Known(*rest) for id_, *rest in rows}


def _next(connection: Connection, table: type[Event] | type[Place]) -> int:
    return (connection.execute(select(func.max(table.pk))).scalar() or 0) + 1


def _stamped(event: Ready, old: Known | None, now: int) -> tuple[Stamps, bytes | None]:
    """Give status, moments and revision, and the Feature with them; None when the old event says the same."""
    if old is None:
        return (event.status, event.now, event.now, 1), event.feature
    before = event.stamped._replace(created=old.created, updated=old.updated)
    same = feature.restamped(event.feature, event.stamped, before)
    stamps = (event.status, old.created, now, old.revision + 1)
    alike = same == old.feature or msgspec.json.decode(same) == msgspec.json.decode(old.feature)
    if alike and old.embargo == event.embargo:
        return stamps, None
    return stamps, feature.restamped(event.feature, event.stamped, before._replace(updated=now))


def _rows(rows: Rows, event: Ready, pk: int, encoded: bytes, stamps: Stamps) -> None:
    (rows.changed if stamps[-1] > 1 else rows.events).append((pk, *event.event, *stamps))
    rows.features.append((pk, encoded))
    if event.embargo:
        rows.embargoes.append((pk, event.embargo, event.status == "published"))
    rows.texts.append((pk, *event.words))
    rows.tags += [(tag, pk) for tag in event.tags]
    rows.figures += [(pk, *figure) for figure in event.figures]


def _place_rows(rows: Rows, event: Ready, pk: int, first: int) -> None:
    for place, pin in enumerate(event.pins, first):
        rows.places.append((place, pk, *pin.row))
        rows.countries += [(code, place) for code in pin.countries]
        rows.pins.append(pin.indexed(place))


def _insert(connection: Connection, rows: Rows) -> None:
    """Insert rows as they are, without SQLAlchemy's own work for each of them."""
    backend = backend_of(connection)
    if rows.changed:
        fields = ", ".join(f"{name} = ?" for name in _EVENT[1:])
        values = [(*row[1:], row[0]) for row in rows.changed]
        run(connection, f"UPDATE event SET {fields} WHERE pk = ?", values)
    for table, names, some in (
        ("event", _EVENT, rows.events),
        ("encoded", ("event", "feature"), rows.features),
        ("place", ("pk", "event", "name", "lon", "lat", "rank"), rows.places),
        ("place_country", ("country", "place"), rows.countries),
        ("figure", ("event", "name", "kind", "value", "unit"), rows.figures),
        ("tag", ("tag", "event"), rows.tags),
        ("embargo", ("event", "until", "published"), rows.embargoes),
    ):
        backend.put_rows(connection, table, names, some)
    backend.put_search_rows(connection, rows.texts, rows.pins)


def remove(connection: Connection, pk: int, encoded: bytes, keep_event: bool = False) -> None:
    """Take an event's pins, texts and other rows away, and the event itself unless it is kept."""
    said = msgspec.json.decode(encoded)["properties"]
    names = [place["name"] for place in said["places"]]
    words = text_row([said["title"]], [said["summary"]], names, said["tags"])
    backend_of(connection).remove_search_rows(connection, pk, words)
    for table in (Encoded, Embargo, Place, Figure, Tag):
        connection.execute(delete(table).where(col(table.event) == pk))
    if not keep_event:
        connection.execute(delete(Event).where(col(Event.pk) == pk))


def add_categories(connection: Connection, labels: Mapping[str, str]) -> None:
    """Add categories (slug → English label) to the vocabulary; one that exists stays as it is."""
    known = set(connection.scalars(select(col(Category.slug))))
    for position, (slug, label) in enumerate(labels.items(), len(known)):
        if slug not in known:
            look = {"color": COLORS[position % 6], "shape": SHAPES[(position + position // 6) % 6]}
            row = {"slug": slug, "labels": {"en": label}, "position": position, **look}
            connection.execute(insert(Category), [row])


def clear(connection: Connection, now: int) -> None:
    """Take every event away; copies are told of those that readers knew."""
    run(
        connection,
        "INSERT INTO change (event, kind, at)"
        f" SELECT e.id, 'deleted', moment() FROM event e WHERE {visibility.EVENTS} ORDER BY e.pk",
    )
    backend_of(connection).clear_search(connection)
    for table in (PlaceCountry, Place, Figure, Tag, Embargo, Encoded, Event):
        connection.execute(delete(table))
    history.bump(connection, now)
