"""Fixtures for all tests: a new store on each engine, the gazetteer, and server processes.

A test that uses a store, a server or `databases` runs once on each engine, unless it is marked `sqlite_only`.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from databases import ENGINES, Databases, PostgresDatabases, databases_of, skip_reason
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


# Tests of these folders see only what the API answers, and the API is tested on each engine.
ONCE = ("timeline/web", "bench", "import_cases", "seeds")
# What these see of the database others see as well: on PostgreSQL they are slow tests, which only CI runs.
SLOW_ON_POSTGRES = (
    "db/columns/test_block_counts.py", "db/columns/test_certainty.py", "db/columns/test_clusters_countries_tiles.py",
    "hostile", "timeline/commands", "timeline/imports", "timeline/places", "timeline/readers", "timeline/writers",
    "timeline/api/test_clients.py", "timeline/api/test_compression.py", "timeline/api/test_formats.py",
    "timeline/api/test_gdal_filters.py", "timeline/api/test_geopandas.py", "timeline/api/test_mount.py",
    "timeline/api/test_oembed.py", "timeline/api/test_problems.py", "timeline/api/test_same_site.py",
)  # fmt: skip
QUICK_ON_POSTGRES = ("timeline/imports/test_importer.py",)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a database once on each engine; on SQLite alone if it is marked or in a folder of ONCE."""
    if "engine_name" not in metafunc.fixturenames:
        return
    if metafunc.definition.get_closest_marker("sqlite_only") or _path(metafunc.definition).startswith(ONCE):
        return
    reasons = {name: skip_reason(name) for name in ENGINES}
    params = [
        pytest.param(name, marks=pytest.mark.skip(reason=f"{name}: {reason}")) if reason else name
        for name, reason in reasons.items()
    ]
    metafunc.parametrize("engine_name", params, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests on PostgreSQL that `make test` leaves out."""
    for item in items:
        if isinstance(item, pytest.Function) and "postgres" in item.name.partition("[")[2]:
            path = _path(item)
            left_to_ci = path.startswith(SLOW_ON_POSTGRES) and path not in QUICK_ON_POSTGRES
            if left_to_ci or item.get_closest_marker("slow_on_server"):
                item.add_marker(pytest.mark.slow)


def _path(test: pytest.Function) -> str:
    """Return the path of a test's file below this folder."""
    return test.path.relative_to(Path(__file__).parent).as_posix()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no database on a server of DATELINE_TEST_POSTGRES; the process that starts the workers ends last."""
    if not hasattr(session.config, "workerinput"):
        factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
        PostgresDatabases(factory.getbasetemp()).drop_all()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write in one line that the tests on PostgreSQL were skipped, and why."""
    reason = skip_reason("postgres")
    reports = terminalreporter.stats.get("skipped", [])
    count = sum("postgres" in f"{report.nodeid} {report.longrepr}".lower() for report in reports)
    if reason and count:
        terminalreporter.write_line(f"{count} tests on PostgreSQL were skipped: {reason}")


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """Return the engine of the test, of ENGINES."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session", autouse=True)
def _state_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let servers of PostgreSQL store uploads in a temporary folder instead of the user's."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a folder that all workers of this run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder if worker_id == "master" else folder.parent


@pytest.fixture(scope="session")
def _databases_by_engine(shared_folder: Path) -> Callable[[str], Databases]:
    return cache(lambda engine_name: databases_of(engine_name, shared_folder))


@pytest.fixture(scope="session")
def databases(_databases_by_engine: Callable[[str], Databases], engine_name: str) -> Databases:
    """Return what creates and copies databases on the engine of the test."""
    return _databases_by_engine(engine_name)


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty, migrated database; on SQLite its file is `events.db` in the test's folder."""
    url = databases.new(tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Yield an empty, migrated store."""
    empty = Store(database_url)
    yield empty
    empty.close()


@pytest.fixture(scope="module")
def shared_store(databases: Databases) -> Iterator[Store]:
    """Yield one store for all examples of a module; each deletes the events first."""
    url = databases.new()
    shared = Store(url)
    yield shared
    shared.close()
    databases.drop(url)


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

    def start(database: str | Path, workers: int = 1, **environment: str) -> Server:
        server = Server(database, tmp_path_factory.mktemp("log") / "server.log", workers, environment)
        servers.append(server)
        server.wait_until_ready()
        return server

    yield start
    stop_all(servers)


@pytest.fixture(scope="session")
def seeded(databases: Databases) -> str:
    """Return the address of a database with the seed events, filled by the command line, once for all workers."""

    def fill(url: str) -> None:
        env = {**os.environ, "TIMELINE_DATABASE_URL": url}
        for command in ("migrate", "seed"):
            subprocess.run(
                [sys.executable, "-m", "timeline", command], env=env, check=True, capture_output=True
            )

    return databases.shared("seeded", fill)


@pytest.fixture(scope="session")
def _server_of(serve: Callable[..., Server]) -> Callable[[str], Server]:
    """Return a function that serves a database at its first call."""
    return cache(lambda url: serve(url))


@pytest.fixture(scope="session")
def server(_server_of: Callable[[str], Server], seeded: str) -> Server:
    """Return a server of the seed events."""
    return _server_of(seeded)
