"""Commits that are not confirmed, and the promotion of a replica: nothing acknowledged is lost, nothing is doubled."""

import json
import threading
import time
from collections.abc import Callable, Iterable

import pytest
from replicated import DATABASE, OpenStore, Servers

from db.desk import Desk
from db.editing.idempotency import RepeatableRequest
from db.engines import run
from db.engines.postgres import drivers
from db.engines.postgres.promotions import VERSIONS_SKIPPED, always_synchronous
from db.errors import Conflict, DbError, StoreUnavailable, WriteUnsure
from db.events.draft import Author, Draft
from db.query.filter import Filter
from db.sql.transactions import reading
from db.store import Store

_EDITOR = Author("An editor")


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        ("", []),
        ("standby", ["standby"]),
        ("a, b", []),
        ("FIRST 1 (a, b)", []),
        ("first 2 (b, a)", ["a", "b"]),
        ("ANY 1 (a, b)", []),
        ('2 ("a", b)', ["a", "b"]),
        ("*", []),
        ("FIRST 1 (*)", []),
    ],
)
def test_a_replica_is_synchronous_if_every_commit_waits_for_it(setting: str, names: list[str]) -> None:
    assert always_synchronous(setting) == names


def _draft(id_: str) -> Draft:
    return Draft(id=id_, title=f"Event {id_}", category="raid", status="published")


def _epoch(store: Store) -> str:
    with reading(store._engine, 5) as connection:
        return str(run(connection, "SELECT epoch FROM data_version").scalar_one())


class _Writer:
    """A thread that creates one event after the other, and remembers which ones were acknowledged."""

    def __init__(self, desk: Desk) -> None:
        self.acknowledged: list[str] = []
        self.longest_gap = 0.0
        self._desk = desk
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def stop(self) -> None:
        """End after the present write."""
        self._ended.set()
        self._thread.join(60)

    def wait_for(self, count: int) -> None:
        """Wait until so many more writes are acknowledged."""
        wanted = len(self.acknowledged) + count
        end = time.monotonic() + 60
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < end
            time.sleep(0.02)

    def _write(self) -> None:
        number, last = 0, time.monotonic()
        while not self._ended.is_set():
            request = RepeatableRequest(_EDITOR.name, f"token-{number}", json.dumps(number).encode())
            try:
                self._desk.create([_draft(f"event-{number}")], _EDITOR, request)
            except Conflict:
                raise
            except DbError:
                time.sleep(0.05)  # the same request again, which its key makes safe
                continue
            self.longest_gap = max(self.longest_gap, time.monotonic() - last)
            last = time.monotonic()
            self.acknowledged.append(f"event-{number}")
            number += 1


def test_nothing_is_lost_when_a_synchronous_replica_is_promoted(
    servers: Servers, open_store: OpenStore
) -> None:
    servers.primary.set_synchronous("standby")
    store = open_store(servers.both_hosts)
    writer = _Writer(store.desk)
    writer.wait_for(20)
    epoch = _epoch(store)
    servers.primary.kill()
    servers.replica.promote()
    writer.wait_for(20)
    writer.stop()
    assert_stored_once(store, writer.acknowledged)
    assert writer.longest_gap < 8
    assert _epoch(store) == epoch


def test_an_asynchronous_replica_begins_an_epoch_when_it_is_promoted(
    servers: Servers, open_store: OpenStore
) -> None:
    store = open_store(servers.both_hosts)
    store.add([_draft("first")])
    servers.primary.wait_for(servers.replica)
    token = store.desk.changes("now", 10).token
    before, version = _epoch(store), store.stamp().version
    servers.replica.pause_replay()
    store.add([_draft("lost")])
    servers.primary.kill()
    servers.replica.resume_replay()
    servers.replica.promote()
    _until_written(lambda: store.add([_draft("second")]))
    assert _epoch(store) != before
    assert store.stamp().version > version + VERSIONS_SKIPPED
    with pytest.raises(Conflict, match="newer token"):
        store.desk.changes(token, 10)


def test_a_commit_that_its_synchronous_replica_does_not_confirm_is_unsure(
    servers: Servers, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "COMMIT_SECONDS", 2.0)
    servers.primary.set_synchronous("standby")
    store = open_store(servers.primary.url(DATABASE))
    store.desk.create([_draft("confirmed")], _EDITOR)
    servers.replica.kill()
    begin = time.monotonic()
    request = RepeatableRequest(_EDITOR.name, "token", b"1")
    with pytest.raises(WriteUnsure, match="Idempotency-Key"):
        store.desk.create([_draft("unconfirmed")], _EDITOR, request)
    assert time.monotonic() - begin < 5
    servers.replica.start()
    _until_written(lambda: store.desk.create([_draft("unconfirmed")], _EDITOR, request))
    history = store.desk.history("unconfirmed")
    assert [entry.revision for entry in history] == [1]
    assert store.find(Filter(), limit=10).matched == 2


def test_a_killed_primary_has_every_acknowledged_write_after_its_start(
    servers: Servers, open_store: OpenStore
) -> None:
    store = open_store(servers.primary.url(DATABASE))
    writer = _Writer(store.desk)
    for _ in range(3):
        writer.wait_for(10)
        servers.primary.kill()
        servers.primary.start()
    writer.wait_for(10)
    writer.stop()
    assert_stored_once(store, writer.acknowledged)


def assert_stored_once(store: Store, acknowledged: Iterable[str]) -> None:
    """Raise AssertionError unless each acknowledged event is there, none is there twice, and the counts agree."""
    page = store.find(Filter(), limit=10_000)
    ids = [json.loads(feature)["id"] for feature in page.features]
    assert set(acknowledged) <= set(ids)
    assert len(ids) == len(set(ids)) == page.matched == store.summary(Filter()).matched


def _until_written(write: Callable[[], object]) -> None:
    """Repeat a write until it succeeds, at most for half a minute."""
    end = time.monotonic() + 30
    while True:
        try:
            write()
            return
        except StoreUnavailable:
            assert time.monotonic() < end
            time.sleep(0.1)
