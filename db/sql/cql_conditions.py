"""A CQL2 expression as SQL over events (alias `e`); everything that was said is bound, never pasted.

Logic is CQL2's, of three values: what is compared with nothing (an undated event's time, an unplaced one's place)
is unknown, so is its NOT, and only what is true matches. So each node is written twice: when it holds, and when it
fails; NOT swaps the two.

A property of which an event has several values (place, country, precision, geometry, tags) satisfies a predicate
when one of them does; its NOT holds when none does. An untagged event has tags: none.

Temporal functions take the event as the interval from `earliest` to `latest`, its outermost possible bounds
(start_min, end_max), as the parameter `datetime` does with match=possible. A bound is compared with a literal at
the literal's own granularity: a day equals any second of it.
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from db.engines.sqlite.engine import Clause, box_clause
from db.engines.sqlite.functions import glob
from db.query.shapes import RELATIONS, envelopes, read_shape
from db.sql.cql_columns import Subject, bad, describe, literal_span, literal_text, literal_time, subject


class Verdict(NamedTuple):
    """A predicate's two sides: for which events it is true, and for which false; the rest is unknown."""

    holds: Clause
    fails: Clause


_FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ARRAYS = ("a_contains", "a_containedby", "a_equals", "a_overlaps")
# Allen's relations (OGC 21-065r2, 7.10) of an event from s to e to a literal from A to B.
_ALLEN = {
    "t_after": "s > B", "t_before": "e < A", "t_contains": "s < A, e > B", "t_during": "s > A, e < B",
    "t_equals": "s = A, e = B", "t_finishedby": "s < A, e = B", "t_finishes": "s > A, e = B",
    "t_intersects": "s <= B, e >= A", "t_meets": "e = A", "t_metby": "s = B",
    "t_overlappedby": "s > A, s < B, e > B", "t_overlaps": "s < A, e > A, e < B",
    "t_startedby": "s = A, e > B", "t_starts": "s = A, e < B",
}  # fmt: skip
_CONVERSE = {
    "t_after": "t_before", "t_contains": "t_during", "t_finishedby": "t_finishes", "t_meets": "t_metby",
    "t_overlappedby": "t_overlaps", "t_startedby": "t_starts", "s_contains": "s_within",
}  # fmt: skip
_CONVERSE |= {other: name for name, other in _CONVERSE.items()}


@lru_cache(maxsize=256)
def clause(expression: str) -> Clause:
    """Turn canonical CQL2-JSON (see db.query.cql_parser) into a condition that holds for the matching events.

    Raises BadFilter for an unknown property or function, a wrong literal, or a shape that is not valid.
    """
    return _clause(msgspec.json.decode(expression), True)


def _clause(node: Any, wanted: bool) -> Clause:
    if isinstance(node, bool):
        return Clause("1" if node is wanted else "0")
    op, args = _operation(node)
    if op in ("and", "or"):
        if not args:
            raise bad(f"{op.upper()} of nothing; such as category = 'raid' {op.upper()} country = 'NL'")
        return _joined([_clause(arg, wanted) for arg in args], "AND" if (op == "and") is wanted else "OR")
    if op == "not":
        return _clause(_counted(op, args, 1)[0], not wanted)
    test = _predicate(op, args)
    return test.holds if wanted else test.fails


def _operation(node: Any) -> tuple[str, list[Any]]:
    if isinstance(node, dict) and isinstance(node.get("op"), str) and isinstance(node.get("args"), list):
        return node["op"].lower(), node["args"]
    found = subject(node)
    said = f"the property {found.name!r}" if found else describe(node)
    raise bad(f"a condition was expected, not {said}; such as category = 'raid'")


