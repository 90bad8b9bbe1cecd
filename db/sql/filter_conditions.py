"""A Filter as SQL: one condition over events (alias `e`) and one over their selected pins (alias `p`).

The twin of db.columns.filtering, which must select the same events and pins.
"""

from dataclasses import dataclass
from typing import NamedTuple

from db.engines.base import FALSE, TRUE, Backend, Clause
from db.query.filter import Filter, Sort
from db.sql import visibility
from db.sql.cql_conditions import expression_clause
from geo.place import Precision

_START_OR_LAST = "coalesce(e.start_min, 9223372036854775807)"
_MAX_MARKS = 100  # for the values of a list; databases limit the parameters of a statement


@dataclass(frozen=True, slots=True)
class Conditions:
    """A filter in SQL: `events` is true for a matching event, `pins` for each of its selected pins."""

    events: Clause
    pins: Clause


class EventOrder(NamedTuple):
    """An order of events: its key, the comparison that means "later", ORDER BY as an index has it, the cursor's key.

    `value` is the expression for the key of a cursor, as a parameter. `prefix` is an expression that begins the order,
    and the one for its value at a cursor.
    """

    sort: Sort
    key: str
    later: str
    by: str
    cursor_key: str
    value: str = "?"
    prefix: tuple[str, str] | None = None


def order_of(sort: Sort, backend: Backend) -> EventOrder:
    """Return the SQL of an order of events."""
    if sort is Sort.OLDEST:
        return EventOrder(sort, _START_OR_LAST, ">", f"{_START_OR_LAST}, e.id", "e.start_min")
    if sort is Sort.TITLE:
        key = backend.TITLE_KEY
        prefix = backend.TITLE_PREFIX
        by = f"{prefix[0]}, {key}, e.id" if prefix else f"{key}, e.id"
        return EventOrder(sort, key, ">", by, "e.title", backend.TITLE_VALUE, prefix)
    if sort is Sort.UPDATED:
        return EventOrder(sort, "e.updated", "<", "e.updated DESC, e.id", "e.updated")
    return EventOrder(sort, "e.start_min", "<", "e.start_min DESC NULLS LAST, e.id", "e.start_min")


def conditions(filter_: Filter, backend: Backend) -> Conditions:
    """Return a filter as SQL; raise BadFilter for a text or an expression that means nothing."""
    pins = _pins(filter_, backend)
    visible = _in(backend, "e.status", filter_.statuses) if filter_.statuses else Clause(visibility.EVENTS)
    clauses = [visible, *_properties(filter_, backend), *_time(filter_), *_places(filter_, pins)]
    return Conditions(_all(clauses), pins)


def later_in_order(order: EventOrder, key: int | str | None, id_: str) -> Clause:
    """Select the events after a key and id in an order (undated events last, ties by id)."""
    if key is None:
        return Clause("(e.start_min IS NULL AND e.id > ?)", (id_,))
    undated = " OR e.start_min IS NULL" if order.sort is Sort.NEWEST else ""
    sql = f"({order.key} {order.later} {order.value} OR ({order.key} = {order.value} AND e.id > ?){undated})"
    if order.prefix:
        return Clause(f"({order.prefix[0]} >= {order.prefix[1]} AND {sql})", (key, key, key, id_))
    return Clause(sql, (key, key, id_))


def _all(clauses: list[Clause]) -> Clause:
    if not clauses:
        return TRUE
    sql = " AND ".join(clause.sql for clause in clauses)
    return Clause(sql, tuple(value for clause in clauses for value in clause.params))


def _in(backend: Backend, column: str, values: tuple[str, ...] | tuple[int, ...]) -> Clause:
    if len(values) > _MAX_MARKS:
        return backend.any_of(column, values)
    return Clause(f"{column} IN ({', '.join('?' * len(values))})", values) if values else FALSE


def _properties(filter_: Filter, backend: Backend) -> list[Clause]:
    clauses = []
    if filter_.ids is not None:
        clauses.append(_in(backend, "e.id", filter_.ids))
    if filter_.categories:
        clauses.append(_in(backend, "e.category", filter_.categories))
    if filter_.verifications:
        clauses.append(_in(backend, "e.verification", filter_.verifications))
    if filter_.tags:
        tagged = _in(backend, "tag", filter_.tags)
        clauses.append(Clause(f"e.pk IN (SELECT event FROM tag WHERE {tagged.sql})", tagged.params))
    if filter_.text is not None:
        clauses.append(backend.text_clause(filter_.text))
    if filter_.expression is not None:
        clauses.append(expression_clause(filter_.expression, backend))
    return clauses


def _time(filter_: Filter) -> list[Clause]:
    """Select by time: CONTRACT's `match=possible` and `match=certain`, and what becomes of undated events."""
    if filter_.undated == "only":
        clauses = [Clause("e.start_min IS NULL")]
        return [*clauses, FALSE] if filter_.interval and filter_.certain else clauses
    dated_only = filter_.undated == "exclude" or (filter_.interval is not None and filter_.certain)
    if filter_.interval is None:
        return [Clause("e.start_min IS NOT NULL")] if dated_only else []
    first, last = filter_.interval
    if filter_.certain:
        return [Clause("(e.start_max <= ? AND e.end_min >= ? AND NOT e.doubtful)", (last, first))]
    if dated_only:
        return [Clause("(e.start_min <= ? AND e.end_max >= ?)", (last, first))]
    # OGC API Features 1.0, /req/core/fc-time-response C: an event without a date matches any datetime.
    return [Clause("((e.start_min <= ? AND e.end_max >= ?) OR e.start_min IS NULL)", (last, first))]


def _pins(filter_: Filter, backend: Backend) -> Clause:
    clauses = []
    if filter_.box:
        clauses.append(backend.box_clause(filter_.box, filter_.interval))
    if filter_.near:
        clauses.append(backend.near_clause(filter_.near))
    if filter_.within:
        clauses.append(backend.shape_clause(filter_.within, "s_intersects"))
    if filter_.countries:
        clauses.append(backend.country_clause(filter_.countries, filter_.interval))
    if filter_.precisions:
        clauses.append(
            _in(backend, "p.rank", tuple(Precision(precision).rank for precision in filter_.precisions))
        )
    if filter_.min_precision:
        clauses.append(Clause("p.rank <= ?", (Precision(filter_.min_precision).rank,)))
    return _all(clauses)


def _places(filter_: Filter, pins: Clause) -> list[Clause]:
    """Select by place: one pin satisfies all conditions; an event without a place satisfies a bbox alone.

    OGC API Features 1.0, /req/core/fc-bbox-response C: without spatial geometry it matches any bbox.
    """
    if filter_.unplaced == "only":
        return [Clause("NOT e.placed"), *([FALSE] if filter_.by_pin else [])]
    if pins == TRUE:
        return [Clause("e.placed")] if filter_.unplaced == "exclude" else []
    within = f"e.pk IN (SELECT p.event FROM place p WHERE {pins.sql})"
    if filter_.by_pin or filter_.unplaced == "exclude":
        return [Clause(within, pins.params)]
    return [Clause(f"({within} OR NOT e.placed)", pins.params)]
