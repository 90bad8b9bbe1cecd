"""The folders of background imports: one each, on the machine that received the file.

A folder has the upload, the lease and the rejected rows. Where other machines use the same database, rejected rows move
into the database when the import ends, so that every machine can answer with them, and a purge reaches them.
"""

import os
import shutil
import socket
import time
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from db.editing.import_jobs import Job
from db.errors import DbError, StoreUnavailable
from db.private_files import create_private_folder
from db.store import Store
from timeline.imports import lease
from timeline.settings import Settings

MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024  # of uploads and rejected rows
MAX_JOBS = 500  # ended imports that are listed
DAYS_KEPT = 7  # of an ended import
START_SECONDS = 60  # until a new folder has a lease
INTERRUPTED = (
    "the import was interrupted; the rows written so far are complete: send the file again to finish"
)
_UPLOAD = "upload"
_PART_BYTES = 1_000_000  # of rejected rows, before compression


class ImportFolders:
    """The folders of the imports that this machine received, in `parent`.

    `host` is the name of this machine, None if no other one uses the database; `is_shared` is true if others may.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self.store = store
        self.is_shared = store.jobs.database is None or settings.uploads is not None
        self.host = settings.host_name or (socket.gethostname() if store.jobs.database is None else None)
        self.parent = _parent(settings, store)

    def with_state(self, job: Job) -> Job:
        """Return the job; if its process is gone, mark it as interrupted and remove its work first.

        This machine sees that at once. Of an import of another machine it is true when its lease has run out.
        """
        if job.state != "running":
            return job
        folder = self.parent / job.id
        # Two machines may have the same name by mistake; then one of them has no folder for the import.
        if job.host in (None, self.host) and lease.exists(folder):
            is_dead, report = not lease.is_held(folder), self.store.jobs.report_dead
        else:
            is_dead, report = job.lease_is_over, self.store.jobs.report_lost
        if not is_dead:
            return job
        try:
            if report(job, {"error": INTERRUPTED}):
                discard_work(folder)
        except StoreUnavailable:
            return job  # somebody writes, perhaps the import itself, or the database is away
        return self.store.jobs.get(job.id) or job

    def clean_up(self) -> None:
        """Mark dead imports as interrupted, forget old ones, and remove the files that belong to none.

        Another machine may have reported an import of this one as failed, and could not remove its upload.
        """
        for job in self.store.jobs.running():
            self.with_state(job)
        self.store.jobs.forget(DAYS_KEPT * 86_400, MAX_JOBS)
        ids = self.store.jobs.ids()
        for folder in self._folders():
            if not _is_abandoned(folder):
                continue
            if folder.name in ids:
                discard_work(folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)

    def remove_files(self) -> None:
        """Remove the files of all imports that are not running."""
        for folder in self._folders():
            if not lease.is_held(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def uploads_in_progress(self) -> int:
        """Return how many files are being received: they have a lease, and no job yet."""
        ids = self.store.jobs.ids()
        return sum(folder.name not in ids and lease.is_held(folder) for folder in self._folders())

    def total_bytes(self) -> int:
        """Return the size of the files of all imports: those of this machine, and those in the database."""
        return sum(_size(path) for path in self.parent.rglob("*")) + self.store.jobs.rejected_bytes()

    def share_rejected_rows(self, folder: Path) -> None:
        """Move the file of rejected rows of an import into the database, if other machines may use it.

        If the database does not take it, the file stays, and only this machine answers with it.
        """
        file = rejected_rows(folder) if self.is_shared else None
        if file is None:
            return
        try:
            parts = map(zlib.compress, _parts(file))
            first = next(parts)
            for number, part in enumerate(parts, 1):
                self.store.jobs.add_rejected_part(folder.name, number, part)
            self.store.jobs.add_rejected_part(
                folder.name, 0, first
            )  # the last, since it says that all are there
        except DbError:
            return
        file.unlink()

    def _folders(self) -> list[Path]:
        return [path for path in self.parent.iterdir() if path.is_dir()] if self.parent.is_dir() else []


def _parent(settings: Settings, store: Store) -> Path:
    """Return the folder of all imports into a database on this machine.

    Folders of imports that a database does not know are removed, so no two databases may share one.
    """
    file = store.jobs.database
    if settings.uploads is None and file is not None:
        return file.with_name(f"{file.name}.imports").resolve()
    name = f"imports-{sha256(store.jobs.database_url.encode()).hexdigest()[:12]}"
    return (settings.uploads or _state_folder()).resolve() / name


def _state_folder() -> Path:
    """Return the folder for data of this machine that outlive a restart ($XDG_STATE_HOME, or ~/.local/state)."""
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "state") / "dateline"


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


def uncompressed(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the rejected rows that the database contains, for `Jobs.rejected_parts`."""
    return map(zlib.decompress, parts)


def discard_work(folder: Path) -> None:
    """Remove the uploaded file and incomplete files of an import that has ended."""
    shutil.rmtree(upload(folder), ignore_errors=True)
    for path in folder.glob(".*.part"):
        path.unlink(missing_ok=True)


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while part := stream.read(_PART_BYTES):
            yield part


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
