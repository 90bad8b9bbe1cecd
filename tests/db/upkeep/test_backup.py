"""Backups and restores: of one moment, verified, complete or not at all, while others read and write."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from db.dates.edtf import When
from db.engines import connect, connect_file
from db.errors import Conflict, EventGone, StoreUnavailable
from db.events.draft import Author, Draft
from db.migrations.upgrade import versions
from db.query.filter import Filter
from db.store import Store
from db.upkeep.backup import backup
from db.upkeep.copy import Contents, examine
from db.upkeep.restore import Restored, look, restore
from geo.place import Place, Precision

ADA = Author("Ada", why="a request")
HALIFAX = Place(name="Halifax", lon=-63.57, lat=44.65, precision=Precision.CITY, country="CA")


def event(id_: str, **fields: object) -> Draft:
    """Return a published event in Halifax with some fields replaced."""
    plain = Draft(id=id_, title=f"Event {id_}", category="raid", status="published", when=When.parse("2023"))
    return replace(plain, places=(HALIFAX,), **fields)  # type: ignore[arg-type]  # passed on


def back_up(database: Path, file: Path, *, force: bool = False) -> Contents:
    """Back up a database file without showing progress."""
    return backup(connect_file(database), file, show_nothing, force=force)


def put_back(database: Path, file: Path, keep: Path | None = None) -> Restored:
    """Restore a backup into a database file without showing progress."""
    return restore(connect_file(database), file, keep, show_nothing)


def show_nothing(_done: int, _total: int) -> None:
    """Show no progress."""


def titles(store: Store) -> set[str]:
    return {
        re.search(rb'"title":"([^"]*)"', feature)[1].decode()
        for feature in store.find(Filter(), 10_000).features
    }  # type: ignore[index]  # each has one


pytestmark = pytest.mark.sqlite_only("is about the files of a database and of its copies")


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


def test_a_backup_is_one_sound_file_and_its_contents_are_counted(
    store: Store, live: Path, tmp_path: Path
) -> None:
    store.add([event("a"), event("b", status="draft")])
    store.desk.create_key("Ada", "editor")
    contents = back_up(live, tmp_path / "b.db")
    assert (contents.version, contents.events, contents.published, contents.keys) == (versions()[0], 2, 1, 1)
    with closing(sqlite3.connect(tmp_path / "b.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (2,)
    assert {path.name for path in tmp_path.iterdir()} == {
        "b.db",
        "events.db",
        "events.db-wal",
        "events.db-shm",
    }


def test_a_restore_replaces_the_database_and_keeps_the_previous_one(
    store: Store, live: Path, tmp_path: Path
) -> None:
    store.add([event("a"), event("b")])
    back_up(live, tmp_path / "b.db")
    store.add([event("a", title="Later"), event("c")])
    done = put_back(live, tmp_path / "b.db", tmp_path / "kept.db")
    assert titles(store) == {"Event a", "Event b"}
    assert store.summary(Filter(text="event")).matched == 2
    assert done.merged.lost == 1
    assert examine(tmp_path / "kept.db", live, show_nothing).events == 3


def test_versions_revisions_and_tokens_never_repeat_after_a_restore(
    store: Store, live: Path, tmp_path: Path
) -> None:
    store.add([event("a"), event("b")])
    back_up(live, tmp_path / "b.db")
    for title in ("Second", "Third"):
        store.add([event("a", title=title)])
    before, token = store.stamp(), store.desk.changes(None, 10).token
    put_back(live, tmp_path / "b.db")
    assert store.stamp().version > before.version
    assert store.stamp().moment >= before.moment
    with pytest.raises(Conflict, match="before a backup was restored"):
        store.desk.changes(token, 10)
    assert store.desk.event("a").revision == 4, "revision 3 was another text"
    assert store.desk.event("b").revision == 1, "it is as it was"
    assert store.desk.history("a")[-1].action == "restored"


def test_events_purged_since_the_backup_stay_purged(store: Store, live: Path, tmp_path: Path) -> None:
    store.add([event("a", summary="Quirrelmund"), event("b"), event("c")])
    back_up(live, tmp_path / "b.db")
    store.desk.purge(["a"], ADA)
    store.desk.delete("b", 1, ADA)
    done = put_back(live, tmp_path / "b.db")
    assert (done.merged.purged, done.merged.public_again) == (["a"], ["b"])
    assert titles(store) == {"Event b", "Event c"}
    with pytest.raises(EventGone, match="removed for good"):
        store.get("a")
    assert [entry.action for entry in store.desk.history("a")] == ["purged"]
    assert store.add([event("a")]) == (0, 0, 1)
    store.close()
    contents = b"".join(path.read_bytes() for path in tmp_path.glob("events.db*"))
    assert b"uirrelmund" not in contents


def test_keys_stay_as_they_are_now(store: Store, live: Path, tmp_path: Path) -> None:
    old = store.desk.create_key("Old", "admin")
    back_up(live, tmp_path / "b.db")
    store.desk.revoke("Old")
    new = store.desk.create_key("New", "editor")
    assert put_back(live, tmp_path / "b.db").merged.revoked_keys == 1
    assert store.desk.holder(old) is None
    assert store.desk.holder(new)


def test_a_backup_is_restored_where_there_is_not_a_database(store: Store, live: Path, tmp_path: Path) -> None:
    store.add([event("a")])
    back_up(live, tmp_path / "b.db")
    version = store.stamp().version
    fresh = tmp_path / "fresh.db"
    put_back(fresh, tmp_path / "b.db")
    opened = Store(f"sqlite:///{fresh}")
    opened.check()
    assert titles(opened) == {"Event a"}
    assert opened.stamp().version > version
    opened.close()
    with closing(sqlite3.connect(fresh)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("harm", ["header", "middle"])
def test_a_damaged_database_is_moved_away_and_replaced(
    store: Store, live: Path, tmp_path: Path, harm: str
) -> None:
    store.add([event(f"e{n}", summary="Something " * 30) for n in range(500)])
    back_up(live, tmp_path / "b.db")
    store.close()
    content = bytearray(live.read_bytes())
    at, length = (0, 4000) if harm == "header" else (8192, len(content) - 8192)
    content[at : at + length] = b"\x55" * length
    live.write_bytes(content)
    done = put_back(live, tmp_path / "b.db", tmp_path / "kept.db")
    assert done.merged.unread
    assert (tmp_path / "kept.db").exists()
    opened = Store(f"sqlite:///{live}")
    assert len(titles(opened)) == 500
    opened.close()
    assert examine(live, live, show_nothing).events == 500


def test_a_backup_with_another_page_size_is_restored(store: Store, live: Path, tmp_path: Path) -> None:
    store.add([event("a")])
    back_up(live, tmp_path / "b.db")
    with closing(sqlite3.connect(tmp_path / "b.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    store.add([event("b")])
    put_back(live, tmp_path / "b.db")
    assert titles(store) == {"Event a"}


def test_a_backup_of_an_older_version_is_upgraded_on_restoring(
    store: Store, live: Path, tmp_path: Path
) -> None:
    from alembic import command

    from db.migrations.upgrade import config

    old, file = tmp_path / "old.db", tmp_path / "b.db"
    engine = connect(f"sqlite:///{old}", 10)
    command.upgrade(config(engine), "0003")
    engine.dispose()
    assert back_up(old, file).version == "0003"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)
    store.add([event("a")])
    put_back(live, file)
    store.check()
    assert titles(store) == set()


def _another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name)")


def _change(sql: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(sql)

    return change


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100_000])


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "none": (Path.unlink, "there is no file"),
    "folder": (lambda path: (path.unlink(), path.mkdir()), "is a folder"),  # type: ignore[dict-item,func-returns-value]  # done one after the other
    "text": (lambda path: path.write_text("a,b\n" * 999), "is not a SQLite database"),  # type: ignore[dict-item,return-value]  # what it returns does not matter
    "empty": (lambda path: path.write_text(""), "it is empty"),  # type: ignore[dict-item,return-value]  # as above
    "other": (lambda path: (path.unlink(), _another_program(path)), "belongs to another program"),  # type: ignore[dict-item,func-returns-value]  # as above
    "newer": (_change("UPDATE alembic_version SET version_num = '9999'"), "of a newer version"),
    "cut": (_cut, "is damaged"),
    "feature": (_change("UPDATE encoded SET feature = '{' WHERE event = 1"), "the Feature of the event 'a'"),
    "lost": (_change("DELETE FROM encoded WHERE event = 1"), "2 events, but 1 Features"),
    "text index": (
        _change("INSERT INTO event_text (event_text) VALUES ('delete-all')"),
        "0 rows of full text",
    ),
    "pins": (_change("DELETE FROM pin_index"), "2 places, but 0 pins"),
    "orphan": (_change("INSERT INTO place VALUES (77, 99, 'x', 0, 0, 0)"), "a row of place refers to"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_not_a_sound_backup_is_refused_in_one_line_and_nothing_changes(
    store: Store, live: Path, tmp_path: Path, kind: str
) -> None:
    store.add([event("a"), event("b")])
    file = tmp_path / "b.db"
    back_up(live, file)
    harm, message = BAD[kind]
    harm(file)
    store.add([event("c")])
    with pytest.raises(StoreUnavailable, match=re.escape(message)) as refused:
        put_back(live, file, tmp_path / "kept.db")
    assert "\n" not in str(refused.value)
    assert ".part" not in str(refused.value)
    assert len(titles(store)) == 3
    assert not list(tmp_path.glob("*.part*")) + list(tmp_path.glob(".*part*")) + list(tmp_path.glob("kept*"))


def test_a_backup_is_not_written_over_other_files_or_the_database(
    store: Store, live: Path, tmp_path: Path
) -> None:
    (tmp_path / "there.db").write_text("mine")
    for file, message in (
        (tmp_path / "there.db", "exists already"), (tmp_path, "is a folder"), (live, "the database itself"),
        (tmp_path / "events.db-wal", "the database itself"), (tmp_path / "no" / "b.db", "no folder"),
    ):  # fmt: skip
        with pytest.raises(StoreUnavailable, match=message):
            back_up(live, file)
    assert (tmp_path / "there.db").read_text() == "mine"
    back_up(live, tmp_path / "there.db", force=True)
    with pytest.raises(StoreUnavailable, match="is the database itself"):
        put_back(live, live)


def test_a_database_in_memory_cannot_be_backed_up_or_restored(tmp_path: Path) -> None:
    engine = connect("sqlite://", 10)
    with pytest.raises(StoreUnavailable, match="is in memory; expected a file"):
        backup(engine, tmp_path / "b.db", show_nothing)
    with pytest.raises(StoreUnavailable, match="is in memory; expected a file"):
        look(engine)


def test_temporary_files_of_a_killed_process_are_removed(store: Store, live: Path, tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".b.db.{dead.pid}.part").write_text("old")
    back_up(live, tmp_path / "b.db")
    assert not list(tmp_path.glob(".b.db*"))


_WRITE = """
import sys
from db.events.draft import Draft
from db.store import Store
store = Store(f"sqlite:///{sys.argv[1]}")
number = 0
while True:
    # All three events have the same number; in an inconsistent copy they would not.
    number += 1
    store.add([Draft(id=f"w{n}", title=f"Number {number}", category="raid", status="published") for n in range(3)])
    print(number, flush=True)
