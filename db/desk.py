"""The desk: the editors' door to the events, of any status. What readers see goes through the Store."""

import hashlib
import re
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import structs
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlmodel import col

from db.editing import api_keys
from db.editing import review_queue as waiting
from db.editing.api_keys import Holder, Key, Role
from db.engines import run
from db.errors import BadEvent, Conflict, NoSuchEvent, Stale, StoreUnavailable
from db.events import feature
from db.events.diff import Field
from db.events.draft import Author, Draft, Status
from db.events.tables import Answered, Category, Event
from db.sql import visibility
from db.sql.transactions import moment, reading, writing
from db.upkeep.purge import Purged, purge
from db.writing import history, place_choices, place_texts, writer
from db.writing.history import Entry, Grave, Ledger, Position, Public
from db.writing.prepared import checked
from geo.place import Place

_DAY = 86_400


class Held(NamedTuple):
    """An event as it stands: its draft, revision, Feature, and whether readers see it."""

    pk: int
    draft: Draft
    revision: int
    feature: bytes
    visible: bool


class Done(NamedTuple):
    """What a write made of an event."""

    id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Request:
    """A request that its sender may repeat: whose, under which token, and what it says."""

    who: str
    token: str
    body: bytes

    @property
    def digest(self) -> str:
        """Sum up what was sent."""
        return hashlib.sha256(self.body).hexdigest()


class Feed(NamedTuple):
    """A part of the changes: `token` goes on behind it, `more` tells whether there is more now."""

    changes: list[Public]
    token: str
    more: bool


