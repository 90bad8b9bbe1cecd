"""The review queue: drafts, events in review, and places in doubt, newest change first."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from db.engines import run

QueueKind = Literal["draft", "review", "places"]
# SQLite uses the partial index ix_event_waiting only for a condition with the same text.
_WAITING = "status IN ('draft', 'review')"
_EVENTS = f"FROM event e JOIN encoded f ON f.event = e.pk WHERE e.{_WAITING} AND e.status = ?"
# The partial index ix_place_text_doubt contains only the texts in doubt, so no other rows are read.
_DOUBTS = "FROM place_text t JOIN event e ON e.pk = t.event JOIN encoded f ON f.event = e.pk WHERE t.doubt IS NOT NULL"


class QueueEntry(NamedTuple):
    """An event in the queue; for a place in doubt also the text, its country and the doubt."""

    feature: bytes
    revision: int
    text: str | None = None
    country: str | None = None
    doubt: str | None = None


class Queue(NamedTuple):
    """The counts by kind, and a part of the entries of one kind."""

    counts: dict[str, int]
    rows: list[QueueEntry]


def queue(connection: Connection, kind: QueueKind, limit: int, offset: int) -> Queue:
    """Return the counts of every kind, and up to `limit` entries of one kind after `offset`."""
    counts = {"draft": 0, "review": 0}
    sql = f"SELECT status, count(*) FROM event WHERE {_WAITING} GROUP BY status"
    counts |= dict(map(tuple, run(connection, sql)))
    doubts = run(connection, "SELECT count(*) FROM place_text WHERE doubt IS NOT NULL")
    counts["places"] = int(doubts.scalar_one())
    return Queue(counts, [QueueEntry(*row) for row in _rows(connection, kind, limit, offset)])


def _rows(connection: Connection, kind: QueueKind, limit: int, offset: int) -> list[Any]:
    page = (limit, offset)
    if kind == "places":
        sql = f"SELECT f.feature, e.revision, t.text, t.country, t.doubt {_DOUBTS}"
        order = "ORDER BY e.updated DESC, e.pk DESC, t.position LIMIT ? OFFSET ?"
        return list(run(connection, f"{sql} {order}", page))
    sql = f"SELECT f.feature, e.revision {_EVENTS} ORDER BY e.updated DESC, e.pk DESC LIMIT ? OFFSET ?"
    return list(run(connection, sql, (kind, *page)))
