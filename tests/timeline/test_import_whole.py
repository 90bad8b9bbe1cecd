"""Imports as processes of their own: two at once, and one that cannot write on, leave a whole database."""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.store import Store

ROWS = 6_000
LIMIT = 4_000_000  # bytes a file may have


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "raids.csv"
    lines = (f"r{n},Raid {n},2021-03-{n % 28 + 1:02},{20 + n % 60},{n % 90},raid\n" for n in range(ROWS))
    path.write_text("id,title,date,lat,lon,category\n" + "".join(lines))
    store = Store(f"sqlite:///{tmp_path}/events.db")
    store.migrate()
    store.close()
    return path


def start(file: Path, limited: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "timeline", "import", file.name, "--publish"]
    env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{file.parent / 'events.db'}"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=file.parent, env=env, preexec_fn=limited, stderr=pipe, text=True)


def held(file: Path) -> int:
    """Count the events, after a look whether the database is whole."""
    with sqlite3.connect(file.parent / "events.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        counts = {
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("event", "pin_index")
        }
    database.close()
    assert len(counts) == 1
    (count,) = counts
    return int(count)


def test_two_imports_of_one_file_at_once_make_each_event_once(file: Path) -> None:
    both = [start(file), start(file)]
    for one in both:
        said = one.communicate(timeout=120)[1]
        assert one.returncode == 0, said
    assert held(file) == ROWS


def test_an_import_that_cannot_write_on_says_so_and_the_next_one_finishes(file: Path) -> None:
    stopped = start(file, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)))
    said = stopped.communicate(timeout=120)[1]
    assert stopped.returncode == 1
    assert "Error: the database" in said
    assert "Traceback" not in said
    assert held(file) < ROWS
    again = start(file)
    said = again.communicate(timeout=120)[1]
    assert again.returncode == 0, said
    assert held(file) == ROWS
