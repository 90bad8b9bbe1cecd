"""Erase the text of events from every table, for good. Only the id remains, when and why it was purged."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, select, text, update
from sqlmodel import col

from db.dates.calendar import iso_time
from db.engines import backend_of, run
from db.errors import NoSuchEvent
from db.events.diff import FIELDS
from db.events.editor_tables import Answered
from db.events.tables import EventPlaceText, History, PlaceAnswer, PlaceChoice, Tombstone
from db.sql import visibility
from db.writing import history, tombstones, writer
from db.writing.tombstones import Removal
from db.writing.write_log import WriteLog, increase_version
from geo.text import fold

# The values of these come from our own lists, so they contain no text of an author.
_NOT_WRITTEN_BY_AUTHORS = ("category", "date", "status", "verification", "embargo_until")


class Erased(NamedTuple):
    """What a purge erased.

    `ids` were erased now, `purged_before` (id → day) by an earlier purge. `texts` are those of the events, `reasons`
    those that colleagues wrote about changes. `reports` counts deleted reports of finished imports, `running` imports
    that have not written theirs; `categories` are those without an event now, which stay.
    """

    ids: list[str]
    purged_before: dict[str, str]
    texts: list[str]
    reasons: list[str]
    reports: int
    running: int
    categories: list[str]


def erase(connection: Connection, ids: Sequence[str], log: WriteLog) -> Erased:
    """Erase the text of events from every table, also of deleted and retracted ones.

    Raises NoSuchEvent for an id that never existed, before anything is erased.
    """
    purged_before = {id_: day for id_ in ids if (day := purged_on(connection, id_))}
    unknown = [id_ for id_ in ids if not _existed(connection, id_)]
    if unknown:
        raise NoSuchEvent(f"there never was an event {unknown[0][:200]!r}; nothing was purged")
    to_erase = [id_ for id_ in dict.fromkeys(ids) if id_ not in purged_before]
    texts: list[str] = []
    reasons: list[str] = []
    categories: set[str] = set()
    for id_ in to_erase:
        public, revision, category = _last_state(connection, id_)
        reasons += [entry.why for entry in history.read(connection, id_) if entry.why]
        texts += erase_everywhere(connection, id_)
        tombstones.add(connection, id_, Removal("purged", public, revision + 1), log.now)
        log.record(id_, revision + 1, "purged")
        categories |= {category} if category else set()
    log.finish(connection)
    # Workers drop what they cached, also the answer and the note about a retracted event.
    increase_version(connection, log.now)
    reports, running = _delete_reports(connection)
    backend_of(connection).purge_search(connection)
    return Erased(
        to_erase, purged_before, texts, reasons, reports, running, _without_events(connection, categories)
    )


def erase_everywhere(connection: Connection, id_: str) -> list[str]:
    """Erase the texts of one event from every table, and return them; the rows of its history stay, without text."""
    texts = list(_history_texts(connection, id_))
    folded = {*connection.scalars(select(col(PlaceChoice.text)).where(col(PlaceChoice.event) == id_))}
    row = run(
        connection,
        f"SELECT e.pk, f.feature, {visibility.EVENTS} AS visible FROM event e"
        " JOIN encoded f ON f.event = e.pk WHERE e.id = ?",
        (id_,),
    ).first()
    if row:
        written = [
            *connection.scalars(select(col(EventPlaceText.text)).where(col(EventPlaceText.event) == row.pk))
        ]
        texts += [*_author_texts(msgspec.json.decode(row.feature)["properties"]), *written]
        folded |= set(map(fold, written))
        writer.remove(connection, {row.pk: row.feature})
        if row.visible:
            sql = "INSERT INTO change (pk, event, kind, at) VALUES (?, ?, 'deleted', moment())"
            run(connection, sql, (row.pk, id_))
    note = connection.scalar(select(col(Tombstone.note)).where(col(Tombstone.event) == id_))
    texts += [note] if note else []
    blank: dict[str, Any] = {"fields": [], "why": None, "note": None}
    connection.execute(update(History).where(col(History.event) == id_).values(blank))
    texts += _erase_choices(connection, id_, folded)
    _erase_answers(connection, id_)
    return texts


def purged_on(connection: Connection, id_: str) -> str | None:
    """Return the day (ISO) on which an event was purged; None if it was not."""
    at = connection.scalar(
        select(col(Tombstone.at)).where(col(Tombstone.event) == id_, col(Tombstone.kind) == "purged")
    )
    return None if at is None else iso_time(at)[:10]


_ANYWHERE = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE {name} = :id"
    for table, name in (
        ("event", "id"),
        ("tombstone", "event"),
        ("history", "event"),
        ("change", "event"),
        ("place_choice", "event"),
    )
)


def _existed(connection: Connection, id_: str) -> bool:
    return bool(connection.execute(text(f"SELECT EXISTS ({_ANYWHERE})"), {"id": id_}).scalar_one())


def _last_state(connection: Connection, id_: str) -> tuple[bool, int, str | None]:
    """Return whether readers ever saw an event, its last revision, and its category if it exists."""
    row = connection.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM change WHERE event = :id)"
            " OR EXISTS (SELECT 1 FROM tombstone WHERE event = :id AND public),"
            " (SELECT revision FROM event WHERE id = :id),"
            " (SELECT revision FROM tombstone WHERE event = :id),"
            " (SELECT max(revision) FROM history WHERE event = :id),"
            " (SELECT category FROM event WHERE id = :id)"
        ),
        {"id": id_},
    ).one()
    public, *revisions, category = row
    return bool(public), max(revision or 0 for revision in revisions), category


def _history_texts(connection: Connection, id_: str) -> Iterator[str]:
    for entry in history.read(connection, id_):
        yield from filter(None, (entry.note,))
        for field in entry.fields:
            name = field["name"].partition(".")[0]
            for value in (field["old"], field["new"]):
                yield from _author_texts({name: value} if name in FIELDS else {})


def _author_texts(properties: dict[str, Any]) -> list[str]:
    """Return the texts of a Feature's properties that an author wrote."""
    texts: list[str] = []
    for name in (*FIELDS, "corrections"):
        value = properties.get(name)
        if name == "places" and isinstance(value, list):
            value = [[place.get(part) for part in ("name", "admin1", "text")] for place in value]
        elif name in ("sources", "corrections") and isinstance(value, list):
            value = [list(member.values()) for member in value]
        if name not in _NOT_WRITTEN_BY_AUTHORS:
            texts += _strings(value)
    return texts


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _strings(member)
            yield key
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)


