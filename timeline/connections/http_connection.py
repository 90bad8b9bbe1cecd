"""An HTTP/1.1 connection of uvicorn with limits: on the size of headers, on time, on requests in a row, on connections.

uvicorn itself limits none of these. A request that is refused here is answered with a problem (RFC 9457), and its
connection closes, because the rest of its bytes cannot be trusted.
"""

import asyncio
import socket
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from timeline.asgi_extensions import ABORT
from timeline.connections.heap import trim_soon
from timeline.connections.open_files import MAX_REFUSALS_IN_PROGRESS, connection_limit
from timeline.connections.progress import MIN_BYTES_PER_SECOND, Progress
from timeline.connections.request_head import check_head, has_host, without_host
from timeline.connections.unsent import LARGE_RESPONSE_BYTES, SEND_BUFFER_BYTES, limit_unsent, unsent_bytes
from timeline.errors import (
    AddressTooLong,
    HeadersTooLarge,
    TimelineError,
    TooManyConnections,
    TooSlow,
    UnreadableRequest,
)

MAX_ADDRESS_BYTES = 65_535  # httptools counts in 16 bits
MAX_HEADER_BYTES = 65_536
MAX_HEADERS = 100  # as Apache's LimitRequestFields
HEADER_SECONDS = 15
BODY_STALL_SECONDS = 20
WRITE_STALL_SECONDS = 30
LINGER_SECONDS = 3
MAX_PIPELINED_REQUESTS = 16
_TICK = 1.0  # seconds