def _joined(parts: list[Clause], word: str) -> Clause:
    """Join conditions as a balanced tree: SQLite refuses one that is 1,000 deep."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    left, right = _joined(parts[:half], word), _joined(parts[half:], word)
    return Clause(f"({left.sql} {word} {right.sql})", left.params + right.params)


def _predicate(op: str, args: list[Any]) -> Verdict:
    if op in _FLIPPED:
        return _comparison(op, *_counted(op, args, 2))
    if op in RELATIONS or op == "s_disjoint":
        return _spatial(op, *_counted(op, args, 2))
    if op in _ALLEN or op == "t_disjoint":
        return _temporal(op, *_counted(op, args, 2))
    if op in _ARRAYS:
        return _array(op, *_counted(op, args, 2))
    for name, count, make in (
        ("like", 2, _like),
        ("in", 2, _in),
        ("between", 3, _between),
        ("isnull", 1, _null),
    ):
        if op == name:
            return make(*_counted(op, args, count))
    raise _unknown(op)


def _unknown(op: str) -> Exception:
    if op in ("+", "-", "*", "/", "^", "%", "div"):
        return bad("nothing that is numeric can be asked for, so there is no arithmetic")
    if op in ("point", "polygon", "multipolygon", "linestring", "bbox"):
        return bad(f"{op.upper()} cannot be read; expected such as POINT(4.35 50.85) or BBOX(3, 50, 8, 54)")
    names = (*RELATIONS, "s_disjoint", *_ALLEN, "t_disjoint", *_ARRAYS, "casei", "accenti")
    nearest = get_close_matches(op, names, n=1, cutoff=0.6)
    if op in names:
        return bad(f"{op.upper()}(…) is no condition; such as CASEI(title) = CASEI('x')")
    example = "such as S_INTERSECTS(geometry, BBOX(3, 50, 8, 54))"
    hint = f"did you mean {nearest[0].upper()}?" if nearest else example
    return bad(f"there is no function {op[:80]!r}; {hint}")


def _counted(op: str, args: list[Any], count: int) -> list[Any]:
    if len(args) != count:
        raise bad(f"{op.upper()} takes {count} argument{'s' * (count > 1)}, not {len(args)}")
    return args


def _ordered(op: str, left: Any, right: Any) -> tuple[Subject, Any, bool]:
    """Find the property of two operands, whichever side it stands on: (property, literal, swapped)."""
    first, second = subject(left), subject(right)
    if first and second:
        raise bad(f"two properties, {first.name!r} and {second.name!r}, cannot be compared with each other")
    if first:
        return first, right, False
    if second:
        return second, left, True
    raise bad(f"{op.upper()} needs a property on one side, not {describe(left)} and {describe(right)}")


def _test(of: Subject, condition: Clause) -> Verdict:
    """Make a predicate of a condition on one value of a property."""
    many, known = of.queryable.many, of.queryable.known
    sql, params = condition
    if many is None:
        return Verdict(Clause(f"({sql})", params), Clause(f"(NOT ({sql}))", params))
    some = many.format(sql)
    return Verdict(Clause(f"e.pk IN ({some})", params), Clause(f"({known} AND e.pk NOT IN ({some}))", params))


def _comparison(op: str, left: Any, right: Any) -> Verdict:
    of, literal, swapped = _ordered(op, left, right)
    op = _FLIPPED[op] if swapped else op
    column = _time_column(of, literal, op)
    if column:
        return _test(of, _compared(column, op, literal_time(literal, of.name)))
    _need_text(of, op)
    return _test(of, Clause(f"{of.sql} {op} ?", (literal_text(literal, of, op in ("=", "<>")),)))


def _time_column(of: Subject, literal: Any, op: str = "=") -> str | None:
    """Name the column of seconds to compare; None for texts.

    `date` is EDTF text, equal to its like; where it is ordered or beside a DATE it counts as `earliest`.
    """
    dated = op not in ("=", "<>") or (
        isinstance(literal, dict) and bool({"date", "timestamp"} & set(literal))
    )
    if of.queryable.kind == "date" and dated and not of.folds:
        return Subject("earliest").sql
    return of.sql if of.queryable.kind == "time" else None


def _compared(column: str, op: str, span: tuple[int, int]) -> Clause:
    first, last = span
    if op == "=":
        return Clause(f"{column} BETWEEN ? AND ?", (first, last))
    if op == "<>":
        return Clause(f"{column} NOT BETWEEN ? AND ?", (first, last))
    return Clause(f"{column} {op} ?", (first if op in ("<", ">=") else last,))


def _need_text(of: Subject, op: str) -> None:
    if of.queryable.kind == "shape":
        raise bad(
            f"{op.upper()} does not take 'geometry'; such as S_INTERSECTS(geometry, BBOX(3, 50, 8, 54))"
        )
    if of.queryable.kind == "span":
        example = "T_INTERSECTS(datetime, INTERVAL('2023-01-01', '2023-12-31'))"
        raise bad(f"{op.upper()} does not take 'datetime', which is a span; such as {example}, or earliest")
    if of.queryable.kind == "time" and op == "like":
        raise bad(f"LIKE does not take {of.name!r}, which is a time; such as {of.name} >= DATE('2023-05-03')")


def _like(left: Any, right: Any) -> Verdict:
    of = subject(left)
    if of is None:
        raise bad(f"LIKE needs a property on its left, not {describe(left)}; such as title LIKE 'raid%'")
    _need_text(of, "like")
    return _test(of, Clause(f"{of.sql} GLOB ?", (glob(literal_text(right, of, checked=False)),)))


def _in(left: Any, right: Any) -> Verdict:
    of = subject(left)
    if of is None or not isinstance(right, list) or not right:
        raise bad("IN needs a property and a list; such as country IN ('NL', 'BE')")
    return _any(of, [("=", literal) for literal in right], "in")


def _any(of: Subject, asked: list[tuple[str, Any]], name: str) -> Verdict:
    _need_text(of, name)
    if all(_time_column(of, literal) is None for _, literal in asked):
        values = tuple(literal_text(literal, of) for _, literal in asked)
        return _test(of, Clause(f"{of.sql} IN ({', '.join('?' * len(values))})", values))
    parts = []
    for op, literal in asked:
        column = _time_column(of, literal)
        if column is None:
            raise bad(f"{name.upper()} mixes dates and texts; write every one as DATE('2023-05-03')")
        parts.append(_compared(column, op, literal_time(literal, of.name)))
    return _test(of, _joined(parts, "OR"))


def _between(left: Any, low: Any, high: Any) -> Verdict:
    of = subject(left)
    if of is None:
        raise bad(
            "BETWEEN needs a property; such as earliest BETWEEN DATE('2020-01-01') AND DATE('2020-12-31')"
        )
    _need_text(of, "between")
    columns = _time_column(of, low, "<"), _time_column(of, high, "<")
    if columns[0] and columns[1]:
        bounds = literal_time(low, of.name).first, literal_time(high, of.name).last
        return _test(of, Clause(f"{columns[0]} BETWEEN ? AND ?", bounds))
    texts = literal_text(low, of, checked=False), literal_text(high, of, checked=False)
    return _test(of, Clause(f"{of.sql} BETWEEN ? AND ?", texts))


def _null(node: Any) -> Verdict:
    of = subject(node)
    if of is None:
        raise bad(f"IS NULL needs a property, not {describe(node)}; such as date IS NULL")
    there = of.queryable.known if of.queryable.many else f"{of.queryable.column} IS NOT NULL"
    return Verdict(Clause(f"(NOT {there})"), Clause(f"({there})"))


def _spatial(op: str, left: Any, right: Any) -> Verdict:
    """Ask one pin at a time: an R*Tree search of the shape's box first, then the shape itself."""
    if op == "s_disjoint":
        meets = _spatial("s_intersects", left, right)
        return Verdict(meets.fails, meets.holds)
    of, literal, swapped = _ordered(op, left, right)
    op = _CONVERSE.get(op, op) if swapped else op
    if of.queryable.kind != "shape" or not isinstance(literal, dict) or not {"type", "bbox"} & set(literal):
        said = describe(literal) if of.queryable.kind == "shape" else repr(of.name)
        raise bad(f"{op.upper()} takes 'geometry' and a shape, not {said}; such as"
                  " S_INTERSECTS(geometry, BBOX(3, 50, 8, 54))")  # fmt: skip
    return _test(of, shape_clause(read_shape(literal), op))


