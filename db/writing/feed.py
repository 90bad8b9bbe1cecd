"""The public feed: which events readers saw appear, change and disappear, so that copies can follow."""

import re
from typing import NamedTuple

from sqlalchemy import Connection

from db.engines import run
from db.errors import Conflict
from db.query.results import Stamp
from db.sql import queries, visibility
from db.sql.transactions import moment

_TOKEN = re.compile(r"([0-9a-f]+)-(\d{1,18})-(\d{1,18})", re.ASCII)


class FeedEntry(NamedTuple):
    """One entry of the feed: its `kind` (created, updated, deleted) and the event's current Feature, None if gone.

    `seq` is its number, None for an embargo that has ended but that no write has recorded yet.
    """

    id: str
    kind: str
    at: int
    feature: bytes | None
    seq: int | None = None


class FeedPosition(NamedTuple):
    """How far a client has read: the number of the last entry, and the time up to which it knows ended embargoes."""

    seq: int
    moment: int


class FeedPage(NamedTuple):
    """A part of the feed: `token` continues after it, `more` is true if there are further entries now.

    `stamp` is the version of the data that it shows.
    """

    entries: list[FeedEntry]
    token: str
    more: bool
    stamp: Stamp


def read_page(connection: Connection, since: str | None, limit: int) -> FeedPage:
    """Return up to `limit` entries after a token, in order; None starts at the beginning, "now" at the end.

    Raises Conflict for a token from before a restore, ValueError for a text that is not a token.
    """
    epoch = str(run(connection, "SELECT epoch FROM data_version").scalar_one())
    newest = FeedPosition(_last_number(connection), moment(connection))
    entries, position, more = _read(connection, _parse_token(since, epoch, newest), limit)
    token = f"{epoch}-{position.seq}-{position.moment}"
    return FeedPage(entries, token, more, queries.stamp(connection))


def _parse_token(since: str | None, epoch: str, newest: FeedPosition) -> FeedPosition:
    if since is None:
        return FeedPosition(0, 0)
    if since == "now":
        return newest
    match = _TOKEN.fullmatch(since)
    if match is None:
        raise ValueError(since)
    position = FeedPosition(int(match[2]), int(match[3]))
    if match[1] != epoch or position.seq > newest.seq:
        raise Conflict(
            "this token was issued before a backup was restored, so its numbers mean other entries now;"
            " expected a newer token, or none to read everything again"
        )
    return position


def _read(
    connection: Connection, since: FeedPosition, limit: int
) -> tuple[list[FeedEntry], FeedPosition, bool]:
    """Return up to `limit` entries after a position, the position reached, and whether there are more.

    Events whose embargo has ended, but that no write has recorded yet, come last. They have no sequence number (a
    concurrent write may claim the next one), so the position stores their time instead. Events with the same time are
    returned together, even beyond `limit`.
    """
    rows = run(
        connection,
        "SELECT c.seq, c.event, c.kind, c.at, f.feature FROM change c"
        f" LEFT JOIN event e ON e.id = c.event AND {visibility.EVENTS} LEFT JOIN encoded f ON f.event = e.pk"
        f" WHERE c.seq > ? AND NOT (c.kind = '{visibility.LAPSED}' AND c.at <= ?) ORDER BY c.seq LIMIT ?",
        (since.seq, since.moment, limit + 1),
    )
    entries = [
        FeedEntry(id_, "created" if kind == visibility.LAPSED else kind, at, feature, seq)
        for seq, id_, kind, at, feature in rows
    ]
    if len(entries) > limit:
        return entries[:limit], FeedPosition(entries[limit - 1].seq or 0, since.moment), True
    ended = [event for event in visibility.lapsed(connection) if event.until > since.moment]
    page = _whole_moments(ended, limit - len(entries), at_least_one=not entries)
    reached = page[-1].until if page else since.moment
    entries += [FeedEntry(event.id, "created", event.until, event.feature) for event in page]
    return entries, FeedPosition(_last_number(connection), reached), len(page) < len(ended)


def _whole_moments(
    ended: list[visibility.Lapsed], limit: int, *, at_least_one: bool
) -> list[visibility.Lapsed]:
    """Return the first events, without splitting those of one time; `at_least_one` may exceed the limit."""
    if len(ended) <= limit:
        return ended
    page = [event for event in ended if event.until < ended[limit].until]
    if page or not at_least_one:
        return page
    return [event for event in ended if event.until == ended[0].until]


def _last_number(connection: Connection) -> int:
    return int(run(connection, "SELECT coalesce(max(seq), 0) FROM change").scalar_one())
