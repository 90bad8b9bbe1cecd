"""The folders of background imports, next to the database: one each, with the upload, the lease and rejected rows."""

import shutil
import time
from pathlib import Path

from db.editing.import_jobs import Job
from db.private_files import create_private_folder
from db.store import Store
from timeline.imports import lease

MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024  # of uploads and rejected rows
MAX_JOBS = 500  # ended imports that are listed
DAYS_KEPT = 7  # of an ended import
START_SECONDS = 60  # until a new folder has a lease
INTERRUPTED = (
    "the import was interrupted; the rows written so far are complete: send the file again to finish"
)
_UPLOAD = "upload"


def parent(store: Store) -> Path:
    """Return the folder of all imports."""
    file = store.jobs.database
    return (file.with_name(f"{file.name}.imports") if file else Path("imports")).resolve()


def make_folder(folder: Path) -> int:
    """Make the folder of an import, and return the descriptor of its lease; see `lease.take`."""
    try:
        create_private_folder(upload(folder))
        return lease.take(folder)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def upload(folder: Path) -> Path:
    """Return the folder of the uploaded file, apart from the files that the import writes."""
    return folder / _UPLOAD


def rejected_rows(folder: Path) -> Path | None:
    """Return the complete file of rejected rows, None if there is none."""
    return next(folder.glob("*.rejected.csv"), None)


def discard_work(folder: Path) -> None:
    """Remove the uploaded file and incomplete files of an import that has ended."""
    shutil.rmtree(upload(folder), ignore_errors=True)
    for path in folder.glob(".*.part"):
        path.unlink(missing_ok=True)


def with_state(store: Store, job: Job) -> Job:
    """Return the job; if its process is gone, mark it as interrupted and remove its work first."""
    folder = parent(store) / job.id
    if job.state != "running" or lease.is_held(folder) or _is_starting(job, folder):
        return job
    if store.jobs.finish(job.id, "failed", {"error": INTERRUPTED}, job.rows):
        discard_work(folder)
    return store.jobs.get(job.id) or job


def _is_starting(job: Job, folder: Path) -> bool:
    is_new = time.time() - job.created_seconds < START_SECONDS
    return job.process is None and is_new and not lease.exists(folder)


def clean_up(store: Store) -> None:
    """Mark dead imports as interrupted, forget old ones, and remove the folders that belong to none."""
    for job in store.jobs.running():
        with_state(store, job)
    store.jobs.forget(int(time.time()) - DAYS_KEPT * 86_400, MAX_JOBS)
    ids = store.jobs.ids()
    for folder in _folders(store):
        if folder.name not in ids and _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def remove_files(store: Store) -> None:
    """Remove the files of all imports that are not running."""
    for folder in _folders(store):
        if not lease.is_held(folder):
            shutil.rmtree(folder, ignore_errors=True)


def uploads_in_progress(store: Store) -> int:
    """Return how many files are being received: they have a lease, and no job yet."""
    ids = store.jobs.ids()
    return sum(folder.name not in ids and lease.is_held(folder) for folder in _folders(store))


def total_bytes(store: Store) -> int:
    """Return the size of the files of all imports."""
    return sum(_size(path) for path in parent(store).rglob("*"))


def _folders(store: Store) -> list[Path]:
    folder = parent(store)
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _is_abandoned(folder: Path) -> bool:
    """Return whether nobody writes into a folder; a new one may be about to get its lease."""
    return not lease.is_held(folder) and time.time() - _modified(folder) > START_SECONDS


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0
