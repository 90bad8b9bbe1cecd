"""Backups and restores of a database in PostgreSQL: files of SQLite, and the promises of a restore."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from databases import Databases, run_sql, skip_reason
from rich_events import EDITOR, fill_richly, rich_event
from upkeep_rows import rows_of

from db.engines import backend_of, connect
from db.errors import Conflict, EventGone, StoreUnavailable
from db.query.filter import Filter
from db.store import Store
from db.upkeep.backup import backup
from db.upkeep.copy import Contents, examine
from db.upkeep.restore import Restored, look, previous_path, restore

pytestmark = pytest.mark.skipif(bool(skip_reason("postgres")), reason="PostgreSQL is not installed")


@pytest.fixture
def databases(_databases_by_engine: Callable[[str], Databases]) -> Databases:
    return _databases_by_engine("postgres")


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    address = databases.new()
    yield address
    databases.drop(address)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


def back_up(url: str, file: Path, *, force: bool = False) -> Contents:
    engine = connect(url, 60)
    try:
        return backup(engine, file, show_nothing, force=force)
    finally:
        backend_of(engine).close(engine)


def put_back(url: str, file: Path, keep: Path | None = None) -> Restored:
    engine = connect(url, 60)
    try:
        return restore(engine, file, keep, show_nothing)
    finally:
        backend_of(engine).close(engine)


def show_nothing(_done: int, _total: int) -> None:
    """Show no progress."""


def test_a_backup_is_a_private_sqlite_file_with_every_row(store: Store, url: str, tmp_path: Path) -> None:
    fill_richly(store)
    file = tmp_path / "b.db"
    contents = back_up(url, file)
    assert (contents.events, contents.keys) == (60, 1)
    assert rows_of(f"sqlite:///{file}") == rows_of(url)
    assert (file.stat().st_mode & 0o777, [path.name for path in tmp_path.iterdir()]) == (0o600, ["b.db"])
    with closing(Store(f"sqlite:///{file}")) as copy:
        assert copy.find(Filter(text="hospitalet")).features == store.find(Filter(text="hospitalet")).features


def test_a_restore_replaces_every_row_and_keeps_the_previous_database(
    store: Store, url: str, tmp_path: Path
) -> None:
    fill_richly(store)
    back_up(url, tmp_path / "b.db")
    before = rows_of(url)
    store.add([rich_event(200), rich_event(2)])
    store.desk.delete("event-3", 1, EDITOR)
    later = rows_of(url)
    done = put_back(url, tmp_path / "b.db", tmp_path / "kept.db")
    assert rows_of(f"sqlite:///{tmp_path}/kept.db") == later
    assert (done.merged.lost, done.previous) == (1, tmp_path / "kept.db")
    after = rows_of(url)
    raised = ("data_version", "event", "history")  # revisions and versions are new ones
    assert {name: rows for name, rows in after.items() if name not in raised} == {
        name: rows for name, rows in before.items() if name not in raised
    }
    store.add([rich_event(201)])
    store.desk.create_key("New", "editor")


def test_versions_revisions_and_tokens_never_repeat(store: Store, url: str, tmp_path: Path) -> None:
    fill_richly(store)
    back_up(url, tmp_path / "b.db")
    store.add([rich_event(200)])
    store.desk.delete("event-9", 1, EDITOR)
    before, token = store.stamp(), store.desk.changes(None, 1000).token
    put_back(url, tmp_path / "b.db")
    assert store.stamp().version > before.version
    with pytest.raises(Conflict, match="before a backup was restored"):
        store.desk.changes(token, 10)
    assert store.desk.event("event-9").revision > 2


def test_purged_events_stay_purged_and_keys_stay_as_they_are(store: Store, url: str, tmp_path: Path) -> None:
    fill_richly(store)
    old = store.desk.create_key("Bob", "admin")
    back_up(url, tmp_path / "b.db")
    store.desk.purge(["event-1"], EDITOR)
    store.desk.revoke("Bob")
    new = store.desk.create_key("New", "editor")
    done = put_back(url, tmp_path / "b.db")
    assert (done.merged.purged, done.merged.revoked_keys) == (["event-1"], 1)
    with pytest.raises(EventGone, match="removed for good"):
        store.get("event-1")
    assert store.desk.holder(old) is None
    assert store.desk.holder(new)


def test_a_backup_of_one_product_is_restored_into_the_other(
    store: Store,
    url: str,
    tmp_path: Path,
    _databases_by_engine: Callable[[str], Databases],  # noqa: PT019  # used
) -> None:
    fill_richly(store)
    back_up(url, tmp_path / "b.db")
    sqlite = _databases_by_engine("sqlite").new(tmp_path / "other")
    put_back(sqlite, tmp_path / "b.db")
    second = tmp_path / "second.db"
    engine = connect(sqlite, 60)
    backup(engine, second, show_nothing)
    put_back(url, second)
    changed = ("data_version",)
    first_rows, last_rows = rows_of(sqlite), rows_of(url)
    for name in changed:
        del first_rows[name], last_rows[name]
    assert first_rows == last_rows


def test_a_backup_is_restored_where_there_are_no_tables(
    store: Store, url: str, tmp_path: Path, databases: Databases
) -> None:
    fill_richly(store)
    back_up(url, tmp_path / "b.db")
    fresh = databases.bare()
    put_back(fresh, tmp_path / "b.db")
    with closing(Store(fresh)) as opened:
        opened.check()
        assert opened.find(Filter(), 100).features == store.find(Filter(), 100).features
        assert opened.stamp().version > store.stamp().version
        opened.add([rich_event(200)])
    databases.drop(fresh)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        ("UPDATE encoded SET feature = '{' WHERE event = 1", "the Feature of the event"),
        ("DELETE FROM pin_index", "but 0 pins"),
        ("UPDATE alembic_version SET version_num = '9999'", "of a newer version"),
    ],
)
def test_a_file_that_is_not_a_sound_backup_changes_nothing(
    store: Store, url: str, tmp_path: Path, harm: str, message: str
) -> None:
    fill_richly(store)
    file = tmp_path / "b.db"
    back_up(url, file)
    run_sql(f"sqlite:///{file}", harm)
    before = rows_of(url)
    with pytest.raises(StoreUnavailable, match=re.escape(message)):
        put_back(url, file, tmp_path / "kept.db")
    assert rows_of(url) == before
    assert not (tmp_path / "kept.db").exists()


def test_a_restore_that_fails_halfway_changes_nothing(store: Store, url: str, tmp_path: Path) -> None:
    fill_richly(store)
    file = tmp_path / "b.db"
    back_up(url, file)
    store.add([rich_event(200)])
    before = rows_of(url)
    # A later version of a table refuses a row of the backup.
    run_sql(url, "ALTER TABLE tag ADD CONSTRAINT no_such_tag CHECK (event <> 2) NOT VALID")
    with pytest.raises(Exception, match="no_such_tag"):
        put_back(url, file)
    run_sql(url, "ALTER TABLE tag DROP CONSTRAINT no_such_tag")
    assert rows_of(url) == before


def test_readers_see_the_old_rows_until_all_new_ones_are_there(
    store: Store, url: str, tmp_path: Path
) -> None:
    fill_richly(store, 400)
    file = tmp_path / "b.db"
    back_up(url, file)
    store.clear()
    store.add([rich_event(1)])
    counts, restored = [], threading.Event()

    def read() -> None:
        with closing(Store(url)) as reader:
            while not restored.is_set():
                counts.append(
                    reader.find(Filter(statuses=("published", "draft", "review", "retracted"))).matched
                )
                time.sleep(0.002)

    thread = threading.Thread(target=read)
    thread.start()
    put_back(url, file)
    restored.set()
    thread.join()
    assert set(counts) <= {1, 400}
    assert sorted(counts) == counts
    assert 1 in counts


def test_a_writer_waits_and_loses_nothing(store: Store, url: str, tmp_path: Path) -> None:
    fill_richly(store)
    file = tmp_path / "b.db"
    back_up(url, file)
    stop, written = threading.Event(), []

    def write() -> None:
        with closing(Store(url)) as writer:
            while not stop.is_set():
                writer.add([rich_event(1000 + len(written))])
                written.append(f"event-{1000 + len(written)}")

    thread = threading.Thread(target=write)
    thread.start()
    while len(written) < 3:
        time.sleep(0.01)
    previous = tmp_path / "kept.db"
    put_back(url, file, previous)
    stop.set()
    thread.join()
    earlier = " ".join(rows_of(f"sqlite:///{previous}")["event"])
    present = " ".join(rows_of(url)["event"])
    assert all(
        f"{number}" in earlier or f"{number}" in present for number in range(1000, 1000 + len(written))
    )


def timeline(url: str, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "TIMELINE_DATABASE_URL": url}
    command = [sys.executable, "-m", "timeline", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=folder)


def test_the_commands_say_where_the_previous_database_is(store: Store, url: str, tmp_path: Path) -> None:
    fill_richly(store)
    folder = tmp_path / "backups"
    folder.mkdir()
    done = timeline(url, tmp_path, "backup", "backups/b.db")
    assert done.stdout.startswith("backups/b.db: 60 events"), done.stderr
    assert timeline(url, tmp_path, "restore", "backups/b.db").returncode == 2
    done = timeline(url, tmp_path, "restore", "--yes", "backups/b.db")
    assert done.returncode == 0, done.stderr
    (previous,) = folder.glob("*.before-*.db")
    assert f"The previous database is kept in backups/{previous.name}" in done.stdout
    assert examine(previous, previous, show_nothing).events == 60
    engine = connect(url, 60)
    assert look(engine).events == 60
    assert previous_path(engine, Path("x/b.db"), "S").parent == Path("x")
    backend_of(engine).close(engine)
