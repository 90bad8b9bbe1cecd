"""Background imports: the importing process writes a row, and every server process reads it."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlmodel import col

from db.dates.calendar import iso_time
from db.engines import backend_of
from db.events.tables import ImportJob
from db.sql.transactions import reading, writing

_FIELDS = ("id", "who", "role", "name", "state", "process", "rows", "total", "report", "created", "finished")


class Job(NamedTuple):
    """A background import: `state` is running, done or failed; times are RFC 3339 in UTC."""

    id: str
    who: str
    role: str
    name: str
    state: str
    process: int | None
    rows: int
    total: int | None
    report: dict[str, Any] | None
    created: str
    finished: str | None

    @property
    def created_seconds(self) -> float:
        """The time at which the import was created, in seconds of UTC."""
        return datetime.fromisoformat(self.created).timestamp()


class Jobs:
    """The background imports of one database."""

    def __init__(self, engine: Engine, read_timeout: float) -> None:
        self._engine = engine
        self._read_timeout = read_timeout

    @property
    def database(self) -> Path | None:
        """The database file; None for a database without one."""
        return backend_of(self._engine).database_file(self._engine)

    def start(self, id_: str, who: str, role: str, name: str, max_running: int | None = None) -> bool:
        """Store a new import; return False, and store nothing, if `max_running` imports are running already."""
        running = select(func.count()).where(col(ImportJob.state) == "running")
        row = {"id": id_, "who": who, "role": role, "name": name, "state": "running", "rows": 0}
        with writing(self._engine) as connection:
            if max_running is not None and connection.execute(running).scalar_one() >= max_running:
                return False
            connection.execute(insert(ImportJob), [row | {"created": int(time.time())}])
        return True

    def record_progress(self, id_: str, **values: Any) -> None:
        """Store the progress of an import: `process`, `rows`, `total`."""
        with writing(self._engine) as connection:
            connection.execute(update(ImportJob).where(col(ImportJob.id) == id_).values(**values))

    def finish(self, id_: str, state: str, report: dict[str, Any], rows: int = 0) -> bool:
        """Store the result of a running import; return False for a second result, which is ignored."""
        values = {
            "state": state,
            "report": report,
            "rows": rows,
            "finished": int(time.time()),
            "process": None,
        }
        running = (col(ImportJob.id) == id_, col(ImportJob.state) == "running")
        with writing(self._engine) as connection:
            return connection.execute(update(ImportJob).where(*running).values(**values)).rowcount > 0

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

    def forget(self, before: int, keep: int) -> None:
        """Delete the imports that ended before a time (seconds of UTC), and all ended ones but the last `keep`."""
        ended, finished = col(ImportJob.finished).is_not(None), col(ImportJob.finished)
        last = select(col(ImportJob.id)).where(ended).order_by(finished.desc()).limit(keep)
        old = ended & ((finished < before) | col(ImportJob.id).not_in(last))
        with reading(self._engine, self._read_timeout) as connection:
            if not connection.execute(select(func.count()).where(old)).scalar_one():
                return
        with writing(self._engine) as connection:
            connection.execute(delete(ImportJob).where(old))

    def _read(self, *where: Any, limit: int | None = 1) -> list[Job]:
        columns = [col(getattr(ImportJob, name)) for name in _FIELDS]
        query = select(*columns).where(*where).order_by(col(ImportJob.created).desc()).limit(limit)
        with reading(self._engine, self._read_timeout) as connection:
            rows = connection.execute(query).all()
        return [_job(dict(zip(_FIELDS, row, strict=True))) for row in rows]


def _job(row: dict[str, Any]) -> Job:
    ended = row["finished"]
    return Job(**row | {"created": iso_time(row["created"]), "finished": iso_time(ended) if ended else None})
