"""Purge: the text is gone from the bytes of every file, readers get a 410, and a purge that was stopped can go on."""

import json
import os
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from secret_event import ADA, WORDS, event, other_events, secret

from db.errors import BadEvent, EventGone, NoSuchEvent
from db.events.draft import Author, LookedUpText
from db.query.filter import Filter
from db.store import Store


def traces(folder: Path) -> list[tuple[str, str]]:
    """Return the files of a folder and the words in their bytes, in all forms in which Dateline writes them."""
    matches = []
    for path in folder.iterdir():
        for word in WORDS:
            forms = {word, json.dumps(word)[1:-1], word.lower()}
            forms.add(word.lower().replace("å", "a").replace("ö", "o").replace("ü", "u"))
            matches += [(path.name, word)] if grep(path, *(form.encode() for form in forms)) else []
    return matches


def grep(path: Path, *forms: bytes) -> bool:
    """Search a file for bytes in another process: closing it in this one would drop SQLite's locks on it."""
    pattern = b"|".join(b"".join(b"\\x%02x" % byte for byte in form) for form in forms)
    done = subprocess.run(["grep", "-qaP", pattern, path], env={**os.environ, "LC_ALL": "C"}, check=False)
    assert done.returncode in (0, 1)
    return done.returncode == 0


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_nothing_of_a_purged_event_is_left_in_any_file(store: Store, tmp_path: Path) -> None:
    store.add([*other_events(), secret()])
    store.places.settle("s", 1, None)
    store.desk.replace(secret(summary="Hexapolitan"), 2, Author("Jo", "why Quirrelmund", "Not Ümbröckel"))
    store.places.save_geocoder_answer("nominatim", "Zwyntorf near Vrexley", "CA", None)
    assert {word for _, word in traces(tmp_path)} == set(WORDS)
    done = store.desk.purge(["s"], ADA)
    assert traces(tmp_path) == []
    assert (done.complete, done.erased.ids, done.remaining) == (True, ["s"], {})
    assert done.searched >= len(WORDS)
    assert store.find(Filter()).matched == 40


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_free_pages_that_sqlite_did_not_overwrite_are_gone(store: Store, tmp_path: Path) -> None:
    store.add([*other_events(), secret()])
    with sqlite3.connect(tmp_path / "events.db") as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("INSERT INTO place_answer VALUES ('x', ?, '', NULL, 1)", ("Quirrelmund" * 9000,))
        connection.commit()
        connection.execute("DELETE FROM place_answer")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    store.desk.purge(["s"], ADA)
    assert traces(tmp_path) == []


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_the_pin_is_gone_from_the_spatial_index(store: Store, tmp_path: Path) -> None:
    pin = struct.pack(">f", 44.64912)
    store.add([*other_events(), secret()])
    near = [struct.pack(">I", struct.unpack(">I", pin)[0] + step) for step in (-1, 0, 1)]

    def contains_pin() -> bool:
        return any(grep(path, *near) for path in tmp_path.iterdir())

    assert contains_pin()
    store.desk.purge(["s"], ADA)
    assert not contains_pin()


def test_the_history_keeps_who_purged_and_why_and_no_text(store: Store) -> None:
    store.add([secret()])
    store.desk.replace(secret(title="Other"), 1, Author("Jo", "was Quirrelmund"))
    store.desk.purge(["s"], Author("Ada", "a request under article 17"))
    changed, purged = store.desk.history("s")[-2:]
    assert (changed.who, changed.why, changed.note, changed.fields) == ("Jo", None, None, [])
    assert (purged.action, purged.who, purged.why) == ("purged", "Ada", "a request under article 17")
    assert (purged.fields, purged.revision) == ([], 3)


def test_readers_get_a_410_and_no_import_creates_the_event_again(store: Store) -> None:
    store.add([secret(), event("a")])
    before = store.stamp().version
    store.desk.purge(["s"], ADA)
    with pytest.raises(EventGone, match="was removed for good") as gone:
        store.get("s")
    assert gone.value.kind == "purged"
    assert store.add([secret()]) == (0, 0, 1)
    assert store.stamp().version > before
    assert store.summary(Filter()).matched == 1
    feed = store.desk.changes(None, 10).entries
    assert [(entry.id, entry.kind) for entry in feed] == [
        ("s", "created"),
        ("a", "created"),
        ("s", "deleted"),
    ]


