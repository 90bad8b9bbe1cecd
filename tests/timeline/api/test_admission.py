"""Reads of a kind that are more than its slots are refused; other kinds and /health do not wait for them."""

from typing import Any

import anyio
import msgspec
import pytest

from timeline.api.http import admission
from timeline.api.http.admission import (
    MAX_EDITOR_READS,
    MAX_FILTERS,
    MAX_GEOCODINGS,
    MAX_PICTURES,
    MAX_READS,
    MAX_SEARCHES,
)
from timeline.api.http.query import EDITOR
from timeline.editing.roles import Editor


class Application:
    """An application that answers when it is let, and the statuses of its responses in order."""

    def __init__(self) -> None:
        self.may_answer = anyio.Event()
        self.may_end = anyio.Event()
        self.running = 0
        self.sent: list[Any] = []
        self.layer = admission.admission()(self._answer)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.running += 1
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.may_end.wait()

    async def request(
        self, path: str, query: bytes = b"", method: str = "GET", editor: Editor | None = None
    ) -> None:
        async def send(message: Any) -> None:
            self.sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": query}
        if editor:
            scope[EDITOR] = editor
        await self.layer(scope, None, send)  # type: ignore[arg-type]  # all that the layer reads

    def statuses(self) -> list[int]:
        return [message["status"] for message in self.sent if message["type"] == "http.response.start"]


KINDS = [
    ("/events", b"category=raid", MAX_READS),
    ("/", b"", MAX_READS),
    ("/events", b"q=raid", MAX_SEARCHES),
    ("/collections/events/items", b"sortby=title", MAX_SEARCHES),
    ("/events/summary", b"category=raid&filter=title+IS+NULL", MAX_FILTERS),
    ("/events/summary", b"%66ilter=title+IS+NULL", MAX_FILTERS),
    ("/events.png", b"", MAX_PICTURES),
    ("/events.png/", b"filter=title+IS+NULL", MAX_FILTERS),
    ("/geocode", b"q=Hasselt", MAX_GEOCODINGS),
]


@pytest.mark.parametrize(("path", "query", "count"), KINDS)
def test_requests_beyond_the_slots_of_their_kind_are_refused(
    path: str, query: bytes, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "READ_WAIT_SECONDS", 0.05)

    async def attempt() -> None:
        app = Application()
        async with anyio.create_task_group() as group:
            for _ in range(count + 3):
                group.start_soon(app.request, path, query)
            await anyio.sleep(0.2)
            assert (app.running, app.statuses()) == (count, [503] * 3)
            problem = msgspec.json.decode(app.sent[1]["body"])
            headers = dict(app.sent[0]["headers"])
            assert (problem["title"], headers[b"retry-after"]) == ("Too many requests at once", b"5")
            app.may_answer.set()
            app.may_end.set()

    anyio.run(attempt)


def test_readers_take_no_slot_of_an_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "READ_WAIT_SECONDS", 0.05)

    async def attempt() -> None:
        app, editor = Application(), Editor("Ada", "editor")
        async with anyio.create_task_group() as group:
            for path, query, count in KINDS:
                for _ in range(count + 1):
                    group.start_soon(app.request, path, query)
            await anyio.sleep(0.2)
            readers, refused = app.running, len(app.statuses())
            for _ in range(MAX_EDITOR_READS + 2):
                group.start_soon(app.request, "/review/queue", b"", "GET", editor)
            await anyio.sleep(0.2)
            assert (app.running - readers, len(app.statuses()) - refused) == (MAX_EDITOR_READS, 2)
            app.may_answer.set()
            app.may_end.set()

    anyio.run(attempt)


def test_a_slot_is_free_again_when_the_response_begins() -> None:
    async def attempt() -> None:
        app = Application()
        app.may_answer.set()
        async with anyio.create_task_group() as group:
            for _ in range(3 * MAX_FILTERS):
                group.start_soon(app.request, "/events", b"filter=x")
            await anyio.sleep(0.05)
            assert app.statuses() == [200] * (3 * MAX_FILTERS)
            app.may_end.set()

    anyio.run(attempt)


@pytest.mark.parametrize(
    ("path", "method"),
    [("/health", "GET"), ("/events/a", "GET"), ("/events", "POST"), ("/events", "OPTIONS")],
)
def test_other_requests_do_not_wait_for_slow_reads(path: str, method: str) -> None:
    async def attempt() -> None:
        app = Application()
        async with anyio.create_task_group() as group:
            for _ in range(MAX_FILTERS):
                group.start_soon(app.request, "/events", b"filter=x")
            if path in ("/health", "/static/a.js"):
                for _ in range(MAX_READS):
                    group.start_soon(app.request, "/events")
            await anyio.sleep(0.02)
            before = app.running
            group.start_soon(app.request, path, b"", method)
            await anyio.sleep(0.02)
            assert app.running == before + 1
            app.may_answer.set()
            app.may_end.set()

    anyio.run(attempt)
