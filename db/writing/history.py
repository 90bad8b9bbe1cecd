"""The ledger: each change of an event for editors, and what readers saw come, change and go, for their copies."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from db.dates.calendar import iso_time
from db.engines import backend_of, run
from db.errors import EventGone
from db.events.diff import Field
from db.events.draft import COMMAND_LINE, Author
from db.events.tables import History, Tombstone
from db.sql import visibility


class Entry(NamedTuple):
    """One change of an event: `fields` with old and new values; moments are RFC 3339 in UTC."""

    revision: int
    at: str
    who: str
    action: str
    why: str | None
    note: str | None
    fields: list[dict[str, Any]]


class Public(NamedTuple):
    """One entry of the feed: what became of an event, and its Feature as it is now (None where it is gone).

    `seq` is its number; what lapsed without a write has none yet.
    """

    id: str
    kind: str
    at: int
    feature: bytes | None
    seq: int | None = None


class Position(NamedTuple):
    """How far a copy has followed: the number of the last entry, and the moment up to which it knows what lapsed."""

    seq: int
    moment: int


class Grave(NamedTuple):
    """How an event went (`kind`: deleted, retracted, purged), whether readers saw it, and what they are told."""

    kind: str
    public: bool
    revision: int
    note: str | None = None


@dataclass
class Ledger:
    """One write: when (seconds of UTC), by whom, and what it adds to the history and the feed."""

    now: int
    author: Author = COMMAND_LINE
    history: list[dict[str, Any]] = field(default_factory=list)
    public: list[tuple[str, str, int]] = field(default_factory=list)
    _shown: bool = False
    _hidden: list[tuple[str, int]] = field(default_factory=list)

    def record(self, id_: str, revision: int, action: str, fields: Iterable[Field] = ()) -> None:
        """Note what was changed of an event."""
        author = self.author
        self.history.append(
            {
                "event": id_, "revision": revision, "at": self.now, "who": author.name, "action": action,
                "why": author.why, "note": author.note, "fields": [each._asdict() for each in fields],
            }
        )  # fmt: skip

    def show(self, id_: str, before: bool, after: bool) -> None:
        """Note what readers see of a change, if anything: `before` and `after` say whether they saw the event."""
        kind = {(False, True): "created", (True, True): "updated", (True, False): "deleted"}
        if before or after:
            self.public.append((id_, kind[before, after], self.now))

    def hide(self, id_: str, until: int) -> None:
        """Note that an event under embargo was changed: readers are told if that lapses before the write ends."""
        self._hidden.append((id_, until))

    def flush(self, connection: Connection) -> None:
        """Write down what there is so far, so that a million changes need no memory."""
        if self.history:
            connection.execute(insert(History), self.history)
        if self.public:
            run(connection, "INSERT INTO change (event, kind, at) VALUES (?, ?, ?)", self.public)
        self._shown |= bool(self.public)
        self.history, self.public = [], []

    def write(self, connection: Connection) -> None:
        """Write all of it down; where readers see a difference, the data version moves."""
        now = int(time.time())
        for id_, until in self._hidden:
            self.show(id_, until <= now, until <= now)
        self.flush(connection)
        if self._shown:
            bump(connection, self.now)


def bump(connection: Connection, now: int) -> None:
    """Count a commit: the data version moves, and its moment never goes back."""
    visibility.move_version(connection, 1, now)


def action(old: str | None, new: str) -> str:
    """Name what became of an event by its status before (None: it was not there) and after."""
    if old is None:
        return "created"
    if old == new:
        return "changed"
    return {"draft": "taken back", "review": "submitted", "published": "published", "retracted": "retracted"}[
        new
    ]


def born(created: int) -> Entry:
    """Begin the history of an event that the command line made."""
    return Entry(1, iso_time(created), COMMAND_LINE.name, "created", None, None, [])


def history(connection: Connection, id_: str) -> list[Entry]:
    """Read the changes of an event, the first one first."""
    names = ("revision", "at", "who", "action", "why", "note", "fields")
    rows = connection.execute(
        select(*(col(getattr(History, name)) for name in names))
        .where(col(History.event) == id_)
        .order_by(col(History.revision))
    )
    return [Entry(revision, iso_time(at), *rest) for revision, at, *rest in rows]


def bury(connection: Connection, id_: str, grave: Grave, now: int) -> None:
    """Keep the id of an event that is gone; an event that readers once knew stays known to them as gone."""
    run(
        connection,
        "INSERT INTO tombstone (event, kind, at, public, revision, note) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (event) DO UPDATE SET kind = excluded.kind, at = excluded.at,"
        " note = CASE excluded.kind WHEN 'purged' THEN excluded.note ELSE coalesce(excluded.note, note) END,"
        " public = public OR excluded.public, revision = excluded.revision",
        (id_, grave.kind, now, grave.public, grave.revision, grave.note),
    )


def unbury(connection: Connection, ids: Sequence[str]) -> None:
    """Forget that events were retracted, since they are shown again."""
    connection.execute(delete(Tombstone).where(col(Tombstone.event).in_(ids)))


def buried(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return those of these ids that were deleted or purged, with the day of it (ISO)."""
    listed = backend_of(connection).any_of("event", ids)
    rows = run(
        connection,
        f"SELECT event, at FROM tombstone WHERE {listed.sql} AND kind != 'retracted'",
        listed.params,
    )
    return {id_: iso_time(at)[:10] for id_, at in rows}


