"""Acknowledged changes are durable: parallel changes, and a server that is killed while it writes."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import newsroom
import pytest

from db.engines import backend_of, connect
from db.store import Store

ROUNDS = int(os.environ.get("DATELINE_KILLS", "4"))


def test_one_of_a_hundred_parallel_changes_of_the_same_version_wins(
    serve: Callable[..., Any], database_url: str
) -> None:
    keys = newsroom.create_database(database_url, [newsroom.drafted("x")])
    server = serve(database_url)
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
    serve: Callable[..., Any], database_url: str
) -> None:
    keys = newsroom.create_database(database_url, [newsroom.drafted("x")])
    server = serve(database_url)
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
def test_a_kill_loses_no_acknowledged_change(serve: Callable[..., Any], database_url: str) -> None:
    keys = newsroom.create_database(database_url)
    acknowledged: dict[str, str] = {}
    for number in range(ROUNDS):
        server = serve(database_url)
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
    _check_database(database_url, acknowledged)


def _check_database(database: str, acknowledged: dict[str, str]) -> None:
    """Check that every acknowledged event exists and that the tables agree with each other."""
    store = Store(database)
    for id_ in acknowledged:
        assert store.get(id_) is not None, id_
        assert store.desk.history(id_)
    store.close()
    engine = connect(database, 60)
    backend = backend_of(engine)
    with closing(backend.open_reader(engine)) as reader:
        backend.check_integrity(reader, database)
        ((count,),) = reader.rows("SELECT count(*) FROM event")
        for table in ("encoded", "change", "history"):
            assert reader.rows(f"SELECT count(*) FROM {table}") == [(count,)], table
        assert backend.search_counts(reader)[0] == count
    engine.dispose()
