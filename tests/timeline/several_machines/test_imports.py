"""An import runs on the machine that received the file, and every machine answers with its progress and results."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from databases import run_sql
from hosts import Host, process_of, wait_until

from db.store import Store
from timeline.imports.job_folders import ImportFolders, make_folder, upload
from timeline.settings import Settings

ROWS = "id,title,category,date\na,A raid,raid,2023-05-03\nb,Bad,raid,31/31/2020\n"
MANY_EVENTS = 60_000


def many(prefix: str) -> str:
    rows = (f"{prefix}{n},Raid {n},raid\n" for n in range(MANY_EVENTS))
    return "id,title,category\n" + "".join(rows)


def count(host: Host, prefix: str) -> int:
    sql = "SELECT count(*) FROM event WHERE id LIKE ?"
    return int(run_sql(host.database_url, sql, (f"{prefix}%",))[0][0])


def end_leases(host: Host) -> None:
    """Let the leases of all imports run out, as if a minute had passed without a renewal."""
    run_sql(host.database_url, "UPDATE import_job SET lease_ends = 1 WHERE state = 'running'")


def kill_machine(host: Host, path: str) -> None:
    """Kill the process of an import and its server, as the end of their machine does."""
    process = process_of(host.database_url, path)
    host.server.kill()
    os.kill(process, signal.SIGKILL)


def test_every_machine_answers_with_the_report_and_the_rejected_rows(first: Host, second: Host) -> None:
    path = first.send("raids.csv", ROWS, "&allow_rejects=1")
    job = first.finished(path)
    elsewhere = second.get(path)
    assert (job["state"], job["report"]["rejected"]["total"]) == ("done", 1)
    assert {**elsewhere, "links": 0} == {**job, "links": 0}
    assert [link["rel"] for link in elsewhere["links"]] == ["self", "related"]
    rejected = [host.request("GET", f"{path}/rejected.csv") for host in (first, second)]
    assert rejected[0].content == rejected[1].content
    assert rejected[0].text.splitlines()[1].startswith('b,Bad,raid,31/31/2020,"line 3: ')
    assert 'filename="raids.csv.rejected.csv"' in rejected[1].headers["content-disposition"]
    assert second.request("HEAD", f"{path}/rejected.csv").status_code == 200
    assert not list((first.folder_of(path) or Path()).glob("*.csv"))


@pytest.mark.slow
def test_a_large_file_of_rejected_rows_is_the_same_everywhere(first: Host, second: Host) -> None:
    rows = "".join(f"r{n},Bad {n},raid,31/31/2020\n" for n in range(12_000))
    path = first.send("bad.csv", f"id,title,category,date\n{rows}", "&allow_rejects=1")
    assert first.finished(path)["report"]["rejected"]["total"] == 12_000
    ((parts,),) = run_sql(first.database_url, "SELECT max(number) FROM rejected_part")
    lines = second.request("GET", f"{path}/rejected.csv").text.splitlines()
    assert parts >= 1
    assert [line.partition(",")[0] for line in lines] == ["id", *(f"r{n}" for n in range(12_000))]


def test_an_upload_is_only_on_the_machine_that_received_it(first: Host, second: Host) -> None:
    path = first.send("raids.csv", ROWS, "&allow_rejects=1")
    assert first.folder_of(path)
    assert not second.folder_of(path)
    second.finished(path)


@pytest.mark.slow
def test_a_purge_on_any_machine_removes_the_rejected_rows(first: Host, second: Host) -> None:
    path = first.send("raids.csv", ROWS.replace("a,A", "purgeable,A"), "&allow_rejects=1")
    first.finished(path)
    variables = {"TIMELINE_DATABASE_URL": first.database_url, "TIMELINE_UPLOADS": str(second.uploads)}
    command = [sys.executable, "-m", "timeline", "purge", "purgeable", "--why", "court order"]
    done = subprocess.run(command, env={**os.environ, **variables}, check=False, capture_output=True)
    assert b"purgeable: purged" in done.stdout, done.stderr
    assert run_sql(first.database_url, "SELECT * FROM rejected_part") == []
    assert first.request("GET", f"{path}/rejected.csv").status_code == 404


@pytest.mark.slow
def test_another_machine_reports_a_killed_import_when_its_lease_has_run_out(
    first: Host, second: Host
) -> None:
    path = first.send("many.csv", many("k"))
    wait_until(lambda: count(first, "k"))
    kill_machine(first, path)
    assert second.get(path)["state"] == "running"
    end_leases(second)
    job = second.get(path)
    assert (job["state"], "was interrupted" in job["report"]["error"]) == ("failed", True)
    again = second.finished(second.send("many.csv", many("k")))["report"]
    assert again["created"] + again["unchanged"] == MANY_EVENTS
    assert again["unchanged"] > 0
    first.restart()
    assert first.get(path)["state"] == "failed"


@pytest.mark.slow
def test_of_a_killed_import_with_strict_no_row_is_stored(first: Host, second: Host) -> None:
    path = first.send("strict.csv", many("s"), "&strict=1")
    wait_until(lambda: second.get(path)["rows"])
    kill_machine(first, path)
    end_leases(second)
    assert second.get(path)["state"] == "failed"
    assert count(second, "s") == 0
    first.restart()


@pytest.mark.slow
def test_its_own_machine_reports_a_killed_import_at_once(first: Host, second: Host) -> None:
    path = first.send("own.csv", many("o"))
    wait_until(lambda: count(first, "o"))
    kill_machine(first, path)
    assert second.get(path)["state"] == "running"
    first.restart()
    assert first.get(path)["state"] == "failed"
    assert second.get(path)["state"] == "failed"


@pytest.mark.slow
def test_an_import_that_was_reported_as_failed_stores_nothing_more(first: Host, second: Host) -> None:
    path, process, prefix = _reported_import(first, second)
    stored = count(second, prefix)
    wait_until(lambda: not Path(f"/proc/{process}").exists())
    assert count(second, prefix) == stored < MANY_EVENTS
    assert "was interrupted" in second.get(path)["report"]["error"]


def _reported_import(first: Host, second: Host) -> tuple[str, int, str]:
    """Return path, process and ids of an import that the other host has reported as failed while it went on.

    On a busy machine an import may end before the other host looks; then the next one is tried.
    """
    for prefix in ("l", "m", "n"):
        path = first.send(f"late-{prefix}.csv", many(prefix))
        wait_until(lambda prefix=prefix: count(first, prefix))
        process = process_of(first.database_url, path)
        while (state := second.get(path)["state"]) == "running":
            end_leases(second)
        if state == "failed":
            return path, process, prefix
    raise AssertionError("each import ended before it was reported")


@pytest.mark.slow
def test_a_second_process_does_not_carry_out_the_same_import(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, uploads=tmp_path)
    folder = ImportFolders(settings, store).parent / "shared"
    os.close(make_folder(folder))
    (upload(folder) / "x.csv").write_text(ROWS)
    store.jobs.start("shared", "desk", "editor", "x.csv")
    assert store.jobs.take("shared", os.getpid())
    command = [sys.executable, "-m", "timeline.imports.background", str(folder), "x.csv"]
    variables = {"TIMELINE_DATABASE_URL": database_url, "TIMELINE_UPLOADS": str(tmp_path)}
    subprocess.run(command, env={**os.environ, **variables}, input=b"{}", check=True)
    job = store.jobs.get("shared")
    assert job
    assert (job.state, job.process, store.desk.of_status(["a"], ["draft"])) == (
        "running",
        os.getpid(),
        frozenset(),
    )


def test_machines_with_the_same_name_do_not_report_each_others_imports(store: Store, tmp_path: Path) -> None:
    settings = Settings(host_name="twin", uploads=tmp_path / "second")
    store.jobs.start("running", "desk", "editor", "x.csv", host="twin")
    job = store.jobs.get("running")
    assert job
    assert ImportFolders(settings, store).with_state(job).state == "running"


def test_rejected_rows_of_which_a_part_is_missing_are_not_offered(store: Store) -> None:
    store.jobs.start("1", "desk", "editor", "x.csv")
    store.jobs.add_rejected_part("1", 1, b"end")
    assert not store.jobs.running()[0].has_rejected_rows
    store.jobs.add_rejected_part("1", 0, b"beginning")
    assert store.jobs.running()[0].has_rejected_rows
    assert list(store.jobs.rejected_parts("1")) == [b"beginning", b"end"]


def test_a_lease_is_renewed_until_the_import_ends(store: Store, database_url: str) -> None:
    store.jobs.start("1", "desk", "editor", "x.csv")
    run_sql(database_url, "UPDATE import_job SET lease_ends = 1")
    assert store.jobs.running()[0].lease_is_over
    assert store.jobs.renew("1")
    assert not store.jobs.running()[0].lease_is_over
    store.jobs.finish("1", "done", {})
    assert not store.jobs.renew("1")
    assert not store.jobs.take("1", 1)


def test_two_imports_run_at_once_on_all_machines_together(first: Host, second: Host) -> None:
    store = Store(first.database_url)
    for id_ in ("x", "y"):
        store.jobs.start(id_, "desk", "editor", "x.csv", host="third")
    responses = [host.request("POST", "/imports?name=x.csv", content=ROWS) for host in (first, second)]
    assert [response.status_code for response in responses] == [429, 429]
    for id_ in ("x", "y"):
        store.jobs.finish(id_, "done", {})
    store.close()


def test_a_server_that_fails_in_an_upload_leaves_no_import(first: Host) -> None:
    with pytest.raises(httpx.HTTPError):
        first.request("POST", "/imports?name=x.csv", content=_endless(first))
    first.restart()
    assert run_sql(first.database_url, "SELECT count(*) FROM import_job WHERE state = 'running'") == [(0,)]


def _endless(host: Host):  # type: ignore[no-untyped-def]
    yield b"id,title\n"
    host.server.kill()
    yield b"a,A\n" * 100_000