"""


@pytest.fixture
def writer(live: Path) -> Any:
    """Return a function that starts a process which never stops writing."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", _WRITE, str(live)], stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_a_backup_made_during_writes_is_of_one_moment(
    store: Store, live: Path, tmp_path: Path, writer: Any
) -> None:
    store.add([event(f"e{n}", summary="Something " * 30) for n in range(3000)])
    process = writer()
    seen = set()
    for number in range(4):
        file = tmp_path / f"b{number}.db"
        assert back_up(live, file).events == 3003
        with closing(sqlite3.connect(file)) as connection:
            numbers = connection.execute("SELECT DISTINCT title FROM event WHERE id LIKE 'w%'").fetchall()
        assert len(numbers) == 1
        seen |= set(numbers)
    assert process.poll() is None
    assert len(seen) > 1, "it went on writing"


def test_a_restore_during_writes_loses_no_acknowledged_write(
    store: Store, live: Path, tmp_path: Path, writer: Any
) -> None:
    store.add([event(f"e{n}", summary="Something " * 30) for n in range(2000)])
    back_up(live, tmp_path / "b.db")
    process = writer()
    previous = tmp_path / "kept.db"
    put_back(live, tmp_path / "b.db", previous)
    # Every acknowledged write is in the previous database, or came after the restore.
    with closing(sqlite3.connect(previous)) as connection:
        (before,) = connection.execute("SELECT title FROM event WHERE id = 'w0'").fetchone()
    deadline = time.monotonic() + 20
    while not (after := store.get("w0")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert after, "the writer goes on in the restored one"
    process.kill()
    process.wait()
    connection = sqlite3.connect(live)
    history = connection.execute(
        "SELECT fields FROM history WHERE event = 'w0' ORDER BY revision LIMIT 1"
    ).fetchone()
    connection.close()
    first = int(re.search(r'"old": "Number (\d+)"', history[0])[1]) if history else None  # type: ignore[index]  # it is there
    assert first in (None, int(before.split()[1]) + 1)
    assert examine(live, live, show_nothing).events == 2003


def timeline(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{folder}/events.db"}
    command = [sys.executable, "-m", "timeline", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.slow
def test_a_server_answers_from_the_restored_database_after_the_command(
    store: Store, live: Path, tmp_path: Path, serve: Callable[..., Any]
) -> None:
    store.add([event(f"e{n}", summary="Something " * 30) for n in range(1500)])
    server = serve(live)
    assert timeline(tmp_path, "backup", "b.db").stdout.startswith("b.db: 1,500 events (1,500 published)")
    store.add([event(f"f{n}") for n in range(500)])
    first = server.get("/events?limit=1")
    assert first.json()["numberMatched"] == 2000
    assert server.get("/events/summary").json()["matched"] == 2000
    process = subprocess.Popen(
        [sys.executable, "-m", "timeline", "restore", "--yes", "b.db"],
        cwd=tmp_path, env={**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{live}"}, stdout=subprocess.PIPE,
    )  # fmt: skip
    seen = []
    with httpx.Client(base_url=server.url) as client:
        while process.poll() is None:
            answer = client.get(f"/events/summary?datetime=2000/{3000 + len(seen)}")
            assert answer.status_code == 200
            seen.append(answer.json()["matched"])
    output = process.communicate()[0].decode()
    assert process.returncode == 0
    assert "restored from b.db: 1,500 events" in output
    assert "Lost, because they were created after the backup: 500 events" in output
    assert set(seen) <= {2000, 1500}
    assert sorted(seen, reverse=True) == seen
    second = server.get("/events?limit=1", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.json()["numberMatched"] == 1500
    assert server.get("/events/summary?q=something").json()["matched"] == 1500
    assert server.get("/collections/events/items/f1").status_code == 404
    (previous,) = tmp_path.glob("events.before-*.db")
    assert examine(previous, previous, show_nothing).events == 2000


@pytest.mark.slow
def test_a_database_with_events_is_replaced_only_after_a_question(store: Store, tmp_path: Path) -> None:
    assert timeline(tmp_path, "backup", "b.db").returncode == 0
    assert timeline(tmp_path, "restore", "b.db").returncode == 0, "there was nothing in it"
    store.add([event("a")])
    done = timeline(tmp_path, "restore", "b.db")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith("events.db has 1 event; pass --yes to replace it")
    assert titles(store) == {"Event a"}
    done = timeline(tmp_path, "restore", "--yes", "nothing.db")
    assert (done.returncode, done.stderr) == (1, "Error: there is no file nothing.db\n")
    done = timeline(tmp_path, "backup", "b.db")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


_RESTORE = """
import sys
from pathlib import Path
from db.engines import connect_file
from db.upkeep.restore import restore
print("ready", flush=True)
restore(connect_file(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]), lambda done, total: None)
"""


@pytest.mark.slow
def test_a_killed_restore_leaves_the_old_or_the_new_database_complete(
    store: Store, live: Path, tmp_path: Path
) -> None:
    store.add([event(f"e{n}", summary="Something " * 30) for n in range(3000)])
    file = tmp_path / "b.db"
    back_up(live, file)
    store.add([event(f"f{n}", summary="Other " * 40) for n in range(3000)])
    full = tmp_path / "full.db"
    back_up(live, full)
    command = [sys.executable, "-c", _RESTORE, str(live), str(file)]
    begun = time.monotonic()
    subprocess.run([*command, str(tmp_path / "k.db")], check=True, capture_output=True)
    seconds, counts = time.monotonic() - begun, set()
    for number in range(14):
        put_back(live, full)
        process = subprocess.Popen([*command, str(tmp_path / f"k{number}.db")], stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(seconds * number / 14)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        copy = tmp_path / "seen.db"
        for side in ("", "-wal"):
            shutil.copyfile(f"{live}{side}", f"{copy}{side}")
        counts.add(examine(copy, copy, show_nothing).events)
        assert store.find(Filter()).matched in (3000, 6000)
        for previous in tmp_path.glob("k*.db"):
            assert examine(previous, previous, show_nothing).events in (3000, 6000)
            previous.unlink()
    assert counts <= {3000, 6000}
    assert 6000 in counts
