"""Processes that write one transaction after the other do not keep others from writing."""

import multiprocessing
import sqlite3
import time
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from db.engines.sqlite.write_queue import WriteQueue
from db.store import Store

pytestmark = pytest.mark.sqlite_only("other engines queue writers themselves")

_CONTEXT = multiprocessing.get_context("spawn")
_SECONDS_OF_A_TRANSACTION = 0.05


def _connect(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(database, isolation_level=None)


def _write_without_pause(database: Path, running: Any, stop: Any) -> None:
    queue, count = WriteQueue(database), 0
    with closing(_connect(database)) as driver:
        while not stop.is_set():
            queue.begin(driver, time.monotonic() + 15)
            time.sleep(_SECONDS_OF_A_TRANSACTION)
            driver.execute("COMMIT")
            running.value = count = count + 1


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "events.db"
    with closing(_connect(path)) as driver:
        driver.execute("PRAGMA journal_mode = WAL")
    return path


def test_a_write_waits_for_one_transaction_of_a_process_that_writes_without_pause(database: Path) -> None:
    running, stop = _CONTEXT.Value("i", 0), _CONTEXT.Event()
    process = _CONTEXT.Process(target=_write_without_pause, args=(database, running, stop))
    process.start()
    try:
        while not running.value:
            time.sleep(0.01)
        queue, transactions = WriteQueue(database), []
        with closing(_connect(database)) as driver:
            for _ in range(20):
                before = running.value
                queue.begin(driver, time.monotonic() + 15)
                transactions.append(running.value - before)
                driver.execute("COMMIT")
                time.sleep(0.003)  # so that the other process is in its next transaction
        assert max(transactions) <= 2
    finally:
        stop.set()
        process.join()


def test_a_waiting_write_is_visible_and_leaves_no_file(database: Path) -> None:
    queue = WriteQueue(database)
    with closing(_connect(database)) as writer, closing(_connect(database)) as waiting:
        assert not queue.begin(writer, time.monotonic())
        assert not queue.is_waiting()
        begun = _CONTEXT.Event()
        process = _CONTEXT.Process(target=_begin_and_commit, args=(database, begun))
        process.start()
        while not queue.is_waiting():
            assert process.is_alive()
            time.sleep(0.01)
        writer.execute("COMMIT")
        assert begun.wait(15)
        process.join()
        assert not queue.is_waiting()
        queue.begin(waiting, time.monotonic() + 1)
    assert not (database.parent / "events.db-queue").exists()


def _begin_and_commit(database: Path, begun: Any) -> None:
    with closing(_connect(database)) as driver:
        WriteQueue(database).begin(driver, time.monotonic() + 15)
        begun.set()
        driver.execute("COMMIT")


def test_the_file_of_a_killed_process_stops_nobody(database: Path) -> None:
    (database.parent / "events.db-queue").touch()
    queue = WriteQueue(database)
    with closing(_connect(database)) as driver:
        assert not queue.is_waiting()
        queue.begin(driver, time.monotonic() + 1)
        driver.execute("COMMIT")
    assert not (database.parent / "events.db-queue").exists()


def test_waiting_ends_in_time(database: Path) -> None:
    with closing(_connect(database)) as writer, closing(_connect(database)) as driver:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            WriteQueue(database).begin(driver, began + 0.2)
        assert 0.2 <= time.monotonic() - began < 5


def test_waiting_that_ends_between_two_looks_at_the_clock_is_an_error(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = count()
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    with closing(_connect(database)) as writer, closing(_connect(database)) as driver:
        writer.execute("BEGIN IMMEDIATE")
        for end in range(10, 20):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                WriteQueue(database).begin(driver, next(seconds) + end)


def test_a_connection_that_wrote_has_its_usual_settings(store: Store) -> None:
    with store.writer(many_events=True):
        pass
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() == 1000
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 15_000