def mourn(connection: Connection, id_: str, *, hidden: bool = False) -> None:
    """Raise EventGone for an id whose event readers knew; return where they knew none.

    With `hidden` also for one that editors alone knew: nobody else may be told.
    """
    row = run(
        connection, "SELECT kind, at, note FROM tombstone WHERE event = ? AND (public OR ?)", (id_, hidden)
    ).first()
    if row:
        raise EventGone(id_, row.kind, iso_time(row.at), row.note)


def feed(connection: Connection, since: Position, limit: int) -> tuple[list[Public], Position, bool]:
    """Read up to `limit` entries after a position, in order; tell how far that reaches, and whether there is more.

    Lapsed embargoes that no write has taken in yet come last. They have no number, since who writes just now may take
    it: a position tells them by their moment. Those of one moment are never parted, even beyond the limit.
    """
    rows = run(
        connection,
        "SELECT c.seq, c.event, c.kind, c.at, f.feature FROM change c"
        f" LEFT JOIN event e ON e.id = c.event AND {visibility.EVENTS} LEFT JOIN encoded f ON f.event = e.pk"
        f" WHERE c.seq > ? AND NOT (c.kind = '{visibility.LAPSED}' AND c.at <= ?) ORDER BY c.seq LIMIT ?",
        (since.seq, since.moment, limit + 1),
    )
    found = [
        Public(id_, "created" if kind == visibility.LAPSED else kind, at, feature, seq)
        for seq, id_, kind, at, feature in rows
    ]
    if len(found) > limit:
        return found[:limit], Position(found[limit - 1].seq or 0, since.moment), True
    fresh = [one for one in visibility.lapsed(connection) if one.until > since.moment]
    taken = _whole(fresh, limit - len(found), needed=not found)
    moment = taken[-1].until if taken else since.moment
    found += [Public(one.id, "created", one.until, one.feature) for one in taken]
    return found, Position(newest(connection), moment), len(taken) < len(fresh)


def _whole(fresh: list[visibility.Lapsed], room: int, *, needed: bool) -> list[visibility.Lapsed]:
    """Take what fits, in whole moments; with `needed` the first one whatever its size."""
    if len(fresh) <= room:
        return fresh
    taken = [one for one in fresh if one.until < fresh[room].until]
    return taken or ([one for one in fresh if one.until == fresh[0].until] if needed else [])


def newest(connection: Connection) -> int:
    """Give the number of the last entry."""
    return int(run(connection, "SELECT coalesce(max(seq), 0) FROM change").scalar_one())


def epoch(connection: Connection) -> str:
    """Name the database's past: numbers of the feed mean nothing in another one."""
    return str(run(connection, "SELECT epoch FROM data_version").scalar_one())
