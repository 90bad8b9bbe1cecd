"""An editor: PATCH requests at a steady rate, and how soon a summary counts what was saved."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from .generate import SEED, World
from .measure import Failed, Latency, Server, spread

SAVES_PER_SECOND = 5.0
_FIRST_DAY = date(1850, 1, 1)  # a century before the first event
_MAX_WAIT_SECONDS = 60


class Saves(NamedTuple):
    """How an editor fared: saves per second, latencies of the saves, and latencies until a summary counts a save."""

    rate: float
    latency: Latency
    counted: Latency | None
    errors: int


class Editor:
    """Saves titles, dates and places of random events in turn, on one connection, until `stop` is set."""

    def __init__(self, server: Server, key: str, world: World, events: int, seed: object) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
        self._world = world
        self._events = events
        self._random = Random(f"{SEED} editor {seed}")
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_MAX_WAIT_SECONDS)
        # No other event is on this day, and no other editor uses its days.
        self._day = _FIRST_DAY + timedelta(days=self._random.randrange(30_000))
        self._saved: list[float] = []
        self._counted: list[float] = []
        self._errors = 0
        self.stop = threading.Event()

    def save_at(self, rate: float) -> Saves:
        """Save `rate` times a second until `stop` is set; a late save is followed by the next one at once."""
        began = time.perf_counter()
        while not self.stop.is_set():
            self.save()
            self._count_saved()
            due = began + (len(self._saved) + self._errors) / rate
            self.stop.wait(max(0.0, due - time.perf_counter()))
        return self.result(time.perf_counter() - began)

    def result(self, seconds: float) -> Saves:
        """Return the results of the saves until now, which took some seconds; raise Failed if there were too few."""
        self._connection.close()
        if len(self._saved) < 2:
            raise Failed(f"{len(self._saved)} saves succeeded and {self._errors} failed")
        counted = spread(self._counted) if len(self._counted) > 1 else None
        return Saves(len(self._saved) / seconds, spread(self._saved), counted, self._errors)

    def save(self) -> None:
        """Change the title, the date or the place of a random event."""
        path = f"/collections/events/items/event-{self._random.randrange(self._events):07}"
        body = json.dumps(self._change()).encode()
        headers = self._headers | {"Content-Type": "application/merge-patch+json"}
        began = time.perf_counter()
        status, _ = self._request("PATCH", path, body, headers)
        if status == 200:
            self._saved.append((time.perf_counter() - began) * 1000)
        else:
            self._errors += 1

    def _change(self) -> dict[str, Any]:
        number = len(self._saved) + self._errors
        if number % 3 == 0:
            return {"properties": {"title": f"Corrected title {self._random.random()}"}}
        if number % 3 == 1:
            self._day += timedelta(days=1)
            return {"properties": {"date": self._day.isoformat()}}
        city = self._world.cities.draw(self._random)
        return {"geometry": {"type": "Point", "coordinates": [city.lon, city.lat]}}

    def _count_saved(self) -> None:
        """Request the summary of the day to which an event was just moved, until it counts that event."""
        if (len(self._saved) + self._errors) % 3 != 2:
            return
        path = f"/events/summary?datetime={self._day}/{self._day}&undated=exclude"
        began = time.perf_counter()
        while time.perf_counter() - began < _MAX_WAIT_SECONDS:
            status, body = self._request("GET", path, None, {})
            if status == 200 and json.loads(body)["matched"] == 1:
                break
        self._counted.append((time.perf_counter() - began) * 1000)

    def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # it connects again for the next request
            return 0, b""


@contextmanager
def editing(editor: Editor, rate: float = SAVES_PER_SECOND) -> Iterator[list[Saves]]:
    """Let an editor save during the block; the list has the result after the block."""
    results: list[Saves] = []
    thread = threading.Thread(target=lambda: results.append(editor.save_at(rate)), name="editor")
    thread.start()
    try:
        yield results
    finally:
        editor.stop.set()
        thread.join()
