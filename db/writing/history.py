"""The history of an event, for editors: one entry for each change of any status."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlmodel import col

from db.dates.calendar import iso_time
from db.events.draft import COMMAND_LINE
from db.events.tables import History

_ACTIONS = {
    "draft": "taken back",
    "review": "submitted",
    "published": "published",
    "retracted": "retracted",
}


class HistoryEntry(NamedTuple):
    """One change of an event: `fields` with old and new values, `at` as RFC 3339 in UTC."""

    revision: int
    at: str
    who: str
    action: str
    why: str | None
    note: str | None
    fields: list[dict[str, Any]]


def read(connection: Connection, id_: str) -> list[HistoryEntry]:
    """Return the changes of an event, oldest first."""
    names = ("revision", "at", "who", "action", "why", "note", "fields")
    rows = connection.execute(
        select(*(col(getattr(History, name)) for name in names))
        .where(col(History.event) == id_)
        .order_by(col(History.revision))
    )
    return [HistoryEntry(revision, iso_time(at), *columns) for revision, at, *columns in rows]


def first_entry(created: int) -> HistoryEntry:
    """Return the first entry of an event that the command line created, for which no row is stored."""
    return HistoryEntry(1, iso_time(created), COMMAND_LINE.name, "created", None, None, [])


def action(old_status: str | None, new_status: str) -> str:
    """Return the word for a change of status; `old_status` is None for a new event."""
    if old_status is None:
        return "created"
    return "changed" if old_status == new_status else _ACTIONS[new_status]
