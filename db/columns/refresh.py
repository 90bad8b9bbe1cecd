"""Bring columns up to date: read the events that the feed names, and merge them."""

from dataclasses import replace

from sqlalchemy import Connection

from db.columns.merging import merged
from db.columns.reading import position, read_columns
from db.columns.snapshot import Columns, Position
from db.engines import backend_of
from db.sql import visibility

MAX_CHANGED_SHARE = 0.05
"""Above this share of changed events, reading all of them again is faster."""
MIN_CHANGED = 500
"""So many changed events are merged in any case."""


def refreshed(old: Columns, connection: Connection) -> Columns | None:
    """Return the columns of the connection's snapshot, which is not older; None if they must be read in full."""
    now = position(connection)
    if now == old.position:
        return old
    changed = _changed(old, now, connection)
    if changed is None:
        return None
    if not changed:
        return replace(old, position=now)

    def predecessor(pk: int) -> int | None:
        return _predecessor(connection, pk)

    return merged(old, read_columns(connection, changed), changed, predecessor)


def _changed(old: Columns, now: Position, connection: Connection) -> list[int] | None:
    """Return the row numbers of events that changed for readers, in order; None if they are unknown or too many."""
    if now.epoch != old.position.epoch or now.seq < old.position.seq:
        return None
    before = old.position.stamp
    if now.stamp.version < before.version or now.stamp.moment < before.moment:
        # The clock went back, so that embargoes which had ended are in force again.
        return None
    limit = max(MIN_CHANGED, int(len(old) * MAX_CHANGED_SHARE))
    # Embargoes that have ended without a write since are few, and some may have ended before: reading an event twice
    # does no harm.
    rows = backend_of(connection).rows(
        connection,
        "SELECT pk FROM (SELECT pk FROM change WHERE seq > ?"
        f" UNION SELECT event AS pk {visibility.LAPSED_EMBARGOES}) c ORDER BY pk LIMIT ?",
        (old.position.seq, limit + 1),
    )
    pks = [pk for (pk,) in rows]
    return None if len(pks) > limit or None in pks else pks


def _predecessor(connection: Connection, pk: int) -> int | None:
    """Return the row number of the published event before one, among those of the same second, ordered by id."""
    rows = backend_of(connection).rows(
        connection, "SELECT o.pk, o.start_min, o.id FROM event o WHERE o.pk = ?", (pk,)
    )
    ((_, start, id_),) = rows
    same, params = ("e.start_min = ?", (start, id_)) if start is not None else ("e.start_min IS NULL", (id_,))
    before = backend_of(connection).rows(
        connection,
        f"SELECT e.pk FROM event e WHERE {visibility.EVENTS} AND {same} AND e.id < ? ORDER BY e.id DESC LIMIT 1",
        params,
    )
    return before[0][0] if before else None
