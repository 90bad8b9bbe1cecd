"""CQL2 (OGC 21-065r2) read into one canonical form, whatever it was written in.

The `cql2` package parses. Left alone it takes 2ⁿ steps to refuse n open brackets and overruns the stack on long
chains of operators, so brackets are taken apart here and parsed one by one, and chains are counted first.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any

import cql2
import msgspec

from db.errors import BadFilter

MOST_BYTES = 8192
MOST_DEEP = 50
_MOST_CHAINED = 60
_MOST_LISTS = 3
_MARK = "\ue000"  # names a bracket that was parsed on its own; no queryable is called so
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
    """What is being read between two brackets: its kind, and how much is nested and chained in it."""

    kind: str
    parts: list[str] = field(default_factory=list)
    comma: bool = False
    chained: int = 0
    lists: int = 0


def parse(text: str, lang: str = "cql2-text") -> str:
    """Read CQL2 (`cql2-text` or `cql2-json`) and write it as CQL2-JSON with sorted keys.

    Raises BadFilter beyond 8 kB or 50 levels, and for what is not CQL2; names and types are db.cql's affair.
    """
    if len(text.encode()) > MOST_BYTES:
        raise _bad(f"it is longer than {MOST_BYTES:,} bytes; ask for less at once")
    if "\0" in text:
        raise _bad("it holds a NUL character")
    tree = _read_json(text) if lang == "cql2-json" else _read_text(text)
    _check(tree, 0)
    return msgspec.json.encode(_flat(tree), order="sorted").decode()


def _flat(tree: Any) -> Any:
    """Merge AND into AND and OR into OR, as brackets must not make another filter of the same."""
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
        kind, said = match.lastgroup or "", match[0]
        if kind == "space":
            brackets[-1].parts.append(" ")
            continue
        if said == "(":
            brackets.append(_opened(before, len(brackets)))
        elif said == ")":
            if len(brackets) == 1:
                raise _bad("a bracket is closed that was never opened")
            _close(brackets, groups)
        else:
            _take(brackets[-1], kind, said)
        before = said if kind in ("word", "quoted") else ""
    if len(brackets) > 1:
        raise _bad("a bracket is not closed")
    return _parsed("".join(brackets[0].parts), groups)


def _opened(before: str, depth: int) -> _Bracket:
    if depth > MOST_DEEP:
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
    if lists > _MOST_LISTS:
        raise _bad("lists are nested in lists")
    outer.lists = max(outer.lists, lists)
    outer.parts.append(f"({text})")


def _take(bracket: _Bracket, kind: str, token: str) -> None:
    if token in ("'", '"'):
        raise _bad(f"a {'text' if token == chr(39) else 'name'} is not closed by {token}")
    if kind == "quoted" and _MARK in token:
        raise _bad(f"{token[:40]} is not a queryable")
    said = token.lower() if kind in ("word", "sign") else ""
    if said in ("and", "or", ","):
        bracket.chained = 0
    elif said in _OPERATORS:
        bracket.chained += 1
        if bracket.chained > _MOST_CHAINED:
            raise _deep()
    bracket.comma = bracket.comma or said == ","
    bracket.parts.append(token)


def _parsed(text: str, groups: list[Any]) -> Any:
    try:
        tree = cql2.parse_text(text).to_json()
    except (cql2.ParseError, ValueError) as error:
        raise _unread(text, str(error)) from None
    tree = _filled(tree, groups)
    _check(tree, 0)
    return tree


def _unread(text: str, said: str) -> BadFilter:
    column = re.search(r"--> \d+:(\d+)", said)
    line = re.search(r"--> (\d+):", said)
    if not text.strip():
        return _bad(f"there is nothing between the brackets; expected such as {EXAMPLE}")
    if column is None or line is None:
        return _bad(f"it is not cql2-text ({said[:120]}); expected such as {EXAMPLE}")
    rest = text.split("\n")[int(line[1]) - 1][int(column[1]) - 1 :]
    rest = re.sub(f'"{_MARK}\\d+"', "(…)", rest)
    where = f"at {rest[:40]!r}" if rest else "at its end"
    return _bad(f"it is not cql2-text {where}; expected such as {EXAMPLE}")


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
    """Refuse what no expression may hold: more than 50 operations in each other, NUL, endless numbers."""
    if depth > MOST_DEEP:
        raise _deep()
    if isinstance(tree, float) and not math.isfinite(tree):
        raise _bad("it holds a number that is too large")
    if isinstance(tree, str) and "\0" in tree:
        raise _bad("it holds a NUL character")
    if isinstance(tree, list):
        for part in tree:
            _check(part, depth)
    elif isinstance(tree, dict) and "op" in tree:
        for part in tree.get("args", ()):
            # An operation in the arguments is one level down, a value is not.
            _check(part, depth + (isinstance(part, dict) and "op" in part))
    elif isinstance(tree, dict):
        for part in tree.values():
            _check(part, depth)


def _deep() -> BadFilter:
    return _bad(f"it is nested deeper than {MOST_DEEP} levels; write it flatter, such as {EXAMPLE}")


def _bad(reason: str) -> BadFilter:
    return BadFilter("filter", reason)
