"""The instruments: processes and their memory, wrk, a client that asks nothing twice, a loop without HTTP."""

import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean, quantiles
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

from db.store import Store

from . import queries

CONNECTIONS = 8
_LUA = Path(__file__).with_name("paths.lua")


class NotToBeHad(Exception):
    """Something that a measurement needs is missing; the message says what."""


class Failed(Exception):
    """A server did not start, or answered something else than what was asked for."""


class Server:
    """A server process on 127.0.0.1, and how long it took to its first answer."""

    def __init__(self, name: str, command: Sequence[str], port: int, path: str, **more: Any) -> None:
        """Start a command that listens on a port, and wait until a path is answered; raise Failed otherwise."""
        self.name, self.url, self.port = name, f"http://127.0.0.1:{port}", port
        with NamedTemporaryFile("wb", prefix=f"{name}-", suffix=".log", delete=False) as log:
            self._log = Path(log.name)
            began = time.perf_counter()
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **more)
        self._wait(path)
        self.started = time.perf_counter() - began

    def _wait(self, path: str) -> None:
        for _ in range(3000):
            if self.process.poll() is not None:
                break
            try:
                if get(self.port, path)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.01)
        said = self._log.read_text("utf-8", "replace")[-2000:]
        self.stop()
        raise Failed(f"{self.name} did not start: {said}")

    def stop(self) -> None:
        """End the process and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.unlink(missing_ok=True)

    def anonymous(self) -> int:
        """Read the bytes of anonymous memory that the process holds; mapped pages of files are not among them."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text("ascii")
        line = next(line for line in text.splitlines() if line.startswith("Anonymous:"))
        return int(line.split()[1]) * 1024


def free_port() -> int:
    """Find a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes, str | None]:
    """Fetch a path once: status, body and entity tag."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("etag")
    finally:
        connection.close()


def dateline(database: Path) -> Server:
    """Start our server with one worker on a database; its first answer is a page of events."""
    port = free_port()
    # A read must not be given up: how slow it is, is what is asked.
    env = {
        **os.environ,
        "TIMELINE_DATABASE_URL": f"sqlite:///{database}",
        "TIMELINE_READ_TIMEOUT": "120",
    }
    command = [sys.executable, "-m", "timeline", "serve", "--port", str(port), "--workers", "1"]
    return Server("dateline", command, port, "/events?limit=1", env=env)


class Load(NamedTuple):
    """What wrk saw: requests a second, latencies in ms, failed requests, bytes a request."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int
    size: float


def wrk(
    server: Server, paths: Iterable[str], seconds: float, pause: float = 0.0, header: str | None = None
) -> Load:
    """Ask addresses in turn over eight connections, each resting `pause` ms in the mean between two."""
    if not shutil.which("wrk"):
        raise NotToBeHad("wrk is not installed (Debian's package wrk)")
    with NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths))
        file.flush()
        command = [
            "wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--timeout", "30s", "-s", str(_LUA),
            server.url, "--", file.name, f"{pause:.3f}", *([header] if header else []),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    requests = max(1, said["requests"])
    return Load(
        requests / said["seconds"],
        said["p50"],
        said["p95"],
        said["p99"],
        said["errors"],
        said["bytes"] / requests,
    )


class Latency(NamedTuple):
    """Latencies of single requests in milliseconds, and how many there were."""

    p50: float
    p95: float
    p99: float
    mean: float
    requests: int


def spread(milliseconds: Sequence[float]) -> Latency:
    """Give the percentiles of some latencies, at least two."""
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return Latency(cuts[49], cuts[94], cuts[98], fmean(milliseconds), len(milliseconds))


def cold(server: Server, paths: Iterable[str], most: int, seconds: float) -> Latency:
    """Ask each address once, one after the other, for so long or so many; raise NotToBeHad for a 404."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=150)
    taken: list[float] = []
    end = time.monotonic() + seconds
    for path in islice(paths, most):
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status == 404:
            raise NotToBeHad("this server has no such view yet")
        if answer.status not in (200, 204):
            raise Failed(f"{path}: {answer.status} {body[:300]!r}")
        if time.monotonic() > end and len(taken) > 20:
            break
    connection.close()
    return spread(taken)


Statement = tuple[str, Any]


def statements(store: Store, paths: Iterable[str]) -> list[list[Statement]]:
    """Write down the SQL that the store runs for each page or event that our addresses ask for."""
    heard: list[Statement] = []

    def hear(_c: object, _cursor: object, sql: str, params: Any, *_: object) -> None:
        heard.append((sql, params))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        found = []
        for path in paths:
            heard.clear()
            ask(store, path)
            found.append([pair for pair in heard if pair[0].lstrip().upper().startswith("SELECT")])
        return found
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def ask(store: Store, path: str) -> int:
    """Ask the store without HTTP what an address asks for; give how many match."""
    if "?" not in path:
        return int(store.get(path.rpartition("/")[2]) is not None)
    filter_, limit = queries.filter_of(path)
    return store.find(filter_, limit).matched


def loop(database: Path, asked: Sequence[Sequence[Statement]], seconds: float) -> float:
    """Run recorded SQL in a plain loop of Python for so long, and give requests a second."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.execute("PRAGMA mmap_size = 1073741824")
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        for sql, params in asked[count % len(asked)]:
            connection.execute(sql, params).fetchall()
        count += 1
    took = time.perf_counter() - began
    connection.close()
    return count / took
