"""The modules of the page: their types, and which folder imports which."""

import re
import shutil
import subprocess
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from timeline.web.render import STATIC

ROOT = Path(__file__).parents[3]
APP = STATIC / "app"
COMPILER = shutil.which("tsc", path=ROOT / "node_modules" / ".bin") or shutil.which("tsc")
# Static, dynamic and type imports alike: `from "…"`, `import("…")`.
MODULES = sorted(APP.rglob("*.js"))
VAGUE = {"one", "found", "said", "told", "made", "kept", "held", "asked", "known", "some", "rest", "got"}
DECLARATION = re.compile(r"\b(?:const|let|function|class) (\w+)|@param \{.*?\} \[?(\w+)")
TYPE = re.compile(
    r"@typedef \{(?!import\(\"[^\"]+\"\)\.\w+\}).*\} (\w+)"
)  # not the aliases of imported types
IMPORT = re.compile(r"""(?:\bfrom |\bimport\()["'](\.[^"']+)["']""")


@pytest.mark.skipif(COMPILER is None, reason="needs node and `npm install --no-save typescript`")
def test_every_module_keeps_its_types() -> None:
    assert COMPILER is not None
    command = [COMPILER, "--project", ROOT / "timeline" / "web" / "tsconfig.json"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stdout


def _imported_folders(folder: Path) -> set[str]:
    """Return the names of the other folders from which the modules of a folder import."""
    modules = [
        (module.parent / path).resolve()
        for module in folder.glob("*.js")
        for path in IMPORT.findall(module.read_text(encoding="utf-8"))
    ]
    assert all(module.is_file() for module in modules), modules
    return {module.parent.name for module in modules} - {folder.name}


def test_no_two_folders_import_each_other_in_a_circle() -> None:
    graph = {folder.name: _imported_folders(folder) for folder in APP.iterdir() if folder.is_dir()}
    order = list(TopologicalSorter(graph).static_order())
    assert order[0] == "shared"
    assert graph["shared"] == set()
    assert graph["page"] > {"data", "list", "map", "timeline"}


def test_no_module_has_a_vague_name() -> None:
    names = {
        name for path in MODULES for pair in DECLARATION.findall(path.read_text("utf-8")) for name in pair
    }
    assert len(names) > 500
    assert names & VAGUE == set()


def test_a_type_name_has_one_meaning() -> None:
    names = Counter(name for path in MODULES for name in TYPE.findall(path.read_text("utf-8")))
    assert len(names) > 30
    assert [name for name, count in names.items() if count > 1] == []


def test_a_module_stays_small() -> None:
    lengths = {path.relative_to(APP): path.read_text("utf-8").count("\n") for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > 320} == {}
