"""Two servers that act as two machines with one database."""

from collections.abc import Callable
from typing import Any

import pytest
from databases import Databases
from hosts import Host

from db.store import Store

StartHost = Callable[[str], Host]


@pytest.fixture(scope="module")
def shared_url(databases: Databases) -> str:
    """Return the address of a database that the machines of a module share."""
    return databases.new()


@pytest.fixture(scope="module")
def start_host(
    shared_url: str, serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> StartHost:
    """Return a function that starts a server under the name of a machine."""
    store = Store(shared_url)
    key = store.desk.create_key("desk", "reviewer")
    store.close()
    uploads = tmp_path_factory.mktemp("uploads")
    return lambda name: Host(serve, shared_url, name, uploads / name, key)


@pytest.fixture(scope="module")
def first(start_host: StartHost) -> Host:
    """Return a server on the first machine."""
    return start_host("first")


@pytest.fixture(scope="module")
def second(start_host: StartHost) -> Host:
    """Return a server on the second machine."""
    return start_host("second")
