"""Drafts into rows: checked, compared with what is there, and written in one transaction."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlmodel import SQLModel, col

from db import feature, ledger, texts, visibility
from db.civil import iso_time
from db.difference import Change, Field, change
from db.draft import COMMAND_LINE, Correction, Draft, Status, Verification, Written
from db.errors import BadEvent, UnknownCategory
from db.ledger import Ledger
from db.models import Category, Embargo, Encoded, Event, Figure, Place, PlaceCountry, Tag
from db.sqlite import index_row, text_row
from db.vocabulary import COLORS, SHAPES

_MOST_ID = 500


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
    revision: int
    embargo: int
    feature: bytes

    def visible(self, now: int) -> bool:
        """Tell whether readers see it."""
        return self.status == "published" and self.embargo <= now


@dataclass
class Rows:
    """Rows on their way in, by table."""

    events: list[dict[str, Any]] = field(default_factory=list)
    features: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    countries: list[dict[str, Any]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, Any]] = field(default_factory=list)
    embargoes: list[dict[str, Any]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    pins: list[tuple[float, ...]] = field(default_factory=list)


def checked(draft: Draft, categories: Collection[str]) -> Draft:
    """Return the draft with a category of the vocabulary and words that fit; raise BadEvent otherwise."""
    try:
        _check(draft, categories)
    except BadEvent as error:
        error.id = draft.id
        raise
    return draft


def _check(draft: Draft, categories: Collection[str]) -> None:
    if not draft.id:
        raise BadEvent("id", "every event needs an id")
    if len(draft.id) > _MOST_ID or any(ord(character) < 32 for character in draft.id):
        raise BadEvent("id", f"at most {_MOST_ID} characters, none of them a control character")
    if draft.id in (".", ".."):
        raise BadEvent("id", f"{draft.id!r} cannot stand in an address")
    if not draft.title.strip():
        raise BadEvent("title", "every event needs a title")
    if draft.category not in categories:
        near = get_close_matches(draft.category, categories, n=1)
        raise UnknownCategory(draft.category, near[0] if near else None)
    for name, value, allowed in (
        ("status", draft.status, get_args(Status)),
        ("verification", draft.verification, get_args(Verification)),
    ):
        if value not in allowed:
            raise BadEvent(name, f"{value!r} is not one of {', '.join(allowed)}")
    for source in draft.sources:
        if source.url and not source.url.lower().startswith(("http://", "https://")):
            raise BadEvent("source_url", f"{source.url!r} must begin with http:// or https://")


def write(
    connection: Connection,
    drafts: Sequence[Draft],
    book: Ledger,
    kept: Container[str] = (),
    tell: Callable[[Change], None] | None = None,
) -> Added:
    """Write checked drafts with distinct ids; an event that says the same as before is left alone.

    An event that is there and has one of the statuses `kept` keeps it; `tell` is told each change. Every change is
    entered in the book, which the caller writes; an event that the command line makes is its own first entry.
    """
    known = _known(connection, [draft.id or "" for draft in drafts])
    rows = Rows()
    next_event = _next(connection, Event)
    next_place = _next(connection, Place)
    counts = [0, 0, 0]
    written: dict[int, tuple[Written, ...]] = {}
    for draft in drafts:
        old = known.get(draft.id or "")
        draft = _settled(draft, old, kept, book)
        encoded, meta = _encoded(draft, old, book.now)
        pk = old.pk if old else next_event
        written[pk] = draft.texts
        if encoded is None:
            counts[2] += 1
            continue
        if tell:
            tell(change(old.feature if old else None, encoded))
        _enter(book, draft, old, encoded, meta)
        if old:
            remove(connection, old.pk, old.feature, keep_event=True)
        next_event += not old
        _rows(rows, draft, pk, encoded, meta)
        _place_rows(rows, draft, pk, next_place)
        next_place += len(draft.places)
        counts[bool(old)] += 1
    _insert(connection, rows, {row.pk for row in known.values()})
    texts.keep(connection, written)
    return Added(*counts)


def _settled(draft: Draft, old: Known | None, kept: Container[str], book: Ledger) -> Draft:
    """Return the draft as it will be: what it leaves open is as before, corrections join those there are."""
    embargo = draft.embargo if draft.embargo is not None else old.embargo if old else 0
    embargo = embargo if embargo > book.now else 0
    corrections = draft.corrections
    if old:
        if old.status in kept:
            draft = replace(draft, status=old.status)
        corrections = tuple(dict.fromkeys((*feature.decode(old.feature).corrections, *corrections)))
    if book.author.note:
        corrections = (*corrections, Correction(at=iso_time(book.now), note=book.author.note))
    return replace(draft, embargo=embargo, corrections=corrections)


def _enter(book: Ledger, draft: Draft, old: Known | None, encoded: bytes, meta: feature.Meta) -> None:
    """Enter a change into the ledger: the fields for editors, and for readers that there is something new."""
    id_, embargo = draft.id or "", draft.embargo or 0
    if old:
        fields = list(change(old.feature, encoded).fields)
        if old.embargo != embargo:
            fields.append(
                Field("embargo_until", *(iso_time(each) if each else None for each in (old.embargo, embargo)))
            )
        book.record(id_, meta.revision, ledger.action(old.status, draft.status), fields)
    elif book.author is not COMMAND_LINE:
        book.record(id_, meta.revision, "created")
    visible = draft.status == "published" and not embargo
    book.show(id_, bool(old and old.visible(book.now)), visible)


def _known(connection: Connection, ids: list[str]) -> dict[str, Known]:
    columns = [col(getattr(Event, name)) for name in ("id", "pk", "status", "created", "revision")]
    embargo = func.coalesce(col(Embargo.until), 0)
    query = select(*columns, embargo, col(Encoded.feature)).join(Encoded).outerjoin(Embargo)
    query = query.where(col(Event.id).in_(ids))
    return {id_: Known(*rest) for id_, *rest in connection.execute(query)}


def _next(connection: Connection, table: type[Event] | type[Place]) -> int:
    return (connection.execute(select(func.max(table.pk))).scalar() or 0) + 1


def _encoded(draft: Draft, old: Known | None, now: int) -> tuple[bytes | None, feature.Meta]:
    """Encode the draft; None when the old event says the same, whenever it was written."""
    if old is None:
        meta = feature.Meta(now, now)
        return feature.encode(draft, meta), meta
    before = msgspec.json.decode(old.feature)
    meta = feature.Meta(old.created, now, old.revision + 1)
    after = msgspec.json.decode(feature.encode(draft, meta))
    same = {"updated": before["properties"]["updated"]}
    if before == after | {"properties": after["properties"] | same} and old.embargo == draft.embargo:
        return None, meta
    return feature.encode(draft, meta), meta


def _rows(rows: Rows, draft: Draft, pk: int, encoded: bytes, meta: feature.Meta) -> None:
    when = draft.when
    rows.events.append(
        {
            "pk": pk, "id": draft.id, "title": draft.title, "category": draft.category,
            "date": when.text if when else None,
            "start_min": when.start_min if when else None, "start_max": when.start_max if when else None,
            "end_min": when.end_min if when else None, "end_max": when.end_max if when else None,
            "doubtful": when.doubtful if when else False,
            "date_precision": when.precision if when else "undated",
            "placed": bool(draft.places), "status": draft.status,
            "verification": draft.verification,
            "created": meta.created, "updated": meta.updated, "revision": meta.revision,
        }
    )  # fmt: skip
    rows.features.append({"event": pk, "feature": encoded})
    if draft.embargo:
        shows = draft.status == "published"
        rows.embargoes.append({"event": pk, "until": draft.embargo, "published": shows})
    names = [place.name for place in draft.places]
    rows.texts.append((pk, *text_row([draft.title], [draft.summary], names, draft.tags)))
    rows.tags += [{"tag": tag, "event": pk} for tag in dict.fromkeys(draft.tags)]
    rows.figures += [
        {"event": pk, "name": f.name, "kind": f.kind, "value": f.value, "unit": f.unit} for f in draft.figures
    ]


def _place_rows(rows: Rows, draft: Draft, event: int, first: int) -> None:
    when = draft.when
    bounds = (when.start_min, when.end_max) if when else (None, None)
    for position, place in enumerate(draft.places):
        pk = first + position
        rows.places.append(
            {
                "pk": pk, "event": event, "name": place.name,
                "lon": round(place.lon, 5), "lat": round(place.lat, 5),
                "rank": place.precision.rank,
            }
        )  # fmt: skip
        rows.countries += [{"country": code, "place": pk} for code in dict.fromkeys(place.codes)]
        rows.pins.append(index_row(pk, round(place.lon, 5), round(place.lat, 5), bounds))


def _insert(connection: Connection, rows: Rows, old: set[int]) -> None:
    created = [row for row in rows.events if row["pk"] not in old]
    if created:
        _fill(connection, Event, created)
    for row in rows.events:
        if row["pk"] in old:
            connection.execute(update(Event).where(col(Event.pk) == row["pk"]).values(row))
    for table, some in (
        (Encoded, rows.features), (Place, rows.places), (PlaceCountry, rows.countries),
        (Figure, rows.figures), (Tag, rows.tags), (Embargo, rows.embargoes),
    ):  # fmt: skip
        if some:
            _fill(connection, table, some)
    if rows.texts:
        connection.exec_driver_sql(
            "INSERT INTO event_text (rowid, title, summary, places, tags) VALUES (?, ?, ?, ?, ?)", rows.texts
        )
    if rows.pins:
        connection.exec_driver_sql("INSERT INTO pin_index VALUES (?, ?, ?, ?, ?, ?, ?)", rows.pins)


def _fill(connection: Connection, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Insert rows of one shape as they are: what SQLAlchemy would do for each of them takes longer than SQLite does."""
    names = tuple(rows[0])
    marks = ", ".join("?" * len(names))
    sql = f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES ({marks})"
    connection.exec_driver_sql(sql, [tuple(row.values()) for row in rows])


