"""Keys over HTTP: revoked, of too low a role, wrong several times, never in the log, and used by two workers."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import newsroom
import pytest
from databases import run_sql

from db.store import Store
from timeline.api.http.throttle import Attempts
from timeline.errors import Busy


def test_a_revoked_key_is_refused(serve: Callable[..., Any], database_url: str) -> None:
    keys = newsroom.create_database(database_url)
    server = serve(database_url)
    room = newsroom.Tool(server.url, keys["editor"])
    assert room.post(newsroom.feature("a")).status_code == 201
    store = Store(database_url)
    store.desk.revoke("editor of the desk")
    store.close()
    assert room.post(newsroom.feature("b")).status_code == 401
    assert run_sql(database_url, "SELECT count(*) FROM event") == [(1,)]
    assert keys["editor"] not in server.log.read_text()
    room.http.close()


@pytest.mark.parametrize("path", ["/events", "/events.csv", "/events/summary", "/collections/events/items/x"])
def test_a_revoked_key_gets_no_304(serve: Callable[..., Any], database_url: str, path: str) -> None:
    room = newsroom.desk(serve, database_url, [newsroom.drafted("x")])
    condition = {"If-None-Match": room["reader"].http.get(path).headers["etag"]}
    for _ in range(3):
        assert room["reader"].http.get(path, headers=condition).status_code == 304
        assert room["editor"].http.get(path, headers=condition).status_code in (200, 304)
    store = Store(database_url)
    store.desk.revoke("editor of the desk")
    store.close()
    assert room["editor"].http.get(path, headers=condition).status_code == 401
    newsroom.leave(room)


def test_a_role_that_is_too_low_learns_the_needed_role(serve: Callable[..., Any], database_url: str) -> None:
    room = newsroom.desk(serve, database_url, [newsroom.drafted("x")])
    response = room["editor"].patch("x", {"properties": {"title": "B"}})
    assert (response.status_code, "reviewer" in response.json()["detail"]) == (403, True)
    assert room["reader"].get("x").json()["properties"]["title"] == "Event x"
    newsroom.leave(room)


def test_the_sixth_wrong_key_in_a_row_waits(serve: Callable[..., Any], database_url: str) -> None:
    newsroom.create_database(database_url)
    server = serve(database_url)
    room = newsroom.Tool(server.url, "wrong-key-zephyr")
    seconds = []
    for _ in range(6):
        start = time.monotonic()
        assert room.http.get("/events").status_code == 401
        seconds.append(time.monotonic() - start)
    assert sorted(seconds[:5])[2] < 0.8 < seconds[5]  # one of the first may have been slow by chance
    assert "zephyr" not in server.log.read_text()
    room.http.close()


@pytest.mark.slow
def test_wrong_keys_do_not_lock_out_an_editor_of_the_same_address(
    serve: Callable[..., Any], database_url: str
) -> None:
    keys = newsroom.create_database(database_url, [newsroom.drafted("x")])
    server = serve(database_url)
    room, stranger = newsroom.Tool(server.url, keys["editor"]), newsroom.Tool(server.url, "wrong-key-zephyr")
    assert room.get("x").status_code == 200
    with ThreadPoolExecutor(12) as many:
        wrong = [many.submit(stranger.http.get, "/events") for _ in range(16)]
        time.sleep(0.3)  # more wrong keys wait now than may
        for _ in range(3):
            start = time.monotonic()
            assert room.get("x").status_code == 200
            assert time.monotonic() - start < 0.8
        refused = [each.result().status_code for each in wrong]
    assert refused.count(429) >= 5  # the editor's key has not reset the count of the address
    store = Store(database_url)
    store.desk.revoke("editor of the desk")
    store.close()
    assert room.get("x").status_code == 401  # known, and looked up all the same
    room.http.close()
    stranger.http.close()


def test_a_key_that_was_revoked_is_no_longer_known() -> None:
    attempts = Attempts()
    attempts.right("203.0.113.7", "a key")
    assert attempts.is_known("a key")
    attempts.wrong("203.0.113.7", "a key")
    assert not attempts.is_known("a key")


def test_no_key_appears_in_the_log_at_any_level(database_url: str, tmp_path: Path) -> None:
    keys = newsroom.create_database(database_url, [newsroom.drafted("x")])
    with chatty(database_url, tmp_path / "server.log") as (url, log):
        for key in (keys["reviewer"], "wrong-key-zephyr"):
            room = newsroom.Tool(url, key)
            room.post(newsroom.feature("a"))
            room.patch("x", {"properties": {"title": "B"}})
            room.http.get("/review/queue")
            room.http.close()
        run_sql(database_url, "DROP TABLE history")
        room = newsroom.Tool(url, keys["admin"])
        assert room.patch("x", {"properties": {"title": "C"}}).status_code >= 500
        room.http.close()
        logged = log.read_text()
    assert "PATCH /collections/events/items/x" in logged
    assert "zephyr" not in logged
    assert not any(key in logged for key in keys.values())


@contextmanager
def chatty(database: str, log: Path) -> Iterator[tuple[str, Path]]:
    """Serve a database with an access log and traced requests, as an operator might."""
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "timeline.app:app_from_environment",
        "--port",
        "0",
    ]
    env = {**os.environ, "TIMELINE_DATABASE_URL": database}
    with log.open("wb") as out:
        process = subprocess.Popen([*command, "--log-level", "trace"], env=env, stdout=out, stderr=out)
    try:
        for _ in range(600):
            address = re.search(r"running on (http://[\w.]+:\d+)", log.read_text())
            if address:
                yield address[1], log
                return
            time.sleep(0.05)
        raise RuntimeError(log.read_text())
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("good", [True, False])
def test_parallel_wrong_keys_are_slowed_down_like_a_sequence(good: bool) -> None:
    attempts, looked = Attempts(), []

    async def bring(number: int) -> None:
        async with attempts.turn("203.0.113.7"):
            await asyncio.sleep(0)  # as for a look-up, others come in between
            looked.append(number)
            (attempts.right if good else attempts.wrong)("203.0.113.7", "key")

    async def crowd() -> tuple[int, int]:
        tasks = [asyncio.create_task(bring(number)) for number in range(100)]
        done, waiting = await asyncio.wait(tasks, timeout=0.3)
        for task in waiting:
            task.cancel()
        return sum(isinstance(task.exception(), Busy) for task in done), len(waiting)

    assert asyncio.run(crowd()) == ((0, 0) if good else (90, 5))
    assert len(looked) == (100 if good else 5)


@pytest.mark.slow
def test_one_of_a_hundred_changes_over_two_workers_wins(serve: Callable[..., Any], database_url: str) -> None:
    keys = newsroom.create_database(database_url, [newsroom.drafted("x")])
    server = serve(database_url, workers=2)

    def put(number: int) -> int:
        room = newsroom.Tool(server.url, keys["reviewer"])
        status = room.put("x", newsroom.feature("x", title=f"Title {number}"), '"r1"').status_code
        room.http.close()
        return status

    with ThreadPoolExecutor(20) as many:
        assert sorted(many.map(put, range(100))) == [200] + [412] * 99
