"""What the commands and the server write besides the database is private, too."""

import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hostile.server_watch import Target

REJECTED = "title,date,category\nA,yesterday,raid\n"


def open_to_others(folder: Path) -> list[str]:
    """Return the files and folders below a folder that other users may use."""
    return [str(path) for path in folder.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]


pytestmark = pytest.mark.sqlite_only("is about the database file and the files next to it")


@pytest.fixture
def timeline(tmp_path: Path) -> Callable[..., None]:
    """Return a function that runs a command with a umask that forbids nothing."""

    def run(*arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "timeline", *arguments],
            env={"TIMELINE_DATABASE_URL": f"sqlite:///{tmp_path}/events.db", "PATH": ""},
            umask=0,
            check=False,
            capture_output=True,
        )

    return run


def test_commands_write_private_files(timeline: Callable[..., None], tmp_path: Path) -> None:
    source = tmp_path / "events.csv"
    source.write_text(REJECTED)
    source.chmod(0o600)
    timeline("migrate")
    timeline("import", str(source))
    timeline("backup", str(tmp_path / "backup.db"))
    timeline("restore", "--yes", str(tmp_path / "backup.db"))
    names = {path.name for path in tmp_path.iterdir()}
    assert {"events.db", "backup.db", "events.csv.rejected.csv"} <= names
    assert any(name.startswith("events.before-") for name in names)
    assert open_to_others(tmp_path) == []


def test_uploads_and_their_rejected_rows_are_private(target: Target) -> None:
    started = httpx.post(
        f"{target.url}/imports?name=events.csv",
        content=REJECTED,
        headers=target.headers("editor") | {"Content-Type": "text/csv"},
    )
    assert started.status_code == 202
    end = time.monotonic() + 30
    while (
        httpx.get(started.headers["location"], headers=target.headers("editor")).json()["state"] == "running"
    ):
        assert time.monotonic() < end
        time.sleep(0.2)
    folder = target.imports_folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.rglob("*.rejected.csv"))
    assert open_to_others(folder) == []
