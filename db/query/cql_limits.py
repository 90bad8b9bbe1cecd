"""What one CQL2 filter may ask: each condition costs points, more if it takes long for each event."""

from collections.abc import Iterator
from typing import Any

from db.errors import BadFilter

MAX_POINTS = 100
# One point is about 20 ms of CPU with 170,000 events.
COMPARISON_POINTS = 1
TEXT_POINTS = 4  # LIKE, CASEI, ACCENTI
LISTED_POINTS = 10  # a property of which an event may have several values
SUMMARY_POINTS = 10  # it is inside the stored Feature
SHAPE_POINTS = 20
_EXAMPLE = "category = 'raid' AND country IN ('NL', 'BE')"
_LOGICAL = ("and", "or", "not")
_FOLDS = ("casei", "accenti")
_DATES = ("earliest", "latest", "date", "datetime")
_LISTED = frozenset({"place", "country", "precision", "tags"})


def check_conditions(tree: Any) -> None:
    """Raise BadFilter for a filter (CQL2-JSON) whose conditions cost more than MAX_POINTS together."""
    points = sum(map(_points, _conditions(tree)))
    if points > MAX_POINTS:
        raise BadFilter(
            "filter",
            f"its conditions cost {points:,} points; expected at most {MAX_POINTS}, of which a shape costs"
            f" {SHAPE_POINTS}, the summary {SUMMARY_POINTS}, place, country, precision or tags {LISTED_POINTS}, another"
            f" LIKE, CASEI or ACCENTI {TEXT_POINTS}, and any other comparison {COMPARISON_POINTS}; example: {_EXAMPLE}",
        )


def _points(condition: Any) -> int:
    """Return what a condition costs. Each date of an IN list is compared separately."""
    args = _args(condition)
    subjects = set(map(_subject, args))
    if operator(condition).startswith("s_"):
        return SHAPE_POINTS
    if "summary" in subjects:
        return SUMMARY_POINTS
    if not _LISTED.isdisjoint(subjects):
        return LISTED_POINTS
    if operator(condition) == "like" or any(operator(arg) in _FOLDS for arg in args):
        return TEXT_POINTS
    return COMPARISON_POINTS * _comparisons(condition)


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


def _subject(node: Any) -> str:
    """Return the name of the property that a node is or folds; "" for another node."""
    while operator(node) in _FOLDS and len(_args(node)) == 1:
        node = _args(node)[0]
    name = node.get("property") if isinstance(node, dict) else None
    return name if isinstance(name, str) else ""
