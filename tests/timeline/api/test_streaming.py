"""A streamed response: where errors end it, and that its source is always closed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from litestar import Litestar, get
from server_process import free_port

from db.errors import ReadTimeout
from timeline.api.http import streaming
from timeline.api.http.problems import respond
from timeline.api.http.slots import Slots
from timeline.api.http.streaming import StreamedResponse, StreamSource
from timeline.connections.http_connection import HttpConnection
from timeline.errors import Overloaded, StreamAborted


class Chunks:
    """A source that fails after some chunks, and records how it is treated."""

    def __init__(self, before_failure: int) -> None:
        self.closed = self.interrupted = 0
        self._chunks = self._make(before_failure)

    def _make(self, before_failure: int) -> Iterator[bytes]:
        for _ in range(before_failure):
            yield b"x" * 100_000
        raise ReadTimeout("too slow")

    def open(self) -> StreamSource:
        return StreamSource({"Content-Type": "text/plain"}, self._chunks, self._close, self._interrupt)

    def _close(self) -> None:
        self.closed += 1

    def _interrupt(self) -> None:
        self.interrupted += 1


@contextmanager
def served(chunks: Chunks) -> Iterator[str]:
    """Serve a stream at `/` by our protocol, without a log."""

    @get("/")
    async def stream() -> StreamedResponse:
        return StreamedResponse(chunks.open, Slots("streams", 1, 1))

    app = Litestar([stream], exception_handlers={Exception: respond}, openapi_config=None)
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, http=HttpConnection, log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        pass
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join()


def test_an_error_before_the_first_chunk_is_a_problem() -> None:
    chunks = Chunks(before_failure=0)
    with served(chunks) as url:
        response = httpx.get(url)
    assert (response.status_code, response.json()["title"], chunks.closed) == (503, "Took too long", 1)


def test_an_error_after_the_first_chunk_drops_the_connection() -> None:
    chunks = Chunks(before_failure=3)
    with served(chunks) as url, pytest.raises(httpx.TransportError):
        httpx.get(url)
    assert chunks.closed == 1


async def serve(response: StreamedResponse, send: Any, disconnected: anyio.Event) -> None:
    async def receive() -> dict[str, str]:
        await disconnected.wait()
        return {"type": "http.disconnect"}

    await response.to_asgi_response()({"path": "/"}, receive, send)  # type: ignore[arg-type]  # all it reads


async def stall(message: object) -> None:
    await anyio.sleep_forever()


def test_another_server_drops_a_client_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "STREAM_STALL_SECONDS", 0.05)
    chunks = Chunks(before_failure=3)

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await stall(message)

    async def attempt() -> None:
        with pytest.raises(StreamAborted):
            await serve(StreamedResponse(chunks.open, Slots("streams", 1, 1)), send, anyio.Event())

    anyio.run(attempt)
    assert chunks.closed == 1


def test_a_disconnected_client_interrupts_the_source() -> None:
    chunks, slots = Chunks(before_failure=3), Slots("streams", 1, 0.05)

    async def attempt() -> None:
        disconnected = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(serve, StreamedResponse(chunks.open, slots), stall, disconnected)
            await anyio.sleep(0.05)
            assert slots.taken == 1
            with pytest.raises(Overloaded):
                await serve(StreamedResponse(chunks.open, slots), stall, disconnected)
            disconnected.set()

    anyio.run(attempt)
    assert (chunks.interrupted, chunks.closed, slots.taken) == (1, 1, 0)
