"""An import in the background: a process of its own, which tells the database how far it is and what came of it.

`python -m timeline.imports.background ID FILE [options of timeline import]`, started by `start`; the server that
started it may end.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from db.events.draft import Author, Status
from db.store import Store
from timeline.settings import Settings

if TYPE_CHECKING:
    from timeline.imports.importer import Ingest
    from timeline.imports.options import Options
    from timeline.imports.report import Remarks, Report

_EVERY = 1.0  # seconds between two notes of how far it is


def folder(store: Store) -> Path:
    """Name the folder for uploaded files and rejected rows: beside the database."""
    file = store.jobs.database
    return (file.with_name(f"{file.name}.imports") if file else Path("imports")).resolve()


def forget(store: Store) -> None:
    """Remove the files of imports that do not run any more."""
    where = folder(store)
    running = {one.id for one in store.jobs.latest() if one.state == "running"}
    for each in where.iterdir() if where.is_dir() else ():
        if each.name not in running:
            shutil.rmtree(each, ignore_errors=True)


def start(settings: Settings, store: Store, id_: str, file: Path, args: list[str]) -> None:
    """Import a file in a process of its own; it goes on when this one ends, and has this one's settings."""
    environment = {**os.environ, **_environment(settings)}
    command = [sys.executable, "-m", "timeline.imports.background", id_, str(file), *args]
    with (file.parent / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # our own module; what a client said is checked and no shell reads it
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    store.jobs.tell(id_, process=process.pid)
    threading.Thread(target=_watch, args=(store, id_, process), name=f"import {id_}", daemon=True).start()


def _watch(store: Store, id_: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait for the end; a process that could not say what came of it has failed."""
    process.wait()
    message = (
        "the import ended without a report; what it wrote is whole: send the file again to finish the work"
    )
    store.jobs.finish(id_, "failed", {"error": message})


def alive(process: int | None) -> bool:
    """Tell whether a process still runs."""
    try:
        os.kill(process or 0, 0)
    except OSError:
        return False
    return bool(process)


def _environment(settings: Settings) -> dict[str, str]:
    """Write settings that are not the default as a process reads them."""
    found = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value is not None and value != field.default:
            found[f"TIMELINE_{name.upper()}"] = (
                ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            )
    return found


def options(file: Path, args: list[str]) -> "Options":
    """Read options as `timeline import` takes them; raise click.UsageError for what it would not take."""
    from timeline.commands.import_ import load, read_options

    params = load.make_context("import", [*args, "--", str(file)]).params
    params.pop("files")
    params.pop("save_mapping")
    return read_options(**params)[1]


def main(id_: str, file: Path, args: list[str]) -> None:
    """Import a file, and keep what came of it."""
    settings = Settings()
    store = Store(settings.database_url, settings.read_timeout)
    try:
        state, found = "done", _import(settings, store, id_, file, args)
    except Exception as error:
        # Where the file lies here is nobody's business.
        state, found = "failed", {"error": str(error).replace(str(file), file.name)}
    store.jobs.finish(id_, state, found, found.get("rows", 0))
    file.unlink(missing_ok=True)
    store.close()


def _import(settings: Settings, store: Store, id_: str, file: Path, args: list[str]) -> dict[str, Any]:
    from geo.geocoders.registry import OFFLINE
    from timeline.commands.shared import asker
    from timeline.imports.dry_run import Differences
    from timeline.imports.importer import Ingest
    from timeline.imports.rejected_rows import Rejects

    job = store.jobs.one(id_)
    if job is None:
        raise click.ClickException(f"there is no import {id_!r}")
    spared: tuple[Status, ...] = ("published", "retracted") if job.role == "editor" else ()
    chosen = replace(
        options(file, args), below=settings.review_below, author=Author(job.who), spared=spared
    )  # fmt: skip
    plan: list[str] = []
    differences = Differences()
    with Rejects(file) as rejects:
        locate = asker(settings, store)
        ingest = Ingest(
            store=store, locate=locate, names=locate if settings.geocoder == OFFLINE else None,
            options=chosen, tell=plan.extend,
            reject=rejects.add if not (chosen.dry_run or chosen.whole) else lambda row, reason: None,
            change=differences.add,
            helper=(sys.executable, "-m", "timeline.imports.worker_main") if settings.geocoder == OFFLINE else (),
        )  # fmt: skip
        report = _followed(ingest, store, id_, file)
    found = _told(report) | {"plan": plan, "dry_run": chosen.dry_run}
    return found | ({"differences": differences.told()} if chosen.dry_run else {})


def _followed(ingest: "Ingest", store: Store, id_: str, file: Path) -> "Report":
    last = [time.monotonic()]

    def tick(rows: int, total: int) -> None:
        if time.monotonic() - last[0] > _EVERY:
            last[0] = time.monotonic()
            store.jobs.tell(id_, rows=rows, total=total or None)

    return ingest.file(file, tick)


def _told(report: "Report") -> dict[str, Any]:
    names = ("rows", "created", "updated", "unchanged")
    return {
        **{name: getattr(report, name) for name in names},
        "rejected": _remarks(report.rejected),
        "warnings": _remarks(report.warnings),
    }


def _remarks(remarks: "Remarks") -> dict[str, Any]:
    """Write remarks: how many there are, and the first thousand."""
    rows = [
        {"at": one.at, "field": one.field, "column": one.column, "value": one.value, "detail": one.message}
        for one in remarks
    ]
    return {"total": remarks.total, "rows": rows}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
