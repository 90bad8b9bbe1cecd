"""`timeline keys` creates, lists and revokes keys, prints a key once, and reports each error in one line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import Databases, all_rows

from db.store import Store
from timeline.commands import cli

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder; the only setting of the environment is a new database."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("TIMELINE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TIMELINE_DATABASE_URL", database_url)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Run commands in this process, which is ten times faster than in a new one."""

    def timeline(*words: str) -> "subprocess.CompletedProcess[str]":
        result = CliRunner().invoke(cli, words, prog_name="timeline", catch_exceptions=False)
        return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)

    return timeline


@pytest.fixture
def run_process(folder: Path) -> Run:
    """Run commands in new processes."""

    def timeline(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "timeline", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return timeline


def holder(database_url: str, key: str) -> str | None:
    opened = Store(database_url)
    editor = opened.desk.holder(key)
    opened.close()
    return editor.role if editor else None


def test_a_key_cannot_have_the_name_of_the_command_line(run: Run) -> None:
    done = run("keys", "create", "--role", "editor", "--name", "command line")
    assert (done.returncode, done.stdout, "choose another name" in done.stderr) == (1, "", True)


def test_only_the_key_is_printed_to_standard_output_and_only_its_digest_is_stored(
    run: Run, database_url: str
) -> None:
    done = run("keys", "create", "--role", "reviewer", "--name", "Night desk")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    key = done.stdout.strip()
    assert holder(database_url, key) == "reviewer"
    assert "Night desk" in done.stderr
    assert key not in done.stderr
    assert key not in str(all_rows(database_url))


@pytest.mark.slow
def test_the_list_shows_the_holders_of_keys_and_their_last_use(run: Run, database_url: str) -> None:
    assert "no key yet" in run("keys", "list").stdout
    key = run("keys", "create", "--role", "editor", "--name", "Ada").stdout.strip()
    (created,) = json.loads(run("keys", "list", "--format", "json").stdout)
    assert (created["name"], created["role"], created["last_used"], created["revoked"]) == (
        "Ada",
        "editor",
        None,
        None,
    )
    holder(database_url, key)
    assert run("keys", "revoke", "Ada").returncode == 0
    assert holder(database_url, key) is None
    (revoked,) = json.loads(run("keys", "list", "--format", "json").stdout)
    assert revoked["last_used"] >= created["created"]
    assert revoked["revoked"]
    head, row = run("keys", "list").stdout.splitlines()
    assert head.split() == ["name", "role", "created", "last", "used", "revoked"]
    assert row.startswith("Ada   editor")
    assert key not in row


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["create", "--role", "boss", "--name", "x"], 2, "'boss' is not one of"),
        (["create", "--role", "editor"], 2, "--name"),
        (["create", "--role", "editor", "--name", "  "], 2, "1 to 100 printable characters"),
        (["create", "--role", "editor", "--name", "a\nb"], 2, "1 to 100 printable characters"),
        (["create", "--role", "editor", "--name", "Bo"], 1, "there is a key named 'Bo' already"),
        (["revoke", "Cy"], 1, "no key named 'Cy' in use; expected one of: 'Bo'"),
    ],
)
def test_each_error_is_reported_in_one_line(run: Run, words: list[str], code: int, message: str) -> None:
    run("keys", "create", "--role", "editor", "--name", "Bo")
    done = run("keys", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr.splitlines()[-1]


def test_a_revocation_without_any_key_in_use_says_so(run: Run) -> None:
    assert "all keys are revoked, or none was created yet" in run("keys", "revoke", "Cy").stderr


def test_no_key_is_created_without_a_database(
    run: Run, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMELINE_DATABASE_URL", databases.bare())
    done = run("keys", "create", "--role", "editor", "--name", "Bo")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
