"""Fixtures for attacks: a real server process with the seeds and a few thousand events, and a key for each role."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bench.serving.generate import drafts
from hostile.server_watch import Target
from newsroom import ROLES
from server_process import Server

from db.store import Store

EVENTS = 3_000


@pytest.fixture(scope="session")
def crowded(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a database with the seeds and 3,000 events, and a key for each role."""
    database = tmp_path_factory.mktemp("hostile") / "crowded.db"
    shutil.copy(seeded, database)
    store = Store(f"sqlite:///{database}")
    store.add(list(drafts(EVENTS)))
    keys = {role: store.desk.create_key(f"{role} of the desk", role) for role in ROLES}
    store.close()
    return database, keys


@pytest.fixture(scope="session")
def attack(
    serve: Callable[..., Server],
    crowded: tuple[Path, dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Target]]:
    """Return a function that serves a copy of the crowded database, with further environment variables if needed.

    At the end, no log may contain a traceback.
    """
    database, keys = crowded
    targets: list[Target] = []

    def start(**environment: str) -> Target:
        copy = tmp_path_factory.mktemp("target") / "events.db"
        shutil.copy(database, copy)
        targets.append(Target(serve(copy, **environment), copy, keys))
        return targets[-1]

    yield start
    assert [target.failures() for target in targets if target.failures()] == []


@pytest.fixture(scope="module")
def target(attack: Callable[..., Target]) -> Target:
    """Return a server to attack, one for each module of tests."""
    return attack()
