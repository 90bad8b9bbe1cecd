"""Clients of two servers while something fails: they write, read, and check every answer.

Writers count what was acknowledged. Each reader checks that its answers agree, that none is older than the one before,
and that it contains all that was acknowledged before the request began.
"""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from hosts import Host
from postgres_cluster import Cluster

ITEMS = "/collections/events/items"
SECONDS_TO_RECOVER = 60.0
_LONGEST_REQUEST = 45.0
_TITLES = (
    "SELECT convert_from(f.feature, 'UTF8')::json -> 'properties' ->> 'title'"
    " FROM encoded f JOIN event e ON e.pk = f.event WHERE e.status = 'published'"
)
_numbers = itertools.count(1)


@dataclass
class Counts:
    """What the clients saw during one fault."""

    reads: int = 0
    writes: int = 0
    acknowledged: int = 0
    refused: dict[str, int] = field(default_factory=dict)  # by the title of the problem
    stale: int = 0  # answers of replicas without their primary, marked as such
    lost: int = 0
    doubled: int = 0
    longest_read: float = 0.0
    longest_write: float = 0.0
    recovery: float | None = None


class Clients:
    """A writer and a reader for each of the servers, in threads; `stop` ends them."""

    def __init__(self, hosts: Sequence[Host], database: str, primary: Cluster) -> None:
        self.hosts, self.counts, self.wrong = hosts, Counts(), list[str]()
        self._database, self._primary = database, primary
        self._titles: dict[str, str] = {}  # the acknowledged title of each id
        self._unsure: set[str] = set()
        self._ended = threading.Event()
        self._before = self._stored = self._attempted = self._events()
        self._lock = threading.Lock()
        self._last_write = dict.fromkeys(map(id, hosts), 0.0)
        self._last_read = dict.fromkeys(map(id, hosts), 0.0)
        actions: list[Callable[[], None]] = [
            *(lambda host=host: self._write(host) for host in hosts),  # type: ignore[misc]  # each its own host
            *(lambda host=host: self._read(host) for host in hosts),  # type: ignore[misc]
        ]
        self._threads = [threading.Thread(target=self._guarded, args=(action,)) for action in actions]
        for thread in self._threads:
            thread.start()

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self.wrong.append(repr(error))

    # --- progress

    def wait_for_refusal(self, title: str) -> None:
        """Return when a request was refused with a problem of this title."""
        eventually(lambda: title in self.counts.refused)

    def wait_for_writes(self, count: int) -> None:
        """Return when so many more writes are acknowledged."""
        wanted, end = self.counts.acknowledged + count, time.monotonic() + SECONDS_TO_RECOVER
        while self.counts.acknowledged < wanted:
            assert time.monotonic() < end, f"no {count} writes in time: {self.counts}, {self.wrong}"
            time.sleep(0.02)

    def wait_for_reads(self, count: int) -> None:
        """Return when so many more reads are answered."""
        wanted, end = self.counts.reads + count, time.monotonic() + SECONDS_TO_RECOVER
        while self.counts.reads < wanted:
            assert time.monotonic() < end, f"no {count} reads in time: {self.counts}, {self.wrong}"
            time.sleep(0.02)

    def wait_until_recovered(self) -> None:
        """Return when each server has acknowledged a write and answered a read from now on; count the seconds."""
        begin = time.monotonic()
        while min((*self._last_write.values(), *self._last_read.values())) < begin:
            assert time.monotonic() < begin + SECONDS_TO_RECOVER, (
                f"not recovered: {self.counts}, {self.wrong}"
            )
            time.sleep(0.02)
        self.counts.recovery = time.monotonic() - begin

    def stop(self) -> Counts:
        """End the threads, and check what is stored and what every server answers."""
        self._ended.set()
        for thread in self._threads:
            thread.join(_LONGEST_REQUEST * 2)
        assert not any(thread.is_alive() for thread in self._threads), "a request never ended"
        self._check_stored()
        for host in self.hosts:
            self._check_views(host)
        assert not self.wrong, self.wrong[:5]
        assert (self.counts.lost, self.counts.doubled) == (0, 0)
        return self.counts

    # --- requests

    def _request(self, host: Host, method: str, path: str, **kwargs: Any) -> httpx.Response | None:
        """Send a request; return its response, or None if there was none or the server refused it for now."""
        begin, title = time.monotonic(), ""
        try:
            response = host.request(method, path, **kwargs)
            if response.status_code == 500:
                self.wrong.append(host.server.log.read_text()[-5000:])
            if response.status_code in (429, 502, 503):
                title = response.json()["title"]
                if response.headers.get("Retry-After") is None:
                    self.wrong.append(f"no Retry-After: {response.text}")
                return None
            return response
        except httpx.TransportError as error:
            title = f"no response ({type(error).__name__})"
            return None
        finally:
            seconds = time.monotonic() - begin
            with self._lock:
                if title:
                    self.counts.refused[title] = self.counts.refused.get(title, 0) + 1
                if method == "GET":
                    self.counts.reads += 1
                    self.counts.longest_read = max(self.counts.longest_read, seconds)
                else:
                    self.counts.writes += 1
                    self.counts.longest_write = max(self.counts.longest_write, seconds)

    def _write(self, host: Host) -> None:
        """Create events, and change each third one."""
        while not self._ended.is_set():
            number = next(_numbers)
            title = f"Fault {number}"
            with self._lock:
                self._attempted += 1
                self._unsure.add(title)
            body = {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [4.35, 50.85]},
                "properties": {
                    "title": title,
                    "category": "raid",
                    "date": "2023-05-03",
                    "status": "published",
                },
            }
            headers = {"Idempotency-Key": f"fault-{number}"}
            response = self._until_answered(host, "POST", ITEMS, json=body, headers=headers)
            if response is None:
                return
            if response.status_code != 201:
                self.wrong.append(f"POST: {response.status_code} {response.text[:300]}")
                return
            event = response.json()["id"]
            self._acknowledge(host, event, title, created=True)
            if number % 3 == 0:
                self._edit(host, event, f"{title} edited", response.headers["ETag"])

    def _edit(self, host: Host, event: str, title: str, tag: str) -> None:
        with self._lock:
            self._unsure.add(title)
        body = {"properties": {"title": title}}
        headers = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
        path = f"{ITEMS}/{event}"
        response = self._until_answered(host, "PATCH", path, json=body, headers=headers)
        if response is None:
            return
        if response.status_code == 412:  # the answer to an earlier request was lost
            response = self._until_answered(host, "GET", path)
            if response is None:
                return
        if response.status_code != 200 or response.json()["properties"]["title"] != title:
            self.wrong.append(f"PATCH: {response.status_code} {response.text[:300]}")
            return
        self._acknowledge(host, event, title, created=False)

    def _until_answered(self, host: Host, method: str, path: str, **kwargs: Any) -> httpx.Response | None:
        """Repeat a request until it is answered; return None if the clients end before that."""
        while True:
            response = self._request(host, method, path, **kwargs)
            if response is not None:
                return response
            if self._ended.wait(0.1):
                return None

    def _acknowledge(self, host: Host, event: str, title: str, *, created: bool) -> None:
        with self._lock:
            self._stored += created
            self.counts.acknowledged += 1
            self._titles[event] = title
        self._last_write[id(host)] = time.monotonic()

    def _read(self, host: Host) -> None:
        """Read pages, counts, clusters and tiles."""
        newest, number = 0, 0
        while not self._ended.is_set():
            number += 1
            new = f"datetime=1900/{2100 + number % 1000}"
            path, count = _VIEWS[number % len(_VIEWS)]
            at_least = self._stored
            response = self._request(host, "GET", path.format(new))
            if response is None:
                self._ended.wait(0.05)
                continue
            if response.status_code != 200:
                self.wrong.append(f"GET {path}: {response.status_code} {response.text[:300]}")
                return
            self._last_read[id(host)] = time.monotonic()
            if count is None:
                continue
            matched = count(response.json(), self.wrong)
            if "Warning" in response.headers:
                self.counts.stale += 1
                continue
            if not max(at_least, newest) <= matched <= self._attempted:
                self.wrong.append(
                    f"{path}: {matched} is not between {at_least}, {newest} and {self._attempted}"
                )
            newest = max(newest, matched)

    # --- checks at the end

    def _events(self) -> int:
        return len(self._primary.run(_TITLES, database=self._database))

    def _check_stored(self) -> None:
        titles = [row[0] for row in self._primary.run(_TITLES, database=self._database)]
        stored = set(titles)
        self.counts.lost = len(set(self._titles.values()) - stored)
        ours = [title for title in titles if title in self._unsure]
        self.counts.doubled = len(ours) - len(set(ours))

    def _check_views(self, host: Host) -> None:
        """Compare what a server answers with what is stored, also in a tile of the whole world."""
        events = self._events()
        for path, count in _VIEWS:
            response = host.request("GET", path.format("datetime=1900/2999"))
            assert response.status_code == 200, response.text
            if count is not None:
                assert count(response.json(), self.wrong) == events, path
        import mapbox_vector_tile

        tile = mapbox_vector_tile.decode(host.request("GET", "/tiles/0/0/0").content)
        pins = sum(pin["properties"].get("count", 1) for pin in tile["events"]["features"])
        assert pins == events


