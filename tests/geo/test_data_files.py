"""Where the data comes from: a change of our own files makes a gazetteer old."""

import shutil
from importlib import resources
from pathlib import Path

import pytest

from geo import data_files


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of geo/data that a test may change."""
    with resources.as_file(resources.files("geo.data")) as folder:
        copy = Path(shutil.copytree(folder, tmp_path / "data"))
    monkeypatch.setattr("geo.data_files.resources.files", lambda _package: copy)
    return copy


@pytest.mark.parametrize(
    "name", ["aliases.csv", "regions.csv", "claims.json", "exonyms.csv", "islands.geojson"]
)
def test_a_change_of_what_is_compiled_is_noticed(data: Path, name: str) -> None:
    before = data_files.versions()
    with (data / name).open("a", encoding="utf-8") as file:
        file.write("# one line more\n")
    assert data_files.versions() != before


@pytest.mark.parametrize("name", ["demonyms.csv", "overlay.csv", "nowhere.csv", "NOTICE"])
def test_a_change_of_what_is_read_live_needs_no_new_gazetteer(data: Path, name: str) -> None:
    before = data_files.versions()
    with (data / name).open("a", encoding="utf-8") as file:
        file.write("# one line more\n")
    assert data_files.versions() == before
