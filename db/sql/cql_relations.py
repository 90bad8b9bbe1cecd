"""Spatial, temporal and array functions of CQL2, each as conditions for true and for false."""

from typing import Any

from db.engines.base import Backend, Clause, joined
from db.query.shapes import read_shape
from db.sql.cql_columns import Subject, bad, describe, literal_span, literal_text
from db.sql.cql_comparisons import Predicate, operands, predicate, time_condition

ARRAYS = ("a_contains", "a_containedby", "a_equals", "a_overlaps")
# Allen's relations (OGC 21-065r2, 7.10) of an event from s to e to a literal from A to B.
ALLEN = {
    "t_after": "s > B", "t_before": "e < A", "t_contains": "s < A, e > B", "t_during": "s > A, e < B",
    "t_equals": "s = A, e = B", "t_finishedby": "s < A, e = B", "t_finishes": "s > A, e = B",
    "t_intersects": "s <= B, e >= A", "t_meets": "e = A", "t_metby": "s = B",
    "t_overlappedby": "s > A, s < B, e > B", "t_overlaps": "s < A, e > A, e < B",
    "t_startedby": "s = A, e > B", "t_starts": "s = A, e < B",
}  # fmt: skip
# The relation that holds when the operands are swapped.
_CONVERSE = {
    "t_after": "t_before", "t_contains": "t_during", "t_finishedby": "t_finishes", "t_meets": "t_metby",
    "t_overlappedby": "t_overlaps", "t_startedby": "t_starts", "s_contains": "s_within",
    "a_contains": "a_containedby",
}  # fmt: skip
_CONVERSE |= {other: name for name, other in _CONVERSE.items()}


def spatial(backend: Backend, op: str, left: Any, right: Any) -> Predicate:
    """Relate an event's pins, one at a time, to a shape."""
    if op == "s_disjoint":
        meeting = spatial(backend, "s_intersects", left, right)
        return Predicate(meeting.false, meeting.true)
    compared, literal, swapped = operands(op, left, right)
    op = _CONVERSE.get(op, op) if swapped else op
    is_shape = compared.queryable.kind == "shape"
    if not is_shape or not isinstance(literal, dict) or not {"type", "bbox"} & set(literal):
        description = describe(literal) if is_shape else repr(compared.name)
        raise bad(f"{op.upper()} takes 'geometry' and a shape, not {description}; example:"
                  " S_INTERSECTS(geometry, BBOX(3, 50, 8, 54))")  # fmt: skip
    return predicate(compared, backend.shape_clause(read_shape(literal), op))


def temporal(backend: Backend, op: str, left: Any, right: Any) -> Predicate:
    """Relate an event's time to an instant or an interval."""
    if op == "t_disjoint":
        meeting = temporal(backend, "t_intersects", left, right)
        return Predicate(meeting.false, meeting.true)
    compared, literal, swapped = operands(op, left, right)
    if compared.queryable.kind not in ("span", "date", "time") or compared.folds:
        raise bad(
            f"{op.upper()} takes 'datetime', 'earliest' or 'latest', not {compared.name!r};"
            " example: T_AFTER(datetime, DATE('2023-05-03'))"
        )
    op = _CONVERSE.get(op, op) if swapped else op
    if compared.queryable.kind == "time":
        columns = dict.fromkeys("se", compared.sql(backend))
    else:
        columns = {"s": "e.start_min", "e": "e.end_max"}
    sides = dict(zip("AB", literal_span(literal, compared.name), strict=True))
    rules = [rule.split() for rule in ALLEN[op].split(", ")]
    parts = [time_condition(columns[bound], sign, sides[side]) for bound, sign, side in rules]
    return predicate(Subject("datetime"), joined(parts, "AND"))


def array(op: str, left: Any, right: Any) -> Predicate:
    """Relate an event's tags to a list of texts."""
    compared, literal, swapped = operands(op, left, right)
    if compared.name != "tags" or compared.folds:
        raise bad(f"{op.upper()} takes 'tags', not {compared.name!r}; example: A_CONTAINS(tags, ('europol'))")
    op = _CONVERSE.get(op, op) if swapped else op
    listed = literal if isinstance(literal, list) else [literal]
    tags = tuple(dict.fromkeys(literal_text(tag, compared) for tag in listed))
    condition = _tag_condition(op, tags)
    return Predicate(condition, Clause(f"(NOT {condition.sql})", condition.params))


def _tag_condition(op: str, tags: tuple[str, ...]) -> Clause:
    marks, count = ", ".join("?" * len(tags)), len(tags)
    shared = f"(SELECT count(*) FROM tag t WHERE t.event = e.pk AND t.tag IN ({marks}))"
    others = f"EXISTS (SELECT 1 FROM tag t WHERE t.event = e.pk AND t.tag NOT IN ({marks}))"
    if op == "a_overlaps":
        return Clause(f"{shared} > 0", tags)
    if op == "a_contains":
        return Clause(f"{shared} = {count}", tags)
    if op == "a_containedby":
        return Clause(f"NOT {others}", tags)
    return Clause(f"({shared} = {count} AND NOT {others})", tags * 2)