@pytest.mark.sqlite_only("searches the bytes of the database's files")
@pytest.mark.parametrize("removal", ["deleted", "retracted"])
def test_a_deleted_or_retracted_event_is_purged_and_keeps_its_410_without_the_note(
    store: Store, tmp_path: Path, removal: str
) -> None:
    store.add([*other_events(), secret()])
    author = Author("Jo", "as Quirrelmund asked", "Jabberwick was wrong")
    if removal == "deleted":
        store.desk.replace(secret(title="Quirrelmund Blåvandsen again"), 1, Author("Jo"))
        store.desk.delete("s", 2, author)
    else:
        store.desk.replace(secret(status="retracted"), 1, author)
    assert traces(tmp_path)
    assert store.desk.purge(["s"], ADA).complete
    assert traces(tmp_path) == []
    with pytest.raises(EventGone, match=r"was removed for good on \d{4}-\d\d-\d\d$"):
        store.get("s")


def test_a_purged_draft_stays_unknown_to_readers(store: Store) -> None:
    store.add([secret(status="draft")])
    store.desk.purge(["s"], ADA)
    assert store.get("s") is None
    assert store.desk.changes(None, 10).entries == []
    assert list(store.deleted_ids(["s"])) == ["s"]


def test_an_id_that_never_existed_stops_the_whole_purge(store: Store) -> None:
    store.add([secret()])
    with pytest.raises(NoSuchEvent, match="never was an event 'nobody'"):
        store.desk.purge(["s", "nobody"], ADA)
    assert store.get("s")


@pytest.mark.parametrize("why", ["Quirrelmund asked for it", "was a man of the hexapolitan club, sadly"])
def test_a_reason_that_quotes_the_event_is_refused(store: Store, why: str) -> None:
    store.add([*other_events(), secret()])
    with pytest.raises(BadEvent, match="why: the reason quotes"):
        store.desk.purge(["s"], Author("Ada", why))
    assert store.get("s")


