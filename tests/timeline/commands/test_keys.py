"""`timeline keys`: what is printed where, what is kept, and what goes wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.store import Store

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run real commands beside a fresh database."""
    Store(f"sqlite:///{tmp_path}/timeline.db").migrate()
    env = {name: value for name, value in os.environ.items() if not name.startswith("TIMELINE_")}

    def timeline(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "timeline", *words]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    return timeline


def holder(folder: Path, key: str) -> str | None:
    opened = Store(f"sqlite:///{folder}/timeline.db")
    found = opened.desk.holder(key)
    opened.close()
    return found.role if found else None


def test_nobody_is_named_as_the_history_names_the_command_line(run: Run) -> None:
    done = run("keys", "create", "--role", "editor", "--name", "command line")
    assert (done.returncode, done.stdout, "choose another name" in done.stderr) == (1, "", True)


def test_a_key_alone_goes_to_standard_output_and_is_kept_as_a_digest(run: Run, tmp_path: Path) -> None:
    done = run("keys", "create", "--role", "reviewer", "--name", "Night desk")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    key = done.stdout.strip()
    assert holder(tmp_path, key) == "reviewer"
    assert "Night desk" in done.stderr
    assert key not in done.stderr
    assert not any(key.encode() in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.slow
def test_the_list_tells_who_has_keys_and_when_they_were_used(run: Run, tmp_path: Path) -> None:
    assert "no key yet" in run("keys", "list").stdout
    key = run("keys", "create", "--role", "editor", "--name", "Ada").stdout.strip()
    (made,) = json.loads(run("keys", "list", "--format", "json").stdout)
    assert (made["name"], made["role"], made["last_used"], made["revoked"]) == ("Ada", "editor", None, None)
    holder(tmp_path, key)
    assert run("keys", "revoke", "Ada").returncode == 0
    assert holder(tmp_path, key) is None
    (gone,) = json.loads(run("keys", "list", "--format", "json").stdout)
    assert gone["last_used"] >= made["created"]
    assert gone["revoked"]
    head, row = run("keys", "list").stdout.splitlines()
    assert head.split() == ["name", "role", "created", "last", "used", "revoked"]
    assert row.startswith("Ada   editor")
    assert key not in row


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["create", "--role", "boss", "--name", "x"], 2, "'boss' is not one of"),
        (["create", "--role", "editor"], 2, "--name"),
        (["create", "--role", "editor", "--name", "  "], 2, "1 to 100 characters"),
        (["create", "--role", "editor", "--name", "a\nb"], 2, "1 to 100 characters"),
        (["create", "--role", "editor", "--name", "Bo"], 1, "there is a key named 'Bo' already"),
        (["revoke", "Cy"], 1, "no key named 'Cy' in use; expected one of: 'Bo'"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(run: Run, words: list[str], code: int, said: str) -> None:
    run("keys", "create", "--role", "editor", "--name", "Bo")
    done = run("keys", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr.splitlines()[-1]


def test_without_a_database_no_key_is_made(run: Run, tmp_path: Path) -> None:
    (tmp_path / "timeline.db").unlink()
    done = run("keys", "create", "--role", "editor", "--name", "Bo")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
