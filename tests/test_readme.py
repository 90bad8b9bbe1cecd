"""What the README says works: its requests, its settings, its import."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline.api.params.tables import LIST
from timeline.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
REQUESTS = re.findall(r"^curl '(http://127\.0\.0\.1:8000[^']+)'$", README, re.MULTILINE)
COMMANDS = re.findall(r"^timeline (?!serve)[^\n]+$", README.replace("\\\n ", ""), re.MULTILINE)


def test_there_are_five_first_requests() -> None:
    assert len(REQUESTS) == 5


@pytest.mark.parametrize("url", REQUESTS)
def test_a_request_of_the_readme_finds_something(server: Any, url: str) -> None:
    found = server.get(url.removeprefix("http://127.0.0.1:8000")).json()
    assert found.get("features") or found["matched"]


def test_the_commands_of_the_readme_run(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        'title,category,date,place\nA raid,raid,2023-05,"Hasselt, Belgium"\n'
    )
    (tmp_path / "incidents.csv").write_text("name,type,when\nA raid,raid,3 May 2023\n")
    (tmp_path / "import-la-riots.csv").write_text(
        "first_name,last_name,death_date,neighborhood,longitude,latitude\nA,B,1992-05-01,Westlake,-118.27,34.06\n"
    )
    (tmp_path / "import-police-killings-latin1.csv").write_bytes(
        "name,month,day,year,city,state,latitude,longitude\nJosé,April,2,2015,Pineville,LA,31.3,-92.4\n".encode(
            "latin-1"
        )
    )
    for line in COMMANDS:
        words = shlex.split(line.partition(">")[0])
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (line, done.stderr)


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_the_editors_day_runs_as_it_is_written(serve: Callable[..., Any], tmp_path: Path) -> None:
    script = re.search(r"^KEY=.*?^```$", README, re.MULTILINE | re.DOTALL)
    assert script
    database = tmp_path / "day.db"
    environment = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{database}"}
    subprocess.run([sys.executable, "-m", "timeline", "migrate"], env=environment, check=True)
    server = serve(database)
    text = script[0].removesuffix("```").replace("http://127.0.0.1:8000", server.url)
    text = text.replace("$(timeline ", f"$({shlex.quote(sys.executable)} -m timeline ")
    done = subprocess.run(["bash", "-ec", text], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"action":"published"' in done.stdout
    changes = server.get("/changes").json()["changes"]
    assert [one["type"] for one in changes] == ["created", "updated", "deleted"]
    assert server.get("/collections/events/items/dock-raid").json()["note"] == "It was a drill."


def test_the_readme_names_every_setting_and_every_parameter() -> None:
    for name in Settings.model_fields:
        assert f"TIMELINE_{name.upper()}" in README
    for parameter in LIST:
        assert f"`{parameter.name}`" in README
