"""Imports as separate processes: two at once, failed and killed ones leave a consistent database."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.dates.edtf import When
from db.engines import backend_of, connect
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store
from timeline.imports import worker

ROWS = 6_000
LIMIT = 4_000_000  # bytes a file may have


@pytest.fixture
def file(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of 6,000 rows; commands use the test's database."""
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    path = tmp_path / "raids.csv"
    lines = (f"r{n},Raid {n},2021-03-{n % 28 + 1:02},{20 + n % 60},{n % 90},raid\n" for n in range(ROWS))
    path.write_text("id,title,date,lat,lon,category\n" + "".join(lines))
    return path


def start(file: Path, limited: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "timeline", "import", file.name, "--publish"]
    return subprocess.Popen(command, cwd=file.parent, preexec_fn=limited, stderr=subprocess.PIPE, text=True)


def checked_count(database_url: str) -> int:
    """Return the number of events, after an integrity check of the database; each has one pin."""
    engine = connect(database_url, 60)
    backend = backend_of(engine)
    with closing(backend.open_reader(engine)) as reader:
        backend.check_integrity(reader, database_url)
        ((events,),) = reader.rows("SELECT count(*) FROM event")
        assert backend.search_counts(reader) == (events, events)
    engine.dispose()
    return int(events)


def test_two_imports_of_one_file_at_the_same_time_create_each_event_once(
    file: Path, database_url: str
) -> None:
    both = [start(file), start(file)]
    for process in both:
        errors = process.communicate(timeout=120)[1]
        assert process.returncode == 0, errors
    assert checked_count(database_url) == ROWS


@pytest.mark.sqlite_only("a limit on the size of its files stops SQLite, and not a server of PostgreSQL")
def test_an_import_without_space_ends_with_an_error_and_the_next_one_finishes(
    file: Path, database_url: str
) -> None:
    stopped = start(file, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)))
    errors = stopped.communicate(timeout=120)[1]
    assert stopped.returncode == 1
    assert "Error: the database" in errors
    assert "Traceback" not in errors
    assert checked_count(database_url) < ROWS
    again = start(file)
    errors = again.communicate(timeout=120)[1]
    assert again.returncode == 0, errors
    assert checked_count(database_url) == ROWS


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


def indexes(database_url: str) -> set[str]:
    """Return the indexes by their definitions in SQL."""
    if database_url.startswith("sqlite"):
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"
    else:
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    return {definition for (definition,) in _rows(database_url, query)}


def count(database_url: str) -> int:
    ((events,),) = _rows(database_url, "SELECT count(*) FROM event")
    return int(events)


def _rows(database_url: str, query: str) -> list[Any]:
    """Return the rows of a query that waits for nobody."""
    engine = connect(database_url, 60)
    with closing(backend_of(engine).open_reader(engine)) as reader:
        rows = reader.rows(query)
    engine.dispose()
    return rows


def test_a_large_import_creates_the_indexes_at_its_end(large: Path, database_url: str) -> None:
    before = indexes(database_url)
    process = start(large)
    while process.poll() is None and count(database_url) == 0:
        time.sleep(0.02)
    assert any("ix_event_newest" in definition for definition in before - indexes(database_url))
    errors = process.communicate(timeout=120)[1]
    assert process.returncode == 0, errors
    assert checked_count(database_url) == LARGE
    assert indexes(database_url) == before


@pytest.mark.parametrize("command_name", [pytest.param("migrate", marks=pytest.mark.slow), "import"])
def test_after_a_killed_import_the_next_command_creates_the_indexes(
    large: Path, database_url: str, command_name: str
) -> None:
    before = indexes(database_url)
    process = start(large)
    while process.poll() is None and count(database_url) == 0:
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=60)
    assert 0 < checked_count(database_url) < LARGE
    assert indexes(database_url) != before
    if command_name == "migrate":
        command = [sys.executable, "-m", "timeline", "migrate"]
        subprocess.run(command, cwd=large.parent, check=True, capture_output=True)
        assert indexes(database_url) == before
    again = start(large)
    errors = again.communicate(timeout=120)[1]
    assert again.returncode == 0, errors
    assert checked_count(database_url) == LARGE
    assert indexes(database_url) == before


def test_a_database_with_events_keeps_its_indexes(large: Path, database_url: str) -> None:
    store = Store(database_url)
    before = indexes(database_url)
    drafts = (
        Draft(id=f"d{n}", title="Raid", category="raid", when=When.parse("2020")) for n in range(10_001)
    )
    store.add(drafts)
    with store.deferred_indexes():
        assert indexes(database_url) == before
    store.clear()
    with pytest.raises(KeyboardInterrupt):
        _stopped(store, database_url, before)
    assert indexes(database_url) == before
    store.close()


def _stopped(store: Store, database_url: str, before: set[str]) -> None:
    with store.deferred_indexes():
        assert indexes(database_url) != before
        assert store.find(Filter()).matched == 0
        raise KeyboardInterrupt
