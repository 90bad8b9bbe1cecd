"""Attack the connections of a server: large headers, slow clients, more connections than it accepts, odd requests."""

import asyncio
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import uvicorn
from hostile.server_watch import Target
from uvicorn.server import ServerState

from timeline.connections import http_connection
from timeline.connections.http_connection import (
    BODY_STALL_SECONDS,
    HEADER_SECONDS,
    LINGER_SECONDS,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_PIPELINED_REQUESTS,
    WRITE_STALL_SECONDS,
)
from timeline.connections.open_files import MAX_CONNECTIONS, MAX_REFUSALS_IN_PROGRESS

pytestmark = pytest.mark.slow  # each test starts processes

HOST = b"Host: 127.0.0.1\r\n"
HEALTH = b"GET /health HTTP/1.1\r\n" + HOST
CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"


@contextmanager
def connected(target: Target, receive_buffer: int = 0) -> Iterator[socket.socket]:
    """Connect to the server; the system holds at most `receive_buffer` bytes of the response, if given."""
    with socket.socket() as wire:
        if receive_buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        wire.settimeout(60)
        wire.connect(("127.0.0.1", target.port))
        yield wire


def everything(wire: socket.socket, seconds: float = 60) -> bytes:
    """Return all bytes until the server closes the connection; raise TimeoutError if it stays open for that long."""
    wire.settimeout(seconds)
    received = b""
    try:
        while data := wire.recv(65_536):
            received += data
    except ConnectionResetError:
        pass
    return received


def exchange(target: Target, request: bytes) -> bytes:
    """Send bytes, and return what the server answers before it closes or pauses."""
    with connected(target) as wire:
        wire.sendall(request)
        wire.settimeout(0.4)
        received = b""
        try:
            while data := wire.recv(65_536):
                received += data
        except (TimeoutError, ConnectionResetError):
            pass
    return received


def status_of(response: bytes) -> int:
    """Return the status of the first response; 0 for none."""
    return int(response.split(b" ", 2)[1]) if response else 0


def test_150_megabytes_of_headers_are_refused_without_memory(target: Target) -> None:
    before = target.memory_kb()
    with connected(target) as wire:
        wire.sendall(HEALTH)
        try:
            for number in range(15_000):
                wire.sendall(b"X-%d: %s\r\n" % (number, b"a" * 10_000))
        except OSError:
            pass  # the server may close before it has read everything
        response = everything(wire)
    assert status_of(response) == 431
    assert b"application/problem+json" in response
    assert f"{MAX_HEADER_BYTES:,}".encode() in response
    assert target.memory_kb() < before + 10_000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"X: " + b"a" * (MAX_HEADER_BYTES - 100) + b"\r\n", 200),
        (b"X: " + b"a" * MAX_HEADER_BYTES + b"\r\n", 431),
        (b"x:y\r\n" * (MAX_HEADERS - 1), 200),
        (b"x:y\r\n" * MAX_HEADERS, 431),
    ],
)
def test_headers_are_limited_in_size_and_number(target: Target, headers: bytes, status: int) -> None:
    assert status_of(exchange(target, HEALTH + headers + b"\r\n")) == status


@pytest.mark.parametrize("part", [b"X: ", b"X", b"GET /"])
def test_an_endless_header_name_value_or_address_is_refused_before_it_ends(
    target: Target, part: bytes
) -> None:
    request = part if part.startswith(b"GET") else HEALTH + part
    assert status_of(exchange(target, request + b"a" * 400_000)) in (400, 414, 431)


@pytest.mark.parametrize("part", [b"1;", b"0\r\nX: "])
def test_endless_chunk_extensions_and_trailers_are_refused(target: Target, part: bytes) -> None:
    request = CHUNKED.replace(b"POST /", b"POST /collections/events/items")
    response = exchange(target, request + part + b"a" * 400_000)
    assert response.count(b"HTTP/1.1 ") == 1
    assert status_of(response) in (400, 401)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +5\r\n\r\nabcde",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999999\r\n\r\nabcde",
        b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"zz\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\n\r\n",
        HEALTH + b"X: b\r\n c\r\n\r\n",
        HEALTH + b"X: b\x00c\r\n\r\n",
        HEALTH + b"X : b\r\n\r\n",
        HEALTH + b"X: b\rc\r\n\r\n",
        HEALTH + b"Host: example.org\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/2.0\r\n" + HOST + b"\r\n",
        b"GET /health HTTP/9.9\r\n" + HOST + b"\r\n",
        b"GET http://example.org/health HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://x@127.0.0.1/health HTTP/1.1\r\n" + HOST + b"\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"NONSENSE / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /health\n\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
        bytes.fromhex("16030100c2010000be0303") + bytes(100),
    ],
)
def test_a_request_that_a_proxy_may_read_differently_is_a_400(target: Target, request_bytes: bytes) -> None:
    response = exchange(target, request_bytes)
    assert response.count(b"HTTP/1.1 ") == 1
    assert status_of(response) == 400
    assert b"application/problem+json" in response


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET http://127.0.0.1/health HTTP/1.1\r\nHost: example.org\r\n\r\n", 200),
        (b"GET http://127.0.0.1 HTTP/1.1\r\n" + HOST + b"\r\n", 200),
        (HEALTH + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 200),
        (b"\r\n\r\n" + HEALTH + b"\r\n", 200),
        (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (CHUNKED + b"1;a=b\r\nx\r\n0\r\n\r\n", 405),
    ],
)
def test_unusual_requests_that_are_valid_are_answered(
    target: Target, request_bytes: bytes, status: int
) -> None:
    assert status_of(exchange(target, request_bytes)) == status


