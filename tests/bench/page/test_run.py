"""The benchmark of the page runs from end to end on a small database."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import CHROMIUM

from bench.serving import generate, measure
from geo.gazetteer.reader import Gazetteer

EVENTS = 300
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, gazetteer: Gazetteer) -> Path:
    """Return a database of a few events."""
    path = tmp_path_factory.mktemp("page") / "events.db"
    generate.write_database(path, generate.drafts(EVENTS, gazetteer=gazetteer.path))
    return path


@pytest.fixture(scope="module")
def url(database: Path) -> Iterator[str]:
    """Return the address of a server of that database."""
    server = measure.dateline(database)
    yield server.url
    server.stop()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize(
    ("option", "figure"), [("--load", "map idle"), ("--many", "now"), ("--brush", "median")]
)
def test_every_measurement_prints_its_table(option: str, figure: str, url: str, database: Path) -> None:
    target = str(database) if option == "--brush" else url
    command = [sys.executable, "-m", "tests.bench.page.run", option, target, "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert figure in done.stdout
    assert any(letter.isdigit() for letter in done.stdout)
