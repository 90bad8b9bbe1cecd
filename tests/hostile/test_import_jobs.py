"""Imports over HTTP under attack: dead processes, limits of memory and CPU time, names of files, broken uploads."""

import os
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from databases import run_sql
from hostile.server_watch import Target

from timeline.api.editors.imports import MAX_REMARKS_LISTED, MAX_UPLOADS
from timeline.imports.job_folders import MAX_JOBS

pytestmark = pytest.mark.slow  # each test starts processes

BAD_ROW = b"id,title,category,date\na,A raid,raid,99/99/99\n"


class Uploader:
    """Sends imports to a server with a reviewer's key, and looks into the folder of its uploads."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.folder = target.imports_folder

    def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        headers = {**self.target.headers("reviewer"), **kwargs.pop("headers", {})}
        return httpx.request(method, self.target.url + path, headers=headers, timeout=60, **kwargs)

    def finished(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 202, response.text
        path = response.headers["location"].removeprefix(self.target.url)
        for _ in range(600):
            job: dict[str, Any] = self.request("GET", path).json()
            if job["state"] != "running":
                return job
            time.sleep(0.1)
        raise TimeoutError(path)

    def imported(self, name: str, data: bytes, options: str = "") -> dict[str, Any]:
        """Send a file and return its job when it has ended; `options` are more parameters, such as `&undated=1`."""
        return self.finished(self.request("POST", f"/imports?name={quote(name)}{options}", content=data))

    def begin(self, content_type: str = "application/octet-stream", body: bytes = b"id") -> socket.socket:
        """Begin an upload of 1 MB that goes no further than `body`, once its folder exists."""
        before = self.folders()
        connection = socket.create_connection(("127.0.0.1", self.target.port))
        key = self.target.headers("reviewer")["Authorization"]
        head = (
            f"POST /imports?name=x.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {key}\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: 1000000\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        wait_until(lambda: self.folders() != before)
        return connection

    def folders(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()} if self.folder.is_dir() else set()

    def execute(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        run_sql(self.target.database, statement, rows)


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture(scope="module")
def uploader(target: Target) -> Uploader:
    return Uploader(target)


INSERT = """INSERT INTO import_job (id, who, role, name, state, process, rows, created, finished)
    VALUES (?, 'r', 'reviewer', 'x.csv', ?, ?, 5, ?, ?)"""


def test_dead_imports_whose_process_numbers_exist_again_block_no_others(uploader: Uploader) -> None:
    now, process = int(time.time()), os.getpid()
    for id_ in ("dead1", "dead2"):
        (uploader.folder / id_ / "upload").mkdir(parents=True)
        (uploader.folder / id_ / "lease").touch()
        (uploader.folder / id_ / "upload" / "x.csv").touch()
        uploader.execute(INSERT, [(id_, "running", process, now, None)])
    assert uploader.imported("x.csv", BAD_ROW)["state"] == "done"
    dead = uploader.request("GET", "/imports/dead1").json()
    assert (dead["state"], "interrupted" in dead["report"]["error"]) == ("failed", True)
    assert not (uploader.folder / "dead1" / "upload").exists()


def test_the_folder_of_an_upload_whose_server_was_killed_is_removed(uploader: Uploader) -> None:
    (uploader.folder / "orphan").mkdir(parents=True)
    os.utime(uploader.folder / "orphan", (0, 0))
    uploader.imported("x.csv", BAD_ROW)
    assert "orphan" not in uploader.folders()


def test_old_imports_are_forgotten_with_their_files(uploader: Uploader) -> None:
    now = int(time.time())
    (uploader.folder / "old0").mkdir(parents=True)
    os.utime(uploader.folder / "old0", (0, 0))
    rows = [(f"old{n}", "done", None, now - 9_000, now - 9_000 + n) for n in range(MAX_JOBS)]
    uploader.execute(INSERT, rows)
    uploader.imported("x.csv", BAD_ROW)
    assert uploader.request("GET", "/imports/old0").status_code == 404
    assert uploader.request("GET", f"/imports/old{MAX_JOBS - 1}").status_code == 200
    assert "old0" not in uploader.folders()


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("событие.csv", f"filename*=UTF-8''{quote('событие.csv.rejected.csv')}"),
        pytest.param('a"b\r\nc;d.csv', 'filename="a_b_c_d.csv.rejected.csv"', marks=pytest.mark.slow),
        pytest.param("\u202evsc.csv", 'filename="_vsc.csv.rejected.csv"', marks=pytest.mark.slow),
        pytest.param("../../etc/x.csv", 'filename="x.csv.rejected.csv"', marks=pytest.mark.slow),
        pytest.param("я" * 300 + ".csv", ".csv.rejected.csv", marks=pytest.mark.slow),
        ("a.rejected.csv", 'filename="a.rejected.csv"'),
    ],
    ids=["cyrillic", "quotes and lines", "right to left", "folders", "long", "rejected again"],
)
def test_rejected_rows_can_be_downloaded_whatever_the_name_of_the_file(
    uploader: Uploader, name: str, header: str
) -> None:
    job = uploader.imported(name, BAD_ROW)
    response = uploader.request("GET", f"/imports/{job['id']}/rejected.csv")
    assert response.status_code == 200
    assert "99/99/99" in response.text
    assert header in response.headers["content-disposition"]


@pytest.mark.parametrize("content_type", ["text/csv", "multipart/form-data; boundary=x"])
def test_an_upload_whose_client_disappears_leaves_nothing(uploader: Uploader, content_type: str) -> None:
    before = uploader.folders()
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\nid,title\n'
    uploader.begin(content_type, part).close()
    wait_until(lambda: uploader.folders() == before)


def test_more_uploads_at_once_are_refused(uploader: Uploader) -> None:
    connections = [uploader.begin() for _ in range(MAX_UPLOADS)]
    refused = uploader.request("POST", "/imports?name=x.csv", content=BAD_ROW)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    before = uploader.folders()
    for connection in connections:
        connection.close()
    wait_until(lambda: len(uploader.folders()) == len(before) - MAX_UPLOADS)


FILE = ("file", ("x.csv", BAD_ROW))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([FILE, FILE], "sent twice"),
        ([FILE, ("map", (None, "x" * 100_001))], "100,000 bytes"),
        ([FILE, *[("set", (None, "title=x"))] * 100], "form cannot be read"),
        ([FILE, *[("key", (None, "x" * 9_000))] * 12], "100,000 characters"),
        ([("other", ("x.csv", BAD_ROW))], "contains no file"),
    ],
    ids=["two files", "long field", "many fields", "long options", "no file"],
)
def test_a_form_with_too_much_is_refused(uploader: Uploader, fields: list[Any], message: str) -> None:
    before = uploader.folders()
    response = uploader.request("POST", "/imports", files=fields)
    assert (response.status_code, message in response.text) == (400, True), response.text
    assert uploader.folders() == before


def test_options_longer_than_an_argument_of_a_process_reach_the_import(uploader: Uploader) -> None:
    fields = [FILE, *[("set", (None, f"{field}={'«' * 9_000}")) for field in ("summary", "note", "place")]]
    assert uploader.finished(uploader.request("POST", "/imports", files=fields))["state"] == "done"


def test_a_report_of_many_bad_rows_is_bounded(uploader: Uploader) -> None:
    rows = b"".join(b"%d,%s,raid,99/99/99\n" % (n, b"x" * 3_000) for n in range(1_100))
    job = uploader.imported("many.csv", b"id,title,category,date\n" + rows, "&allow_rejects=1")
    rejected = job["report"]["rejected"]
    assert (rejected["total"], len(rejected["rows"])) == (1_100, 1_000)
    assert len(str(job)) < 1_000_000
    listed = uploader.request("GET", "/imports").json()["imports"][0]
    assert listed["report"]["rejected"]["total"] == 1_100
    assert len(listed["report"]["rejected"]["rows"]) == MAX_REMARKS_LISTED


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [7, 15], ids=["itself", "worker"])
def test_an_import_that_needs_too_much_memory_says_so(attack: Callable[..., Target], megabytes: int) -> None:
    uploader = Uploader(attack(TIMELINE_IMPORT_MEMORY="330"))
    # Each empty list takes 64 bytes in memory.
    hungry = b'{"title":"x","category":"raid","v":[%s[]]}\n' % (b"[]," * (megabytes * 333_333))
    job = uploader.imported("hungry.jsonl", b'{"title":"y","category":"raid"}\n' + hungry)
    assert job["state"] == "failed"
    assert job["report"]["error"].startswith("hungry.jsonl needs more memory than 330 MB; split the file")


@pytest.mark.slow
@pytest.mark.parametrize("events", [9_000, 110_000], ids=["itself", "worker"])
def test_an_import_that_needs_too_much_cpu_time_says_so(attack: Callable[..., Target], events: int) -> None:
    uploader = Uploader(attack(TIMELINE_IMPORT_CPU_SECONDS="2"))
    event = b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20200101T000000Z\r\nEXDATE:20200101T000000Z\r\nEND:VEVENT\r\n"
    job = uploader.imported("long.ics", b"BEGIN:VCALENDAR\r\n" + event * events * 2 + b"END:VCALENDAR\r\n")
    assert job["state"] == "failed"
    assert "needs more than 2 seconds of CPU time; split the file" in job["report"]["error"]


def test_files_of_imports_are_readable_only_by_their_owner(uploader: Uploader) -> None:
    job = uploader.imported("x.csv", BAD_ROW)
    assert (uploader.folder / job["id"]).stat().st_mode & 0o777 == 0o700