def remove(connection: Connection, pk: int, encoded: bytes, keep_event: bool = False) -> None:
    """Take an event's pins, texts and other rows away, and the event itself unless it is kept.

    A contentless FTS5 table forgets a row only when it is told the row's own text again
    (https://www.sqlite.org/fts5.html, 4.4.4), so that comes from the stored Feature.
    """
    said = msgspec.json.decode(encoded)["properties"]
    names = [place["name"] for place in said["places"]]
    words = text_row([said["title"]], [said["summary"]], names, said["tags"])
    connection.exec_driver_sql(
        "INSERT INTO event_text (event_text, rowid, title, summary, places, tags)"
        " VALUES ('delete', ?, ?, ?, ?, ?)",
        (pk, *words),
    )
    connection.exec_driver_sql(
        "DELETE FROM pin_index WHERE place IN (SELECT pk FROM place WHERE event = ?)", (pk,)
    )
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
    connection.exec_driver_sql(
        "INSERT INTO change (event, kind, at)"
        f" SELECT e.id, 'deleted', moment() FROM event e WHERE {visibility.EVENTS} ORDER BY e.pk"
    )
    connection.exec_driver_sql("INSERT INTO event_text (event_text) VALUES ('delete-all')")
    connection.exec_driver_sql("DELETE FROM pin_index")
    for table in (PlaceCountry, Place, Figure, Tag, Embargo, Encoded, Event):
        connection.execute(delete(table))
    ledger.bump(connection, now)


def unique(drafts: Iterable[Draft]) -> list[Draft]:
    """Keep the last draft of each id: in one file a later row corrects an earlier one."""
    return list({draft.id: draft for draft in drafts}.values())
