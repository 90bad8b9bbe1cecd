"""Measuring tools: server processes and their memory, wrk, a client that repeats no request, a loop without HTTP."""

import http.client
import json
import os
import shutil
import signal
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
MAX_SECONDS_FOR_COLUMNS = 300
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
        return memory_of(self.process.pid)["Anonymous"]


def memory_of(process: int) -> dict[str, int]:
    """Return the kernel's sums over the memory of a process, in bytes by name: `Pss`, `Anonymous`, `Pss_Shmem`, …."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()[1:]
    return {name.rstrip(":"): int(kilobytes) * 1024 for name, kilobytes, _ in map(str.split, lines)}


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


def dateline(database: Path | str, workers: int = 1) -> Server:
    """Start our server on a database, given by its file or address, and wait for a page of events."""
    port = free_port()
    # Slow reads must finish, since this measures how slow they are.
    env = {
        **os.environ,
        "TIMELINE_DATABASE_URL": database if isinstance(database, str) else f"sqlite:///{database}",
        "TIMELINE_READ_TIMEOUT": "120",
    }
    command = [sys.executable, "-m", "timeline", "serve", "--port", str(port), "--workers", str(workers)]
    return Server("dateline", command, port, "/events?limit=1", env=env)


def wait_for_columns(server: Server, path: str = "/events/summary") -> float:
    """Request a summary until the columns are read, although reads may time out before; return the seconds."""
    began = time.perf_counter()
    while get(server.port, path)[0] != 200:
        if time.perf_counter() - began > MAX_SECONDS_FOR_COLUMNS:
            raise Failed(f"{server.name} returned no summary within {MAX_SECONDS_FOR_COLUMNS} seconds")
    return time.perf_counter() - began


class Load(NamedTuple):
    """Results of wrk: requests per second, latencies in ms, failed requests, bytes per request."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int
    size: float
    maximum: float = 0.0


class Wrk:
    """A running wrk, which requests paths in turn over some connections; `finish` or `stop` return its results.

    Each connection pauses at random, `pause` ms on average, between its requests. `header` is sent with each request.
    """

    def __init__(
        self,
        server: Server,
        paths: Iterable[str],
        seconds: float,
        *,
        pause: float = 0.0,
        header: str | None = None,
        connections: int = CONNECTIONS,
    ) -> None:
        """Start wrk for some seconds; raise Unavailable if it is not installed."""
        if not shutil.which("wrk"):
            raise Unavailable("wrk is not installed (Debian's package wrk)")
        with NamedTemporaryFile("w", suffix=".paths", delete=False) as file:
            file.write("\n".join(paths))
        self._paths = Path(file.name)
        command = [
            "wrk", "-t2", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", str(_LUA),
            server.url, "--", file.name, f"{pause:.3f}", *([header] if header else []),
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def stop(self) -> Load:
        """End it before its time, and return its results until now."""
        self._process.send_signal(signal.SIGINT)
        return self.finish()

    def finish(self) -> Load:
        """Wait for its end and return its results; raise Failed if it printed none."""
        output, _ = self._process.communicate()
        self._paths.unlink()
        lines = [line for line in output.splitlines() if line.startswith("{")]
        if not lines:
            raise Failed(f"wrk ended without results: {output[-300:]}")
        report = json.loads(lines[0])
        requests = max(1, report["requests"])
        return Load(
            rate=requests / report["seconds"],
            p50=report["p50"],
            p95=report["p95"],
            p99=report["p99"],
            errors=report["errors"],
            size=report["bytes"] / requests,
            maximum=report["max"],
        )


def wrk(server: Server, paths: Iterable[str], seconds: float, pause: float = 0.0, header: str = "") -> Load:
    """Run wrk over eight connections; arguments as for `Wrk`."""
    return Wrk(server, paths, seconds, pause=pause, header=header or None).finish()


class Latency(NamedTuple):
    """Latencies of single requests in milliseconds, and the number of requests."""

    p50: float
    p95: float
    p99: float
    mean: float
    requests: int
    maximum: float = 0.0


def spread(milliseconds: Sequence[float]) -> Latency:
    """Return the percentiles of at least two latencies."""
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return Latency(cuts[49], cuts[94], cuts[98], fmean(milliseconds), len(milliseconds), max(milliseconds))


def cold(server: Server, paths: Iterable[str], max_requests: int, seconds: float) -> Latency:
    """Request each path once, up to `max_requests` or for `seconds`; raise Unavailable for a 404."""
    return cold_in_turn([server], paths, max_requests, seconds)[0]


def cold_in_turn(
    servers: Sequence[Server], paths: Iterable[str], max_requests: int, seconds: float
) -> list[Latency]:
    """Request each path once from every server in turn, so that other work on the machine slows all of them."""
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=150) for server in servers]
    latencies: list[list[float]] = [[] for _ in servers]
    end = time.monotonic() + seconds
    for path in islice(paths, max_requests):
        for connection, of_server in zip(connections, latencies, strict=True):
            of_server.append(_milliseconds(connection, path))
        if time.monotonic() > end and len(latencies[0]) > 20:
            break
    for connection in connections:
        connection.close()
    return [spread(of_server) for of_server in latencies]


def _milliseconds(connection: http.client.HTTPConnection, path: str) -> float:
    """Request a path over an open connection; return how long that took."""
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - began
    if answer.status == 404:
        raise Unavailable("this server has no such view yet")
    if answer.status not in (200, 204):
        raise Failed(f"{path}: {answer.status} {body[:300]!r}")
    return took * 1000


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
