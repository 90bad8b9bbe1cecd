"""Import an uploaded file in a process of its own, which writes its progress and its report into the database.

`python -m timeline.imports.background ID FILE OPTIONS`, with the options of the request as JSON. The server starts
the process with `start`, and may end before it.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from db.events.draft import Author, Status
from db.store import Store
from timeline.errors import NotFound
from timeline.imports.importer import importer_for
from timeline.imports.options import read_options
from timeline.imports.rejected_rows import RejectedRows
from timeline.imports.report import ChangeLog, Remarks, Report
from timeline.settings import Settings

_SECONDS_BETWEEN_UPDATES = 1.0


def folder(store: Store) -> Path:
    """Return the folder of uploaded files and rejected rows, next to the database."""
    file = store.jobs.database
    return (file.with_name(f"{file.name}.imports") if file else Path("imports")).resolve()


def remove_files(store: Store) -> None:
    """Remove the files of all imports that are not running."""
    parent = folder(store)
    running = {job.id for job in store.jobs.latest() if job.state == "running"}
    for path in parent.iterdir() if parent.is_dir() else ():
        if path.name not in running:
            shutil.rmtree(path, ignore_errors=True)


def start(settings: Settings, store: Store, id_: str, file: Path, options: Mapping[str, Any]) -> None:
    """Start a process that imports a file with these settings; `options` are those of `read_options`."""
    environment = {**os.environ, **_environment(settings)}
    command = [sys.executable, "-m", "timeline.imports.background", id_, str(file), json.dumps(options)]
    with (file.parent / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own module; the options were checked, and no shell reads them
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    store.jobs.record_progress(id_, process=process.pid)
    threading.Thread(target=_watch, args=(store, id_, process), name=f"import {id_}", daemon=True).start()


def _watch(store: Store, id_: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait for a process; if it ended without a report, its import has failed."""
    process.wait()
    message = "the import ended without a report; the events it wrote are complete: send the file again for the others"
    store.jobs.finish(id_, "failed", {"error": message})


def is_running(process: int | None) -> bool:
    """Return whether the process of this id runs."""
    try:
        os.kill(process or 0, 0)
    except OSError:
        return False
    return bool(process)


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings that differ from their defaults, as environment variables."""
    variables = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value is not None and value != field.default:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            variables[f"TIMELINE_{name.upper()}"] = text
    return variables


def main(id_: str, file: Path, options: Mapping[str, Any]) -> None:
    """Import a file, and write the report or the error into the database."""
    settings = Settings()
    store = Store(settings.database_url, settings.read_timeout)
    try:
        state, report = "done", _import(settings, store, id_, file, options)
    except Exception as error:
        # The client knows the name of the file; its folder on the server is private.
        state, report = "failed", {"error": str(error).replace(str(file), file.name)}
    store.jobs.finish(id_, state, report, report.get("rows", 0))
    file.unlink(missing_ok=True)
    store.close()


def _import(
    settings: Settings, store: Store, id_: str, file: Path, options: Mapping[str, Any]
) -> dict[str, Any]:
    job = store.jobs.get(id_)
    if job is None:
        raise NotFound(f"there is no import {id_!r}")
    protected: tuple[Status, ...] = ("published", "retracted") if job.role == "editor" else ()
    chosen = replace(read_options(options), author=Author(job.who), protected=protected)
    plan: list[str] = []
    changes = ChangeLog()
    with RejectedRows(file) as rejected_rows:
        importer = replace(importer_for(settings, store, chosen), on_plan=plan.extend, on_change=changes.add)
        if not (chosen.dry_run or chosen.all_or_nothing):
            importer = replace(importer, on_reject=rejected_rows.add)
        report = importer.import_file(file, _progress_writer(store, id_))
    content = _report_json(report) | {"plan": plan, "dry_run": chosen.dry_run}
    return content | ({"differences": changes.lines()} if chosen.dry_run else {})


def _progress_writer(store: Store, id_: str) -> Callable[[int, int], None]:
    last = time.monotonic()

    def write(rows: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _SECONDS_BETWEEN_UPDATES:
            last = time.monotonic()
            store.jobs.record_progress(id_, rows=rows, total=total or None)

    return write


def _report_json(report: Report) -> dict[str, Any]:
    names = ("rows", "created", "updated", "unchanged")
    return {
        **{name: getattr(report, name) for name in names},
        "rejected": _remarks_json(report.rejected),
        "warnings": _remarks_json(report.warnings),
    }


def _remarks_json(remarks: Remarks) -> dict[str, Any]:
    """Return the number of remarks, and the first thousand of them."""
    rows = [
        {
            "at": remark.at, "field": remark.field, "column": remark.column, "value": remark.value,
            "detail": remark.message,
        }
        for remark in remarks
    ]  # fmt: skip
    return {"total": remarks.total, "rows": rows}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]))
