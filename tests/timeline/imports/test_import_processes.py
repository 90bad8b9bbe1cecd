"""Imports as separate processes: two at once, failed and killed ones leave a consistent database."""

import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.dates.edtf import When
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store
from timeline.imports import worker

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


def checked_count(file: Path) -> int:
    """Return the number of events, after an integrity check of the database."""
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


def test_two_imports_of_one_file_at_the_same_time_create_each_event_once(file: Path) -> None:
    both = [start(file), start(file)]
    for process in both:
        errors = process.communicate(timeout=120)[1]
        assert process.returncode == 0, errors
    assert checked_count(file) == ROWS


def test_an_import_without_space_ends_with_an_error_and_the_next_one_finishes(file: Path) -> None:
    stopped = start(file, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)))
    errors = stopped.communicate(timeout=120)[1]
    assert stopped.returncode == 1
    assert "Error: the database" in errors
    assert "Traceback" not in errors
    assert checked_count(file) < ROWS
    again = start(file)
    errors = again.communicate(timeout=120)[1]
    assert again.returncode == 0, errors
    assert checked_count(file) == ROWS


LARGE = 12_000  # rows


@pytest.fixture
def large(file: Path) -> Path:
    """Return a file that is large enough for a worker process, and for indexes that are created at the end."""
    text = "a long night on the quay " * 30
    lines = (
        f"r{n},Raid {n},2021-03-{n % 28 + 1:02},{20 + n % 60},{n % 90},raid,{text}\n" for n in range(LARGE)
    )
    file.write_text("id,title,date,lat,lon,category,summary\n" + "".join(lines))
    assert file.stat().st_size > worker.MIN_BYTES_FOR_WORKER
    return file


def indexes(file: Path) -> dict[str, str]:
    with sqlite3.connect(file.parent / "events.db") as database:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"
        definitions = dict(database.execute(query))
    database.close()
    return definitions


def count(file: Path) -> int:
    with sqlite3.connect(file.parent / "events.db") as database:
        (events,) = database.execute("SELECT count(*) FROM event").fetchone()
    database.close()
    return int(events)


def test_a_large_import_creates_the_indexes_at_its_end(large: Path) -> None:
    before = indexes(large)
    process = start(large)
    while process.poll() is None and count(large) == 0:
        time.sleep(0.02)
    assert "ix_event_newest" in before.keys() - indexes(large).keys()
    errors = process.communicate(timeout=120)[1]
    assert process.returncode == 0, errors
    assert checked_count(large) == LARGE
    assert indexes(large) == before


@pytest.mark.parametrize("command_name", [pytest.param("migrate", marks=pytest.mark.slow), "import"])
def test_after_a_killed_import_the_next_command_creates_the_indexes(large: Path, command_name: str) -> None:
    before = indexes(large)
    process = start(large)
    while process.poll() is None and count(large) == 0:
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=60)
    assert 0 < checked_count(large) < LARGE
    assert indexes(large) != before
    if command_name == "migrate":
        command = [sys.executable, "-m", "timeline", "migrate"]
        env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{large.parent / 'events.db'}"}
        subprocess.run(command, cwd=large.parent, env=env, check=True, capture_output=True)
        assert indexes(large) == before
    again = start(large)
    errors = again.communicate(timeout=120)[1]
    assert again.returncode == 0, errors
    assert checked_count(large) == LARGE
    assert indexes(large) == before


def test_a_database_with_events_keeps_its_indexes(large: Path) -> None:
    store = Store(f"sqlite:///{large.parent / 'events.db'}")
    before = indexes(large)
    drafts = (
        Draft(id=f"d{n}", title="Raid", category="raid", when=When.parse("2020")) for n in range(10_001)
    )
    store.add(drafts)
    with store.deferred_indexes():
        assert indexes(large) == before
    store.clear()
    with pytest.raises(KeyboardInterrupt):
        _stopped(store, large, before)
    assert indexes(large) == before
    store.close()


def _stopped(store: Store, file: Path, before: dict[str, str]) -> None:
    with store.deferred_indexes():
        assert indexes(file) != before
        assert store.find(Filter()).matched == 0
        raise KeyboardInterrupt
