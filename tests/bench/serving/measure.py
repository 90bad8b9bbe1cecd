"""Measuring tools: server processes and their memory, wrk, a client that repeats no request, a loop without HTTP."""

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


class Unavailable(Exception):
    """A program that a measurement needs is not installed; the message names it."""


class Failed(Exception):
    """A server did not start, or returned an unexpected response."""


class Server:
    """A server process on 127.0.0.1, and how long it took to its first response."""

    def __init__(self, name: str, command: Sequence[str], port: int, path: str, **more: Any) -> None:
        """Start a command that listens on a port, and wait for a 200 response to a path; raise Failed otherwise."""
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
        output = self._log.read_text("utf-8", "replace")[-2000:]
        self.stop()
        raise Failed(f"{self.name} did not start: {output}")

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
        """Return the anonymous memory of the process in bytes, without mapped pages of files."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text("ascii")
        line = next(line for line in text.splitlines() if line.startswith("Anonymous:"))
        return int(line.split()[1]) * 1024


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes, str | None]:
    """Fetch a path once; return status, body and ETag."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("etag")
    finally:
        connection.close()


def dateline(database: Path) -> Server:
    """Start our server with one worker on a database and wait for a page of events."""
    port = free_port()
    # Slow reads must finish, since this measures how slow they are.
    env = {
        **os.environ,
        "TIMELINE_DATABASE_URL": f"sqlite:///{database}",
        "TIMELINE_READ_TIMEOUT": "120",
    }
    command = [sys.executable, "-m", "timeline", "serve", "--port", str(port), "--workers", "1"]
    return Server("dateline", command, port, "/events?limit=1", env=env)


class Load(NamedTuple):
    """Results of wrk: requests per second, latencies in ms, failed requests, bytes per request."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int
    size: float


def wrk(
    server: Server, paths: Iterable[str], seconds: float, pause: float = 0.0, header: str | None = None
) -> Load:
    """Request paths in turn over eight connections, each with a random pause of `pause` ms on average."""
    if not shutil.which("wrk"):
        raise Unavailable("wrk is not installed (Debian's package wrk)")
    with NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths))
        file.flush()
        command = [
            "wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--timeout", "30s", "-s", str(_LUA),
            server.url, "--", file.name, f"{pause:.3f}", *([header] if header else []),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    requests = max(1, report["requests"])
    return Load(
        requests / report["seconds"],
        report["p50"],
        report["p95"],
        report["p99"],
        report["errors"],
        report["bytes"] / requests,
    )


class Latency(NamedTuple):
    """Latencies of single requests in milliseconds, and the number of requests."""

    p50: float
    p95: float
    p99: float
    mean: float
    requests: int


def spread(milliseconds: Sequence[float]) -> Latency:
    """Return the percentiles of at least two latencies."""
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return Latency(cuts[49], cuts[94], cuts[98], fmean(milliseconds), len(milliseconds))


def cold(server: Server, paths: Iterable[str], max_requests: int, seconds: float) -> Latency:
    """Request each path once, up to `max_requests` or for `seconds`; raise Unavailable for a 404."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=150)
    latencies: list[float] = []
    end = time.monotonic() + seconds
    for path in islice(paths, max_requests):
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        latencies.append((time.perf_counter() - began) * 1000)
        if answer.status == 404:
            raise Unavailable("this server has no such view yet")
        if answer.status not in (200, 204):
            raise Failed(f"{path}: {answer.status} {body[:300]!r}")
        if time.monotonic() > end and len(latencies) > 20:
            break
    connection.close()
    return spread(latencies)


Statement = tuple[str, Any]


def statements(store: Store, paths: Iterable[str]) -> list[list[Statement]]:
    """Return the SELECT statements that the store runs for each path of a page or an event."""
    current: list[Statement] = []

    def record(_c: object, _cursor: object, sql: str, params: Any, *_: object) -> None:
        current.append((sql, params))

    event.listen(Engine, "before_cursor_execute", record)
    try:
        recorded = []
        for path in paths:
            current.clear()
            count_matching(store, path)
            recorded.append([pair for pair in current if pair[0].lstrip().upper().startswith("SELECT")])
        return recorded
    finally:
        event.remove(Engine, "before_cursor_execute", record)


def count_matching(store: Store, path: str) -> int:
    """Read what a path returns from the store, without HTTP; return how many events match."""
    if "?" not in path:
        return int(store.get(path.rpartition("/")[2]) is not None)
    filter_, limit = queries.filter_of(path)
    return store.find(filter_, limit).matched


def loop(database: Path, recorded: Sequence[Sequence[Statement]], seconds: float) -> float:
    """Run recorded SQL in a plain Python loop for some seconds, and return requests per second."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.execute("PRAGMA mmap_size = 1073741824")
    connection.create_function("moment", 0, lambda: int(time.time()), deterministic=True)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        for sql, params in recorded[count % len(recorded)]:
            connection.execute(sql, params).fetchall()
        count += 1
    took = time.perf_counter() - began
    connection.close()
    return count / took