def shape_clause(wkt: str, relation: str = "s_intersects") -> Clause:
    """Select the pins (alias `p`) that stand in a relation to a canonical shape; edges belong to it."""
    boxes = _joined([box_clause(box) for box in envelopes(wkt)], "OR")
    return Clause(f"({boxes.sql} AND stands(?, p.lon, p.lat, ?))", (*boxes.params, relation, wkt))


def _temporal(op: str, left: Any, right: Any) -> Verdict:
    if op == "t_disjoint":
        meets = _temporal("t_intersects", left, right)
        return Verdict(meets.fails, meets.holds)
    of, literal, swapped = _ordered(op, left, right)
    if of.queryable.kind not in ("span", "date", "time") or of.folds:
        raise bad(f"{op.upper()} takes 'datetime', 'earliest' or 'latest', not {of.name!r}")
    op = _CONVERSE.get(op, op) if swapped else op
    span = of.queryable.kind != "time"
    columns = {"s": "e.start_min" if span else of.sql, "e": "e.end_max" if span else of.sql}
    sides = dict(zip("AB", literal_span(literal, of.name), strict=True))
    rules = [rule.split() for rule in _ALLEN[op].split(", ")]
    parts = [_compared(columns[bound], sign, sides[side]) for bound, sign, side in rules]
    return _test(Subject("datetime"), _joined(parts, "AND"))


def _array(op: str, left: Any, right: Any) -> Verdict:
    of, literal, swapped = _ordered(op, left, right)
    if of.name != "tags" or of.folds:
        raise bad(f"{op.upper()} takes 'tags', not {of.name!r}; such as A_CONTAINS(tags, ('europol'))")
    flipped = {"a_contains": "a_containedby", "a_containedby": "a_contains"}
    op = flipped.get(op, op) if swapped else op
    listed = literal if isinstance(literal, list) else [literal]
    tags = tuple(dict.fromkeys(literal_text(tag, of) for tag in listed))
    marks, count = ", ".join("?" * len(tags)), len(tags)
    held = f"(SELECT count(*) FROM tag t WHERE t.event = e.pk AND t.tag IN ({marks}))"
    others = f"EXISTS (SELECT 1 FROM tag t WHERE t.event = e.pk AND t.tag NOT IN ({marks}))"
    makers: dict[str, Callable[[], Clause]] = {
        "a_overlaps": lambda: Clause(f"{held} > 0", tags),
        "a_contains": lambda: Clause(f"{held} = {count}", tags),
        "a_containedby": lambda: Clause(f"NOT {others}", tags),
        "a_equals": lambda: Clause(f"({held} = {count} AND NOT {others})", tags * 2),
    }
    made = makers[op]()
    return Verdict(made, Clause(f"(NOT {made.sql})", made.params))
