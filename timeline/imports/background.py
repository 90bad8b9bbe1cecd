"""Import an uploaded file in a process of its own, which writes its progress and its report into the database.

`python -m timeline.imports.background FOLDER NAME`, with the options of the request as JSON on standard input, since
they may be longer than an argument. The server starts the process with `start`, and may end before it. The process has
limits of memory and CPU time.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from db.editing.import_jobs import LEASE_SECONDS
from db.errors import DiskFull, StoreUnavailable
from db.events.draft import Author, Status
from db.private_files import create_private
from db.store import Store
from timeline.errors import NotFound, OpenQuestion
from timeline.imports.importer import importer_for
from timeline.imports.job_folders import ImportFolders, discard_work, upload
from timeline.imports.lease_renewal import renewed_lease
from timeline.imports.options import read_options
from timeline.imports.parameter_names import with_parameters
from timeline.imports.process_limits import CpuLimitReached, describe_end, limit_process, memory_exhausted
from timeline.imports.rejected_rows import RejectedRows
from timeline.imports.remark_groups import Remark
from timeline.imports.report import ChangeLog
from timeline.imports.report_json import question_json, report_json
from timeline.settings import Settings

MAX_REJECTED_CHARACTERS = 1_000_000_000  # of a file of rejected rows, which can be larger than the upload
MAX_SHARED_REJECTED_CHARACTERS = 100_000_000  # if the file moves into a database that several machines share
MAX_ERROR_CHARACTERS = 2_000
MAX_PLAN_LINE_CHARACTERS = 5_000
_SECONDS_BETWEEN_UPDATES = 1.0
# Each thread of a linear algebra library, and each heap of malloc, reserves address space that the limit counts.
_LEAN = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def start(
    settings: Settings, store: Store, folder: Path, lease: int, name: str, options: Mapping[str, Any]
) -> None:
    """Start a process that imports the uploaded file `name` with these settings; it holds the lease from now on.

    `folder` is the folder of the import, which has its id as name; `options` are those of `read_options`.
    """
    command = [sys.executable, "-m", "timeline.imports.background", str(folder), name]
    for own_file in ("options", "log"):
        create_private(folder / own_file)
    (folder / "options").write_text(json.dumps(options), "utf-8")
    with (folder / "options").open("rb") as sent, (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own module; the options were checked, and no shell reads them
            command, env={**os.environ, **_environment(settings), **_LEAN}, stdin=sent, stdout=log,
            stderr=log, start_new_session=True, pass_fds=(lease,),
        )  # fmt: skip
    store.jobs.take(folder.name, process.pid)
    threading.Thread(
        target=_watch, args=(store, folder, process), name=f"import {folder.name}", daemon=True
    ).start()


def _watch(store: Store, folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait for a process; if it ended without a report, its import has failed."""
    status = process.wait()
    message = (
        f"the process of the import {describe_end(status)}; the events it wrote are complete: send the file again for "
        "the others, or split it"
    )
    store.jobs.finish(folder.name, "failed", {"error": message})
    discard_work(folder)


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings that differ from their defaults, as environment variables."""
    variables = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value is not None and value != field.default:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            variables[f"TIMELINE_{name.upper()}"] = text
    return variables


def main(folder: Path, name: str, options: Mapping[str, Any]) -> None:
    """Import the uploaded file of a folder, and write the report or the error into the database."""
    settings = Settings()
    limit_process(settings.import_memory, settings.import_cpu_seconds)
    store = Store(settings.database_address, settings.read_timeout)
    if store.jobs.take(folder.name, os.getpid()):
        with renewed_lease(store, folder.name):
            state, report = _result(settings, store, folder, name, options)
            discard_work(folder)  # first, because the report needs space on a full disk
            ImportFolders(settings, store).share_rejected_rows(folder)
        _store_result(store, folder.name, state, report)
    store.close()


def _store_result(store: Store, id_: str, state: str, report: dict[str, Any]) -> None:
    """Store the result of an import; try again while the database is away, such as during a failover."""
    end = time.monotonic() + LEASE_SECONDS / 2
    while True:
        try:
            store.jobs.finish(id_, state, report, report.get("rows", 0))
            return
        except DiskFull:
            raise
        except StoreUnavailable:
            if time.monotonic() > end:
                raise
            time.sleep(_SECONDS_BETWEEN_UPDATES)


def _result(
    settings: Settings, store: Store, folder: Path, name: str, options: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Import a file, and return the state and the report of the import."""
    try:
        return "done", _import(settings, store, folder, name, options)
    except CpuLimitReached as error:
        return "failed", {"error": f"{name} {error}"}
    except MemoryError:
        return "failed", {"error": f"{name} {memory_exhausted()}"}
    except Exception as error:
        # The client knows the name of the file; the folders of the server are private.
        message = str(error).replace(str(upload(folder) / name), name) or type(error).__name__
        message = with_parameters(message.replace(f"{folder.parent.parent}/", ""))[:MAX_ERROR_CHARACTERS]
        report: dict[str, Any] = {"error": message}
        if isinstance(error, OpenQuestion):
            report["problem"] = question_json(error, message)
        return "failed", report


def _import(
    settings: Settings, store: Store, folder: Path, name: str, options: Mapping[str, Any]
) -> dict[str, Any]:
    job = store.jobs.get(folder.name)
    if job is None:
        raise NotFound(f"there is no import {folder.name!r}")
    protected: tuple[Status, ...] = ("published", "retracted") if job.role == "editor" else ()
    chosen = replace(read_options(options), author=Author(job.who), protected=protected, job=job.id)
    is_shared = ImportFolders(settings, store).is_shared
    max_rejected = MAX_SHARED_REJECTED_CHARACTERS if is_shared else MAX_REJECTED_CHARACTERS
    plan: list[str] = []
    changes = ChangeLog()
    with RejectedRows(folder / name, max_rejected) as rejected_rows:
        importer = replace(importer_for(settings, store, chosen), on_plan=plan.extend, on_change=changes.add)
        if not (chosen.dry_run or chosen.all_or_nothing):
            importer = replace(
                importer, on_reject=lambda row, reason: rejected_rows.add(row, with_parameters(reason))
            )
        report = importer.import_file(upload(folder) / name, _progress_writer(store, folder.name))
    if rejected_rows.is_cut:
        message = f"the file of rejected rows ends after {max_rejected:,} characters"
        report.warnings.append(Remark(name, "file", "", "", message))
    lines = [with_parameters(line)[:MAX_PLAN_LINE_CHARACTERS] for line in plan]
    content = report_json(report) | {"plan": lines, "dry_run": chosen.dry_run}
    return content | ({"differences": changes.lines()} if chosen.dry_run else {})


def _progress_writer(store: Store, id_: str) -> Callable[[int, int], None]:
    last = time.monotonic()

    def write(rows: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _SECONDS_BETWEEN_UPDATES:
            last = time.monotonic()
            store.jobs.record_progress(id_, rows, total or None)

    return write


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], json.load(sys.stdin))
