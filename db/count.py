"""Counting: the summary of a filter, whose numbers agree with each other and with the list."""

from typing import Any

from sqlalchemy import Connection

from db.civil import iso_date
from db.filter import Filter, Summary
from db.histogram import histogram
from db.read import stamp
from db.select import Selection, select
from db.sqlite import Clause
from db.when import ALWAYS, FOREVER


def summary(connection: Connection, filter_: Filter, interval: str) -> Summary:
    """Count the matching events and their selected pins, in one snapshot.

    Raises BadFilter when the interval is too fine for the span.
    """
    chosen = select(filter_)
    now = stamp(connection)
    # The matching events are found once, and everything is counted from them, so the counts cannot differ.
    connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS matching (pk INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("DELETE FROM temp.matching")
    found = f"INSERT INTO temp.matching SELECT e.pk FROM event e WHERE {chosen.events.sql}"
    connection.exec_driver_sql(found, chosen.events.params)
    counts = _rows(connection, "SELECT e.start_min, count(*) FROM {e} GROUP BY e.start_min")
    dated = [(start, count) for start, count in counts if start is not None]
    name, buckets = histogram(dated, filter_.interval, interval)
    matched = sum(count for _, count in counts)
    return Summary(
        matched=matched,
        undated=matched - sum(count for _, count in dated),
        unplaced=_rows(connection, "SELECT count(*) FROM {e} WHERE NOT e.placed")[0][0],
        interval=name,
        histogram=buckets,
        categories=dict(
            _rows(connection, "SELECT e.category, count(*) FROM {e} GROUP BY 1 ORDER BY 2 DESC, 1")
        ),
        figures=_figures(connection),
        **_pins(connection, chosen, filter_),
        **_span(connection),
        stamp=now,
    )


def _rows(connection: Connection, sql: str, clause: Clause | None = None) -> list[Any]:
    params = clause.params if clause else ()
    said = sql.replace("{e}", "temp.matching m JOIN event e ON e.pk = m.pk")
    return [tuple(row) for row in connection.exec_driver_sql(said, params)]


def _pins(connection: Connection, chosen: Selection, filter_: Filter) -> dict[str, Any]:
    """Count the selected pins and the events by country; a country filter leaves its own countries."""
    pins = f"temp.matching m JOIN place p ON p.event = m.pk WHERE {chosen.pins.sql}"
    box = f"SELECT count(*), min(p.lon), min(p.lat), max(p.lon), max(p.lat) FROM {pins}"
    number, *edges = _rows(connection, box, chosen.pins)[0]
    by_country = (
        "SELECT c.country, count(DISTINCT m.pk) FROM temp.matching m JOIN place p ON p.event = m.pk"
        f" JOIN place_country c ON c.place = p.pk WHERE {chosen.pins.sql} GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    countries = dict(_rows(connection, by_country, chosen.pins))
    if filter_.countries:
        countries = {code: count for code, count in countries.items() if code in filter_.countries}
    return {"pins": number, "countries": countries, "bbox": tuple(edges) if number else None}


def _figures(connection: Connection) -> dict[str, float]:
    """Sum counts and amounts; a sum of rates means nothing."""
    sql = (
        "SELECT f.name, sum(f.value) FROM temp.matching m JOIN figure f ON f.event = m.pk"
        " WHERE f.kind <> 'rate' GROUP BY 1 ORDER BY 1"
    )
    return {name: int(value) if value.is_integer() else value for name, value in _rows(connection, sql)}


def _span(connection: Connection) -> dict[str, Any]:
    first, last = _rows(connection, "SELECT min(e.start_min), max(e.end_max) FROM {e}")[0]
    return {
        "earliest": None if first in (None, ALWAYS) else iso_date(first),
        "latest": None if last in (None, FOREVER) else iso_date(last),
    }
