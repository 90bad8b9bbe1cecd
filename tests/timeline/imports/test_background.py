"""POST /imports: a file is imported in the background, with progress and report at its own address."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from databases import Databases, file_of, run_sql

from db.store import Store

ROWS = (
    "id,title,category,date,lat,lon\na,A raid,raid,2023-05-03,50.93,5.34\nb,Bad,raid,31/31/2020,50.93,5.34\n"
)


class Client:
    """Sends requests to a server with a key of each role."""

    def __init__(self, server: Any, database: str) -> None:
        self.server, self.database = server, database
        store = Store(database)
        self.keys = {role: store.desk.create_key(role, role) for role in ("editor", "reviewer")}  # type: ignore[arg-type]
        store.close()

    def request(self, method: str, path: str, role: str | None = "editor", **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[role]}"} if role else {}
        return httpx.request(method, self.server.url + path, headers=headers, timeout=30, **kwargs)

    def send(self, path: str, role: str = "editor", **kwargs: Any) -> str:
        answer = self.request("POST", path, role, **kwargs)
        assert answer.status_code == 202, answer.text
        return answer.headers["location"].removeprefix(self.server.url)

    def finished(self, path: str) -> dict[str, Any]:
        for _ in range(300):
            job: dict[str, Any] = self.request("GET", path).json()
            if job["state"] != "running":
                return job
            time.sleep(0.1)
        raise TimeoutError(path)


@pytest.fixture(scope="module")
def client(serve: Callable[..., Any], databases: Databases) -> Client:
    database = databases.new()
    return Client(serve(database), database)


def test_an_import_has_a_report_and_a_file_of_rejected_rows(client: Client) -> None:
    path = client.send("/imports?name=raids.csv", content=ROWS)
    job = client.finished(path)
    report = job["report"]
    assert (job["state"], job["name"], job["by"]) == ("done", "raids.csv", "editor")
    assert (report["created"], report["rejected"]["total"]) == (1, 1)
    assert report["rejected"]["rows"][0]["at"] == "line 3"
    assert "reason" in client.request("GET", f"{path}/rejected.csv").text
    assert client.request("GET", "/collections/events/items/a").json()["properties"]["status"] == "draft"
    (entry,) = client.request("GET", "/collections/events/items/a/history").json()["history"]
    assert (entry["who"], entry["action"]) == ("editor", "created")


def test_a_form_may_send_the_file_and_the_options(client: Client) -> None:
    file = {"file": ("Straßen ü.csv", "name,day\nForm raid,2023-05-04\n")}
    options = {"map": "name=title", "set": "category=raid", "dry_run": "1"}
    job = client.finished(client.send("/imports", files=file, data=options))
    assert job["report"]["dry_run"]
    assert job["report"]["differences"][0].startswith("would create")


def test_the_error_of_a_bad_file_has_its_name_without_its_folder_on_the_server(client: Client) -> None:
    job = client.finished(client.send("/imports?name=raids.csv", content="title,category\n"))
    assert (job["state"], job["report"]["error"]) == ("failed", "raids.csv holds no events")


@pytest.mark.slow
def test_a_report_lists_conflicts_with_changes_of_editors(client: Client) -> None:
    content = "id,title,category,date\nc1,Raid,raid,2023-05-03\n"
    client.finished(client.send("/imports?name=c.csv", content=content))
    patch = {"properties": {"title": "Raid in Genk"}}
    types = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    headers = {"Authorization": f"Bearer {client.keys['editor']}", **types}
    address = f"{client.server.url}/collections/events/items/c1"
    httpx.patch(address, json=patch, headers=headers).raise_for_status()
    report = client.finished(client.send("/imports?name=c.csv", content=content))["report"]
    assert (report["updated"], report["unchanged"], report["conflicts"]["total"]) == (0, 1, 1)
    (conflict,) = report["conflicts"]["rows"]
    assert (conflict["at"], conflict["field"], conflict["value"]) == ("line 2", "title", "'Raid'")
    assert "has 'Raid in Genk', changed by an editor" in conflict["detail"]
    report = client.finished(client.send("/imports?name=c.csv&overwrite=1", content=content))["report"]
    assert (report["updated"], report["conflicts"]["total"]) == (1, 1)
    report = client.finished(client.send("/imports?name=c.csv", content=content))["report"]
    assert (report["unchanged"], report["conflicts"]["total"]) == (1, 0)


def test_an_editor_cannot_publish_or_change_published_events(client: Client) -> None:
    assert client.request("POST", "/imports?name=x.csv&publish=1", content=ROWS).status_code == 403
    row = "id,title,category\nx,First,raid\n"
    client.finished(client.send("/imports?name=x.csv&publish=1", "reviewer", content=row))
    job = client.finished(client.send("/imports?name=x.csv", content=row.replace("First", "Second")))
    assert "role reviewer" in job["report"]["rejected"]["rows"][0]["detail"]
    assert client.request("GET", "/collections/events/items/x").json()["properties"]["title"] == "First"


def test_an_import_of_a_bad_file_fails_with_the_reason(client: Client) -> None:
    job = client.finished(client.send("/imports?name=x.geojson", content="{"))
    assert job["state"] == "failed"
    assert "is not JSON" in job["report"]["error"]


@pytest.mark.parametrize(
    ("query", "content", "message"),
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
def test_a_bad_request_is_refused_at_once(client: Client, query: str, content: str, message: str) -> None:
    answer = client.request("POST", f"/imports?{query}", content=content)
    assert (answer.status_code, message in answer.json()["detail"]) == (400, True), answer.text


def test_a_file_name_cannot_leave_the_folder_of_imports(client: Client) -> None:
    path = client.send("/imports?name=../../../evil.csv", content=ROWS)
    assert client.finished(path)["name"] == "evil.csv"
    folders = [client.server.log.parent]
    if client.database.startswith("sqlite"):
        folders.append(file_of(client.database).parent)
    for folder in folders:
        assert not [*folder.glob("evil*"), *folder.parent.glob("evil*")]


@pytest.mark.parametrize("value", ["%00", "title=%00", "x" * 20_000])
@pytest.mark.parametrize("option", ["key", "set", "map"])
def test_an_unusable_option_is_refused_and_starts_no_import(client: Client, option: str, value: str) -> None:
    answer = client.request("POST", f"/imports?name=x.csv&{option}={value}", content=ROWS)
    assert answer.status_code == 400, answer.text
    assert not [
        job for job in client.request("GET", "/imports").json()["imports"] if job["state"] == "running"
    ]


def test_an_import_whose_server_ended_before_its_process_started_has_failed(client: Client) -> None:
    store = Store(client.database)
    store.jobs.start("lost", "editor", "editor", "x.csv")
    assert client.request("GET", "/imports/lost").json()["state"] == "running"
    run_sql(client.database, "UPDATE import_job SET lease_ends = lease_ends - 100 WHERE id = 'lost'")
    assert client.request("GET", "/imports/lost").json()["state"] == "failed"
    store.close()


@pytest.mark.parametrize("path", ["/imports", "/imports/x", "/imports/x/rejected.csv"])
def test_imports_require_a_key(client: Client, path: str) -> None:
    assert client.request("GET", path, None).status_code == 401
    assert client.request("POST", "/imports?name=x.csv", None, content=ROWS).status_code == 401


@pytest.mark.slow
def test_a_purge_removes_the_rejected_rows_of_imports(client: Client) -> None:
    path = client.send("/imports?name=raids.csv", content=ROWS.replace("a,A", "purgeable,A"))
    client.finished(path)
    environment = {**os.environ, "TIMELINE_DATABASE_URL": client.database}
    command = [sys.executable, "-m", "timeline", "purge", "purgeable", "--why", "asked for"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert client.request("GET", f"{path}/rejected.csv").status_code == 404


@pytest.mark.slow
def test_a_killed_import_fails_and_the_same_file_sent_again_completes_it(client: Client) -> None:
    rows = "id,title,category\n" + "".join(f"k{n},Raid {n},raid\n" for n in range(60_000))
    path = client.send("/imports?name=many.csv", content=rows)
    store = Store(client.database)
    process = store.jobs.get(path.rsplit("/", 1)[1]).process  # type: ignore[union-attr]  # it is there
    while not store.desk.of_status(["k0"], ["draft"]):
        time.sleep(0.05)
    os.kill(process or 0, signal.SIGKILL)
    job = client.finished(path)
    assert (job["state"], "send the file again" in job["report"]["error"]) == ("failed", True)
    again = client.finished(client.send("/imports?name=many.csv", content=rows))["report"]
    assert again["created"] + again["unchanged"] == 60_000
    assert again["unchanged"] > 0
    store.close()


def test_a_file_with_a_question_is_not_imported_and_names_the_parameters_that_answer_it(
    client: Client,
) -> None:
    rows = "title,category,updated\nAsked A,raid,2023-05-03\nAsked B,raid,2023-05-04\n"
    job = client.finished(client.send("/imports?name=asked.csv&unplaced=1", content=rows))
    problem = job["report"]["problem"]
    assert (job["state"], problem["status"], problem["columns"]) == ("failed", 422, ["updated"])
    assert problem["parameters"] == ["map=updated=date", "undated=1"]
    assert problem["detail"] == job["report"]["error"]
    assert "--" not in job["report"]["error"]
    answered = client.finished(client.send("/imports?name=asked.csv&unplaced=1&undated=1", content=rows))
    assert answered["report"]["created"] == 2


def test_the_report_of_an_import_has_kinds_and_names_parameters(client: Client) -> None:
    rows = "title,category,date\n" + "".join(f"Grouped {n},castle,2023-05-03\n" for n in range(9))
    report = client.finished(client.send("/imports?name=grouped.csv", content=rows))["report"]
    (group,) = report["rejected"]["groups"]
    assert (group["count"], group["field"], group["examples"][0]["count"]) == (9, "category", 9)
    assert group["examples"][0]["detail"].endswith("use create_categories=1")
    assert "no row has a place, and no column looks like one; the events are unplaced" in report["notes"]


def test_options_about_cells_are_parameters_and_the_report_has_the_totals(client: Client) -> None:
    rows = "category,date\nraid,2001-02-03\nraid,2001-02-03\n"
    parameters = "title=%7Bcategory%7D%20of%20%7Bdate%7D&undated=1&unplaced=1"
    report = client.finished(client.send(f"/imports?name=equal.csv&{parameters}", content=rows))["report"]
    assert (report["created"], report["left_out"]) == (1, 1)
    assert report["cells"] == {"read": 4, "in_fields": 2, "in_data": 0, "left_out": 2, "in_rejected_rows": 0}
    assert "keep_identical=1 imports each of them" in str(report)
    again = client.finished(
        client.send(f"/imports?name=equal.csv&keep_identical=1&{parameters}", content=rows)
    )
    assert (again["report"]["created"], again["report"]["unchanged"]) == (1, 1)
    response = client.request("POST", "/imports?name=a.csv&title=%7Bkategory%7D", content=rows)
    assert (response.status_code, "did you mean {category}?" in response.text) == (400, True)
