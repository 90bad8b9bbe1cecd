"""What waits for an editor: drafts, events in review, and places in doubt; the newest change first."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from db.engines import run

Kind = Literal["draft", "review", "places"]
# In these words, and no others, ix_event_waiting is known to hold what is asked for.
_WAITING = "status IN ('draft', 'review')"
_EVENTS = f"FROM event e JOIN encoded f ON f.event = e.pk WHERE e.{_WAITING} AND e.status = ?"
# ix_place_text_doubt holds the few texts that are in doubt, so nothing else is read.
_DOUBTS = "FROM place_text t JOIN event e ON e.pk = t.event JOIN encoded f ON f.event = e.pk WHERE t.doubt IS NOT NULL"


class Waiting(NamedTuple):
    """An event that waits, as its Feature; with `text` the one of its texts that is in doubt, and why."""

    feature: bytes
    revision: int
    text: str | None = None
    country: str | None = None
    doubt: str | None = None


class Queue(NamedTuple):
    """How many wait, by kind, and a part of those of one kind."""

    counts: dict[str, int]
    rows: list[Waiting]


def queue(connection: Connection, kind: Kind, limit: int, offset: int) -> Queue:
    """Count all that waits, and read a part of one kind."""
    counts = {"draft": 0, "review": 0}
    sql = f"SELECT status, count(*) FROM event WHERE {_WAITING} GROUP BY status"
    counts |= dict(map(tuple, run(connection, sql)))
    doubts = run(connection, "SELECT count(*) FROM place_text WHERE doubt IS NOT NULL")
    counts["places"] = int(doubts.scalar_one())
    return Queue(counts, [Waiting(*row) for row in _rows(connection, kind, limit, offset)])


def _rows(connection: Connection, kind: Kind, limit: int, offset: int) -> list[Any]:
    page = (limit, offset)
    if kind == "places":
        sql = f"SELECT f.feature, e.revision, t.text, t.country, t.doubt {_DOUBTS}"
        order = "ORDER BY e.updated DESC, e.pk DESC, t.position LIMIT ? OFFSET ?"
        return list(run(connection, f"{sql} {order}", page))
    sql = f"SELECT f.feature, e.revision {_EVENTS} ORDER BY e.updated DESC, e.pk DESC LIMIT ? OFFSET ?"
    return list(run(connection, sql, (kind, *page)))
