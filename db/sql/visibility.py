"""What readers may see: published events under no embargo. `moment()` is the transaction's moment, in seconds of UTC.

The data version counts commits in its row; embargoes that have lapsed since are counted on top, without a write. The
next write takes them into the row and into the feed, in the order in which they lapsed.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from db.events.categories import VOCABULARY

# The few that are withheld are found by their own index, so that no row is read for the rest.
EVENTS = "e.status = 'published' AND e.pk NOT IN (SELECT event FROM embargo WHERE until > moment())"
_LAPSED = "FROM embargo WHERE until <= moment() AND published"
VERSION = f"SELECT version + (SELECT count(*) {_LAPSED}) FROM data_version"
STAMP = (
    f"SELECT version + (SELECT count(*) {_LAPSED}), max(moment, coalesce((SELECT max(until) {_LAPSED}), 0))"
    " FROM data_version"
)


LAPSED = "lapsed"  # in the feed's table: readers are told "created"


class Lapsed(NamedTuple):
    """An event whose embargo is over; `until` is when, in seconds of UTC."""

    id: str
    until: int
    feature: bytes


def lapsed(connection: Connection) -> list[Lapsed]:
    """List the events whose embargo is over and that no write has taken in yet, in the order of the feed."""
    sql = (
        "SELECT e.id, b.until, f.feature FROM embargo b JOIN event e ON e.pk = b.event JOIN encoded f ON f.event = e.pk"
        " WHERE b.until <= moment() AND b.published ORDER BY b.until, b.event"
    )
    return [Lapsed(*row) for row in connection.exec_driver_sql(sql)]


def fold(connection: Connection) -> None:
    """Take lapsed embargoes into the data version and the feed; the first thing that any write does."""
    over = lapsed(connection)
    connection.exec_driver_sql("DELETE FROM embargo WHERE until <= moment()")
    if not over:
        return
    connection.exec_driver_sql(
        f"INSERT INTO change (event, kind, at) VALUES (?, '{LAPSED}', ?)",
        [(one.id, one.until) for one in over],
    )
    connection.exec_driver_sql(
        "UPDATE data_version SET version = version + ?, moment = max(moment, ?)", (len(over), over[-1].until)
    )


def categories() -> tuple[str, tuple[str, ...]]:
    """Select (SQL and its values) the slugs that readers may see: the installed ones, and those of visible events.

    A new category that only unpublished events have would tell of them.
    """
    known = tuple(kind.slug for kind in VOCABULARY)
    marks = ", ".join("?" * len(known))
    used = f"EXISTS (SELECT 1 FROM event e WHERE e.category = c.slug AND {EVENTS})"
    return f"SELECT c.slug FROM category c WHERE c.slug IN ({marks}) OR {used}", known
