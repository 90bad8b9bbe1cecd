"""What readers may see: published events that are not under embargo.

The data version counts commits in its row. Embargoes that have ended since the last write are added on reading, without
a write; the next write records them in the row and in the feed, in the order in which they ended.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from db.engines import run
from db.events.categories import VOCABULARY

# The few embargoes have their own index, so that no row is read for all other events.
EVENTS = "e.status = 'published' AND e.pk NOT IN (SELECT event FROM embargo WHERE until > moment())"
LAPSED_EMBARGOES = "FROM embargo WHERE until <= moment() AND published"
VERSION = f"SELECT version + (SELECT count(*) {LAPSED_EMBARGOES}) FROM data_version"
STAMP = (
    f"SELECT version + (SELECT count(*) {LAPSED_EMBARGOES}),"
    " (SELECT max(at) FROM (SELECT moment AS at FROM data_version"
    f" UNION ALL SELECT until AS at {LAPSED_EMBARGOES}) moments)"
    " FROM data_version"
)


LAPSED = "lapsed"  # in the table of the feed; readers see "created"


class Lapsed(NamedTuple):
    """An event whose embargo ended at `until`, in seconds of UTC."""

    pk: int
    id: str
    until: int
    feature: bytes


def lapsed(connection: Connection) -> list[Lapsed]:
    """Return the events whose embargo has ended but is not recorded yet, in the order of the feed."""
    sql = (
        "SELECT e.pk, e.id, b.until, f.feature"
        " FROM embargo b JOIN event e ON e.pk = b.event JOIN encoded f ON f.event = e.pk"
        " WHERE b.until <= moment() AND b.published ORDER BY b.until, b.event"
    )
    return [Lapsed(*row) for row in run(connection, sql)]


def record_lapsed(connection: Connection) -> None:
    """Record ended embargoes in the data version and the feed; every write begins with this."""
    events = lapsed(connection)
    run(connection, "DELETE FROM embargo WHERE until <= moment()")
    if not events:
        return
    rows = [(event.pk, event.id, event.until) for event in events]
    run(connection, f"INSERT INTO change (pk, event, kind, at) VALUES (?, ?, '{LAPSED}', ?)", rows)
    move_version(connection, len(events), events[-1].until)


def move_version(connection: Connection, commits: int, moment: int) -> None:
    """Add commits to the data version; its moment (seconds of UTC) never goes back."""
    run(
        connection,
        "UPDATE data_version SET version = version + ?, moment = CASE WHEN moment < ? THEN ? ELSE moment END",
        (commits, moment, moment),
    )


def categories() -> tuple[str, tuple[str, ...]]:
    """Return SQL, with its values, for the slugs that readers may see: the installed ones and those of visible events.

    A new category that only unpublished events have would reveal them.
    """
    installed = tuple(kind.slug for kind in VOCABULARY)
    marks = ", ".join("?" * len(installed))
    used = f"EXISTS (SELECT 1 FROM event e WHERE e.category = c.slug AND {EVENTS})"
    return f"SELECT c.slug FROM category c WHERE c.slug IN ({marks}) OR {used}", installed
