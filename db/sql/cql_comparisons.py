"""Comparisons of CQL2: =, <, LIKE, IN, BETWEEN and IS NULL, each as conditions for true and for false."""

from typing import Any, NamedTuple

from db.engines.base import Backend, Clause, joined
from db.sql.cql_columns import Subject, bad, describe, literal_text, literal_time, subject


class Predicate(NamedTuple):
    """The events for which a predicate is `true`, and those for which it is `false`; for all others it is unknown."""

    true: Clause
    false: Clause


FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def operands(op: str, left: Any, right: Any) -> tuple[Subject, Any, bool]:
    """Return the property of two operands, the literal, and whether the property was on the right."""
    first, second = subject(left), subject(right)
    if first and second:
        raise bad(
            f"two properties, {first.name!r} and {second.name!r}, cannot be compared with each other;"
            " expected a property and a literal, for example title = 'x'"
        )
    if first:
        return first, right, False
    if second:
        return second, left, True
    raise bad(f"{op.upper()} needs a property on one side, not {describe(left)} and {describe(right)}")


def predicate(compared: Subject, condition: Clause) -> Predicate:
    """Return the predicate that a condition on one value of a property makes."""
    events, exists = compared.queryable.events, compared.queryable.exists
    sql, params = condition
    if events is None:
        return Predicate(Clause(f"({sql})", params), Clause(f"(NOT ({sql}))", params))
    matching = events.format(sql)
    return Predicate(
        Clause(f"e.pk IN ({matching})", params), Clause(f"(e.pk NOT IN ({matching}) AND {exists})", params)
    )


def comparison(backend: Backend, op: str, left: Any, right: Any) -> Predicate:
    """Compare a property with a literal by an operator of `FLIPPED`."""
    compared, literal, swapped = operands(op, left, right)
    op = FLIPPED[op] if swapped else op
    column = _time_column(backend, compared, literal, op)
    if column:
        return predicate(compared, time_condition(column, op, literal_time(literal, compared.name)))
    _check_text(compared, op)
    text = literal_text(literal, compared, op in ("=", "<>"))
    return predicate(compared, Clause(f"{compared.sql(backend)} {op} ?", (text,)))


def _time_column(backend: Backend, compared: Subject, literal: Any, op: str = "=") -> str | None:
    """Return the column of seconds to compare; None for texts.

    `date` is EDTF text and equals the same text. In an order, or compared with a DATE, it counts as `earliest`.
    """
    dated = op not in ("=", "<>") or (
        isinstance(literal, dict) and bool({"date", "timestamp"} & set(literal))
    )
    if compared.queryable.kind == "date" and dated and not compared.folds:
        return Subject("earliest").sql(backend)
    return compared.sql(backend) if compared.queryable.kind == "time" else None


def time_condition(column: str, op: str, span: tuple[int, int]) -> Clause:
    """Compare a column of seconds with a literal that covers the seconds of `span`."""
    first, last = span
    if op == "=":
        return Clause(f"{column} BETWEEN ? AND ?", (first, last))
    if op == "<>":
        return Clause(f"{column} NOT BETWEEN ? AND ?", (first, last))
    return Clause(f"{column} {op} ?", (first if op in ("<", ">=") else last,))


def _check_text(compared: Subject, op: str) -> None:
    name, kind = compared.name, compared.queryable.kind
    if kind == "shape":
        raise bad(
            f"{op.upper()} does not take 'geometry'; example: S_INTERSECTS(geometry, BBOX(3, 50, 8, 54))"
        )
    if kind == "span":
        example = "T_INTERSECTS(datetime, INTERVAL('2023-01-01', '2023-12-31'))"
        raise bad(f"{op.upper()} does not take 'datetime', which is a span; example: {example}, or earliest")
    if kind == "time" and op == "like":
        raise bad(f"LIKE does not take {name!r}, which is a time; example: {name} >= DATE('2023-05-03')")


def like(backend: Backend, left: Any, right: Any) -> Predicate:
    """Match a property with a pattern."""
    compared = subject(left)
    if compared is None:
        raise bad(f"LIKE needs a property on its left, not {describe(left)}; example: title LIKE 'raid%'")
    _check_text(compared, "like")
    pattern = literal_text(right, compared, checked=False)
    return predicate(compared, backend.like_clause(compared.sql(backend), pattern))


def in_list(backend: Backend, left: Any, right: Any) -> Predicate:
    """Compare a property with each literal of a list."""
    compared = subject(left)
    if compared is None or not isinstance(right, list) or not right:
        raise bad("IN needs a property and a list; example: country IN ('NL', 'BE')")
    _check_text(compared, "in")
    if all(_time_column(backend, compared, literal) is None for literal in right):
        values = tuple(literal_text(literal, compared) for literal in right)
        marks = ", ".join("?" * len(values))
        return predicate(compared, Clause(f"{compared.sql(backend)} IN ({marks})", values))
    parts = []
    for literal in right:
        column = _time_column(backend, compared, literal)
        if column is None:
            raise bad("IN mixes dates and texts; write each of them as in DATE('2023-05-03')")
        parts.append(time_condition(column, "=", literal_time(literal, compared.name)))
    return predicate(compared, joined(parts, "OR"))


def between(backend: Backend, left: Any, low: Any, high: Any) -> Predicate:
    """Compare a property with two bounds, both included."""
    compared = subject(left)
    if compared is None:
        example = "earliest BETWEEN DATE('2020-01-01') AND DATE('2020-12-31')"
        raise bad(f"BETWEEN needs a property, not {describe(left)}; example: {example}")
    _check_text(compared, "between")
    column = _time_column(backend, compared, low, "<")
    if column:
        bounds = literal_time(low, compared.name).first, literal_time(high, compared.name).last
        return predicate(compared, Clause(f"{column} BETWEEN ? AND ?", bounds))
    texts = literal_text(low, compared, checked=False), literal_text(high, compared, checked=False)
    return predicate(compared, Clause(f"{compared.sql(backend)} BETWEEN ? AND ?", texts))


def is_null(backend: Backend, node: Any) -> Predicate:
    """Test whether an event has no value of a property."""
    compared = subject(node)
    if compared is None:
        raise bad(f"IS NULL needs a property, not {describe(node)}; example: date IS NULL")
    queryable = compared.queryable
    exists = queryable.exists if queryable.events else f"{Subject(compared.name).sql(backend)} IS NOT NULL"
    return Predicate(Clause(f"(NOT {exists})"), Clause(f"({exists})"))
