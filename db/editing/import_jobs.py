"""Background imports: the importing process writes a row, and every server process reads it, on any machine.

The process holds a lease in the row, which it renews with each of its writes and every few seconds. Another machine
cannot see whether the process lives, so it calls the import dead only when the lease has run out. Both happen in write
transactions, which follow each other: an import whose lease has run out renews it or is called dead, never both.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, exists, func, insert, or_, select, update
from sqlmodel import col

from db.dates.calendar import iso_time
from db.engines import backend_of
from db.errors import LeaseLost
from db.events.editor_tables import ImportJob, RejectedPart
from db.sql.transactions import clock, moment, reading, writing

LEASE_SECONDS = 60
_FIELDS = (
    "id", "who", "role", "name", "state", "host", "process", "rows", "total", "report", "created", "finished",
    "lease_ends",
)  # fmt: skip


class Job(NamedTuple):
    """A background import: `state` is running, done or failed; times are RFC 3339 in UTC.

    `process` runs on the machine `host`, None for the only machine that uses the database. `lease_is_over` is true when
    the process has not renewed its lease in time; `has_rejected_rows` if the database contains them.
    """

    id: str
    who: str
    role: str
    name: str
    state: str
    host: str | None
    process: int | None
    rows: int
    total: int | None
    report: dict[str, Any] | None
    created: str
    finished: str | None
    lease_is_over: bool
    has_rejected_rows: bool


class Jobs:
    """The background imports of one database."""

    def __init__(self, engine: Engine, read_timeout: float) -> None:
        self._engine = engine
        self._read_timeout = read_timeout

    @property
    def database(self) -> Path | None:
        """The database file; None for a database without one, which other machines may use as well."""
        return backend_of(self._engine).database_file(self._engine)

    @property
    def database_url(self) -> str:
        """The address of the database, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    def start(
        self,
        id_: str,
        who: str,
        role: str,
        name: str,
        max_running: int | None = None,
        host: str | None = None,
    ) -> bool:
        """Store a new import; return False, and store nothing, if `max_running` imports are running already."""
        running = select(func.count()).where(col(ImportJob.state) == "running")
        row = {"id": id_, "who": who, "role": role, "name": name, "state": "running", "rows": 0, "host": host}
        with writing(self._engine) as connection:
            if max_running is not None and connection.execute(running).scalar_one() >= max_running:
                return False
            now = moment(connection)
            connection.execute(insert(ImportJob), [row | {"created": now, "lease_ends": now + LEASE_SECONDS}])
        return True

    def take(self, id_: str, process: int) -> bool:
        """Store which process carries out a running import; return False if another one does, or if it has ended."""
        free = or_(col(ImportJob.process).is_(None), col(ImportJob.process) == process)
        with writing(self._engine) as connection:
            return _update_running(connection, id_, free, process=process, lease_ends=_lease_end(connection))

    def renew(self, id_: str) -> bool:
        """Renew the lease of an import; return False if it is not running any more."""
        with writing(self._engine) as connection:
            return _update_running(connection, id_, lease_ends=_lease_end(connection))

    def record_progress(self, id_: str, rows: int, total: int | None) -> None:
        """Store the progress of an import, and renew its lease."""
        with writing(self._engine) as connection:
            values = {"rows": rows, "total": total, "lease_ends": _lease_end(connection)}
            _update_running(connection, id_, **values)

    def finish(self, id_: str, state: str, report: dict[str, Any], rows: int = 0) -> bool:
        """Store the result of a running import; return False for a second result, which is ignored."""
        with writing(self._engine) as connection:
            return _finish(connection, id_, state, report, rows)

    def report_dead(self, job: Job, report: dict[str, Any]) -> bool:
        """Store the failure of an import whose process has ended; return False if it had a result."""
        return self.finish(job.id, "failed", report, job.rows)

    def report_lost(self, job: Job, report: dict[str, Any]) -> bool:
        """Store the failure of an import of another machine, if its lease has run out; return whether it has.

        Raises StoreUnavailable at once while others write: one of them may be the import.
        """
        lease_is_over = func.coalesce(col(ImportJob.lease_ends), 0)
        with writing(self._engine, wait=False) as connection:
            condition = lease_is_over < moment(connection)
            return _finish(connection, job.id, "failed", report, job.rows, condition)

    def get(self, id_: str) -> Job | None:
        """Return an import, or None."""
        jobs = self._read(col(ImportJob.id) == id_)
        return jobs[0] if jobs else None

    def latest(self, limit: int = 50) -> list[Job]:
        """Return the latest imports, newest first."""
        return self._read(limit=limit)

    def running(self) -> list[Job]:
        """Return the imports that are marked as running."""
        return self._read(col(ImportJob.state) == "running", limit=None)

    def ids(self) -> frozenset[str]:
        """Return the ids of all imports."""
        with reading(self._engine, self._read_timeout) as connection:
            return frozenset(connection.scalars(select(col(ImportJob.id))))

    def forget(self, age: int, keep: int) -> None:
        """Delete the imports that ended more than `age` seconds ago, and all ended ones but the last `keep`."""
        ended, finished = col(ImportJob.finished).is_not(None), col(ImportJob.finished)
        last = select(col(ImportJob.id)).where(ended).order_by(finished.desc()).limit(keep)
        with reading(self._engine, self._read_timeout) as connection:
            old = ended & ((finished < moment(connection) - age) | col(ImportJob.id).not_in(last))
            if not connection.execute(select(func.count()).where(old)).scalar_one():
                return
        with writing(self._engine) as connection:
            connection.execute(delete(ImportJob).where(old))

    # --- rejected rows that every machine can read

    def add_rejected_part(self, id_: str, number: int, content: bytes) -> None:
        """Store a compressed part of the file of rejected rows, counted from 0: that one last."""
        with writing(self._engine) as connection:
            connection.execute(insert(RejectedPart), [{"job": id_, "number": number, "content": content}])

    def rejected_parts(self, id_: str) -> Iterator[bytes]:
        """Yield the compressed parts of the file of rejected rows; no connection is held between them."""
        number = 0
        while (content := self._rejected_part(id_, number)) is not None:
            yield content
            number += 1

    def _rejected_part(self, id_: str, number: int) -> bytes | None:
        same = (col(RejectedPart.job) == id_, col(RejectedPart.number) == number)
        with reading(self._engine, self._read_timeout) as connection:
            content = connection.scalar(select(col(RejectedPart.content)).where(*same))
        return None if content is None else bytes(content)

    def rejected_bytes(self) -> int:
        """Return the size of all rejected rows in the database."""
        with reading(self._engine, self._read_timeout) as connection:
            size = func.sum(func.length(col(RejectedPart.content)))
            return int(connection.scalar(select(func.coalesce(size, 0))) or 0)

    def _read(self, *where: Any, limit: int | None = 1) -> list[Job]:
        columns = [col(getattr(ImportJob, name)) for name in _FIELDS]
        first_part = (col(RejectedPart.job) == col(ImportJob.id), col(RejectedPart.number) == 0)
        parts = exists().where(*first_part).label("has_rejected_rows")
        query = select(*columns, parts).where(*where).order_by(col(ImportJob.created).desc()).limit(limit)
        with reading(self._engine, self._read_timeout) as connection:
            now = moment(connection)
            return [_job(dict(row._mapping), now) for row in connection.execute(query)]