def test_place_choices_of_other_events_stay(store: Store) -> None:
    unshared, shared = LookedUpText(text="Vrexley"), LookedUpText(text="Old Mill")
    store.add([event("s", texts=(unshared, shared)), event("a", texts=(shared,))])
    for number in (1, 2):
        store.places.settle("s", number, None)
    store.desk.purge(["s"], ADA)
    assert set(store.places.choices()) == {("", "old mill", "")}


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_answers_to_requests_and_reports_of_imports_are_deleted(store: Store, tmp_path: Path) -> None:
    from db.editing.idempotency import RepeatableRequest

    store.desk.create([secret()], ADA, RepeatableRequest("Ada", "once", b"body"))
    with sqlite3.connect(tmp_path / "events.db") as connection:
        row = "INSERT INTO import_job (id, who, role, name, state, rows, report, created, finished) VALUES"
        connection.execute(f"{row} ('j', 'x', 'admin', 'f.csv', 'done', 1, '[\"Quirrelmund\"]', 1, 2)")
        connection.execute(f"{row} ('k', 'x', 'admin', 'g.csv', 'running', 1, NULL, 1, NULL)")
    connection.close()
    done = store.desk.purge(["s"], ADA).erased
    assert (done.reports, done.running) == (1, 1)
    assert traces(tmp_path) == []
    with sqlite3.connect(tmp_path / "events.db") as connection:
        assert connection.execute("SELECT count(*) FROM answered").fetchone() == (0,)
    connection.close()


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_a_reader_that_uses_the_log_is_reported_and_a_second_purge_finishes(
    store: Store, tmp_path: Path
) -> None:
    store.add([*other_events(), secret()])
    with sqlite3.connect(tmp_path / "events.db") as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        done = store.desk.purge(["s"], ADA, wait=0.3)
        assert (done.complete, done.pinned) == (False, True)
        assert set(done.remaining) <= {"events.db", "events.db-wal"}
        assert done.remaining
        assert traces(tmp_path)
        assert reader.execute("SELECT count(*) FROM event").fetchone() == (41,)
    reader.close()
    second = store.desk.purge(["s"], ADA)
    assert (second.complete, second.erased.ids, list(second.erased.purged_before)) == (True, [], ["s"])
    assert traces(tmp_path) == []
    assert [entry.action for entry in store.desk.history("s")].count("purged") == 1


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_a_word_that_other_events_have_is_not_reported(store: Store) -> None:
    store.add([secret(), event("a", title="QUIRRELMUND", data={"x": "Ockertwist"})])
    done = store.desk.purge(["s"], ADA)
    assert (done.complete, done.remaining) == (True, {})


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_a_word_that_stays_is_reported(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add([*other_events(), secret()])
    monkeypatch.setattr("db.engines.sqlite.purge.rebuild", lambda driver: None)
    monkeypatch.setattr("db.engines.sqlite.purge.empty_log", lambda driver, wait: True)
    done = store.desk.purge(["s"], ADA)
    assert not done.complete
    assert "events.db-wal" in done.remaining
    assert traces(tmp_path)


def timeline(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{folder}/events.db"}
    command = [sys.executable, "-m", "timeline", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.sqlite_only("searches the bytes of the database's files")
def test_a_server_answers_without_the_event_after_the_command(
    store: Store, tmp_path: Path, serve: Callable[..., Any]
) -> None:
    store.add([*other_events(2000), secret()])
    server = serve(tmp_path / "events.db")
    assert server.get("/events/summary?q=Hexapolitan").json()["matched"] == 1
    assert server.get("/events").json()["numberMatched"] == 2001
    done = timeline(tmp_path, "purge", "s", "--why", "a request")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Verified: none of \d+ words and phrases", done.stdout)
    assert not any(word in done.stdout for word in WORDS)
    assert traces(tmp_path) == []
    gone = server.get("/collections/events/items/s")
    assert gone.status_code == 410
    for path in (
        "/events",
        "/events/summary",
        "/events/clusters?zoom=3",
        "/events/index",
        "/events.geojson?limit=10000",
    ):
        answer = server.get(path)
        assert answer.status_code == 200
        assert not any(word in answer.text for word in WORDS), path
    assert server.get("/events/summary").json()["matched"] == 2000
    assert traces(tmp_path) == []


@pytest.mark.sqlite_only("searches the bytes of the database's files")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nobody", "--why", "x"], 1, "Error: there never was an event 'nobody'; nothing was purged"),
        (["s"], 2, "Missing option '--why'"),
        (["s", "--why", " "], 2, "expected a reason"),
        (["--why", "x"], 2, "Missing argument"),
    ],
)
def test_an_error_of_the_command_is_one_line(
    store: Store, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    store.add([secret()])
    done = timeline(tmp_path, "purge", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr.splitlines()[-1]


@pytest.mark.sqlite_only("searches the bytes of the database's files")
@pytest.mark.slow
def test_after_a_kill_the_event_is_complete_or_gone_and_a_second_purge_finishes(
    store: Store, tmp_path: Path
) -> None:
    store.add(other_events(3000))
    for number in range(12):
        id_ = f"s{number}"
        store.add([secret(id_)])
        command = [sys.executable, "-c", _PURGE, f"{tmp_path}/events.db", id_]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(number * 0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with sqlite3.connect(tmp_path / "events.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
        matched = store.find(Filter()).matched
        assert matched in (3000, 3001)
        if matched == 3001:
            feature, _ = store.get(id_) or (b"", 0)
            assert msgspec.json.decode(feature)["properties"]["data"] == {"clerk": "Ockertwist"}
        assert store.desk.purge([id_], ADA).complete
        assert traces(tmp_path) == []
    store.close()


_PURGE = """
import sys
from db.events.draft import Author
from db.store import Store
store = Store(f"sqlite:///{sys.argv[1]}")
print("ready", flush=True)
store.desk.purge([sys.argv[2]], Author("Ada", "a request"))
"""