def test_a_trailer_is_no_header(target: Target) -> None:
    key = target.keys["editor"].encode()
    head = b"POST /collections/events/items HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    response = exchange(target, head + b"2\r\n{}\r\n0\r\nAuthorization: Bearer " + key + b"\r\n\r\n")
    assert status_of(response) == 401


def test_requests_after_an_upgrade_that_is_not_offered_are_answered(target: Target) -> None:
    upgrade = HEALTH + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assert exchange(target, upgrade + HEALTH + b"\r\n").count(b"HTTP/1.1 200") == 2


def test_an_unreadable_request_does_not_cut_off_the_response_before_it(target: Target) -> None:
    response = exchange(target, HEALTH + b"\r\nNONSENSE\r\n\r\n")
    assert status_of(response) == 200
    assert response.count(b"HTTP/1.1 ") == 1


def test_a_flood_of_pipelined_requests_ends_with_those_that_wait(target: Target) -> None:
    before = target.memory_kb()
    with connected(target) as wire:
        try:
            for _ in range(200):
                wire.sendall((HEALTH + b"\r\n") * 1_000)
        except OSError:
            pass
        response = everything(wire)
    assert 0 < response.count(b"HTTP/1.1 200") <= MAX_PIPELINED_REQUESTS + 1
    assert target.settled_memory_kb(before + 10_000) < before + 10_000


def test_a_response_before_the_end_of_the_body_closes_a_connection_that_goes_on_sending(
    target: Target,
) -> None:
    begin = time.monotonic()
    with connected(target) as wire:
        wire.sendall(b"POST /imports HTTP/1.1\r\n" + HOST + b"Content-Length: 900000000\r\n\r\n")
        response = everything(wire)
    assert status_of(response) == 401
    assert time.monotonic() - begin < LINGER_SECONDS + 3


def test_more_connections_than_the_limit_do_not_keep_others_out(target: Target) -> None:
    files = target.open_files()
    with ExitStack() as stack:
        wires = []
        for _ in range(MAX_CONNECTIONS + 200):
            wires.append(stack.enter_context(connected(target)))
            wires[-1].sendall(b"GET / HTTP/1.1\r\nX: ")
        assert target.server.get("/health").status_code == 200
        assert target.open_files() <= files + MAX_CONNECTIONS + MAX_REFUSALS_IN_PROGRESS
        response = everything(wires[0], 5)
    assert status_of(response) == 503
    assert b"Retry-After" in response
    assert target.settled_open_files(files + 20) <= files + 20


@pytest.mark.slow
def test_a_connection_is_refused_while_all_others_send_a_body(target: Target) -> None:
    key = target.keys["editor"].encode()
    head = b"POST /collections/events/items HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + key + b"\r\n"
    with ExitStack() as stack:
        for _ in range(MAX_CONNECTIONS):
            wire = stack.enter_context(connected(target))
            wire.sendall(head + b"Content-Length: 1000\r\n\r\n{")
        wait_until(lambda: status_of(exchange(target, HEALTH + b"\r\n")) == 503)
    wait_until(lambda: status_of(exchange(target, HEALTH + b"\r\n")) == 200)


