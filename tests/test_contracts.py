"""Every import contract of pyproject.toml fails when it is broken, and SQL of one product stays in its folder."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"
PACKAGES = ("timeline", "db", "geo", "seeds")


def violations(contract: dict[str, Any]) -> list[tuple[str, str]]:
    """Return imports (importer, imported) that a contract forbids: of every source, or from each layer upwards."""
    if contract["type"] == "forbidden":
        return [
            (importer, imported)
            for importer in contract["source_modules"]
            for imported in contract["forbidden_modules"]
        ]
    layers = [layer.split(" | ") for layer in contract["layers"]]
    upwards = [(lower, upper) for above, below in pairwise(layers) for lower in below for upper in above]
    return upwards + [tuple(layer[:2]) for layer in layers if len(layer) > 1]


def write_packages(folder: Path, contract: dict[str, Any]) -> None:
    """Write packages of empty modules in which only the imports that a contract forbids exist."""
    imports = violations(contract)
    modules = {module for pair in imports for module in pair if module.split(".")[0] in PACKAGES}
    for module in (*PACKAGES, *modules):
        path = folder.joinpath(*module.split("."))
        path.mkdir(parents=True, exist_ok=True)
        for package in (path, *path.parents):
            if package.is_relative_to(folder) and package != folder:
                (package / "__init__.py").touch()
    for importer, imported in imports:
        with (folder.joinpath(*importer.split(".")) / "__init__.py").open("a") as module_file:
            module_file.write(f"import {imported}\n")


def lint(folder: Path, contracts: list[dict[str, Any]]) -> "subprocess.CompletedProcess[str]":
    """Check the packages in a folder against contracts with import-linter."""
    settings = f"[tool.importlinter]\nroot_packages = {list(PACKAGES)}\ninclude_external_packages = true\n"
    for contract in contracts:
        values = {
            key: str(value).lower() if value is True else repr(value) for key, value in contract.items()
        }
        lines = "".join(f"{key} = {value}\n" for key, value in values.items())
        settings += f"[[tool.importlinter.contracts]]\n{lines}"
    (folder / "pyproject.toml").write_text(settings)
    command = [LINT_IMPORTS, "--no-cache", "--config", "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_a_contract_fails_for_every_import_that_it_forbids(contract: dict[str, Any], tmp_path: Path) -> None:
    write_packages(tmp_path, contract)
    done = lint(tmp_path, [contract])
    assert done.returncode == 1, done.stdout + done.stderr
    report = " ".join(done.stdout.split())
    for importer, imported in violations(contract):
        assert f"{importer} is not allowed to import {imported}:" in report, done.stdout


def test_the_contracts_are_kept_where_nothing_is_imported(tmp_path: Path) -> None:
    for contract in CONTRACTS:
        write_packages(tmp_path, contract)
    for module in tmp_path.rglob("*.py"):
        module.write_text("")
    done = lint(tmp_path, CONTRACTS)
    assert done.returncode == 0, done.stdout + done.stderr


# SQL that only SQLite understands, and the names of its search tables.
SQLITE_ONLY = re.compile(
    r"\bPRAGMA\b|\bVACUUM\b|\bNOCASE\b|\bGLOB\b|\bMATCH\b|\bINSERT OR\b|\bREPLACE INTO\b|\bLIMIT -1\b"
    r"|\bIS NOT [a-z]\w*\."
    r"|\bjson_(?:each|extract)\b|\bsqlite_(?:master|schema)\b|\browid\b|\b(?:event_text|pin_index)\b"
    r"|\b(?:max|min)\([\w.]+(?:\([^()]*\))?, |\bunixepoch\b|\bstrftime\(|\bgroup_concat\b|\bBEGIN IMMEDIATE\b"
)


def texts(path: Path) -> Iterator[str]:
    """Yield the string literals of a module, f-strings whole, without docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings:
            yield node.value


@pytest.mark.parametrize(
    ("sql", "is_sqlite_only"),
    [
        ("UPDATE data_version SET moment = max(moment, ?)", True),
        ("SELECT max(coalesce(a, 0), b)", True),
        ("SELECT max(until) FROM embargo", False),
        ("WHERE id IN (SELECT value FROM json_each(?))", True),
        ("ORDER BY e.title COLLATE NOCASE", True),
        ("WHERE e.updated IS NOT l.updated", True),
        ("WHERE doubt IS NOT NULL", False),
    ],
)
def test_sql_of_sqlite_alone_is_recognised(sql: str, is_sqlite_only: bool) -> None:
    assert bool(SQLITE_ONLY.search(sql)) == is_sqlite_only


def test_sql_that_only_sqlite_understands_is_in_its_folder() -> None:
    for path in sorted([*(ROOT / "db").rglob("*.py"), *(ROOT / "timeline").rglob("*.py")]):
        folder = path.relative_to(ROOT).as_posix()
        # A GeoPackage is an SQLite file, whatever database we use.
        if not folder.startswith(
            (
                "db/engines/sqlite/",
                "db/engines/postgres/",
                "db/migrations/versions/",
                "timeline/readers/geopackage",
            )
        ):
            for text in texts(path):
                assert not SQLITE_ONLY.search(text), f"{folder}: {text}"


def test_statements_reach_a_driver_only_through_the_port() -> None:
    for path in sorted((ROOT / "db").rglob("*.py")):
        if path.parent not in (ROOT / "db" / "engines" / "sqlite", ROOT / "db" / "engines" / "postgres"):
            source = path.read_text("utf-8")
            assert "driver_connection" not in source, path
            assert "exec_driver_sql" not in source, path
