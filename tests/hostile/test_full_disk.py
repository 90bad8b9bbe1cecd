"""A full disk under SQLite: every write is refused with 507, nothing is left behind, and reading goes on.

The limit on the size of files stands for the full disk: the system refuses a write in the same way.
"""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from databases import Databases
from hostile.server_watch import Target
from server_process import Server

from db.engines.sqlite.errors import meaning
from db.errors import DiskFull
from db.store import Store

ITEMS = "/collections/events/items"


pytestmark = pytest.mark.sqlite_only("the limit is on the files of the server's own process")


@pytest.fixture(scope="module")
def full(
    serve: Callable[..., Server],
    crowded: tuple[str, dict[str, str]],
    databases: Databases,
) -> Iterator[Target]:
    """Yield a server whose process can make no file longer than 16 kB."""
    database = databases.copy(crowded[0])
    target = Target(serve(database), database, crowded[1])
    before = resource.prlimit(target.server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(target.server.pid, resource.RLIMIT_FSIZE, (16_384, before[1]))
    yield target
    resource.prlimit(target.server.pid, resource.RLIMIT_FSIZE, before)
    assert send(target, "POST", ITEMS, json=feature("after")).status_code == 201
    assert "Traceback" not in target.server.log.read_text()


def send(target: Target, method: str, path: str, **request: Any) -> httpx.Response:
    """Send a request of a reviewer."""
    return httpx.request(
        method, target.url + path, headers=target.headers("reviewer") | request.pop("headers", {}), **request
    )


def feature(title: str) -> dict[str, Any]:
    """Return a Feature that fills several pages of the database."""
    properties = {"title": title, "date": "2020", "category": "raid", "summary": "word " * 10_000}
    return {"type": "Feature", "id": title, "geometry": None, "properties": properties}


def uploads(target: Target) -> list[Path]:
    """Return the files and folders of uploads."""
    folder = target.imports_folder
    return list(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("form", [False, True])
def test_an_upload_is_refused_and_leaves_nothing(full: Target, form: bool) -> None:
    content = b"title,date\n" + b"A,2020\n" * 100_000
    body: dict[str, Any] = {"files": {"file": ("a.csv", content)}} if form else {"content": content}
    response = send(full, "POST", "/imports?name=a.csv", **body)
    assert response.status_code == 507
    assert "disk" in response.json()["detail"]
    assert uploads(full) == []
    assert send(full, "GET", "/imports").json() == {"imports": []}


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_an_event_is_refused_and_not_stored(full: Target, headers: dict[str, str]) -> None:
    response = send(full, "POST", ITEMS, json=feature("too-long"), headers=headers)
    assert response.status_code == 507
    assert "disk" in response.json()["detail"]
    assert send(full, "GET", f"{ITEMS}/too-long").status_code == 404


@pytest.mark.parametrize("path", ["/events", "/health", "/events.csv", "/events?q=raid"])
def test_readers_notice_nothing(full: Target, path: str) -> None:
    assert full.server.get(path).status_code == 200


def test_sqlite_reports_a_database_that_cannot_grow(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/events.db")
    store.migrate()
    store.close()
    connection = sqlite3.connect(tmp_path / "events.db")
    connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError) as error:
        connection.executescript("CREATE TABLE filler (x); INSERT INTO filler VALUES (zeroblob(1000000))")
    connection.close()
    explanation = meaning(error.value, "events.db")
    assert isinstance(explanation, DiskFull)
    assert "disk is full" in str(explanation)
