"""The rules of the code: style, types, which folder may import which, and the content of the wheel."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from setuptools import find_packages

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    ["ruff check .", "ruff format --check .", "mypy", "lint-imports"],
    ids=lambda command: command.split(" .")[0],
)
def test_the_code_passes_the_checks_of_make_check(command: str) -> None:
    name, *arguments = command.split()
    done = subprocess.run([BIN / name, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_wheel_has_our_four_packages_with_their_data_and_no_tests(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("dateline-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "timeline",
        "geo",
        "db",
        "seeds",
    }
    for required in (
        "seeds/events.yaml",
        "geo/data/NOTICE",
        "geo/data/borders.json",
        "geo/data/countries-50m.json",
        "db/migrations/env.py",
        "db/migrations/versions/0001_first.py",
        "timeline/web/templates/events.html",
        "timeline/web/static/site.css",
    ):
        assert required in names
    assert any(name.endswith("licenses/NOTICE") for name in names)


def test_every_package_is_shipped() -> None:
    listed = set(find_packages(str(ROOT), include=SETTINGS["setuptools"]["packages"]["find"]["include"]))
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for name in ("timeline", "geo", "db", "seeds")
        for path in (ROOT / name).rglob("*.py")
    }
    assert listed == folders


def test_no_other_distribution_has_our_package_names() -> None:
    owners = packages_distributions()
    for name in ("timeline", "geo", "db", "seeds"):
        assert set(owners.get(name, ["dateline"])) == {"dateline"}


def test_constraints_are_only_names_and_versions() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_no_module_has_more_than_320_lines() -> None:
    for path in ROOT.glob("[dgst]*/**/*.py"):
        if (
            path.parts[len(ROOT.parts)] in ("db", "geo", "seeds", "timeline")
            and "migrations" not in path.parts
        ):
            assert path.read_text("utf-8").count("\n") <= 320, path
