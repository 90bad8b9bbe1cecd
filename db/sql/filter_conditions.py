"""A Filter as SQL: one condition over events (alias `e`) and one over their selected pins (alias `p`)."""

from dataclasses import dataclass

from db.engines.sqlite.engine import Clause, box_clause, near_clause, text_clause
from db.query.filter import Filter, Sort
from db.sql import visibility
from db.sql.cql_conditions import clause, shape_clause
from geo.place import Precision

# The default order of each Sort: key column, comparison for "after", and the ORDER BY that an index serves.
_LAST = "coalesce(e.start_min, 9223372036854775807)"
ORDERS = {
    Sort.NEWEST: ("e.start_min", "<", "e.start_min DESC, e.id"),
    Sort.OLDEST: (_LAST, ">", f"{_LAST}, e.id"),
    Sort.TITLE: ("e.title COLLATE NOCASE", ">", "e.title COLLATE NOCASE, e.id"),
    Sort.UPDATED: ("e.updated", "<", "e.updated DESC, e.id"),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What a filter selects: `events` holds for a matching event, `pins` for each of its selected pins."""

    events: Clause
    pins: Clause


def select(filter_: Filter) -> Selection:
    """Turn a filter into SQL."""
    pins = _pins(filter_)
    seen = _any("e.status", filter_.statuses) if filter_.statuses else Clause(visibility.EVENTS)
    clauses = [seen, *_plain(filter_), *_time(filter_), *_places(filter_, pins)]
    return Selection(_all(clauses), pins)


def after(sort: Sort, key: int | str | None, id_: str) -> Clause:
    """Select the events that come after a key and id in an order (undated events last, ties by id)."""
    column, beyond, _ = ORDERS[sort]
    if key is None:
        return Clause("(e.start_min IS NULL AND e.id > ?)", (id_,))
    undated = " OR e.start_min IS NULL" if sort is Sort.NEWEST else ""
    return Clause(f"({column} {beyond} ? OR ({column} = ? AND e.id > ?){undated})", (key, key, id_))


def _all(clauses: list[Clause]) -> Clause:
    sql = " AND ".join(clause.sql for clause in clauses) or "1"
    return Clause(sql, tuple(value for clause in clauses for value in clause.params))


def _any(column: str, values: tuple[str, ...]) -> Clause:
    return Clause(f"{column} IN ({', '.join('?' * len(values))})", values)


def _plain(filter_: Filter) -> list[Clause]:
    clauses = []
    if filter_.ids is not None:
        clauses.append(_any("e.id", filter_.ids))
    if filter_.categories:
        clauses.append(_any("e.category", filter_.categories))
    if filter_.tags:
        tagged = _any("tag", filter_.tags)
        clauses.append(Clause(f"e.pk IN (SELECT event FROM tag WHERE {tagged.sql})", tagged.params))
    if filter_.text is not None:
        clauses.append(text_clause(filter_.text))
    if filter_.expression is not None:
        clauses.append(clause(filter_.expression))
    return clauses


def _time(filter_: Filter) -> list[Clause]:
    """Select by time: CONTRACT's `match=possible` and `match=certain`, and what becomes of undated events."""
    if filter_.undated == "only":
        clauses = [Clause("e.start_min IS NULL")]
        return [*clauses, Clause("0")] if filter_.interval and filter_.certain else clauses
    dated_only = filter_.undated == "exclude" or (filter_.interval is not None and filter_.certain)
    if filter_.interval is None:
        return [Clause("e.start_min IS NOT NULL")] if dated_only else []
    first, last = filter_.interval
    if filter_.certain:
        return [Clause("(e.start_max <= ? AND e.end_min >= ? AND NOT e.doubtful)", (last, first))]
    if dated_only:
        return [Clause("(e.start_min <= ? AND e.end_max >= ?)", (last, first))]
    # OGC API Features 1.0, /req/core/fc-time-response C: without temporal extent it matches any datetime.
    return [Clause("((e.start_min <= ? AND e.end_max >= ?) OR e.start_min IS NULL)", (last, first))]


def _pins(filter_: Filter) -> Clause:
    clauses = []
    if filter_.box:
        clauses.append(box_clause(filter_.box, filter_.interval))
    if filter_.near:
        clauses.append(near_clause(filter_.near))
    if filter_.within:
        clauses.append(shape_clause(filter_.within))
    if filter_.countries:
        codes = _any("country", filter_.countries)
        clauses.append(Clause(f"p.pk IN (SELECT place FROM place_country WHERE {codes.sql})", codes.params))
    if filter_.precision:
        clauses.append(Clause("p.rank <= ?", (Precision(filter_.precision).rank,)))
    return _all(clauses)


def _places(filter_: Filter, pins: Clause) -> list[Clause]:
    """Select by place: one and the same pin satisfies all; an unplaced event satisfies a bbox alone.

    OGC API Features 1.0, /req/core/fc-bbox-response C: without spatial geometry it matches any bbox.
    """
    if filter_.unplaced == "only":
        return [Clause("NOT e.placed"), *([Clause("0")] if filter_.by_pin else [])]
    if pins.sql == "1":
        return [Clause("e.placed")] if filter_.unplaced == "exclude" else []
    within = f"e.pk IN (SELECT p.event FROM place p WHERE {pins.sql})"
    if filter_.by_pin or filter_.unplaced == "exclude":
        return [Clause(within, pins.params)]
    return [Clause(f"({within} OR NOT e.placed)", pins.params)]