class HttpConnection(HttpToolsProtocol):
    """HTTP/1.1 by httptools, with limits; once a second the connection compares its progress with them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._running: RequestResponseCycle | None = None
        self._refused_at: float | None = None
        self._surplus = False  # one connection too many; the answer waits for the request
        self._timer: asyncio.TimerHandle | None = None
        self._head_started = self._in_body = self._progressed = False
        self._header_bytes = self._bytes_without_progress = self._unsent = 0
        self._waiting_since = now = self.loop.time()
        self._body_progress = Progress(BODY_STALL_SECONDS, now)
        self._write_progress = Progress(WRITE_STALL_SECONDS, now)

    # The connection begins and ends.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Watch the new connection; if there are too many, close the one that has waited longest for a request."""
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self._timer = self.loop.call_later(_TICK, self._watch)
        if len(self.connections) > connection_limit():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        if self._timer:
            self._timer.cancel()
        if self._unsent or self.flow.write_paused:
            trim_soon(self.loop)  # what waited to be sent is free only now
        super().connection_lost(exc)
        # Requests that wait behind another one are never answered now.
        for cycle, _ in self.pipeline:
            cycle.disconnected = True
        if self._is_answering() and self._running:
            self._running.disconnected = True
            self._running.message_event.set()

    def _make_room(self) -> None:
        if len(self.connections) > connection_limit() + MAX_REFUSALS_IN_PROGRESS:
            self.transport.abort()
            return
        active = [other for other in _connections(self) if not other.is_closing()]
        if len(active) <= connection_limit():
            return
        waiting = [other for other in active if other is not self and other.is_waiting()]
        if waiting:
            min(waiting, key=lambda other: other._waiting_since).give_way()
        else:
            # The answer follows the request: closing before it arrives would reset the connection.
            self._refused_at, self._surplus = self.loop.time(), True

    def is_closing(self) -> bool:
        """Return whether the connection accepts no more requests."""
        return self._refused_at is not None or self.transport.is_closing()

    def is_waiting(self) -> bool:
        """Return whether the connection has no complete request to answer."""
        return not self._is_answering() and not self._in_body

    def give_way(self) -> None:
        """Close a waiting connection in favour of a new one."""
        if self._head_started:
            self._write_problem(TooManyConnections())
        self._refused_at = self.loop.time()
        self.transport.close()

    # Bytes arrive.

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived; refuse what cannot be parsed, or has too many bytes outside the body."""
        self._unset_keepalive_if_required()
        if self._refused_at is not None:
            if self._surplus:
                self._surplus = False
                self._write_problem(TooManyConnections())
                self._end_writing()
            return
        self._progressed = False
        if not self._parse(data):
            return
        # Incomplete headers, chunk extensions and trailers reach no callback until they end.
        self._bytes_without_progress = 0 if self._progressed else self._bytes_without_progress + len(data)
        if self._bytes_without_progress > MAX_HEADER_BYTES + MAX_ADDRESS_BYTES:
            self._refuse(
                UnreadableRequest() if self._in_body else HeadersTooLarge(MAX_HEADER_BYTES, MAX_HEADERS)
            )

    def _parse(self, data: bytes) -> bool:
        """Parse bytes; return False if the request was refused."""
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                # No upgrade is offered, so HTTP/1.1 goes on after this request (RFC 9110, 7.8).
                (offset,) = upgrade.args
                data = data[offset:] if offset else b""
                continue
            except httptools.HttpParserError as error:
                cause = error.__context__
                self._refuse(cause if isinstance(cause, TimelineError) else UnreadableRequest())
                return False
            return True
        return True

    def on_message_begin(self) -> None:
        """Begin a request, and let the application drop its connection."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]  # ASGI names no type
        self._head_started, self._header_bytes = True, 0
        self._waiting_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        """Collect the address; raise AddressTooLong."""
        super().on_url(url)
        if len(self.url) > MAX_ADDRESS_BYTES:
            raise AddressTooLong(f"The address is longer than {MAX_ADDRESS_BYTES:,} bytes.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header, but no trailer: one that follows the body must not count as a header (RFC 9110, 6.5.1)."""
        if not self._head_started:
            return
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes > MAX_HEADER_BYTES or len(self.headers) > MAX_HEADERS:
            raise HeadersTooLarge(MAX_HEADER_BYTES, MAX_HEADERS)

    def on_headers_complete(self) -> None:
        """Check the headers, and start to answer the request or put it in the queue."""
        check_head(self.parser.get_http_version(), self.headers)
        if has_host(self.url):
            self.url = without_host(self.url, self.headers)
        if len(self.pipeline) >= MAX_PIPELINED_REQUESTS:
            raise UnreadableRequest(
                f"More than {MAX_PIPELINED_REQUESTS} requests wait on this connection; expected fewer at once"
            )
        super().on_headers_complete()
        self._head_started, self._in_body, self._progressed = False, True, True
        self._body_progress.restart(self.loop.time())

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        self._progressed = True
        self._body_progress.add(len(body))
        super().on_body(body)
        if self.flow.read_paused:
            trim_soon(self.loop)

    def on_message_complete(self) -> None:
        """End a request; the connection waits for the next one if it was answered already."""
        self._in_body, self._progressed = False, True
        self._waiting_since = self.loop.time()
        super().on_message_complete()

    # Responses.

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _is_answering(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def on_response_complete(self) -> None:
        """Start the next request, or wait for one."""
        self._waiting_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait until the client takes more; abort the slowest connections if too much is unsent."""
        super().pause_writing()
        trim_soon(self.loop)
        if self.transport.get_write_buffer_size() > LARGE_RESPONSE_BYTES:
            limit_unsent(_connections(self))

    def resume_writing(self) -> None:
        """Note that the client has taken a part of the response."""
        self._write_progress.add_period()
        super().resume_writing()

    # Refusals.

    def _refuse(self, error: TimelineError) -> None:
        """Answer with a problem; if earlier requests are not answered yet, close after their answers instead."""
        if self._refused_at is not None or self.transport.is_closing():
            return
        self._refused_at = self.loop.time()
        if self._in_body and self.pipeline:
            self.pipeline.popleft()  # the refused request is the newest
        elif self._in_body and self._running is self.cycle and not self.cycle.response_started:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._running = None
        last = self.pipeline[0][0] if self.pipeline else self._running
        if last is not None and not last.response_complete:
            last.keep_alive = False
        else:
            if last is None or not self._in_body:  # otherwise this request has its response already
                self._write_problem(error)
            self._end_writing()
        self.flow.resume_reading()

    def _write_problem(self, error: TimelineError) -> None:
        # Imported here, so that the parent of several workers does not load the framework.
        from timeline.api.http.problems import problem_response

        status, headers, body = problem_response(error)
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        self.transport.write(head.encode("latin-1") + body)

    def _end_writing(self) -> None:
        """Close our side. The other side follows, or is closed by `_watch`: closing it now would lose the problem."""
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    # Time.

    def _watch(self) -> None:
        """Compare the progress of the last second with the limits."""
        now = self.loop.time()
        self._timer = self.loop.call_later(_TICK, self._watch)
        if self._is_write_stalled(now):
            self.transport.abort()
        elif self._refused_at is not None:
            if now - self._refused_at > LINGER_SECONDS and not self._is_answering():
                self.transport.close()
        elif self._in_body:
            self._watch_body(now)
        elif not self._is_answering() and now - self._waiting_since > HEADER_SECONDS:
            if self._head_started:
                self._refuse(TooSlow(f"The headers did not arrive within {HEADER_SECONDS} seconds"))
            else:
                self.transport.close()

    def _watch_body(self, now: float) -> None:
        """Refuse a body that arrives too slowly; stop reading one whose request is answered already."""
        if self.cycle.response_complete:
            if now - self._waiting_since > LINGER_SECONDS:
                self.transport.close()
            return
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            self._body_progress.restart(now)  # the client waits for us
        elif self._body_progress.is_stalled(now):
            self._refuse(
                TooSlow(
                    f"The body arrived too slowly: {self._body_progress.moved:,} bytes in {BODY_STALL_SECONDS} seconds;"
                    f" expected at least {MIN_BYTES_PER_SECOND} a second"
                )
            )

    def _is_write_stalled(self, now: float) -> bool:
        """Return whether the client has taken too little of what is written for WRITE_STALL_SECONDS."""
        unsent = unsent_bytes(self.transport)
        self._write_progress.add(max(0, self._unsent - unsent))
        self._unsent = unsent
        if not unsent:
            self._write_progress.restart(now)
        return self._write_progress.is_stalled(now)

    def stalled_since(self) -> float:
        """Return when the client last took enough of its responses, in seconds of the event loop."""
        return self._write_progress.start


def _connections(connection: HttpConnection) -> Iterable[HttpConnection]:
    """Return all connections of this worker."""
    return [other for other in connection.connections if isinstance(other, HttpConnection)]