class Desk:
    """Events of any status, their history, keys and the feed of changes; safe to use from several threads."""

    def __init__(self, engine: Engine, read_timeout: float) -> None:
        self._engine = engine
        self._read_timeout = read_timeout

    # --- events

    def held(self, id_: str) -> Held:
        """Read an event of any status; raise EventGone or NoSuchEvent."""
        with reading(self._engine, self._read_timeout) as connection:
            return _held(connection, id_)

    def create(
        self, drafts: Sequence[Draft], author: Author, request: Request | None = None
    ) -> tuple[list[Done], bool]:
        """Write new events, all or none; with a request that was answered before, give that answer (and True).

        Raises Conflict for an id that there is or was, and for another body under the same token; BadEvent with
        the `id` of the draft that cannot be stored.
        """
        with writing(self._engine, durable=True) as connection:
            book = Ledger(moment(connection), author)
            before = _answered(connection, request, book.now) if request else None
            if before is not None:
                return before, True
            _check_new(connection, [draft.id or "" for draft in drafts])
            known = set(connection.scalars(select(col(Category.slug))))
            good = [checked(draft, known) for draft in drafts]
            writer.write(connection, good, book)
            book.write(connection)
            done = [Done(draft.id or "", 1) for draft in good]
            if request:
                _answer(connection, request, done, book.now)
        return done, False

    def replace(self, draft: Draft, revision: int, author: Author) -> Done:
        """Write an event that is there anew, if it is still at a revision; raise Stale if it is not.

        Raises NoSuchEvent, EventGone, and BadEvent for what cannot be stored.
        """
        id_ = draft.id or ""
        with writing(self._engine, durable=True) as connection:
            book = Ledger(moment(connection), author)
            old = _held(connection, id_)
            if old.revision != revision:
                raise Stale(id_, old.revision)
            if draft.embargo and draft.embargo > book.now and old.visible:
                raise BadEvent("embargo_until", "readers see the event already; retract it instead")
            known = set(connection.scalars(select(col(Category.slug))))
            added = writer.write(connection, [checked(draft, known)], book)
            book.write(connection)
            if draft.status == "retracted" and old.draft.status != "retracted":
                grave = Grave("retracted", old.visible, revision + added.updated, author.note or draft.note)
                history.bury(connection, id_, grave, book.now)
            elif draft.status == "published" and not (draft.embargo and draft.embargo > book.now):
                history.unbury(connection, [id_])
        return Done(id_, revision + added.updated)

    def settle(self, id_: str, revision: int, number: int, place: Place | None, author: Author) -> Done:
        """Give an event the place that a person chose for its text (counted from 1), or none, and remember it.

        As `Store.settle`, of a revision and by somebody. Raises NoSuchEvent, EventGone, Stale and NoSuchPlace.
        """
        with writing(self._engine, durable=True) as connection:
            book = Ledger(moment(connection), author)
            old = _held(connection, id_)
            if old.revision != revision:
                raise Stale(id_, old.revision)
            draft = place_choices.settle(connection, id_, number, place, book.now)
            if not writer.write(connection, [draft], book).updated:
                # No pin has changed, but that the text is in doubt no more is a change, and somebody made it.
                same = col(Event.pk) == old.pk
                connection.execute(update(Event).where(same).values(revision=revision + 1))
                doubt = old.draft.texts[number - 1].doubt
                book.record(id_, revision + 1, "settled", [Field("doubt", doubt, None)])
            book.write(connection)
        return Done(id_, revision + 1)

    def queue(self, kind: waiting.Kind, limit: int, offset: int) -> waiting.Queue:
        """Count what waits for an editor, and read a part of it, the newest change first."""
        with reading(self._engine, self._read_timeout) as connection:
            return waiting.queue(connection, kind, limit, offset)

    def delete(self, id_: str, revision: int, author: Author) -> None:
        """Take an event away; its id and history stay. Raises NoSuchEvent, EventGone or Stale."""
        with writing(self._engine, durable=True) as connection:
            book = Ledger(moment(connection), author)
            old = _held(connection, id_)
            if old.revision != revision:
                raise Stale(id_, old.revision)
            writer.remove(connection, old.pk, old.feature)
            history.bury(connection, id_, Grave("deleted", old.visible, revision + 1, author.note), book.now)
            book.record(id_, revision + 1, "deleted")
            book.show(id_, old.visible, False)
            book.write(connection)

    def purge(self, ids: Sequence[str], author: Author, wait: float = 30) -> Purged:
        """Remove the text of events for good (see db.upkeep.purge); raise NoSuchEvent for an id that never was."""
        return purge(self._engine, ids, author, wait)

    def history(self, id_: str) -> list[Entry]:
        """Read every change of an event, deleted ones too; raise NoSuchEvent for an id that never was."""
        with reading(self._engine, self._read_timeout) as connection:
            found = history.history(connection, id_)
            row = connection.execute(select(col(Event.created)).where(col(Event.id) == id_)).first()
            if row is None and not found:
                history.mourn(connection, id_, hidden=True)
                raise NoSuchEvent(f"There is no event {id_[:200]!r}")
            if row is not None and (not found or found[0].revision > 1):
                found.insert(0, history.born(row.created))
            return found

    def of_status(self, ids: Sequence[str], statuses: Sequence[Status]) -> frozenset[str]:
        """Tell which of these events have one of these statuses."""
        asked = select(col(Event.id)).where(col(Event.id).in_(ids), col(Event.status).in_(statuses))
        with reading(self._engine, self._read_timeout) as connection:
            return frozenset(connection.scalars(asked))

    # --- the feed

    def changes(self, since: str | None, limit: int) -> Feed:
        """Read what readers saw come, change and go after a token, in order; None begins at the beginning.

        Raises Conflict for a token of another past, such as before a restore; ValueError for what is no token.
        """
        with reading(self._engine, self._read_timeout) as connection:
            epoch = history.epoch(connection)
            newest = Position(history.newest(connection), moment(connection))
            found, reached, more = history.feed(connection, _position(since, epoch, newest), limit)
        return Feed(found, f"{epoch}-{reached.seq}-{reached.moment}", more)

    # --- keys

    def create_key(self, name: str, role: Role) -> str:
        """Make a key, and give it back this once; raise Conflict when a key of that name is in use."""
        with writing(self._engine, durable=True) as connection:
            return api_keys.create(connection, name, role, int(time.time()))

    def keys(self) -> list[Key]:
        """List every key, without itself."""
        with reading(self._engine, self._read_timeout) as connection:
            return api_keys.listed(connection)

    def revoke(self, name: str) -> None:
        """Take a key back; raise Conflict where none of that name is in use."""
        with writing(self._engine, durable=True) as connection:
            api_keys.revoke(connection, name, int(time.time()))

    def holder(self, key: str) -> Holder | None:
        """Tell whose key it is, and note its use once a minute; None for a wrong or revoked one."""
        now = int(time.time())
        with reading(self._engine, self._read_timeout) as connection:
            found = api_keys.holder(connection, key, now)
        if found and found.stale:
            # Somebody else may be writing for long: when the key was used is not worth refusing it.
            with suppress(StoreUnavailable), writing(self._engine, wait=False) as connection:
                api_keys.used(connection, found.number, now)
        return found


