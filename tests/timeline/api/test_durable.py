"""Acknowledged changes are durable: parallel changes, and a server that is killed while it writes."""

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import newsroom
import pytest

from db.store import Store

ROUNDS = int(os.environ.get("DATELINE_KILLS", "4"))


def test_one_of_a_hundred_parallel_changes_of_the_same_version_wins(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    keys = newsroom.create_database(tmp_path / "events.db", [newsroom.drafted("x")])
    server = serve(tmp_path / "events.db")
    room = newsroom.Tool(server.url, keys["reviewer"])

    def put(number: int) -> int:
        return room.put("x", newsroom.feature("x", title=f"Title {number}"), '"r1"').status_code

    with ThreadPoolExecutor(20) as many:
        statuses = list(many.map(put, range(100)))
    assert sorted(statuses) == [200] + [412] * 99
    assert len(room.history("x")) == 2
    room.http.close()


@pytest.mark.slow
def test_a_hundred_parallel_changes_that_retry_are_all_applied(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    keys = newsroom.create_database(tmp_path / "events.db", [newsroom.drafted("x")])
    server = serve(tmp_path / "events.db")
    room = newsroom.Tool(server.url, keys["reviewer"])

    def add(number: int) -> None:
        while True:
            response = room.get("x")
            change = {"properties": {"data": {f"n{number}": number}}}
            if room.patch("x", change, response.headers["etag"]).status_code == 200:
                return

    with ThreadPoolExecutor(8) as many:
        list(many.map(add, range(100)))
    assert room.get("x").json()["properties"]["data"] == {f"n{number}": number for number in range(100)}
    room.http.close()


@pytest.mark.slow
def test_a_kill_loses_no_acknowledged_change(serve: Callable[..., Any], tmp_path: Path) -> None:
    keys = newsroom.create_database(tmp_path / "events.db")
    acknowledged: dict[str, str] = {}
    for number in range(ROUNDS):
        server = serve(tmp_path / "events.db")
        room = newsroom.Tool(server.url, keys["reviewer"])
        stop = threading.Event()

        def write(worker: int, room: Any = room, number: int = number, stop: Any = stop) -> None:
            try:
                for at in range(10_000):
                    id_ = f"e{number}-{worker}-{at}"
                    response = room.post(newsroom.feature(id_, status="published"))
                    if response.status_code == 201:
                        acknowledged[id_] = response.headers["etag"]
                    if at == 4 + number % 5:
                        stop.set()
            except httpx.TransportError:
                return

        threads = [threading.Thread(target=write, args=(worker,)) for worker in range(3)]
        for thread in threads:
            thread.start()
        stop.wait(30)
        server.kill()
        for thread in threads:
            thread.join()
        room.http.close()
    assert len(acknowledged) > ROUNDS
    _check_database(tmp_path / "events.db", acknowledged)


def _check_database(database: Path, acknowledged: dict[str, str]) -> None:
    """Check that every acknowledged event exists and that the tables agree with each other."""
    store = Store(f"sqlite:///{database}")
    for id_ in acknowledged:
        assert store.get(id_) is not None, id_
        assert store.desk.history(id_)
    store.close()
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count = connection.execute("SELECT count(*) FROM event").fetchone()
        for table in ("encoded", "change", "history", "event_text_docsize"):
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == count, table
    connection.close()