def wait_until(condition: object, seconds: float = 60) -> None:
    """Return as soon as the condition is met; fail after some seconds."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.parametrize("drip", [b"", b"a"])
def test_headers_that_do_not_end_are_given_up(target: Target, drip: bytes) -> None:
    begin = time.monotonic()
    with connected(target) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nX: ")
        response = dripped(wire, drip, HEADER_SECONDS + 5)
    assert status_of(response) == 408
    assert HEADER_SECONDS - 1 < time.monotonic() - begin < HEADER_SECONDS + 5


@pytest.mark.slow
@pytest.mark.parametrize("drip", [b"", b"\r\n"])
def test_a_connection_without_a_request_is_closed(target: Target, drip: bytes) -> None:
    with connected(target) as wire:
        wire.sendall(HEALTH + b"\r\n")
        assert status_of(dripped(wire, drip, HEADER_SECONDS + 5)) == 200


@pytest.mark.slow
@pytest.mark.parametrize("drip", [b"", b"a"])
def test_a_body_that_does_not_arrive_is_given_up(target: Target, drip: bytes) -> None:
    key = target.keys["editor"].encode()
    with connected(target) as wire:
        wire.sendall(
            b"POST /imports?name=a.csv HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + key + b"\r\n"
        )
        wire.sendall(b"Content-Length: 100000\r\n\r\ntitle,date\r\n")
        response = dripped(wire, drip, BODY_STALL_SECONDS + 5)
    assert status_of(response) == 408
    folder = target.imports_folder
    wait_until(lambda: not list(folder.iterdir()), 5)


def dripped(wire: socket.socket, drip: bytes, seconds: float) -> bytes:
    """Send a few bytes each second until the server closes the connection; return what it has sent."""
    end, received = time.monotonic() + seconds, b""
    wire.settimeout(1)
    while time.monotonic() < end:
        try:
            data = wire.recv(65_536)
            if not data:
                return received
            received += data
        except TimeoutError:
            wire.send(drip) if drip else None
        except ConnectionResetError:
            return received
    raise TimeoutError(received)


@pytest.mark.slow
def test_a_client_that_takes_nothing_of_its_response_is_cut_off(target: Target) -> None:
    with connected(target, receive_buffer=4_096) as wire, connected(target, receive_buffer=4_096) as slow:
        for each in (wire, slow):
            each.sendall(b"GET /events?limit=10000 HTTP/1.1\r\n" + HOST + b"\r\n")
        # A client that takes 2 kB a second is slow, but stays.
        for _ in range(WRITE_STALL_SECONDS + 5):
            time.sleep(1)
            assert slow.recv(2_048)
        length = len(target.server.get("/events?limit=10000").content)
        assert len(everything(wire)) < length // 2
        assert len(everything(slow)) > length * 0.9


@pytest.mark.slow
def test_responses_that_nobody_takes_use_limited_memory(target: Target) -> None:
    before = target.memory_kb()
    with ExitStack() as stack:
        for _ in range(200):
            wire = stack.enter_context(connected(target, receive_buffer=4_096))
            wire.sendall(b"GET /events?limit=10000 HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(20)
        assert target.memory_kb() < before + 400_000
        assert target.server.get("/health").status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "br", "x" * 1_000])
def test_an_encoded_body_is_a_415(target: Target, encoding: str) -> None:
    response = target.server.get("/health", headers={"Content-Encoding": encoding})
    assert response.status_code == 415
    assert len(response.content) < 500


def test_a_body_of_chunks_beyond_the_limit_is_refused_before_it_ends(target: Target) -> None:
    key = target.keys["editor"].encode()
    with connected(target) as wire:
        wire.sendall(
            b"POST /collections/events/items HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n"
        )
        wire.sendall(b"Authorization: Bearer " + key + b"\r\n\r\n")
        for _ in range(9):
            wire.sendall(b"100000\r\n" + b"a" * 0x100000 + b"\r\n")
        assert status_of(wire.recv(4_096)) == 413


@pytest.mark.slow
def test_the_memory_of_large_bodies_is_given_back(target: Target) -> None:
    before = target.memory_kb()
    headers = target.headers("editor") | {"Content-Type": "application/geo+json"}
    body = b'{"type":"Feature","a":"' + b"x" * 7_000_000 + b'"}'

    def post(_: int) -> int:
        return httpx.post(
            f"{target.url}/collections/events/items", content=body, headers=headers, timeout=60
        ).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(post, range(40))) <= {422, 503}
    assert target.settled_memory_kb(before + 30_000) < before + 30_000


def test_memory_of_responses_that_nobody_takes_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    trims: list[object] = []
    monkeypatch.setattr(http_connection, "trim_soon", trims.append)

    async def end(full: bool) -> int:
        config = uvicorn.Config("timeline.app:app_from_environment", log_config=None, lifespan="off")
        config.load()
        connection = http_connection.HttpConnection(config=config, server_state=ServerState(), app_state={})
        ours, theirs = socket.socketpair()
        transport, _ = await asyncio.get_running_loop().connect_accepted_socket(lambda: connection, ours)
        if full:
            transport.write(bytes(20_000_000))
        trims.clear()  # a full buffer trims as well
        transport.abort()
        await asyncio.sleep(0.05)
        theirs.close()
        return len(trims)

    assert [asyncio.run(end(full)) for full in (True, False)] == [1, 0]
