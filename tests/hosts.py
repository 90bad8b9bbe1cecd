"""Servers that act as different machines: each has its own name and folder for uploads, and they share a database."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from db.store import Store


class Host:
    """A server under the name of a machine, with a key of a reviewer."""

    def __init__(
        self, serve: Callable[..., Any], url: str, name: str, uploads: Path, key: str, **settings: str
    ) -> None:
        self.database_url, self.uploads = url, uploads
        variables = {"TIMELINE_HOST_NAME": name, "TIMELINE_UPLOADS": str(uploads), **settings}
        self._start = lambda: serve(url, **variables)
        self.server = self._start()
        self.headers = {"Authorization": f"Bearer {key}"}

    def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Send a request with the key."""
        headers = {**self.headers, **kwargs.pop("headers", {})}
        return httpx.request(method, self.server.url + path, headers=headers, timeout=60, **kwargs)

    def get(self, path: str) -> Any:
        """Return the JSON of a path."""
        return self.request("GET", path).raise_for_status().json()

    def send(self, name: str, rows: str, options: str = "") -> str:
        """Send a file to be imported, and return the path of the import."""
        response = self.request("POST", f"/imports?name={name}{options}", content=rows)
        assert response.status_code == 202, response.text
        return str(response.headers["location"].removeprefix(self.server.url))

    def finished(self, path: str) -> dict[str, Any]:
        """Return an import when it has ended."""
        for _ in range(600):
            job: dict[str, Any] = self.get(path)
            if job["state"] != "running":
                return job
            time.sleep(0.1)
        raise TimeoutError(path)

    def folder_of(self, path: str) -> Path | None:
        """Return the folder of an import on this machine, if there is one."""
        return next(self.uploads.glob(f"*/{path.rsplit('/', 1)[1]}"), None)

    def restart(self) -> None:
        """Kill the server, and start another one under the same name."""
        self.server.kill()
        self.server = self._start()


def process_of(url: str, path: str) -> int:
    """Return the number of the process of an import that runs."""
    store = Store(url)
    job = store.jobs.get(path.rsplit("/", 1)[1])
    store.close()
    assert job
    assert job.process
    return job.process


def wait_until(condition: Callable[[], Any]) -> None:
    """Return once a condition is true; raise TimeoutError after 30 seconds."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError
