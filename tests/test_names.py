"""Names and sizes that keep the code readable: few vague names, one meaning for each type name, short functions."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("timeline", "db", "geo", "seeds", "tests")
VAGUE = {"one", "found", "said", "told", "made", "kept", "held", "asked", "known", "some", "rest", "got"}
MAX_VAGUE_SHARE = 0.01
MAX_LINES = 40  # of a function, without its docstring


@cache
def _modules(folder: str) -> list[tuple[Path, ast.Module]]:
    paths = sorted((ROOT / folder).rglob("*.py"))
    return [(path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))) for path in paths]


def _names(module: ast.Module) -> Iterator[str]:
    """Yield every name that a module defines: variables, arguments, functions and classes."""
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


@pytest.mark.parametrize("folder", FOLDERS)
def test_vague_names_are_rare(folder: str) -> None:
    names = Counter(name.strip("_").lower() for _, module in _modules(folder) for name in _names(module))
    vague = {name: names[name] for name in VAGUE if names[name]}
    assert sum(vague.values()) <= MAX_VAGUE_SHARE * names.total(), vague


def _type_names(module: ast.Module) -> Iterator[str]:
    """Yield the classes of a module, and its aliases of types: `Rows = list[Row]`."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            yield from (name for name in names if re.match("_?[A-Z][a-z]", name))


def test_a_type_name_has_one_meaning() -> None:
    paths_of: dict[str, list[str]] = {}
    for folder in ("timeline", "db", "geo", "seeds"):
        for path, module in _modules(folder):
            for name in _type_names(module):
                paths_of.setdefault(name.lstrip("_"), []).append(str(path))
    assert {name: paths for name, paths in paths_of.items() if len(paths) > 1} == {}


def test_functions_stay_short() -> None:
    long = []
    for folder in ("timeline", "db", "geo", "seeds"):
        for path, module in _modules(folder):
            if "versions" in path.parts:
                continue
            for node in ast.walk(module):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    body = node.body[1:] if ast.get_docstring(node) else node.body
                    lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
                    if lines > MAX_LINES:
                        long.append(f"{path}: {node.name} has {lines} lines")
    assert long == []
