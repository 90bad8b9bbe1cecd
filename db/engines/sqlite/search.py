"""Search: the R*Tree over longitude, latitude and time, the FTS5 table of words, and the clauses that use them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from db.dates.calendar import DAY
from db.dates.interval import Interval
from db.engines.base import Clause, SqlParams, joined
from db.engines.index_rows import CountryRow, PinRow
from db.engines.sqlite.statements import any_of, put_rows, run
from db.errors import BadFilter
from db.query.filter import Near
from db.query.search_text import search_terms
from db.query.search_words import search_forms
from db.query.shapes import envelopes
from geo.box import Box
from geo.sphere import around

HIDDEN_TABLES: tuple[str, ...] = ("pin_index", "event_text")
_PIN_COLUMNS = ("place", "west", "east", "south", "north", "first_day", "last_day")
_TEXT_COLUMNS = ("rowid", "title", "summary", "places", "tags")

# An R*Tree stores 32-bit floats; this number of days means both infinities of time.
_ENDLESS_DAYS = 1e12


def box_clause(box: Box, interval: Interval | None = None) -> Clause:
    """Select the pins (alias `p`) inside a box, by R*Tree and then by the exact columns.

    With an interval the tree also leaves out events that cannot overlap it; the exact test is the event's.
    """
    parts = [_part(part, interval) for part in box.parts()]
    sql = " OR ".join(part.sql for part in parts)
    return Clause(f"({sql})", tuple(value for part in parts for value in part.params))


def _part(box: Box, interval: Interval | None) -> Clause:
    conditions = ["east >= ?", "west <= ?", "north >= ?", "south <= ?"]
    params: list[float] = [box.west, box.east, box.south, box.north]
    if interval:
        conditions += ["first_day <= ?", "last_day >= ?"]
        params += [min(interval.last / DAY, _ENDLESS_DAYS), max(interval.first / DAY, -_ENDLESS_DAYS)]
    exact = "p.lon BETWEEN ? AND ? AND p.lat BETWEEN ? AND ?"
    sql = f"(p.pk IN (SELECT place FROM pin_index WHERE {' AND '.join(conditions)}) AND {exact})"
    return Clause(sql, (*params, box.west, box.east, box.south, box.north))


def near_clause(near: Near) -> Clause:
    """Select the pins (alias `p`) within a circle on the sphere."""
    box = box_clause(around(near.lon, near.lat, near.radius_km))
    sql = f"({box.sql} AND distance_km(p.lon, p.lat, ?, ?) <= ?)"
    return Clause(sql, (*box.params, near.lon, near.lat, near.radius_km))


def country_clause(countries: Sequence[str], _interval: Interval | None = None) -> Clause:
    """Select the pins (alias `p`) in any of the countries."""
    marks = ", ".join("?" * len(countries))
    return Clause(f"p.pk IN (SELECT place FROM place_country WHERE country IN ({marks}))", tuple(countries))


def shape_clause(wkt: str, relation: str) -> Clause:
    """Select the pins (alias `p`) that have a relation to a shape, by R*Tree and then all at once."""
    boxes = joined([box_clause(box) for box in envelopes(wkt)], "OR")
    pins = f"SELECT pack_pins(p.pk, p.lon, p.lat) FROM place p WHERE {boxes.sql}"
    sql = f"p.pk IN (SELECT value FROM json_each(related_pins(?, ?, ({pins}))))"
    return Clause(sql, (relation, wkt, *boxes.params))


def text_clause(text: str) -> Clause:
    """Select the events (alias `e`) whose title, summary, places or tags contain every word of a text."""
    return Clause(
        "e.pk IN (SELECT rowid FROM event_text WHERE event_text MATCH ?)", (match_expression(text),)
    )


def match_expression(text: str) -> str:
    """Turn words, "a phrase" and prefix* into an FTS5 expression; raise BadFilter for no word or too many."""
    expressions = []
    for term in search_terms(text):
        forms = [form for form in search_forms(term.text) if any(map(str.isalnum, form))]
        phrases = [f'"{form}"' + ("*" if term.prefix else "") for form in forms]
        if phrases:
            expressions.append(f"({' OR '.join(phrases)})" if len(phrases) > 1 else phrases[0])
    if not expressions:
        raise BadFilter("q", "there is no word to search for")
    return " AND ".join(dict.fromkeys(expressions))


def put_search_rows(connection: Connection, texts: SqlParams, pins: Sequence[PinRow]) -> None:
    """Index events and pins; `texts` are tuples of an event's row number and its four texts."""
    put_rows(connection, "event_text", _TEXT_COLUMNS, texts)
    put_rows(connection, "pin_index", _PIN_COLUMNS, [_tree_row(*pin) for pin in pins])


def put_countries(connection: Connection, rows: Sequence[CountryRow]) -> None:
    """Insert countries of pins."""
    put_rows(connection, "place_country", ("country", "place"), [row[:2] for row in rows])


def _tree_row(place: int, lon: float, lat: float, bounds: tuple[int | None, int | None]) -> tuple[float, ...]:
    start, end = bounds
    first = -_ENDLESS_DAYS if start is None else max(start / DAY, -_ENDLESS_DAYS)
    last = _ENDLESS_DAYS if end is None else min(end / DAY, _ENDLESS_DAYS)
    return (place, lon, lon, lat, lat, first, last)


def remove_search_rows(connection: Connection, texts: Mapping[int, Sequence[str]]) -> None:
    """Remove events and their pins from the indexes, while the pins still exist.

    A contentless FTS5 table removes a row only when it receives the row's own text again
    (https://www.sqlite.org/fts5.html, 4.4.4).
    """
    run(
        connection,
        "INSERT INTO event_text (event_text, rowid, title, summary, places, tags)"
        " VALUES ('delete', ?, ?, ?, ?, ?)",
        [(event, *columns) for event, columns in texts.items()],
    )
    of_events = any_of("event", list(texts))
    pins = f"SELECT pk FROM place WHERE {of_events.sql}"
    run(connection, f"DELETE FROM pin_index WHERE place IN ({pins})", of_events.params)


def clear_search(connection: Connection) -> None:
    """Remove all events and pins from the indexes."""
    run(connection, "INSERT INTO event_text (event_text) VALUES ('delete-all')")
    run(connection, "DELETE FROM pin_index")
