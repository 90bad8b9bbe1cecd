"""Exports whose clients disappear, stop reading or are too many: each gives its connection back at once."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from hostile.server_watch import Target

from timeline.api.events.exports import EXPORT_WAIT_SECONDS, MAX_EXPORTS
from timeline.api.http.streaming import STREAM_STALL_SECONDS

LAST_CHUNK = b"\r\n0\r\n\r\n"  # RFC 9112, 7.1: a body without it is incomplete
PATHS = ("/", "/events", "/events/summary", "/health")


@contextmanager
def unread_export(
    target: Target, path: str = "/events.geojsonl", headers: str = ""
) -> Iterator[socket.socket]:
    """Request an export over a connection with a small window, and read only its first bytes; then close it."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", target.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode())
        assert connection.recv(12).startswith(b"HTTP/1.1 ")
        yield connection


def read_to_the_end(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def assert_quick(target: Target) -> None:
    for path in PATHS:
        start = time.monotonic()
        assert httpx.get(target.url + path, timeout=30).status_code == 200
        assert time.monotonic() - start < 3, path


@pytest.mark.parametrize("path", ["/events.geojsonl", "/events.csv"])
def test_fifteen_exports_that_nobody_reads_change_nothing(target: Target, path: str) -> None:
    assert_quick(target)
    for _ in range(15):
        with unread_export(target, path):
            pass
    assert_quick(target)
    assert httpx.get(target.url + path, timeout=30).status_code == 200


def test_too_many_exports_are_refused_with_the_time_to_wait(target: Target) -> None:
    with ExitStack() as stack:
        for _ in range(MAX_EXPORTS):
            stack.enter_context(unread_export(target))
        start = time.monotonic()
        refused = httpx.get(f"{target.url}/events.csv", timeout=30)
        assert time.monotonic() - start < EXPORT_WAIT_SECONDS + 1
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) > 0
        assert_quick(target)
    assert httpx.get(f"{target.url}/events.csv", timeout=30).status_code == 200


def test_head_reads_no_events(target: Target) -> None:
    start = time.monotonic()
    response = httpx.head(f"{target.url}/events.geojsonl")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-disposition"] == 'attachment; filename="events.geojsonl"'
    assert time.monotonic() - start < 1


def test_an_error_before_the_first_event_is_a_problem(target: Target) -> None:
    response = httpx.get(f"{target.url}/events.csv?filter=title+%3D")
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["", "Accept-Encoding: gzip\r\n"], ids=["plain", "gzip"])
def test_five_hundred_aborted_exports_change_nothing(target: Target, encoding: str) -> None:
    def abort(count: int) -> None:
        for _ in range(count):
            with unread_export(target, headers=encoding):
                pass

    abort(50)
    assert_quick(target)
    memory, files = target.settled_memory_kb(0, 2), target.settled_open_files(0, 2)
    abort(500)
    assert_quick(target)
    assert target.settled_open_files(files) <= files
    assert target.settled_memory_kb(int(memory * 1.1)) <= memory * 1.1


@pytest.mark.slow
def test_a_client_that_stops_reading_is_dropped(target: Target) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(unread_export(target)) for _ in range(MAX_EXPORTS)]
        assert httpx.get(f"{target.url}/events.csv", timeout=30).status_code == 503
        time.sleep(STREAM_STALL_SECONDS + 5)
        assert httpx.get(f"{target.url}/events.csv", timeout=30).status_code == 200
        for connection in connections:
            assert not read_to_the_end(connection).endswith(LAST_CHUNK)
