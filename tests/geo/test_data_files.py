"""A change of the files in geo/data makes a gazetteer outdated."""

import shutil
from importlib import resources
from pathlib import Path

import pytest

from geo import data_files


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of geo/data that a test may change."""
    with resources.as_file(resources.files("geo.data")) as folder:
        copy = Path(shutil.copytree(folder, tmp_path / "data"))
    monkeypatch.setattr("geo.data_files.resources.files", lambda _package: copy)
    return copy


@pytest.mark.parametrize(
    "name", ["aliases.csv", "regions.csv", "claims.json", "exonyms.csv", "islands.geojson"]
)
def test_a_change_of_a_compiled_file_changes_the_versions(data: Path, name: str) -> None:
    before = data_files.versions()
    with (data / name).open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    assert data_files.versions() != before


@pytest.mark.parametrize("name", ["demonyms.csv", "overlay.csv", "nowhere.csv", "NOTICE"])
def test_a_change_of_a_file_that_is_not_compiled_changes_nothing(data: Path, name: str) -> None:
    before = data_files.versions()
    with (data / name).open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    assert data_files.versions() == before
