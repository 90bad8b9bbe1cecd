"""POST /imports: a file in the background, with its progress and report at its own address."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.store import Store

ROWS = (
    "id,title,category,date,lat,lon\na,A raid,raid,2023-05-03,50.93,5.34\nb,Bad,raid,31/31/2020,50.93,5.34\n"
)


class Desk:
    """A server with a key of each role."""

    def __init__(self, server: Any, database: Path) -> None:
        self.server, self.database = server, database
        store = Store(f"sqlite:///{database}")
        self.keys = {role: store.desk.create_key(role, role) for role in ("editor", "reviewer")}  # type: ignore[arg-type]
        store.close()

    def ask(self, method: str, path: str, role: str | None = "editor", **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[role]}"} if role else {}
        return httpx.request(method, self.server.url + path, headers=headers, timeout=30, **kwargs)

    def send(self, path: str, role: str = "editor", **kwargs: Any) -> str:
        answer = self.ask("POST", path, role, **kwargs)
        assert answer.status_code == 202, answer.text
        return answer.headers["location"].removeprefix(self.server.url)

    def ended(self, path: str) -> dict[str, Any]:
        for _ in range(300):
            found: dict[str, Any] = self.ask("GET", path).json()
            if found["state"] != "running":
                return found
            time.sleep(0.1)
        raise TimeoutError(path)


@pytest.fixture(scope="module")
def desk(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    database = tmp_path_factory.mktemp("jobs") / "events.db"
    store = Store(f"sqlite:///{database}")
    store.migrate()
    store.close()
    return Desk(serve(database), database)


def test_a_file_is_imported_with_its_report_and_its_bad_rows_to_mend(desk: Desk) -> None:
    path = desk.send("/imports?name=raids.csv", content=ROWS)
    found = desk.ended(path)
    report = found["report"]
    assert (found["state"], found["name"], found["by"]) == ("done", "raids.csv", "editor")
    assert (report["created"], report["rejected"]["total"]) == (1, 1)
    assert report["rejected"]["rows"][0]["at"] == "line 3"
    assert "reason" in desk.ask("GET", f"{path}/rejected.csv").text
    assert desk.ask("GET", "/collections/events/items/a").json()["properties"]["status"] == "draft"
    (entry,) = desk.ask("GET", "/collections/events/items/a/history").json()["history"]
    assert (entry["who"], entry["action"]) == ("editor", "created")


def test_a_form_brings_its_file_and_options(desk: Desk) -> None:
    file = {"file": ("Straßen ü.csv", "name,day\nForm raid,2023-05-04\n")}
    options = {"map": "name=title", "set": "category=raid", "dry_run": "1"}
    found = desk.ended(desk.send("/imports", files=file, data=options))
    assert found["report"]["dry_run"]
    assert found["report"]["differences"][0].startswith("would create")


def test_a_file_that_cannot_be_read_is_told_by_its_name_and_not_by_where_it_lies(desk: Desk) -> None:
    found = desk.ended(desk.send("/imports?name=raids.csv", content="title,category\n"))
    assert (found["state"], found["report"]["error"]) == ("failed", "raids.csv holds no events")


@pytest.mark.slow
def test_an_editor_publishes_nothing_and_changes_nothing_published(desk: Desk) -> None:
    assert desk.ask("POST", "/imports?name=x.csv&publish=1", content=ROWS).status_code == 403
    row = "id,title,category\nx,First,raid\n"
    desk.ended(desk.send("/imports?name=x.csv&publish=1", "reviewer", content=row))
    found = desk.ended(desk.send("/imports?name=x.csv", content=row.replace("First", "Second")))
    assert "role reviewer" in found["report"]["rejected"]["rows"][0]["detail"]
    assert desk.ask("GET", "/collections/events/items/x").json()["properties"]["title"] == "First"


def test_a_file_that_cannot_be_read_says_why(desk: Desk) -> None:
    found = desk.ended(desk.send("/imports?name=x.geojson", content="{"))
    assert found["state"] == "failed"
    assert "is not JSON" in found["report"]["error"]


@pytest.mark.parametrize(
    ("query", "content", "said"),
    [
        ("name=x.exe", ROWS, "suffixes"),
        ("", ROWS, "suffixes"),
        ("name=x.csv", "", "is empty"),
        ("name=x.csv&map=x", ROWS, "COLUMN=FIELD"),
        ("name=x.csv&dates=abc", ROWS, "dmy"),
        ("name=x.csv&publsh=1", ROWS, "expected one of"),
        ("name=x.csv&publish=maybe", ROWS, "cannot be used"),
        ("name=x.csv&key=", ROWS, "names of columns"),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once(desk: Desk, query: str, content: str, said: str) -> None:
    answer = desk.ask("POST", f"/imports?{query}", content=content)
    assert (answer.status_code, said in answer.json()["detail"]) == (400, True), answer.text


def test_a_name_leads_nowhere_else(desk: Desk) -> None:
    path = desk.send("/imports?name=../../../evil.csv", content=ROWS)
    assert desk.ended(path)["name"] == "evil.csv"
    assert not list(desk.database.parent.parent.glob("evil*"))


@pytest.mark.parametrize("value", ["%00", "title=%00", "x" * 20_000])
@pytest.mark.parametrize("option", ["key", "set", "map"])
def test_an_option_that_no_program_takes_is_refused_and_keeps_no_import_out(
    desk: Desk, option: str, value: str
) -> None:
    answer = desk.ask("POST", f"/imports?name=x.csv&{option}={value}", content=ROWS)
    assert answer.status_code == 400, answer.text
    assert not [one for one in desk.ask("GET", "/imports").json()["imports"] if one["state"] == "running"]


def test_an_import_whose_server_ended_before_it_had_a_process_has_failed(desk: Desk) -> None:
    store = Store(f"sqlite:///{desk.database}")
    store.jobs.start("lost", "editor", "editor", "x.csv")
    assert desk.ask("GET", "/imports/lost").json()["state"] == "running"
    with sqlite3.connect(desk.database) as connection:
        connection.execute("UPDATE import_job SET created = created - 100 WHERE id = 'lost'")
    connection.close()
    assert desk.ask("GET", "/imports/lost").json()["state"] == "failed"
    store.close()


@pytest.mark.parametrize("path", ["/imports", "/imports/x", "/imports/x/rejected.csv"])
def test_imports_are_for_editors(desk: Desk, path: str) -> None:
    assert desk.ask("GET", path, None).status_code == 401
    assert desk.ask("POST", "/imports?name=x.csv", None, content=ROWS).status_code == 401


@pytest.mark.slow
def test_a_purge_takes_rejected_rows_away(desk: Desk) -> None:
    path = desk.send("/imports?name=raids.csv", content=ROWS.replace("a,A", "purgeable,A"))
    desk.ended(path)
    environment = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{desk.database}"}
    command = [sys.executable, "-m", "timeline", "purge", "purgeable", "--why", "asked for"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert desk.ask("GET", f"{path}/rejected.csv").status_code == 404


@pytest.mark.slow
def test_an_import_that_is_killed_says_so_and_finishes_when_it_is_sent_again(desk: Desk) -> None:
    rows = "id,title,category\n" + "".join(f"k{n},Raid {n},raid\n" for n in range(60_000))
    path = desk.send("/imports?name=many.csv", content=rows)
    store = Store(f"sqlite:///{desk.database}")
    process = store.jobs.one(path.rsplit("/", 1)[1]).process  # type: ignore[union-attr]  # it is there
    while not store.desk.of_status(["k0"], ["draft"]):
        time.sleep(0.05)
    os.kill(process or 0, signal.SIGKILL)
    found = desk.ended(path)
    assert (found["state"], "send the file again" in found["report"]["error"]) == ("failed", True)
    again = desk.ended(desk.send("/imports?name=many.csv", content=rows))["report"]
    assert again["created"] + again["unchanged"] == 60_000
    assert again["unchanged"] > 0
    store.close()