def _held(connection: Connection, id_: str) -> Held:
    row = run(
        connection,
        "SELECT e.pk, e.revision, f.feature, coalesce(b.until, 0) AS embargo,"
        f" {visibility.EVENTS} AS visible FROM event e JOIN encoded f ON f.event = e.pk"
        " LEFT JOIN embargo b ON b.event = e.pk WHERE e.id = ?",
        (id_,),
    ).first()
    if row is None:
        history.mourn(connection, id_, hidden=True)
        raise NoSuchEvent(f"There is no event {id_[:200]!r}")
    written = place_texts.of(connection, [row.pk]).get(row.pk, ())
    draft = structs.replace(feature.decode(row.feature), texts=written, embargo=row.embargo)
    return Held(row.pk, draft, row.revision, row.feature, bool(row.visible))


def _check_new(connection: Connection, ids: Sequence[str]) -> None:
    twice = [id_ for id_, times in Counter(ids).items() if times > 1]
    if twice:
        raise Conflict(f"the id {twice[0]!r} stands twice in the request")
    there = connection.scalars(select(col(Event.id)).where(col(Event.id).in_(ids))).first()
    if there is not None:
        raise Conflict(
            f"there is an event {there!r} already; change it with PUT or PATCH, or choose another id"
        )
    gone = history.buried(connection, ids)
    for id_, day in gone.items():
        raise Conflict(f"the event {id_!r} was deleted on {day}, and its id stays taken; choose another id")


def _answered(connection: Connection, request: Request, now: int) -> list[Done] | None:
    """Find what was answered to the same request within a day; raise Conflict for another one under its token."""
    connection.execute(delete(Answered).where(col(Answered.at) < now - _DAY))
    row = connection.execute(
        select(col(Answered.digest), col(Answered.events)).where(
            col(Answered.who) == request.who, col(Answered.token) == request.token
        )
    ).first()
    if row is None:
        return None
    if row.digest != request.digest:
        raise Conflict(
            "this Idempotency-Key was used with another body; expected a new key for a new request"
        )
    return [Done(*each) for each in row.events]


def _answer(connection: Connection, request: Request, done: list[Done], now: int) -> None:
    row = {"who": request.who, "token": request.token, "digest": request.digest}
    connection.execute(insert(Answered), [{**row, "events": [list(each) for each in done], "at": now}])


def _position(since: str | None, epoch: str, newest: Position) -> Position:
    if since is None:
        return Position(0, 0)
    if since == "now":
        return newest
    found = _TOKEN.fullmatch(since)
    if found is None:
        raise ValueError(since)
    position = Position(int(found[2]), int(found[3]))
    if found[1] != epoch or position.seq > newest.seq:
        raise Conflict(
            "this token is of another past of the database, as before a restore; begin again without it"
        )
    return position


_TOKEN = re.compile(r"([0-9a-f]+)-(\d{1,18})-(\d{1,18})", re.ASCII)
