"""What tests share: a fresh store on a real SQLite file, the gazetteer, and real server processes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import settings

from db.store import Store

if TYPE_CHECKING:
    from geo.gazetteer.reader import Gazetteer
    from geo.resolver.resolver import Resolver

# How long an example takes is the machine's affair: the first one may open the gazetteer.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Tell the properties that a run without the slow tests is to be quick."""
    if "not slow" in config.option.markexpr:
        os.environ["DATELINE_QUICK"] = "1"  # chance.py asks for it


DATA = Path(__file__).parent / "data"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give an empty, migrated store."""
    made = Store(f"sqlite:///{tmp_path}/events.db")
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def gazetteer() -> "Gazetteer":
    """Open the gazetteer, which the first run compiles."""
    from geo.gazetteer.reader import open_gazetteer

    return open_gazetteer(
        Path(os.environ["TIMELINE_GAZETTEER"]) if "TIMELINE_GAZETTEER" in os.environ else None
    )


@pytest.fixture(scope="session")
def resolver(gazetteer: "Gazetteer") -> "Resolver":
    """Give a resolver over the gazetteer."""
    from geo.resolver.resolver import Resolver

    return Resolver(gazetteer)


class Server:
    """A real server process and its address."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.url, self.process, self.log = url, process, log

    def get(self, path: str, **kwargs: object) -> httpx.Response:
        """Fetch a path."""
        return httpx.get(self.url + path, timeout=30, verify=False, **kwargs)  # type: ignore[arg-type]  # passed on

    def stop(self) -> None:
        """End the process and wait for it."""
        self.process.terminate()
        self.process.wait(20)


def free_port() -> int:
    """Find a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start `timeline serve` on a database, with more of the environment if need be; all end with the session."""
    servers: list[Server] = []

    def start(database: Path, workers: int = 1, **environment: str) -> Server:
        port, log = free_port(), tmp_path_factory.mktemp("log") / "server.log"
        env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{database}", **environment}
        command = [sys.executable, "-m", "timeline", "serve", "--port", str(port), "--workers", str(workers)]
        with log.open("wb") as out:
            process = subprocess.Popen(command, env=env, stdout=out, stderr=out, cwd=log.parent)
        server = Server(f"http://127.0.0.1:{port}", process, log)
        servers.append(server)
        _await(server)
        return server

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.stop()


def _await(server: Server) -> None:
    for _ in range(600):
        if server.process.poll() is not None:
            raise RuntimeError(server.log.read_text())
        try:
            if httpx.get(server.url + "/health", timeout=5, verify=False).status_code < 600:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {server.log.read_text()}")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with the seed events, through the command line."""
    database = tmp_path_factory.mktemp("seeded") / "timeline.db"
    env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{database}"}
    for command in ("migrate", "seed"):
        subprocess.run([sys.executable, "-m", "timeline", command], env=env, check=True, capture_output=True)
    return database


@pytest.fixture(scope="session")
def server(serve: Callable[..., Server], seeded: Path) -> Server:
    """Serve the seed events."""
    return serve(seeded)
