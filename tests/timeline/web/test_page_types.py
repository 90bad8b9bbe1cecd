"""The modules of the page: their types, and which folder imports which."""

import re
import shutil
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from timeline.web.render import STATIC

ROOT = Path(__file__).parents[3]
APP = STATIC / "app"
COMPILER = shutil.which("tsc", path=ROOT / "node_modules" / ".bin") or shutil.which("tsc")
# Static, dynamic and type imports alike: `from "…"`, `import("…")`.
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


def test_a_module_stays_small() -> None:
    lengths = {path.relative_to(APP): path.read_text("utf-8").count("\n") for path in APP.rglob("*.js")}
    assert {path: length for path, length in lengths.items() if length > 320} == {}