def _erase_choices(connection: Connection, id_: str, folded: set[str]) -> list[str]:
    """Erase the choices for an event's places, and what is stored about place texts that no other event has."""
    texts = [*connection.scalars(select(col(PlaceChoice.text)).where(col(PlaceChoice.event) == id_))]
    connection.execute(delete(PlaceChoice).where(col(PlaceChoice.event) == id_))
    if not folded:
        return texts
    others = {fold(written) for written in connection.scalars(select(col(EventPlaceText.text)).distinct())}
    chosen = select(col(PlaceChoice.text)).where(col(PlaceChoice.event) != "")
    unshared = folded - others - set(connection.scalars(chosen))
    answers = [
        written for written in connection.scalars(select(col(PlaceAnswer.text))) if fold(written) in unshared
    ]
    for table, rows in ((PlaceChoice, sorted(unshared)), (PlaceAnswer, answers)):
        if rows:
            where = col(table.text) == bindparam("written")
            connection.execute(delete(table).where(where), [{"written": written} for written in rows])
    return [*texts, *answers]


def _erase_answers(connection: Connection, id_: str) -> None:
    """Erase the stored answers to requests with an Idempotency-Key that name an event."""
    columns = (col(Answered.who), col(Answered.token), col(Answered.events))
    for who, token, events in connection.execute(select(*columns)).all():
        if any(event_id == id_ for event_id, *_ in events):
            same = and_(col(Answered.who) == who, col(Answered.token) == token)
            connection.execute(delete(Answered).where(same))


def _delete_reports(connection: Connection) -> tuple[int, int]:
    """Delete finished imports, whose reports may quote any row; count those, and the imports that still run."""
    deleted = run(connection, "DELETE FROM import_job WHERE finished IS NOT NULL").rowcount
    return deleted, int(run(connection, "SELECT count(*) FROM import_job").scalar_one())


def _without_events(connection: Connection, slugs: set[str]) -> list[str]:
    """Return those categories that are not installed ones and have no event."""
    installed = visibility.categories()[1]
    used = {
        slug
        for slug in slugs
        if run(connection, "SELECT 1 FROM event WHERE category = ? LIMIT 1", (slug,)).first()
    }
    return sorted(slugs - used - set(installed))
