"""The page's modules hold what their types promise, and say what they need by them."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMPILER = shutil.which("tsc", path=ROOT / "node_modules" / ".bin") or shutil.which("tsc")


@pytest.mark.skipif(COMPILER is None, reason="needs node and `npm install --no-save typescript`")
def test_every_module_keeps_its_types() -> None:
    assert COMPILER is not None
    command = [COMPILER, "--project", ROOT / "timeline" / "web" / "tsconfig.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout
