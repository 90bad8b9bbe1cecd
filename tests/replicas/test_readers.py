"""Readers use a replica that has all that is committed; one that cannot keep up is left out and comes back."""

import time
from collections.abc import Callable

import pytest
from msgspec import structs
from replicated import DATABASE, OpenStore, Servers

from db.errors import StoreUnavailable
from db.events.draft import COMMAND_LINE, Draft
from db.query.filter import Filter
from db.sql.transactions import reading
from db.store import Store

_SECONDS_TO_RECOVER = 15


def _draft(number: int) -> Draft:
    return Draft(id=f"event-{number}", title=f"Event {number}", category="raid", status="published")


def _port_of_reader(store: Store) -> int:
    """Return the port of the server that answers the next reader."""
    with reading(store._engine, 5) as connection:
        return int(connection.exec_driver_sql("SELECT inet_server_port()").scalar_one())


def _wait_until(is_true: Callable[[], bool]) -> float:
    """Return after how many seconds something is true."""
    begin = time.monotonic()
    while not is_true():
        assert time.monotonic() < begin + _SECONDS_TO_RECOVER
        time.sleep(0.05)
    return time.monotonic() - begin


@pytest.fixture
def store(shared_servers: Servers, open_store: OpenStore) -> Store:
    """Return an empty store whose readers use the replica."""
    opened = open_store(shared_servers.primary.url(DATABASE), shared_servers.replica.url(DATABASE))
    opened.clear()
    _wait_until(lambda: _port_of_reader(opened) == shared_servers.replica.port)
    return opened


def test_readers_use_the_replica(store: Store, shared_servers: Servers) -> None:
    store.add([_draft(1)])
    ports = {_port_of_reader(store) for _ in range(20)}
    assert shared_servers.replica.port in ports
    assert [state.current for state in store.replica_states()] == [True]
    assert store.seconds_without_primary() is None


def test_every_write_is_seen_by_the_next_reader(
    store: Store, shared_servers: Servers, open_store: OpenStore
) -> None:
    other = open_store(shared_servers.primary.url(DATABASE), shared_servers.replica.url(DATABASE))
    from_replica = 0
    for number in range(1, 101):
        store.add([_draft(number)])
        assert other.find(Filter(), limit=1).matched == number
        assert other.summary(Filter()).matched == number
        assert store.get(f"event-{number}") is not None
        from_replica += _port_of_reader(other) == shared_servers.replica.port
    assert from_replica > 50


def test_an_editor_reads_their_own_draft(store: Store) -> None:
    for number in range(1, 31):
        draft = Draft(id=f"draft-{number}", title="A", category="raid", status="draft")
        store.desk.create([draft], COMMAND_LINE)
        assert store.desk.event(f"draft-{number}").revision == 1


def test_a_replica_that_shows_nothing_new_is_left_out_and_comes_back(
    store: Store, shared_servers: Servers
) -> None:
    shared_servers.replica.pause_replay()
    try:
        for number in range(1, 6):
            store.add([_draft(number)])
            assert store.find(Filter(), limit=1).matched == number
            assert _port_of_reader(store) == shared_servers.primary.port
        assert [state.current for state in store.replica_states()] == [False]
    finally:
        shared_servers.replica.resume_replay()
    assert _wait_until(lambda: _port_of_reader(store) == shared_servers.replica.port) < 5


def test_a_replica_that_hangs_is_left_out_and_comes_back(store: Store, shared_servers: Servers) -> None:
    store.add([_draft(1)])
    shared_servers.replica.pause()
    begin = time.monotonic()
    try:
        _wait_until(lambda: _answers(store))
        assert time.monotonic() - begin < 6
        assert _port_of_reader(store) == shared_servers.primary.port
        store.add([_draft(2)])
        assert store.find(Filter(), limit=1).matched == 2
    finally:
        shared_servers.replica.resume()
    _wait_until(lambda: _port_of_reader(store) == shared_servers.replica.port)


def test_a_read_is_complete_when_the_replica_hangs_after_its_last_row(
    store: Store, shared_servers: Servers
) -> None:
    store.add([_draft(1)])
    shared_servers.primary.wait_for(shared_servers.replica)
    try:
        with reading(store._engine, 5) as connection:
            port = connection.exec_driver_sql("SELECT inet_server_port()").scalar_one()
            shared_servers.replica.pause()
            begin = time.monotonic()
        assert port == shared_servers.replica.port
        assert time.monotonic() - begin < 4
    finally:
        shared_servers.replica.resume()
    _wait_until(lambda: _port_of_reader(store) == shared_servers.replica.port)


def test_a_replica_that_is_killed_is_left_out_and_comes_back(store: Store, shared_servers: Servers) -> None:
    store.add([_draft(1)])
    shared_servers.replica.kill()
    _wait_until(lambda: _answers(store))
    assert store.find(Filter(), limit=1).matched == 1
    store.add([_draft(2)])
    assert store.find(Filter(), limit=1).matched == 2
    shared_servers.replica.start()
    _wait_until(lambda: _port_of_reader(store) == shared_servers.replica.port)


def test_readers_go_on_without_the_primary_and_are_told_so(store: Store, shared_servers: Servers) -> None:
    store.add([_draft(1)])
    shared_servers.primary.wait_for(shared_servers.replica)
    shared_servers.primary.kill()
    before = time.monotonic()
    try:
        _wait_until(lambda: _answers(store))
        assert store.find(Filter(), limit=1).matched == 1
        assert store.summary(Filter()).matched == 1
        assert (store.seconds_without_primary() or 0) > 0
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            store.add([_draft(2)])
    finally:
        shared_servers.primary.start()
    _wait_until(lambda: store.seconds_without_primary() is None)
    # A response that began before says so, although the primary is back.
    assert (store.seconds_without_primary(before) or 0) > 0
    assert store.seconds_without_primary(time.monotonic()) is None
    _wait_until(lambda: _writes(store, _draft(3)))
    assert store.find(Filter(), limit=1).matched == 2


def test_an_embargo_follows_the_clock_of_the_primary_while_it_is_away(
    store: Store, shared_servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = int(time.time()) + 8
    store.add([structs.replace(_draft(1), embargo=until), _draft(2)])
    shared_servers.primary.wait_for(shared_servers.replica)
    right_time = time.time
    monkeypatch.setattr(time, "time", lambda: right_time() + 100)  # that of this worker is wrong
    shared_servers.primary.kill()
    try:
        _wait_until(lambda: _answers(store))
        assert right_time() < until, "the machine is too slow for this test"
        assert (store.get("event-1"), store.get("event-2") is None) == (None, False)
        _wait_until(lambda: store.get("event-1") is not None)
        assert until <= right_time() < until + 4
    finally:
        shared_servers.primary.start()
    _wait_until(lambda: store.seconds_without_primary() is None)


def _answers(store: Store) -> bool:
    try:
        store.find(Filter(), limit=1)
    except StoreUnavailable:
        return False
    return True


def _writes(store: Store, draft: Draft) -> bool:
    try:
        store.add([draft])
    except StoreUnavailable:
        return False
    return True
