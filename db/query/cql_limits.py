"""What one CQL2 filter may ask: how many conditions, and how many of the kinds that take long for each event."""

from collections.abc import Iterator
from typing import Any

from db.errors import BadFilter

MAX_CONDITIONS = 100
MAX_SPATIAL_CONDITIONS = 5
MAX_TEXT_CONDITIONS = 20
MAX_LISTED_CONDITIONS = 50
_EXAMPLE = "category = 'raid' AND country IN ('NL', 'BE')"
_LOGICAL = ("and", "or", "not")
_FOLDS = ("casei", "accenti")
_DATES = ("earliest", "latest", "date", "datetime")
_LISTED = frozenset({"place", "country", "precision", "tags"})  # an event may have several of them


def check_conditions(tree: Any) -> None:
    """Raise BadFilter for a filter (CQL2-JSON) with more conditions than the limits.

    With 170,000 events a comparison takes 2 to 5 ms; one of a property with several values 50 ms and 1.5 MB; one that
    searches texts up to 500 ms; one with a shape up to 800 ms. Each date of an IN list is compared separately.
    """
    conditions = list(_conditions(tree))
    spatial = sum(operator(condition).startswith("s_") for condition in conditions)
    text = sum(_searches_text(condition) for condition in conditions)
    listed = sum(not _LISTED.isdisjoint(map(_subject, _args(condition))) for condition in conditions)
    total = sum(map(_comparisons, conditions))
    for count, limit, kind in (
        (spatial, MAX_SPATIAL_CONDITIONS, "spatial conditions, such as S_INTERSECTS"),
        (text, MAX_TEXT_CONDITIONS, "conditions with LIKE, CASEI or ACCENTI, or on the summary"),
        (listed, MAX_LISTED_CONDITIONS, "conditions on place, country, precision or tags"),
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
        and _subject(args[0]) in _DATES
    ):
        return len(args[1])
    return 1


def _searches_text(condition: Any) -> bool:
    args = _args(condition)
    return (
        operator(condition) == "like"
        or any(operator(arg) in _FOLDS for arg in args)
        or "summary" in map(_subject, args)
    )


def _subject(node: Any) -> str:
    """Return the name of the property that a node is or folds; "" for another node."""
    while operator(node) in _FOLDS and len(_args(node)) == 1:
        node = _args(node)[0]
    name = node.get("property") if isinstance(node, dict) else None
    return name if isinstance(name, str) else ""
