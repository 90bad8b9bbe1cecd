"""Reading: one page of events, one event, the data version."""

import sqlite3
from collections.abc import Iterator
from typing import cast

from sqlalchemy import Connection
from sqlalchemy import select as query
from sqlmodel import Session, col

from db.dates.calendar import DAY
from db.dates.interval import Interval
from db.engines.sqlite.engine import box_clause
from db.events.tables import Category
from db.query.cursor import Cursor
from db.query.filter import Filter, Sort
from db.query.results import Page, Stamp
from db.sql import visibility
from db.sql.filter_conditions import ORDERS, after, select
from geo.box import Box

EVENT = (
    "SELECT f.feature, e.revision FROM event e JOIN encoded f ON f.event = e.pk"
    f" WHERE e.id = ? AND {visibility.EVENTS}"
)


def stamp(connection: Connection) -> Stamp:
    """Read the data version and its moment: commits, and embargoes that have lapsed since."""
    version, moment = connection.exec_driver_sql(visibility.STAMP).one()
    return Stamp(version=version, moment=moment)


def categories(connection: Connection, *, hidden: bool) -> dict[str, Category]:
    """Read the vocabulary, by slug, in its order; with `hidden` also what unpublished events alone use."""
    with Session(connection) as session:
        found = session.scalars(query(Category).order_by(col(Category.position), col(Category.slug))).all()
        session.expunge_all()
    shown = {slug for (slug,) in connection.exec_driver_sql(*visibility.categories())}
    return {category.slug: category for category in found if hidden or category.slug in shown}


def event(connection: Connection, id_: str) -> tuple[bytes, int] | None:
    """Read the Feature and revision of a published event."""
    row = connection.exec_driver_sql(EVENT, (id_,)).first()
    return (row[0], row[1]) if row else None


def page(connection: Connection, filter_: Filter, limit: int, sort: Sort, at: Cursor | None) -> Page:
    """Read up to `limit` matching events after a cursor, and count all that match."""
    where = select(filter_).events
    now = stamp(connection)
    matched = connection.exec_driver_sql(
        f"SELECT count(*) FROM event e WHERE {where.sql}", where.params
    ).scalar()
    key, _, order = ORDERS[sort]
    sql, params = where
    if at:
        further = after(sort, at.key, at.id)
        sql, params = f"{sql} AND {further.sql}", (*params, *further.params)
    if sort is Sort.OLDEST:
        key = "e.start_min"
    rows = f"SELECT e.pk, {key} AS key, e.id FROM event e WHERE {sql} ORDER BY {order} LIMIT ?"
    # Nothing is sorted with its Feature in hand. CROSS JOIN keeps the order of what stands left of it
    # (https://www.sqlite.org/optoverview.html, 8.2).
    statement = f"SELECT f.feature, r.key, r.id FROM ({rows}) r CROSS JOIN encoded f ON f.event = r.pk"
    found = connection.exec_driver_sql(statement, (*params, limit + 1)).all()
    last = found[limit - 1] if len(found) > limit else None
    following = Cursor(last[1], last[2]).encode(filter_, sort) if last else None
    return Page(features=[row[0] for row in found[:limit]], matched=matched or 0, next=following, stamp=now)


def every(connection: Connection, filter_: Filter, sort: Sort) -> Iterator[bytes]:
    """Read every matching event's Feature in order, a few at a time."""
    where, (_, _, order) = select(filter_).events, ORDERS[sort]
    # With a LIMIT the inner query stays apart, and is sorted without the Features in hand.
    rows = f"SELECT e.pk FROM event e WHERE {where.sql} ORDER BY {order} LIMIT -1"
    statement = f"SELECT f.feature FROM ({rows}) r CROSS JOIN encoded f ON f.event = r.pk"
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    cursor = driver.execute(statement, where.params)
    try:
        for row in cursor:
            yield row[0]
    finally:
        cursor.close()


def days(connection: Connection) -> set[int]:
    """Read the days since 1970 on which events begin."""
    rows = connection.exec_driver_sql(
        f"SELECT DISTINCT start_min / {DAY} FROM event WHERE start_min >= 0"
        f" UNION SELECT (start_min - {DAY - 1}) / {DAY} FROM event WHERE start_min < 0"
    )
    return {day for (day,) in rows}


def beside(connection: Connection, first: int, last: int, box: Box) -> list[tuple[str, str, float, float]]:
    """Read id, title, lon and lat (degrees) of up to 20,000 pins in a box, of events that begin in [first, last]."""
    # Clauses of the R*Tree first: it knows place and day at once, and drafts as well.
    pins, values = box_clause(box, Interval(first, last))
    rows = connection.exec_driver_sql(
        f"SELECT e.id, e.title, p.lon, p.lat FROM place p CROSS JOIN event e ON e.pk = p.event WHERE {pins}"
        " AND e.start_min BETWEEN ? AND ? LIMIT 20000",
        (*values, first, last),
    )
    return [(id_, title, lon, lat) for id_, title, lon, lat in rows]