def _of_page(document: Any, _wrong: list[str]) -> int:
    return int(document["numberMatched"])


def _of_summary(document: Any, wrong: list[str]) -> int:
    """Return the events of a summary, whose parts must agree."""
    matched = int(document["matched"])
    bars = sum(bar["count"] for bar in document["histogram"]) + document["undated"]
    if {matched} != {bars, document["pins"], sum(document["categories"].values())}:
        wrong.append(f"the counts differ: {document}")
    return matched


def _of_clusters(document: Any, _wrong: list[str]) -> int:
    return sum(cluster["properties"]["count"] for cluster in document["features"])


_VIEWS: tuple[tuple[str, Callable[[Any, list[str]], int] | None], ...] = (
    ("/events?limit=2", _of_page),
    ("/events?limit=2&{}", _of_page),
    ("/events/summary?{}", _of_summary),
    ("/events/clusters?zoom=0&{}", _of_clusters),
    ("/tiles/0/0/0?{}", None),
)


class FaultTable:
    """The counts of each fault, as a table in Markdown."""

    def __init__(self) -> None:
        self._rows: list[str] = []

    def add(self, fault: str, counts: Counts) -> None:
        """Add a row."""
        refused = ", ".join(f"{count} × {title}" for title, count in sorted(counts.refused.items())) or "0"
        recovery = "–" if counts.recovery is None else f"{counts.recovery:.1f}"
        cells = (
            fault, counts.reads + counts.writes, counts.acknowledged, refused, counts.stale, counts.lost,
            counts.doubled, f"{counts.longest_read:.1f}", f"{counts.longest_write:.1f}", recovery,
        )  # fmt: skip
        self._rows.append(f"| {' | '.join(map(str, cells))} |")

    def text(self) -> str:
        """Return the table."""
        head = (
            "fault", "requests", "acknowledged writes", "refused", "marked as stale", "lost", "doubled",
            "longest read (s)", "longest write (s)", "recovery (s)",
        )  # fmt: skip
        return "\n".join([f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *self._rows])


def eventually(is_true: Callable[[], bool], seconds: float = SECONDS_TO_RECOVER) -> float:
    """Wait until something is true, and return after how many seconds that was."""
    begin = time.monotonic()
    while True:
        with suppress(httpx.TransportError):
            if is_true():
                return time.monotonic() - begin
        assert time.monotonic() < begin + seconds
        time.sleep(0.05)
