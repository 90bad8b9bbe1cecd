"""Search: pins by position and time (GiST), events by their words (GIN), and the clauses that use them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from db.dates.interval import Interval
from db.engines.base import Clause, SqlParams, joined
from db.engines.index_rows import CountryRow, PinRow
from db.engines.postgres.drivers import Driver
from db.engines.postgres.statements import any_of, bound, put_rows, run, translated
from db.errors import BadFilter
from db.query.filter import Near
from db.query.search_text import search_terms
from db.query.search_words import search_forms
from db.query.shapes import envelopes, related
from geo.box import Box
from geo.sphere import around

HIDDEN_TABLES: tuple[str, ...] = ("pin_index", "event_text", "primary_server", "spatial_ref_sys")
_PIN_COLUMNS = ("place", "lon", "lat", "first", "last")
_COUNTRY_COLUMNS = ("country", "place", "first", "last")
_ALWAYS, _FOREVER = -(2**63), 2**63 - 1
_MAX_WORD = 500  # characters of a word that count; PostgreSQL takes 2,046 bytes
_COLUMN_BORDER = "\ue001"  # between title, summary, places and tags, so that no phrase crosses it


def box_clause(box: Box, interval: Interval | None = None) -> Clause:
    """Select the pins (alias `p`) inside a box, by the index and then by the exact columns.

    With an interval the index also leaves out events that cannot overlap it; the exact test is the event's.
    """
    return joined([_part(part, interval) for part in box.parts()], "OR")


def _part(box: Box, interval: Interval | None) -> Clause:
    edges = (box.west, box.south, box.east, box.north)
    inside = "geom && ST_MakeEnvelope(?, ?, ?, ?)"
    params: tuple[Any, ...] = edges
    overlapping = _overlapping(interval)
    inside, params = inside + overlapping.sql, params + overlapping.params
    sql = (
        f"(p.pk IN (SELECT place FROM pin_index WHERE {inside})"
        " AND p.lon BETWEEN ? AND ? AND p.lat BETWEEN ? AND ?)"
    )
    return Clause(sql, (*params, box.west, box.east, box.south, box.north))


def _overlapping(interval: Interval | None) -> Clause:
    """Return the condition that the event of a row of an index may overlap an interval, if there is one."""
    if interval is None:
        return Clause("")
    return Clause(" AND span && int8range(?, ?, '[]')", _bounds(interval.first, interval.last))


def _bounds(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Return the bounds of a range; None for a bound that is open."""
    open_first = first is None or first <= _ALWAYS
    open_last = last is None or last >= _FOREVER - 1
    return None if open_first else first, None if open_last else last


def country_clause(countries: Sequence[str], interval: Interval | None = None) -> Clause:
    """Select the pins (alias `p`) in any of the countries, by the index of countries and times."""
    overlapping = _overlapping(interval)
    marks = ", ".join("?" * len(countries))
    sql = f"p.pk IN (SELECT place FROM place_country WHERE country IN ({marks}){overlapping.sql})"
    return Clause(sql, (*countries, *overlapping.params))


def near_clause(near: Near) -> Clause:
    """Select the pins (alias `p`) within a circle on the sphere."""
    box = box_clause(around(near.lon, near.lat, near.radius_km))
    sql = f"({box.sql} AND distance_km(p.lon, p.lat, ?::float8, ?::float8) <= ?::float8)"
    return Clause(sql, (*box.params, near.lon, near.lat, near.radius_km))


@dataclass(frozen=True, slots=True)
class _RelatedPins:
    """The row numbers of the pins in boxes that have a relation to a shape, decided by the same code on all engines."""

    relation: str
    wkt: str

    def value(self, driver: Driver) -> list[int]:
        boxes = joined([box_clause(box) for box in envelopes(self.wkt)], "OR")
        sql = f"SELECT p.pk, p.lon, p.lat FROM place p WHERE {boxes.sql}"
        rows = driver.execute(translated(sql), bound(driver, boxes.params)).fetchall()
        pk, lon, lat = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        return [int(row) for row in pk[related(self.relation, lon, lat, self.wkt)]]