def keep_lease(connection: Connection, id_: str) -> None:
    """Renew the lease of an import with one of its writes; raise LeaseLost if the import is not running any more."""
    if not _update_running(connection, id_, lease_ends=_lease_end(connection)):
        raise LeaseLost(
            "the import was reported as failed, because it did not reach the database for too long"
        )


def _lease_end(connection: Connection) -> int:
    return clock(connection) + LEASE_SECONDS


def _update_running(connection: Connection, id_: str, *where: Any, **values: Any) -> bool:
    """Update an import that is running; return whether it is."""
    running = (col(ImportJob.id) == id_, col(ImportJob.state) == "running")
    return connection.execute(update(ImportJob).where(*running, *where).values(**values)).rowcount > 0


def _finish(
    connection: Connection, id_: str, state: str, report: dict[str, Any], rows: int, *where: Any
) -> bool:
    values = {"state": state, "report": report, "rows": rows, "finished": moment(connection), "process": None}
    return _update_running(connection, id_, *where, **values)


def _job(row: dict[str, Any], now: int) -> Job:
    ended, lease_ends = row["finished"], row.pop("lease_ends")
    return Job(
        **row
        | {
            "created": iso_time(row["created"]),
            "finished": iso_time(ended) if ended else None,
            "lease_is_over": lease_ends is None or lease_ends < now,
            "has_rejected_rows": bool(row["has_rejected_rows"]),
        }
    )
