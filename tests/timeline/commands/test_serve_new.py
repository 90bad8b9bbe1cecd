"""`timeline serve --migrate --seed-if-new`, the start command of the image, with and without a database."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from db.engines import connect
from db.engines.addresses import without_password
from db.migrations import upgrade
from db.store import Store
from timeline.commands import cli

START = ("--migrate", "--seed-if-new")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a database that does not exist."""
    return f"sqlite:///{tmp_path}/events.db"


@pytest.fixture
def start(url: str, tmp_path: Path) -> Callable[..., int]:
    """Return a function that starts a server with options, and returns the number of its events after it stopped."""

    def matched(*options: str) -> int:
        command = [sys.executable, "-m", "timeline", "serve", "--port", "0", *options]
        environment = {**os.environ, "TIMELINE_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                address = next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)))
                count: int = httpx.get(f"{address[0]}events?limit=1", timeout=30).json()["numberMatched"]
            finally:
                process.terminate()
        return count

    return matched


@pytest.mark.usefixtures("gazetteer")
def test_the_first_start_imports_the_seed_events_and_later_ones_leave_the_database(
    start: Callable[..., int], url: str
) -> None:
    assert start(*START) >= 30
    store = Store(url)
    before = store.stamp()
    assert start(*START) >= 30
    assert store.stamp().version == before.version
    store.close()


def test_a_database_that_was_created_before_stays_empty(start: Callable[..., int], url: str) -> None:
    store = Store(url)
    store.migrate()
    store.close()
    assert start(*START) == 0


def test_without_seed_if_new_a_new_database_is_empty(start: Callable[..., int]) -> None:
    assert start("--migrate") == 0


def test_a_database_exists_once_it_has_tables(url: str, tmp_path: Path) -> None:
    engine = connect(url, 10)
    assert not upgrade.exists(engine)
    assert not (tmp_path / "events.db").exists()
    store = Store(url)
    store.migrate()
    store.close()
    assert upgrade.exists(engine)
    engine.dispose()


def test_seed_if_new_needs_migrate() -> None:
    result = CliRunner().invoke(cli, ["serve", "--seed-if-new"])
    assert (result.exit_code, "--seed-if-new needs --migrate" in result.stderr) == (2, True)


def test_migrate_does_not_show_the_password_of_an_address() -> None:
    for address in ("postgresql://ada:secret@a:5432,b/events", "postgresql://ada:sec:r/t@a/events"):
        assert "sec" not in without_password(address)
    assert without_password("sqlite:////srv/a@b:c/events.db") == "sqlite:////srv/a@b:c/events.db"