def shape_clause(wkt: str, relation: str) -> Clause:
    """Select the pins (alias `p`) that have a relation to a shape."""
    return Clause("p.pk = ANY(?::bigint[])", (_RelatedPins(relation, wkt),))


def text_clause(text: str) -> Clause:
    """Select the events (alias `e`) whose title, summary, places or tags contain every word of a text.

    The index finds the events with all words of a phrase; the text itself tells whether they follow each other.
    """
    terms = dict.fromkeys(forms for term in search_terms(text) if (forms := _forms(term.text, term.prefix)))
    if not terms:
        raise BadFilter("q", "there is no word to search for")
    query = " & ".join(f"({' | '.join(form.query for form in forms)})" for forms in terms)
    clauses = [Clause("words @@ ?::tsquery", (query,))]
    clauses += [_exact(forms) for forms in terms if any(form.is_phrase for form in forms)]
    inner = joined(clauses, "AND")
    return Clause(f"e.pk IN (SELECT event FROM event_text WHERE {inner.sql})", inner.params)


@dataclass(frozen=True, slots=True)
class _WordSequence:
    """One of the forms in which a term may be written: a word, or several that follow each other."""

    words: tuple[str, ...]
    prefix: bool

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    @property
    def query(self) -> str:
        """Return the words as a tsquery that ignores their order."""
        quoted = [f"'{word}'" for word in self.words]
        return "(" + " & ".join((*quoted[:-1], quoted[-1] + ":*" * self.prefix)) + ")"


def _forms(text: str, prefix: bool) -> tuple[_WordSequence, ...]:
    forms = (form for form in search_forms(text) if any(map(str.isalnum, form)))
    return tuple(_WordSequence(_words(form), prefix) for form in forms)


def _words(text: str) -> tuple[str, ...]:
    r"""Return the words of a folded text; it has no quotes, but may have a backslash that ends nothing."""
    return tuple(word[:_MAX_WORD].replace("\\", "").replace("'", "") for word in text.split())


def _exact(forms: Sequence[_WordSequence]) -> Clause:
    clauses = []
    for form in forms:
        if form.is_phrase:
            phrase = " ".join(form.words)
            clauses.append(Clause("content LIKE ?", (f"% {phrase}{'' if form.prefix else ' '}%",)))
        else:
            clauses.append(Clause("words @@ ?::tsquery", (form.query,)))
    return joined(clauses, "OR")


def put_search_rows(connection: Connection, texts: SqlParams, pins: Sequence[PinRow]) -> None:
    """Index events and pins; `texts` are tuples of an event's row number and its four texts."""
    put_rows(
        connection, "event_text", ("event", "content"), [(pk, _content(columns)) for pk, *columns in texts]
    )
    put_rows(connection, "pin_index", _PIN_COLUMNS, [_pin_row(*pin) for pin in pins])


def put_countries(connection: Connection, rows: Sequence[CountryRow]) -> None:
    """Insert countries of pins, with the time of their events."""
    put_rows(
        connection, "place_country", _COUNTRY_COLUMNS, [(*row[:2], *_bounds(*row.bounds)) for row in rows]
    )


def _content(columns: Sequence[str]) -> str:
    """Return all words between single spaces, also at the ends."""
    words = f" {_COLUMN_BORDER} ".join(columns)
    return f" {' '.join(_words(words))} "


def _pin_row(place: int, lon: float, lat: float, bounds: tuple[int | None, int | None]) -> tuple[Any, ...]:
    return (place, float(lon), float(lat), *_bounds(*bounds))


def remove_search_rows(connection: Connection, texts: Mapping[int, Sequence[str]]) -> None:
    """Remove events and their pins from the indexes, while the pins still exist."""
    of_events = any_of("event", list(texts))
    pins = f"SELECT pk FROM place WHERE {of_events.sql}"
    run(connection, f"DELETE FROM event_text WHERE {of_events.sql}", of_events.params)
    run(connection, f"DELETE FROM pin_index WHERE place IN ({pins})", of_events.params)


def clear_search(connection: Connection) -> None:
    """Remove all events and pins from the indexes."""
    run(connection, "DELETE FROM event_text")
    run(connection, "DELETE FROM pin_index")
