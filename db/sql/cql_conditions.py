"""A CQL2 expression as SQL over events (alias `e`); every literal is a bound parameter.

CQL2's logic has three values. A comparison with nothing (an undated event's time, an unplaced event's place) is
unknown, NOT of it is unknown as well, and only what is true matches. So each predicate is written twice, as the
condition that it is true and as the condition that it is false; NOT swaps the two.

Where an event has several values of a property (place, country, precision, geometry, tags), a predicate is true if it
is true of one of them; its NOT is true if it is true of none. An event without tags has an empty list of tags.

Temporal functions take the event as the interval from `earliest` to `latest`, its outermost possible bounds
(start_min, end_max), as the parameter `datetime` does with match=possible. A bound is compared with a literal at
the literal's own granularity: a day equals any second of it.
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import msgspec

from db.engines import any_backend
from db.engines.base import FALSE, TRUE, Backend, Clause, joined
from db.query.shapes import RELATIONS
from db.sql.cql_columns import bad, describe, subject
from db.sql.cql_comparisons import FLIPPED, Predicate, between, comparison, in_list, is_null, like
from db.sql.cql_relations import ALLEN, ARRAYS, array, spatial, temporal

_COMPARISONS: dict[str, tuple[int, Callable[..., Predicate]]] = {
    "like": (2, like),
    "in": (2, in_list),
    "between": (3, between),
    "isnull": (1, is_null),
}


def check_expression(expression: str) -> None:
    """Raise BadFilter if `expression_clause` would: for an unknown property or function, or a wrong literal."""
    expression_clause(expression, any_backend())


@lru_cache(maxsize=256)
def expression_clause(expression: str, backend: Backend) -> Clause:
    """Turn canonical CQL2-JSON (see db.query.cql_parser) into a condition that is true for the matching events.

    Raises BadFilter for an unknown property or function, a wrong literal, or a shape that is not valid.
    """
    return _condition(msgspec.json.decode(expression), True, backend)


def _condition(node: Any, wanted: bool, backend: Backend) -> Clause:
    """Return the condition that a node is true, or false if that is `wanted`."""
    if isinstance(node, bool):
        return TRUE if node is wanted else FALSE
    op, args = _operation(node)
    if op in ("and", "or"):
        if not args:
            raise bad(
                f"{op.upper()} has no conditions; example: category = 'raid' {op.upper()} country = 'NL'"
            )
        operator = "AND" if (op == "and") is wanted else "OR"
        return joined([_condition(arg, wanted, backend) for arg in args], operator)
    if op == "not":
        return _condition(_counted(op, args, 1)[0], not wanted, backend)
    predicate = _predicate(op, args, backend)
    return predicate.true if wanted else predicate.false


def _operation(node: Any) -> tuple[str, list[Any]]:
    if isinstance(node, dict) and isinstance(node.get("op"), str) and isinstance(node.get("args"), list):
        return node["op"].lower(), node["args"]
    compared = subject(node)
    description = f"the property {compared.name!r}" if compared else describe(node)
    raise bad(f"a condition was expected, not {description}; example: category = 'raid'")


def _predicate(op: str, args: list[Any], backend: Backend) -> Predicate:
    if op in FLIPPED:
        return comparison(backend, op, *_counted(op, args, 2))
    if op in RELATIONS or op == "s_disjoint":
        return spatial(backend, op, *_counted(op, args, 2))
    if op in ALLEN or op == "t_disjoint":
        return temporal(backend, op, *_counted(op, args, 2))
    if op in ARRAYS:
        return array(op, *_counted(op, args, 2))
    if op in _COMPARISONS:
        count, make = _COMPARISONS[op]
        return make(backend, *_counted(op, args, count))
    raise _unknown(op)


def _unknown(op: str) -> Exception:
    if op in ("+", "-", "*", "/", "^", "%", "div"):
        return bad(f"{op!r} cannot be used: no property is a number; example: title LIKE 'raid%'")
    if op in ("point", "polygon", "multipolygon", "linestring", "bbox"):
        return bad(
            f"{op.upper()} cannot be read; expected for example POINT(4.35 50.85) or BBOX(3, 50, 8, 54)"
        )
    names = (*RELATIONS, "s_disjoint", *ALLEN, "t_disjoint", *ARRAYS, "casei", "accenti")
    nearest = get_close_matches(op, names, n=1, cutoff=0.6)
    if op in names:
        return bad(f"{op.upper()}(…) is not a condition; example: CASEI(title) = CASEI('x')")
    example = "example: S_INTERSECTS(geometry, BBOX(3, 50, 8, 54))"
    hint = f"did you mean {nearest[0].upper()}?" if nearest else example
    return bad(f"there is no function {op[:80]!r}; {hint}")


def _counted(op: str, args: list[Any], count: int) -> list[Any]:
    if len(args) != count:
        raise bad(f"{op.upper()} takes {count} argument{'s' * (count > 1)}, not {len(args)}")
    return args
