"""Fixtures for all tests: a new store on a SQLite file, the gazetteer, and server processes."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from server_process import Server, stop_all

from db.store import Store

if TYPE_CHECKING:
    from geo.gazetteer.reader import Gazetteer
    from geo.resolver.resolver import Resolver

# Examples have no time limit: the machine may be slow, and the first one may open the gazetteer.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Mark a run without the slow tests, so that `tests/chance.py` tries fewer random examples."""
    if "not slow" in config.option.markexpr:
        os.environ["DATELINE_QUICK"] = "1"


DATA = Path(__file__).parent / "data"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield an empty, migrated store."""
    empty = Store(f"sqlite:///{tmp_path}/events.db")
    empty.migrate()
    yield empty
    empty.close()


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield one store for all examples of a module; each deletes the events first."""
    shared = Store(f"sqlite:///{tmp_path_factory.mktemp('shared')}/events.db")
    shared.migrate()
    yield shared
    shared.close()


@pytest.fixture(scope="session")
def gazetteer() -> "Gazetteer":
    """Return the gazetteer, which the first run compiles."""
    from geo.gazetteer.reader import open_gazetteer

    return open_gazetteer(
        Path(os.environ["TIMELINE_GAZETTEER"]) if "TIMELINE_GAZETTEER" in os.environ else None
    )


@pytest.fixture(scope="session")
def resolver(gazetteer: "Gazetteer") -> "Resolver":
    """Return a resolver over the gazetteer."""
    from geo.resolver.resolver import Resolver

    return Resolver(gazetteer)


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Return a function that starts `timeline serve` on a database, with further environment variables if needed.

    All servers end with the session.
    """
    servers: list[Server] = []

    def start(database: Path, workers: int = 1, **environment: str) -> Server:
        server = Server(database, tmp_path_factory.mktemp("log") / "server.log", workers, environment)
        servers.append(server)
        server.wait_until_ready()
        return server

    yield start
    stop_all(servers)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a database with the seed events, made by the command line, once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    database = folder / "seeded.db"
    with (folder / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            part = folder / "seeding.db"
            env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{part}"}
            for command in ("migrate", "seed"):
                subprocess.run(
                    [sys.executable, "-m", "timeline", command], env=env, check=True, capture_output=True
                )
            part.rename(database)
    return database


@pytest.fixture(scope="session")
def server(serve: Callable[..., Server], seeded: Path) -> Server:
    """Return a server of the seed events."""
    return serve(seeded)
