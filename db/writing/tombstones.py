"""Tombstones: the ids of events that were deleted, retracted or purged, and stay taken."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete
from sqlmodel import col

from db.dates.calendar import iso_time
from db.engines import backend_of, run
from db.errors import EventGone
from db.events.tables import Tombstone


class Removal(NamedTuple):
    """How an event was removed (`kind`: deleted, retracted, purged), and whether readers had seen it.

    `revision` is that of the removal, `note` the text for readers.
    """

    kind: str
    public: bool
    revision: int
    note: str | None = None


def add(connection: Connection, id_: str, removal: Removal, now: int) -> None:
    """Write the tombstone of an event. An id that was public stays public."""
    run(
        connection,
        "INSERT INTO tombstone (event, kind, at, public, revision, note) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (event) DO UPDATE SET kind = excluded.kind, at = excluded.at,"
        " note = CASE excluded.kind WHEN 'purged' THEN excluded.note ELSE coalesce(excluded.note, tombstone.note) END,"
        " public = tombstone.public OR excluded.public, revision = excluded.revision",
        (id_, removal.kind, now, removal.public, removal.revision, removal.note),
    )


def remove(connection: Connection, ids: Sequence[str]) -> None:
    """Delete the tombstones of retracted events that are published again."""
    connection.execute(delete(Tombstone).where(col(Tombstone.event).in_(ids)))


def deleted_days(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return those of the ids that were deleted or purged, each with the day (ISO).

    The engine passes the ids: a parameter list of SQLAlchemy stays in memory until Python's cyclic collector runs.
    """
    of_ids = backend_of(connection).any_of("event", ids)
    rows = run(
        connection,
        f"SELECT event, at FROM tombstone WHERE {of_ids.sql} AND kind != 'retracted'",
        of_ids.params,
    )
    return {id_: iso_time(at)[:10] for id_, at in rows}


def raise_if_gone(connection: Connection, id_: str, *, hidden: bool = False) -> None:
    """Raise EventGone for an event that readers saw before it was removed.

    With `hidden` (for editors only) raise it also for an event that readers never saw.
    """
    row = run(
        connection, "SELECT kind, at, note FROM tombstone WHERE event = ? AND (public OR ?)", (id_, hidden)
    ).first()
    if row:
        raise EventGone(id_, row.kind, iso_time(row.at), row.note)
