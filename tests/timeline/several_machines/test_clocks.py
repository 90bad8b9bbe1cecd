"""Machines whose clocks differ by twenty seconds agree about embargoes and times: the database's clock decides."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import newsroom
import pytest
from databases import Databases, run_sql
from server_process import free_port

from db.store import Store

pytestmark = pytest.mark.slow  # the servers start without the shared imports of others

BASE = "http://events.example.org"
# Python runs this module before all others. The clock of SQLite is that of its machine, so here it stays right.
SITE = """
import time
from types import SimpleNamespace
_right = time.time
time.time = lambda: _right() + {offset}
from db.engines.sqlite import connections, readers
connections.time = SimpleNamespace(time=_right, monotonic=time.monotonic)
readers.time = SimpleNamespace(time=_right)
"""
TOLERANCE = 8  # seconds, less than the clocks are wrong


class WrongClock(newsroom.Tool):
    """A client of a server, in a process whose clock is wrong, as in those that it starts."""

    def __init__(self, url: str, key: str, offset: int, folder: Path) -> None:
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(SITE.format(offset=offset))
        port = free_port()
        variables = {
            **os.environ,
            "TIMELINE_DATABASE_URL": url,
            "TIMELINE_UPLOADS": str(folder),
            "TIMELINE_BASE_URL": BASE,  # ETags depend on it
            "PYTHONPATH": str(folder),
        }
        command = [sys.executable, "-m", "timeline", "serve", "--port", str(port)]
        self.process = subprocess.Popen(command, env=variables, cwd=folder)
        super().__init__(f"http://127.0.0.1:{port}", key)
        self.key = key

    def wait_until_ready(self) -> None:
        for _ in range(600):
            try:
                self.http.get("/health")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError

    def as_reader(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.http.base_url}".rstrip("/") + path, timeout=60)

    def stop(self) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def clock_url(databases: Databases) -> str:
    return databases.new()


@pytest.fixture(scope="module")
def machines(
    clock_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WrongClock, WrongClock]]:
    """Yield a machine whose clock is ten seconds late, and one whose clock is ten seconds early."""
    store = Store(clock_url)
    key = store.desk.create_key("desk", "reviewer")
    store.close()
    folder = tmp_path_factory.mktemp("clocks")
    late = WrongClock(clock_url, key, -10, folder / "late")
    early = WrongClock(clock_url, key, 10, folder / "early")
    for machine in (late, early):
        machine.wait_until_ready()
    yield late, early
    for machine in (late, early):
        machine.stop()


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_now(text: str) -> bool:
    return abs(datetime.fromisoformat(text).timestamp() - time.time()) < TOLERANCE


def test_an_embargo_ends_on_both_at_the_same_time(machines: tuple[WrongClock, WrongClock]) -> None:
    until = int(time.time()) + 4
    body = newsroom.feature("embargoed", status="published", embargo_until=iso(until))
    assert machines[1].post(body).status_code == 201
    before = [machine.as_reader(machine.at("embargoed")).status_code for machine in machines]
    times = [machine.get("embargoed").json()["properties"].get("embargo_until") for machine in machines]
    assert time.time() < until, "the machine is too slow for this test"
    assert (before, times) == ([404, 404], [iso(until)] * 2)
    newsroom.until(until + 1)
    after = [machine.as_reader(machine.at("embargoed")) for machine in machines]
    assert [response.status_code for response in after] == [200, 200]
    assert after[0].headers["etag"] == after[1].headers["etag"]
    assert machines[1].get("embargoed").json()["properties"].get("embargo_until") is None


def test_a_change_before_the_end_of_an_embargo_does_not_reach_the_feed(
    machines: tuple[WrongClock, WrongClock],
) -> None:
    until = int(time.time()) + 8  # the early machine believes that it has ended
    machines[0].post(newsroom.feature("secret", status="published", embargo_until=iso(until)))
    assert machines[1].patch("secret", {"properties": {"title": "Changed"}}).status_code == 200
    changes = [machine.as_reader("/changes").json()["changes"] for machine in machines]
    assert time.time() < until, "the machine is too slow for this test"
    assert "secret" not in str(changes)


def test_times_that_are_stored_are_those_of_the_database(machines: tuple[WrongClock, WrongClock]) -> None:
    for number, machine in enumerate(machines):
        machine.post(newsroom.feature(f"timed{number}"))
        event = machine.get(f"timed{number}").json()["properties"]
        assert is_now(event["created"])
        assert is_now(machine.history(f"timed{number}")[-1]["at"])


def test_an_import_has_the_times_of_the_database(machines: tuple[WrongClock, WrongClock]) -> None:
    for number, machine in enumerate(machines):
        rows = f"id,title,category,date\nimported{number},A raid,raid,2023-05-03\n"
        path = machine.http.post("/imports?name=x.csv", content=rows).headers["location"].removeprefix(BASE)
        while (job := machine.http.get(path).json())["state"] == "running":
            time.sleep(0.1)
        assert is_now(job["created"])
        assert is_now(job["finished"])
        assert is_now(machine.get(f"imported{number}").json()["properties"]["created"])


def test_the_last_use_of_a_key_has_the_time_of_the_database(
    machines: tuple[WrongClock, WrongClock], clock_url: str
) -> None:
    machines[1].get("x")
    ((used,),) = run_sql(clock_url, "SELECT used FROM api_key")
    assert abs(used - time.time()) < 60 + TOLERANCE
