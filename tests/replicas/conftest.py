"""A primary with one replica, each a real server, for tests of readers on replicas, faults and promotions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_programs import missing
from replicated import OpenStore, Servers

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
