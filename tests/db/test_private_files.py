"""Files of drafts and history are private, whatever the umask; files that exist keep their mode."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.private_files import create_private, create_private_folder, keep_mode, open_private
from db.store import Store


def mode(path: Path) -> int:
    """Return the permission bits of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o277])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set a umask for one test."""
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_new_file_is_private(tmp_path: Path) -> None:
    create_private(tmp_path / "a")
    with open(tmp_path / "b", "w", opener=open_private) as stream:
        stream.write("b")
    assert mode(tmp_path / "a") == mode(tmp_path / "b") == 0o600


@pytest.mark.usefixtures("umask")
def test_new_folders_are_private(tmp_path: Path) -> None:
    create_private_folder(tmp_path / "a" / "b")
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700


def test_files_and_folders_that_exist_keep_their_mode(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("long content")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "b").mkdir()
    (tmp_path / "b").chmod(0o750)
    create_private(tmp_path / "a")
    create_private_folder(tmp_path / "b")
    with open(tmp_path / "a", "w", opener=open_private) as stream:
        stream.write("new")
    assert (mode(tmp_path / "a"), mode(tmp_path / "b")) == (0o640, 0o750)
    assert (tmp_path / "a").read_text() == "new"


def test_a_replacement_gets_the_mode_of_the_file_that_it_replaces(tmp_path: Path) -> None:
    create_private(tmp_path / "new")
    keep_mode(tmp_path / "missing", tmp_path / "new")
    assert mode(tmp_path / "new") == 0o600
    (tmp_path / "old").touch()
    (tmp_path / "old").chmod(0o644)
    keep_mode(tmp_path / "old", tmp_path / "new")
    assert mode(tmp_path / "new") == 0o644


@pytest.mark.usefixtures("umask")
def test_a_new_database_and_its_log_are_private(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/events.db")
    store.migrate()
    store.desk.create_key("a", "editor")
    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".db", ".db-shm", ".db-wal"]
    assert {mode(file) for file in files} == {0o600}
    store.close()


def test_an_existing_database_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "events.db").touch()
    (tmp_path / "events.db").chmod(0o640)
    store = Store(f"sqlite:///{tmp_path}/events.db")
    store.migrate()
    assert mode(tmp_path / "events.db") == 0o640
    store.close()
