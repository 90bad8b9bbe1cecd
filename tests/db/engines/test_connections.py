"""Connections are limited, and so is the time for which a request waits for one, or for other writers."""

import threading
import time
from contextlib import ExitStack

import pytest
from msgspec import structs
from sqlalchemy.pool import QueuePool

from db.engines import connect
from db.errors import ConnectionsInUse, StoreUnavailable
from db.events.draft import Draft
from db.query.filter import Filter
from db.store import Store

DRAFT = Draft(id="a", title="A raid", category="raid", status="published")


def _max_connections(store: Store) -> int:
    pool = store._engine.pool
    assert isinstance(pool, QueuePool)
    return pool.size() + pool._max_overflow


def test_a_request_waits_two_seconds_for_a_connection(store: Store) -> None:
    store.add([DRAFT])
    with ExitStack() as stack:
        for _ in range(_max_connections(store)):
            stack.callback(store.snapshot(Filter())[1].close)
        start = time.monotonic()
        with pytest.raises(ConnectionsInUse, match="too many requests"):
            store.moment()
        assert 1.5 < time.monotonic() - start < 3
    assert store.stamp().version == 1


def test_an_abandoned_snapshot_gives_its_connection_back_without_the_cyclic_collector(store: Store) -> None:
    store.add([DRAFT, structs.replace(DRAFT, id="b")])
    for _ in range(2 * _max_connections(store)):
        next(store.snapshot(Filter())[1])


def test_writers_of_one_process_share_the_wait_of_their_request(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store._backend, "BUSY_SECONDS", 0.5)
    other_process = connect(database_url, 10)
    seconds: list[float] = []

    def write(number: int) -> None:
        start = time.monotonic()
        with store.shared_write_wait(), pytest.raises(StoreUnavailable, match=r"locked|busy"):
            store.add([structs.replace(DRAFT, id=f"e{number}")])
        seconds.append(time.monotonic() - start)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    with store._backend.write_transaction(other_process, durable=False):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    other_process.dispose()
    assert len(seconds) == 8
    assert max(seconds) < 1.5
    assert store.add([DRAFT]).created == 1


def test_a_thread_that_waits_for_events_can_be_interrupted(store: Store) -> None:
    store.add([DRAFT])
    _, features = store.snapshot(Filter())
    features.interrupt()
    features.close()
    features.interrupt()
    assert store.stamp().version == 1


def test_a_reader_that_comes_back_after_the_limit_of_a_step_ends_its_export_without_an_error(
    store: Store,
) -> None:
    store.add([structs.replace(DRAFT, id=f"e{number}") for number in range(200)])
    _, features = store.snapshot(Filter(), step_seconds=0.5)
    next(features)
    time.sleep(2)  # more than the second that a server may be late
    features.close()
    assert store.stamp().version == 1
