"""Import the small files of this folder with the real command, and compare each result with its right answer.

`NAME.csv` (or another format) is the file, `NAME.case.yaml` the answer; CONTRIBUTING.md describes its keys.
"""

import json
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from litestar.testing import TestClient

from db.query.filter import Filter
from db.store import Store
from timeline.app import create_app
from timeline.commands import cli
from timeline.settings import Settings

FOLDER = Path(__file__).parent
ANSWER = ".case.yaml"
CASES = sorted(FOLDER.rglob(f"*{ANSWER}"))
KEYS = frozenset((
    "why", "options", "publish", "exit", "question", "events", "report", "not_in_report", "then", "edit", "by", "file",
    "replace",
))  # fmt: skip

Step = Mapping[str, Any]


def case_name(path: Path) -> str:
    return str(path.relative_to(FOLDER)).removesuffix(ANSWER)


def input_file(path: Path) -> Path:
    """Return the file that a case imports: the only other one with its name."""
    stem = path.name.removesuffix(ANSWER)
    (file,) = (
        other for other in path.parent.iterdir() if other.name.startswith(f"{stem}.") and other != path
    )
    return file


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated database without events, which each case copies."""
    path = tmp_path_factory.mktemp("empty") / "events.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


class Desk:
    """A database of one case: imports its file with the command, and changes events as an editor does."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.url = f"sqlite:///{folder}/events.db"
        self.file = folder / file.name
        shutil.copy(file, self.file)

    def events(self) -> list[dict[str, Any]]:
        """Return the published events: the properties, with `id`, and `lon` and `lat` of a point."""
        store = Store(self.url)
        features = [json.loads(feature) for feature in store.snapshot(Filter())[1]]
        store.close()
        return [flat(feature) for feature in features]

    def run(self, step: Step) -> None:
        """Import the file, or edit an event, and check what the step says about the result."""
        assert step.keys() <= KEYS, f"unknown keys: {step.keys() - KEYS}"
        if "edit" in step:
            self.edit(step)
            return
        before = self.events()
        file = self.file.with_name(step.get("file", self.file.name))
        for old, new in step.get("replace", {}).items():
            data = file.read_bytes()
            assert old.encode() in data, f"{file.name} has no {old!r}"
            file.write_bytes(data.replace(old.encode(), new.encode()))
        options = shlex.split(step.get("options", ""))
        if step.get("publish", "true") == "true":
            options.append("--publish")
        done = CliRunner().invoke(cli, ["import", file.name, *options])
        output = done.output
        assert done.exit_code == int(step.get("exit", "question" in step)), output
        for text in (*step.get("report", ()), *([step["question"]] if "question" in step else [])):
            assert text in output, f"{text!r} is missing in: {output}"
        for text in step.get("not_in_report", ()):
            assert text not in output, output
        if "question" in step:
            assert self.events() == before, "a file with a question was imported"
        if "events" in step:
            compare(step["events"], self.events(), output)

    def edit(self, step: Step) -> None:
        """Send a merge patch for the event that `edit` names by its id or title, as a reviewer."""
        title, patch = step["edit"]["event"], step["edit"]["patch"]
        (event,) = (event for event in self.events() if title in (event["id"], event["title"]))
        store = Store(self.url)
        key = store.desk.create_key(step.get("by", "editor of the case"), "reviewer")
        store.close()
        with TestClient(create_app(Settings(database_url=self.url))) as client:
            response = client.patch(
                f"/collections/events/items/{event['id']}",
                content=json.dumps(patch),
                headers={
                    "Authorization": f"Bearer {key}",
                    "If-Match": "*",
                    "Content-Type": "application/merge-patch+json",
                },
            )
        assert response.status_code in (200, 204), response.text


def flat(feature: dict[str, Any]) -> dict[str, Any]:
    geometry = feature["geometry"]
    point = geometry["coordinates"] if geometry and geometry["type"] == "Point" else (None, None)
    return {
        **feature["properties"],
        "id": feature["id"],
        "geometry": geometry,
        "lon": point[0],
        "lat": point[1],
    }


def compare(expected: list[Mapping[str, Any]], events: list[dict[str, Any]], output: str) -> None:
    """Check that there is one event for each expected one, and no other."""
    remaining = list(events)
    for answer in expected:
        same = [event for event in remaining if not differences(answer, event)]
        titles = [event for event in remaining if str(event["title"]) == answer.get("title")]
        assert same, f"expected {answer}, but {[differences(answer, event) for event in titles]}: {output}"
        remaining.remove(same[0])
    assert not remaining, f"{len(remaining)} other events such as {remaining[0]}: {output}"


def differences(answer: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of an event that differ from the answer; `data.x` and `places.0.text` are paths."""
    found = {path: value_at(event, path) for path in answer}
    return {path: value for path, value in found.items() if not equal(answer[path], value)}


def value_at(event: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(event, list):
            event = event[int(part)] if int(part) < len(event) else None
        else:
            event = event.get(part) if isinstance(event, Mapping) else None
    return event


def equal(answer: Any, value: Any) -> bool:
    """Compare a value of JSON with one of the answer, in which every scalar is a text."""
    if isinstance(answer, Mapping):
        return (
            isinstance(value, Mapping)
            and answer.keys() == value.keys()
            and all(equal(answer[name], value[name]) for name in answer)
        )
    if isinstance(answer, list):
        return isinstance(value, list) and len(value) == len(answer) and all(map(equal, answer, value))
    if value is None or isinstance(value, bool):
        return answer == {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return abs(float(answer) - value) < 1e-5
    return str(value) == answer


@pytest.mark.parametrize("path", CASES, ids=case_name)
def test_the_file_is_imported_as_its_answer_says(
    path: Path, empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(empty_database, tmp_path / "events.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIMELINE_DATABASE_URL", f"sqlite:///{tmp_path}/events.db")
    case: Step = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    desk = Desk(tmp_path, input_file(path))
    desk.run(case)
    for step in case.get("then", ()):
        desk.run({"options": case.get("options", ""), **step})
    if "question" not in case and "then" not in case:
        # A second import of the same file changes nothing.
        unchanged = desk.events()
        desk.run({**case, "report": ["0 created, 0 updated"], "not_in_report": ()})
        assert desk.events() == unchanged


def test_every_file_has_an_answer() -> None:
    files = {file for file in FOLDER.rglob("*") if file.is_file() and "__pycache__" not in file.parts}
    assert files - set(CASES) - {Path(__file__)} == set(map(input_file, CASES))
