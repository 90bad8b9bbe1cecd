"""Responses of any size, sent in pieces while they are made. Whatever the client does, their source is closed.

The framework's own streams close their source only when Python's cyclic collector finds them.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import anyio
from litestar import Response
from litestar.types import ASGIApp, Receive, Scope, Send

from db.errors import DbError
from timeline.api.http.slots import Slots, run_in_thread
from timeline.asgi_extensions import ABORT
from timeline.errors import StreamAborted

STREAM_PIECE_BYTES = 64 * 1024
STREAM_STALL_SECONDS = 30.0  # in which a client must take a piece
STREAM_MAX_SECONDS = (
    3600.0  # a stream may hold a snapshot of the database, which keeps its log from being emptied
)
_ABORT_SECONDS = 5.0  # until a server that was asked to drop a connection must have done so
_log = logging.getLogger("dateline")


@dataclass(frozen=True, slots=True)
class StreamSource:
    """What a stream sends: its headers and its chunks.

    `close` is called once, when nothing is read from it any more; `interrupt` from another thread, if the client is
    gone while the next chunk is being made.
    """

    headers: dict[str, str]
    chunks: Iterator[bytes]
    close: Callable[[], None]
    interrupt: Callable[[], None] = lambda: None


class StreamedResponse(Response[bytes]):
    """A response whose source is opened in a slot, read in a thread, and always closed.

    Errors before the first chunk are answered with a problem. After it, the connection is dropped: a response that ends
    too early must not look complete.
    """

    def __init__(self, open_source: Callable[[], StreamSource], slots: Slots, *, head: bool = False) -> None:
        super().__init__(b"")
        self._open, self._slots, self._head = open_source, slots, head

    def to_asgi_response(self, *_args: Any, **_options: Any) -> ASGIApp:  # type: ignore[override]  # any ASGI application will do
        """Return the application that sends the response."""
        return self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        error: Exception | None = None
        async with self._slots.slot(), anyio.create_task_group() as group:
            stream = _Stream(scope, receive, send)
            group.start_soon(stream.watch, group.cancel_scope)
            try:
                await stream.send_all(self._open, self._head)
            except Exception as raised:
                # Raised below, since a task group would wrap it into a group of errors.
                error = raised
            group.cancel_scope.cancel()
        if error is not None:
            raise error


class _Stream:
    """One response while it is sent."""

    def __init__(self, scope: Any, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._source: StreamSource | None = None
        self._started = False
        self._gone = False

    async def watch(self, task: anyio.CancelScope) -> None:
        """Cancel the response once the client has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        task.cancel()
        if self._source is not None:
            self._source.interrupt()

    async def send_all(self, open_source: Callable[[], StreamSource], head: bool) -> None:
        """Open the source, send what it holds, and close it; raise the error of a source that has sent nothing yet."""
        try:
            self._source = await run_in_thread(open_source)
            with anyio.fail_after(STREAM_MAX_SECONDS):
                await self._send_chunks(self._source, head)
        except (TimeoutError, DbError) as error:
            if not self._started:
                raise
            if not self._gone:
                await self._abort(error)
        finally:
            if self._source is not None:
                with anyio.CancelScope(shield=True):
                    await run_in_thread(self._source.close)

    async def _send_chunks(self, source: StreamSource, head: bool) -> None:
        # The first chunk is made before the headers are sent: until then an error can have a status of its own.
        chunk = None if head else await run_in_thread(lambda: next(source.chunks, None))
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in source.headers.items()]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        while chunk is not None:
            for start in range(0, len(chunk), STREAM_PIECE_BYTES):
                await self._send_piece(chunk[start : start + STREAM_PIECE_BYTES])
            chunk = await run_in_thread(lambda: next(source.chunks, None))
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_piece(self, piece: bytes) -> None:
        self._started = True
        with anyio.fail_after(STREAM_STALL_SECONDS):
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _abort(self, error: Exception) -> None:
        """Drop the connection; raise StreamAborted, which makes every server do so, if ours is not the server."""
        path = self._scope["path"]
        reason = str(error) if isinstance(error, DbError) else "the client took nothing for too long"
        _log.warning("a response from %r was cut off: %s", path, reason)
        abort = self._scope.get("extensions", {}).get(ABORT)
        if abort is None:
            raise StreamAborted(reason) from error
        abort()
        with anyio.move_on_after(_ABORT_SECONDS):
            await anyio.sleep_forever()  # until `watch` learns that the connection is gone
