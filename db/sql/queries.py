"""The read statements: one page of events, one event, the data version."""

from collections.abc import Generator

from sqlalchemy import Connection, Engine, select
from sqlmodel import col

from db.dates.calendar import DAY
from db.dates.interval import Interval
from db.engines import backend_of, run
from db.events.tables import Category
from db.query.cursor import Cursor
from db.query.filter import Filter, Sort
from db.query.results import CategoryStyle, Page, Stamp
from db.sql import visibility
from db.sql.filter_conditions import conditions, later_in_order, order_of
from geo.box import Box

EVENT = (
    "SELECT f.feature, e.revision FROM event e JOIN encoded f ON f.event = e.pk"
    f" WHERE e.id = ? AND {visibility.EVENTS}"
)
MAX_NEARBY_PINS = 20_000
_NO_LIMIT = 2**63 - 1


def stamp(connection: Connection) -> Stamp:
    """Return the data version and its moment: commits, and embargoes that have ended since."""
    version, moment = run(connection, visibility.STAMP).one()
    return Stamp(version=version, moment=moment)


def newest_stamp(engine: Engine) -> Stamp | None:
    """Return the data version as of now, in a query that threads share; None if a transaction must read it."""
    row = backend_of(engine).newest_row(engine, visibility.STAMP)
    return Stamp(version=row[0], moment=row[1]) if row else None


def categories(connection: Connection, *, hidden: bool) -> dict[str, CategoryStyle]:
    """Return the categories by slug, in their order; with `hidden` also those that only unpublished events use."""
    columns = (col(Category.slug), col(Category.labels), col(Category.color), col(Category.shape))
    rows = connection.execute(select(*columns).order_by(col(Category.position), col(Category.slug)))
    styles = [CategoryStyle(*row) for row in rows]
    visible = {slug for (slug,) in run(connection, *visibility.categories())}
    return {style.slug: style for style in styles if hidden or style.slug in visible}


def event(connection: Connection, id_: str) -> tuple[bytes, int] | None:
    """Return the Feature and revision of a published event; None if there is none."""
    row = run(connection, EVENT, (id_,)).first()
    return (row[0], row[1]) if row else None


def page(connection: Connection, filter_: Filter, limit: int, sort: Sort, cursor: Cursor | None) -> Page:
    """Return up to `limit` matching events after a cursor, with the count of all that match."""
    backend = backend_of(connection)
    where = conditions(filter_, backend).events
    now = stamp(connection)
    count = run(connection, f"SELECT count(*) FROM event e WHERE {where.sql}", where.params)
    matched = int(count.scalar_one())
    order = order_of(sort, backend)
    sql, params = where
    if cursor:
        later = later_in_order(order, cursor.key, cursor.id)
        sql, params = f"{sql} AND {later.sql}", (*params, *later.params)
    candidates = backend.matching_events(sql, matched)
    rows = f"SELECT e.pk, {order.cursor_key} AS key, e.id FROM {candidates} ORDER BY {order.by} LIMIT ?"
    statement = backend.features_in_order(rows, ("key", "id"))
    events = run(connection, statement, (*params, limit + 1)).all()
    last = events[limit - 1] if len(events) > limit else None
    following = Cursor(last[1], last[2]).encode(filter_, sort) if last else None
    return Page(features=[row[0] for row in events[:limit]], matched=matched, next=following, stamp=now)


def features(connection: Connection, filter_: Filter, sort: Sort) -> Generator[bytes, None, None]:
    """Yield the Feature of every matching event, in order, as the database finds them."""
    backend = backend_of(connection)
    where = conditions(filter_, backend).events
    order = order_of(sort, backend)
    rows = f"SELECT e.pk FROM event e WHERE {where.sql} ORDER BY {order.by} LIMIT {_NO_LIMIT}"
    statement = backend.features_in_order(rows, ())
    for row in backend.stream(connection, statement, where.params):
        yield row[0]


def days(connection: Connection) -> set[int]:
    """Return the days since 1970 on which events begin."""
    rows = run(
        connection,
        f"SELECT DISTINCT start_min / {DAY} FROM event WHERE start_min >= 0"
        f" UNION SELECT (start_min - {DAY - 1}) / {DAY} FROM event WHERE start_min < 0",
    )
    return {day for (day,) in rows}


def nearby(connection: Connection, first: int, last: int, box: Box) -> list[tuple[str, str, float, float]]:
    """Return id, title, lon, lat (degrees) of up to 20,000 pins in a box, of events that begin in [first, last].

    The bounds are in seconds of UTC. Events of any status are included.
    """
    backend = backend_of(connection)
    # The spatial index comes first: it knows place and day at once, and drafts as well.
    pins, values = backend.box_clause(box, Interval(first, last))
    rows = run(
        connection,
        f"SELECT e.id, e.title, p.lon, p.lat FROM place p {backend.LEFT_FIRST_JOIN} event e ON e.pk = p.event"
        f" WHERE {pins} AND e.start_min BETWEEN ? AND ? LIMIT {MAX_NEARBY_PINS}",
        (*values, first, last),
    )
    return [(id_, title, lon, lat) for id_, title, lon, lat in rows]
