"""Fixtures for attacks: a real server process with the seeds and a few thousand events, and a key for each role."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from bench.serving.generate import drafts
from databases import Databases
from hostile.server_watch import Target
from newsroom import ROLES
from server_process import Server

from db.store import Store

EVENTS = 3_000


@pytest.fixture(scope="session")
def _crowded_by_engine() -> Callable[[Databases, str], tuple[str, dict[str, str]]]:
    return cache(_crowd)


def _crowd(databases: Databases, seeded: str) -> tuple[str, dict[str, str]]:
    database = databases.copy(seeded)
    store = Store(database)
    store.add(list(drafts(EVENTS)))
    keys = {role: store.desk.create_key(f"{role} of the desk", role) for role in ROLES}
    store.close()
    return database, keys


@pytest.fixture(scope="session")
def crowded(
    _crowded_by_engine: Callable[[Databases, str], tuple[str, dict[str, str]]],
    databases: Databases,
    seeded: str,
) -> tuple[str, dict[str, str]]:
    """Return the address of a database with the seeds and 3,000 events, and a key for each role."""
    return _crowded_by_engine(databases, seeded)


@pytest.fixture(scope="session")
def attack(
    serve: Callable[..., Server],
    crowded: tuple[str, dict[str, str]],
    databases: Databases,
) -> Iterator[Callable[..., Target]]:
    """Return a function that serves a copy of the crowded database, with further environment variables if needed.

    At the end, no log may contain a traceback.
    """
    database, keys = crowded
    targets: list[Target] = []

    def start(**environment: str) -> Target:
        copy = databases.copy(database)
        targets.append(Target(serve(copy, **environment), copy, keys))
        return targets[-1]

    yield start
    assert [target.failures() for target in targets if target.failures()] == []


@pytest.fixture(scope="module")
def target(attack: Callable[..., Target]) -> Target:
    """Return a server to attack, one for each module of tests."""
    return attack()
