"""What one CQL2 filter may ask: how many conditions, and how many of the kinds that take long for each event."""

from collections.abc import Iterator
from typing import Any

from db.errors import BadFilter

MAX_CONDITIONS = 100
MAX_SPATIAL_CONDITIONS = 5
MAX_TEXT_CONDITIONS = 20
_EXAMPLE = "category = 'raid' AND country IN ('NL', 'BE')"
_LOGICAL = ("and", "or", "not")
_FOLDS = ("casei", "accenti")
_DATES = ("earliest", "latest", "date", "datetime")


def check_conditions(tree: Any) -> None:
    """Raise BadFilter for a filter (CQL2-JSON) with more conditions than the limits.

    With 170,000 events a comparison takes 2 to 50 ms, one with CASEI, ACCENTI or LIKE or of a summary up to 500 ms, and
    one with a shape up to 800 ms. Each date of an IN list counts, because SQL compares it separately.
    """
    conditions = list(_conditions(tree))
    spatial = sum(operator(condition).startswith("s_") for condition in conditions)
    text = sum(_searches_text(condition) for condition in conditions)
    total = sum(map(_comparisons, conditions))
    for count, limit, kind in (
        (spatial, MAX_SPATIAL_CONDITIONS, "spatial conditions, such as S_INTERSECTS"),
        (text, MAX_TEXT_CONDITIONS, "conditions with LIKE, CASEI or ACCENTI, or on the summary"),
        (total, MAX_CONDITIONS, "conditions, with each date of an IN list as one"),
    ):
        if count > limit:
            raise BadFilter(
                "filter", f"it has {count:,} {kind}; expected at most {limit}, for example {_EXAMPLE}"
            )


def operator(node: Any) -> str:
    """Return the operator of a node in lower case; "" for a node without one."""
    op = node.get("op") if isinstance(node, dict) else None
    return op.lower() if isinstance(op, str) else ""


def _conditions(node: Any) -> Iterator[Any]:
    """Yield the nodes below AND, OR and NOT, without the literals TRUE and FALSE, which cost nothing."""
    if operator(node) in _LOGICAL:
        for arg in _args(node):
            yield from _conditions(arg)
    elif not isinstance(node, bool):
        yield node


def _args(node: Any) -> list[Any]:
    args = node.get("args") if isinstance(node, dict) else None
    return args if isinstance(args, list) else []


def _comparisons(condition: Any) -> int:
    args = _args(condition)
    if (
        operator(condition) == "in"
        and len(args) == 2
        and isinstance(args[1], list)
        and _property(args[0]) in _DATES
    ):
        return len(args[1])
    return 1


def _searches_text(condition: Any) -> bool:
    args = _args(condition)
    return (
        operator(condition) == "like"
        or any(operator(arg) in _FOLDS for arg in args)
        or "summary" in map(_property, args)
    )


def _property(node: Any) -> Any:
    return node.get("property") if isinstance(node, dict) else None
