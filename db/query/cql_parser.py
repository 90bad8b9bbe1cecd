"""Parse CQL2 (OGC 21-065r2), as text or JSON, into canonical CQL2-JSON.

The `cql2` package does the parsing. It takes 2ⁿ steps to reject n open brackets, and overflows the stack on long chains
of operators. So this module parses each pair of brackets separately, and limits the length of chains first.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any

import cql2
import msgspec

from db.errors import BadFilter
from db.query.cql_limits import check_conditions

MAX_BYTES = 8192
MAX_DEPTH = 50
_MAX_CHAINED_OPERATORS = 60
_MAX_NESTED_LISTS = 3
_MARK = "\ue000"  # starts the name that stands in for a parsed bracket; no queryable starts with it
EXAMPLE = "category = 'raid' AND country IN ('NL', 'BE')"

_LEVEL = r"[^()'\"]"
for _ in range(4):
    _LEVEL = rf"(?:[^()'\"]|\({_LEVEL}*+\))"
_SHAPES = r"(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION|BBOX"
_TOKEN = re.compile(
    r"(?P<text>'(?:[^']|'')*+')|(?P<quoted>\"(?:[^\"]|\"\")*+\")"
    rf"|(?P<shape>\b(?:{_SHAPES})\s*+(?:ZM?|M)?\s*+\({_LEVEL}*+\))"
    r"|(?P<word>[^\W\d][\w.:$]*+)|(?P<space>\s++)|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_KEYWORD = frozenset({"and", "or", "not", "between", "like", "is", "div"})
_OPERATORS = frozenset("=<>+-*/%^") | (_AFTER_KEYWORD - {"and", "or"}) | {"in"}


@dataclass(slots=True)
class _Bracket:
    """An open bracket: its kind, its tokens so far, and how many operators and lists it contains."""

    kind: str
    parts: list[str] = field(default_factory=list)
    comma: bool = False
    chained: int = 0
    lists: int = 0


def parse(text: str, lang: str = "cql2-text") -> str:
    """Return CQL2 (`lang` is `cql2-text` or `cql2-json`) as CQL2-JSON with sorted keys.

    Raises BadFilter beyond MAX_BYTES, MAX_DEPTH or the limits of db.query.cql_limits, and for invalid CQL2.
    db.sql.cql_conditions checks names and types.
    """
    if len(text.encode()) > MAX_BYTES:
        raise _bad(f"it is longer than {MAX_BYTES:,} bytes; expected a shorter filter, such as {EXAMPLE}")
    if "\0" in text:
        raise _bad("it contains a NUL character")
    tree = _read_json(text) if lang == "cql2-json" else _read_text(text)
    _check(tree, 0)
    check_conditions(tree)
    return msgspec.json.encode(_flat(tree), order="sorted").decode()


def _flat(tree: Any) -> Any:
    """Merge nested ANDs and nested ORs, so that redundant brackets do not change the canonical form."""
    if not isinstance(tree, dict) or tree.get("op") not in ("and", "or", "not"):
        return tree
    args: list[Any] = []
    for arg in map(_flat, tree["args"]):
        same = isinstance(arg, dict) and arg.get("op") == tree["op"] != "not"
        args += arg["args"] if same else [arg]
    return {"op": tree["op"], "args": args}


def _read_json(text: str) -> Any:
    try:
        return cql2.parse_json(text).to_json()
    except (cql2.ParseError, ValueError) as error:
        if "recursion limit" in str(error):
            raise _deep() from None
        example = '{"op": "=", "args": [{"property": "category"}, "raid"]}'
        raise _bad(f"it is not cql2-json ({str(error).splitlines()[0][:120]}); expected {example}") from None


def _read_text(text: str) -> Any:
    groups: list[Any] = []
    brackets, before = [_Bracket("group")], ""
    for match in _TOKEN.finditer(text):
        kind, lexeme = match.lastgroup or "", match[0]
        if kind == "space":
            brackets[-1].parts.append(" ")
            continue
        if lexeme == "(":
            brackets.append(_opened(before, len(brackets)))
        elif lexeme == ")":
            if len(brackets) == 1:
                raise _bad("it has a closing bracket without an opening one")
            _close(brackets, groups)
        else:
            _add_token(brackets[-1], kind, lexeme)
        before = lexeme if kind in ("word", "quoted") else ""
    if len(brackets) > 1:
        raise _bad("it has an opening bracket without a closing one")
    return _parsed("".join(brackets[0].parts), groups)


def _opened(before: str, depth: int) -> _Bracket:
    if depth > MAX_DEPTH:
        raise _deep()
    if before.lower() == "in":
        return _Bracket("list")
    return _Bracket("call" if before and before.lower() not in _AFTER_KEYWORD else "group")


def _close(brackets: list[_Bracket], groups: list[Any]) -> None:
    inner = brackets.pop()
    outer, text = brackets[-1], "".join(inner.parts)
    if inner.kind == "group" and not inner.comma:
        groups.append(_parsed(text, groups))
        outer.parts.append(f'"{_MARK}{len(groups) - 1}"')
        return
    lists = inner.lists + (inner.kind != "call")
    if lists > _MAX_NESTED_LISTS:
        raise _bad("it has lists in lists; expected flat lists, such as country IN ('NL', 'BE')")
    outer.lists = max(outer.lists, lists)
    outer.parts.append(f"({text})")


def _add_token(bracket: _Bracket, kind: str, token: str) -> None:
    if token in ("'", '"'):
        raise _bad(f"it has a {'text' if token == chr(39) else 'name'} without a closing {token}")
    if kind == "quoted" and _MARK in token:
        raise _bad(f"{token[:40]} is not a queryable")
    operator = token.lower() if kind in ("word", "sign") else ""
    if operator in ("and", "or", ","):
        bracket.chained = 0
    elif operator in _OPERATORS:
        bracket.chained += 1
        if bracket.chained > _MAX_CHAINED_OPERATORS:
            raise _deep()
    bracket.comma = bracket.comma or operator == ","
    bracket.parts.append(token)


def _parsed(text: str, groups: list[Any]) -> Any:
    try:
        tree = cql2.parse_text(text).to_json()
    except (cql2.ParseError, ValueError) as error:
        raise _syntax_error(text, str(error)) from None
    tree = _filled(tree, groups)
    _check(tree, 0)
    return tree


def _syntax_error(text: str, message: str) -> BadFilter:
    column = re.search(r"--> \d+:(\d+)", message)
    line = re.search(r"--> (\d+):", message)
    if not text.strip():
        return _bad(f"there is nothing between the brackets; expected a condition such as {EXAMPLE}")
    if column is None or line is None:
        return _bad(f"it is not cql2-text ({message[:120]}); expected a filter such as {EXAMPLE}")
    remainder = text.split("\n")[int(line[1]) - 1][int(column[1]) - 1 :]
    remainder = re.sub(f'"{_MARK}\\d+"', "(…)", remainder)
    where = f"at {remainder[:40]!r}" if remainder else "at its end"
    return _bad(f"it is not cql2-text {where}; expected a filter such as {EXAMPLE}")


def _filled(tree: Any, groups: list[Any]) -> Any:
    if isinstance(tree, list):
        return [_filled(part, groups) for part in tree]
    if not isinstance(tree, dict):
        return tree
    name = tree.get("property")
    if isinstance(name, str) and name.startswith(_MARK):
        return groups[int(name[1:])]
    return {key: _filled(value, groups) for key, value in tree.items()}


def _check(tree: Any, depth: int) -> None:
    """Raise BadFilter for more than MAX_DEPTH nested operations, NUL characters and infinite numbers."""
    if depth > MAX_DEPTH:
        raise _deep()
    if isinstance(tree, float) and not math.isfinite(tree):
        raise _bad("it contains a number that is too large")
    if isinstance(tree, str) and "\0" in tree:
        raise _bad("it contains a NUL character")
    if isinstance(tree, list):
        for part in tree:
            _check(part, depth)
    elif isinstance(tree, dict) and "op" in tree:
        for part in tree.get("args", ()):
            # Only operations count as levels, values do not.
            _check(part, depth + (isinstance(part, dict) and "op" in part))
    elif isinstance(tree, dict):
        for part in tree.values():
            _check(part, depth)


def _deep() -> BadFilter:
    return _bad(f"it is nested deeper than {MAX_DEPTH} levels; expected a flatter filter, such as {EXAMPLE}")


def _bad(reason: str) -> BadFilter:
    return BadFilter("filter", reason)
