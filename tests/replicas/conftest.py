"""A primary with one replica, each a real server, for tests of readers on replicas, faults and promotions."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clients_under_faults import FaultTable
from fault_scene import Scene
from hosts import Host
from postgres_programs import missing
from replicated import DATABASE, OpenStore, Servers

from db.store import Store


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests of this folder without PostgreSQL."""
    reason = missing()
    for item in items:
        if reason and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=f"PostgreSQL: {reason}"))


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Yield a new primary with its replica."""
    started = Servers()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shared_servers() -> Iterator[Servers]:
    """Yield a primary and a replica that the tests of a module share, and leave as they were."""
    started = Servers()
    yield started
    started.stop()


@pytest.fixture
def open_store() -> Iterator[OpenStore]:
    """Return a function that opens a store; all are closed at the end."""
    opened: list[Store] = []

    def open_(url: str, *replicas: str) -> Store:
        opened.append(Store(url, read_timeout=5, ahead=True, replicas=replicas))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultTable]:
    """Yield the table of all faults, print it at the end, and write it into `faults.md` in the folder of the tests."""
    faults = FaultTable()
    yield faults
    (tmp_path_factory.getbasetemp() / "faults.md").write_text(faults.text())
    print(f"\n{faults.text()}")


@pytest.fixture(scope="module")
def scene(
    shared_servers: Servers,
    serve: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
    table: FaultTable,
) -> Scene:
    """Start two servers on a primary and its replica."""
    url, uploads = shared_servers.primary.url(DATABASE), tmp_path_factory.mktemp("uploads")
    store = Store(url)
    key = store.desk.create_key("desk", "reviewer")
    store.close()

    def start(name: str, **settings: str) -> Host:
        return Host(serve, url, name, uploads / name, key, **settings)

    return Scene(shared_servers, start, table)
