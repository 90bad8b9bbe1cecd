"""The desk: what editors do with events of any status. Readers use the Store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from msgspec import structs
from sqlalchemy import Connection, Engine, select, update
from sqlmodel import col

from db.editing import api_keys, idempotency, review_queue, wrong_keys
from db.editing.api_keys import KeyHolder, ListedKey, Role
from db.editing.idempotency import EventRevision, RepeatableRequest
from db.editing.wrong_keys import NewAttempts, WrongKeyCount
from db.engines import backend_of, run
from db.errors import BadEvent, Conflict, NoSuchEvent, Stale, StoreUnavailable
from db.events import feature
from db.events.diff import FieldChange
from db.events.draft import Author, Draft, Status
from db.events.tables import Category, Event
from db.sql import visibility
from db.sql.transactions import moment, reading, writing
from db.upkeep.purge import Purged, purge
from db.writing import feed, history, place_choices, place_texts, tombstones, writer
from db.writing.feed import FeedPage
from db.writing.history import HistoryEntry
from db.writing.tombstones import Removal
from db.writing.validation import validated
from db.writing.write_log import WriteLog
from geo.place import Place


class StoredEvent(NamedTuple):
    """An event as stored: its row, draft, revision and Feature, and whether readers see it."""

    pk: int
    draft: Draft
    revision: int
    feature: bytes
    visible: bool


class Desk:
    """Events of any status, their history, the feed of changes, and API keys; several threads may use it at once."""

    def __init__(self, engine: Engine, read_timeout: float) -> None:
        self._engine = engine
        self._read_timeout = read_timeout

    # --- events

    def event(self, id_: str) -> StoredEvent:
        """Return an event of any status; raise EventGone or NoSuchEvent."""
        with reading(self._engine, self._read_timeout) as connection:
            return _stored(connection, id_)

    def create(
        self, drafts: Sequence[Draft], author: Author, request: RepeatableRequest | None = None
    ) -> tuple[list[EventRevision], bool]:
        """Write new events, all or none; return their revisions, and whether `request` is a repetition.

        A repeated request writes nothing and gets the first result. Raises Conflict for an id that exists or existed,
        and for a used Idempotency-Key with another body; BadEvent, with the `id` of the draft, for an invalid draft.
        """
        with writing(self._engine, durable=True) as connection:
            log = WriteLog(moment(connection), author, by_editor=True)
            earlier = idempotency.earlier_result(connection, request, log.now) if request else None
            if earlier is not None:
                return earlier, True
            _check_new(connection, [draft.id or "" for draft in drafts])
            categories = set(connection.scalars(select(col(Category.slug))))
            valid = [validated(draft, categories) for draft in drafts]
            writer.write(connection, valid, log)
            log.finish(connection)
            result = [EventRevision(draft.id or "", 1) for draft in valid]
            if request:
                idempotency.store_result(connection, request, result, log.now)
        return result, False

    def replace(self, draft: Draft, revision: int, author: Author) -> EventRevision:
        """Replace an event that still has this revision; raise Stale if it has another.

        Raises NoSuchEvent, EventGone, and BadEvent for an invalid draft.
        """
        id_ = draft.id or ""
        with writing(self._engine, durable=True) as connection:
            log = WriteLog(moment(connection), author, by_editor=True)
            old = _at_revision(connection, id_, revision)
            embargoed = bool(draft.embargo and draft.embargo > log.now)
            if embargoed and old.visible:
                raise BadEvent(
                    "embargo_until",
                    "readers see the event already; expected no embargo, or status 'retracted'",
                )
            categories = set(connection.scalars(select(col(Category.slug))))
            counts = writer.write(connection, [validated(draft, categories)], log)
            log.finish(connection)
            revision += counts.updated
            if draft.status == "retracted" and old.draft.status != "retracted":
                removal = Removal("retracted", old.visible, revision, author.note or draft.note)
                tombstones.add(connection, id_, removal, log.now)
            elif draft.status == "published" and not embargoed:
                tombstones.remove(connection, [id_])
        return EventRevision(id_, revision)

    def settle(
        self, id_: str, revision: int, number: int, place: Place | None, author: Author
    ) -> EventRevision:
        """Set the place that an editor chose for a text of an event (counted from 1), or none, and store the choice.

        Like `Store.settle`, for a revision and with an author. Raises NoSuchEvent, EventGone, Stale and NoSuchPlace.
        """
        with writing(self._engine, durable=True) as connection:
            log = WriteLog(moment(connection), author, by_editor=True)
            old = _at_revision(connection, id_, revision)
            draft = place_choices.settle(connection, id_, number, place, log.now)
            if not writer.write(connection, [draft], log).updated:
                # The pins are the same, but the text is no longer in doubt: that is a change with an author.
                same_event = col(Event.pk) == old.pk
                connection.execute(update(Event).where(same_event).values(revision=revision + 1))
                doubt = old.draft.texts[number - 1].doubt
                log.record(id_, revision + 1, "settled", [FieldChange("doubt", doubt, None)])
            log.finish(connection)
        return EventRevision(id_, revision + 1)

    def queue(self, kind: review_queue.QueueKind, limit: int, offset: int) -> review_queue.Queue:
        """Return the counts of the review queue, and a part of one kind, newest change first."""
        with reading(self._engine, self._read_timeout) as connection:
            return review_queue.queue(connection, kind, limit, offset)

    def delete(self, id_: str, revision: int, author: Author) -> None:
        """Delete an event; its id stays taken and its history stays. Raises NoSuchEvent, EventGone or Stale."""
        with writing(self._engine, durable=True) as connection:
            log = WriteLog(moment(connection), author, by_editor=True)
            old = _at_revision(connection, id_, revision)
            writer.remove(connection, {old.pk: old.feature})
            removal = Removal("deleted", old.visible, revision + 1, author.note)
            tombstones.add(connection, id_, removal, log.now)
            log.record(id_, revision + 1, "deleted")
            log.record_public(old.pk, id_, before=old.visible, after=False)
            if old.draft.status == "published" and (old.draft.embargo or 0) > log.now:
                log.record_embargo_removed(old.pk, id_, old.draft.embargo or 0, visible=False)
            log.finish(connection)

    def purge(self, ids: Sequence[str], author: Author, wait: float = 30) -> Purged:
        """Remove the text of events from the database files (see db.upkeep.purge).

        `wait` is in seconds. Raises NoSuchEvent for an id that never existed.
        """
        return purge(self._engine, ids, author, wait)

    def history(self, id_: str) -> list[HistoryEntry]:
        """Return every change of an event, also of a deleted one; raise NoSuchEvent for an id that never existed."""
        with reading(self._engine, self._read_timeout) as connection:
            entries = history.read(connection, id_)
            row = connection.execute(select(col(Event.created)).where(col(Event.id) == id_)).first()
            if row is None and not entries:
                tombstones.raise_if_gone(connection, id_, hidden=True)
                raise NoSuchEvent(f"There is no event {id_[:200]!r}")
            if row is not None and (not entries or entries[0].revision > 1):
                entries.insert(0, history.first_entry(row.created))
            return entries

    def of_status(self, ids: Sequence[str], statuses: Sequence[Status]) -> frozenset[str]:
        """Return those of the ids whose event has one of the statuses."""
        with reading(self._engine, self._read_timeout) as connection:
            return frozenset(id_ for id_, status in _statuses(connection, ids) if status in statuses)

    # --- the feed

    def changes(self, since: str | None, limit: int) -> FeedPage:
        """Return what readers saw appear, change and disappear after a token, in order; None starts at the beginning.

        Raises Conflict for a token from before a restore, ValueError for a text that is not a token.
        """
        with reading(self._engine, self._read_timeout) as connection:
            return feed.read_page(connection, since, limit)

    # --- keys

    def create_key(self, name: str, role: Role) -> str:
        """Create a key and return it, the only time; raise Conflict if a key with this name is in use."""
        with writing(self._engine, durable=True) as connection:
            return api_keys.create(connection, name, role, moment(connection))

    def keys(self) -> list[ListedKey]:
        """Return every key, without its secret."""
        with reading(self._engine, self._read_timeout) as connection:
            return api_keys.listed(connection)

    def revoke(self, name: str) -> None:
        """Revoke a key; raise Conflict if none with this name is in use."""
        with writing(self._engine, durable=True) as connection:
            api_keys.revoke(connection, name, moment(connection))

    def holder(self, key: str) -> KeyHolder | None:
        """Return the holder of a key, and store the time of use once a minute; None for a wrong or revoked key."""
        with reading(self._engine, self._read_timeout) as connection:
            holder = api_keys.holder(connection, key, moment(connection))
        if holder and holder.stale:
            # A long write may be going on. The time of use is not worth waiting for, nor refusing the request.
            with suppress(StoreUnavailable), writing(self._engine, wait=False) as connection:
                api_keys.record_use(connection, holder.number, moment(connection))
        return holder

    def wrong_keys(self, address: str) -> WrongKeyCount:
        """Return how many wrong keys an address sent in a row, to any server of this database."""
        with reading(self._engine, self._read_timeout) as connection:
            return wrong_keys.read(connection, address, moment(connection))

    def add_wrong_keys(self, attempts: Mapping[str, NewAttempts]) -> None:
        """Store new attempts by address; raise StoreUnavailable at once while others write."""
        with writing(self._engine, wait=False) as connection:
            wrong_keys.add(connection, attempts, moment(connection))


def _stored(connection: Connection, id_: str) -> StoredEvent:
    row = run(
        connection,
        "SELECT e.pk, e.revision, f.feature,"
        " CASE WHEN b.until > moment() THEN b.until ELSE 0 END AS embargo,"
        f" {visibility.EVENTS} AS visible FROM event e JOIN encoded f ON f.event = e.pk"
        " LEFT JOIN embargo b ON b.event = e.pk WHERE e.id = ?",
        (id_,),
    ).first()
    if row is None:
        tombstones.raise_if_gone(connection, id_, hidden=True)
        raise NoSuchEvent(f"There is no event {id_[:200]!r}")
    texts = place_texts.read(connection, [row.pk]).get(row.pk, ())
    draft = structs.replace(feature.decode(row.feature), texts=texts, embargo=row.embargo)
    return StoredEvent(row.pk, draft, row.revision, row.feature, bool(row.visible))


def _at_revision(connection: Connection, id_: str, revision: int) -> StoredEvent:
    event = _stored(connection, id_)
    if event.revision != revision:
        raise Stale(id_, event.revision)
    return event


def _statuses(connection: Connection, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return id and status of those of the ids that are stored."""
    of_ids = backend_of(connection).any_of("e.id", ids)
    return backend_of(connection).rows(
        connection, f"SELECT e.id, e.status FROM event e WHERE {of_ids.sql}", of_ids.params
    )


def _check_new(connection: Connection, ids: Sequence[str]) -> None:
    repeated = [id_ for id_, count in Counter(ids).items() if count > 1]
    if repeated:
        raise Conflict(f"the id {repeated[0]!r} appears twice in the request; expected each id once")
    existing = {id_ for id_, _ in _statuses(connection, ids)}
    for id_ in (id_ for id_ in ids if id_ in existing):
        raise Conflict(
            f"there is an event {id_!r} already; change it with PUT or PATCH, or choose another id"
        )
    deleted = tombstones.deleted_days(connection, ids)
    for id_, day in ((id_, deleted[id_]) for id_ in ids if id_ in deleted):
        raise Conflict(f"the event {id_!r} was deleted on {day}, and its id stays taken; choose another id")
