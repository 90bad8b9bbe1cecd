"""Everything in README and the manual works: their requests, commands, settings, parameters and links."""

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

from timeline.api.params.tables import DIALECT, LIST, STATUS
from timeline.settings import Settings
from timeline.writers.registry import WRITERS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
}
COMMAND = re.compile(r"^timeline (?!serve)[^\n]+$", re.MULTILINE)
MAX_README_WORDS = 900
FILES = {
    "events.csv": 'title,category,date,place\nA raid,raid,2023-05,"Hasselt, Belgium"\n',
    "incidents.csv": "name,type,when\nA raid,raid,3 May 2023\n",
    "import-la-riots.csv": "first_name,last_name,death_date,neighborhood,longitude,latitude\n"
    "A,B,1992-05-01,Westlake,-118.27,34.06\n",
    "import-police-killings-latin1.csv": "name,month,day,year,city,state,latitude,longitude\n"
    "José,April,2,2015,Pineville,LA,31.3,-92.4\n",
}


def _code(text: str) -> str:
    """Return the shell code blocks of a page, with continued lines joined."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)).replace("\\\n", "")


def _requests(text: str) -> list[str]:
    """Return the requests to the demo server that need no key and no file."""
    lines = [line for line in _code(text).splitlines() if line.startswith("curl ")]
    return [
        line for line in lines if "127.0.0.1:8000" in line and "$KEY" not in line and "/changes" not in line
    ]


REQUESTS = [(page, line) for page, text in PAGES.items() for line in _requests(text)]


def test_the_readme_takes_five_minutes() -> None:
    assert len(README.split()) <= MAX_README_WORDS
    assert len(_requests(README)) == 5


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize(("page", "line"), REQUESTS)
def test_a_request_of_the_manual_returns_events(server: Any, page: str, line: str) -> None:
    words = shlex.split(line.replace("http://127.0.0.1:8000", server.url))
    done = subprocess.run([*words, "-sSf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (page, line, done.stderr)
    assert re.search(r'"features": ?\[\{|"matched": ?[1-9]|"Feature"|^id,title', done.stdout), (page, line)


@pytest.mark.parametrize("page", [page for page, text in PAGES.items() if COMMAND.search(_code(text))])
def test_the_commands_of_a_page_run(page: str, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "latin-1" if "latin1" in name else "utf-8")
    environment = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{tmp_path}/timeline.db"}
    commands = COMMAND.findall(_code(PAGES[page]))
    for line in [*(["timeline migrate"] if "timeline migrate" not in commands else []), *commands]:
        words = shlex.split(line.partition(">")[0], comments=True)
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (line, done.stderr)


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_editing_example_runs_as_written(serve: Callable[..., Any], tmp_path: Path) -> None:
    script = re.search(r"^KEY=.*?^```$", PAGES["docs/edit.md"], re.MULTILINE | re.DOTALL)
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
    assert [change["type"] for change in changes] == ["created", "updated", "deleted"]
    assert server.get("/collections/events/items/dock-raid").json()["note"] == "It was a drill."


def test_the_manual_names_every_setting() -> None:
    for name in Settings.model_fields:
        assert f"`TIMELINE_{name.upper()}`" in PAGES["docs/operate.md"]


def test_the_manual_names_every_parameter_and_no_other() -> None:
    parameters = PAGES["docs/filter.md"].partition("## Formats")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", parameters, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    assert documented == {parameter.name for parameter in (*LIST, DIALECT, STATUS)}


def test_the_manual_has_a_row_for_every_output_format() -> None:
    table = PAGES["docs/filter.md"].partition("## Formats")[2].partition("## ")[0]
    for writer in WRITERS:
        row = re.search(rf"^\|[^|]+\| `{re.escape(writer.path)}` \|.*$", table, re.MULTILINE)
        assert row, f"add a row for {writer.path} to the formats in docs/filter.md"
        assert f"`{writer.name}`" in row[0]
        assert f"`{writer.media_type}`" in row[0]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_and_heading_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", PAGES[page]):
        name, _, anchor = target.partition("#")
        file = (ROOT / page).parent / name if name else ROOT / page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
            assert anchor in slugs, target


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_file_and_folder_that_is_named_exists(page: str) -> None:
    paths = re.findall(r"`((?:timeline|db|geo|seeds|tests|docs)/[\w./-]*)`", PAGES[page])
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
