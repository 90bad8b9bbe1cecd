"""Databases for tests, on each engine: empty ones, copies of filled ones, and ones that all workers share.

The server of PostgreSQL is a cluster that all workers share, or the one of DATELINE_TEST_POSTGRES, for example
postgresql://postgres:secret@127.0.0.1/postgres, whose user may create databases and extensions.
"""

import fcntl
import itertools
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from postgres_cluster import Cluster, connected
from postgres_programs import missing, new_cluster_folder, use_cluster_folder

from db.engines import backend_of, connect, run
from db.engines.base import SqlParams
from db.store import Store

ENGINES = ("sqlite", "postgres")
_SERVER_VARIABLE = "DATELINE_TEST_POSTGRES"
_SESSION = "postgres-session.txt"
_NUMBERS = itertools.count()
"""Numbers the databases of this process: several objects of a class below must not give the same name twice."""


def skip_reason(engine_name: str) -> str | None:
    """Return why tests cannot use an engine here; None if they can."""
    if engine_name == "sqlite":
        return None
    return None if _SERVER_VARIABLE in os.environ else missing()


class Databases(Protocol):
    """The databases of one engine. A `folder` is where those that are files lie; other engines do not use it."""

    def new(self, folder: Path | None = None) -> str:
        """Return the address of an empty database with the current schema."""

    def bare(self, folder: Path | None = None) -> str:
        """Return the address of a database without any table."""

    def shared(self, name: str, fill: Callable[[str], None]) -> str:
        """Return the address of a database that all workers share; the first one calls `fill` with its address."""

    def copy(self, url: str, folder: Path | None = None) -> str:
        """Return the address of a copy of a database that nobody writes to."""

    def drop(self, url: str) -> None:
        """Remove a database."""


def databases_of(engine_name: str, base: Path) -> Databases:
    """Return the databases of an engine; `base` is the folder that all workers of the session share."""
    return SqliteDatabases(base) if engine_name == "sqlite" else PostgresDatabases(base)


class SqliteDatabases:
    """Database files."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def new(self, folder: Path | None = None) -> str:
        """Copy a migrated file: it takes a fraction of the time of a migration."""
        return self.copy(self.shared("migrated", _migrate), folder)

    def bare(self, folder: Path | None = None) -> str:
        """Return the address of a file that does not exist."""
        return f"sqlite:///{self._folder(folder)}/events.db"

    def shared(self, name: str, fill: Callable[[str], None]) -> str:
        """Fill a file once, and rename it when it is complete."""
        file = self._base / f"{name}.db"
        with _locked(self._base / f"{name}.lock"):
            if not file.exists():
                part = self._base / f"{name}-part.db"
                fill(f"sqlite:///{part}")
                part.rename(file)
        return f"sqlite:///{file}"

    def copy(self, url: str, folder: Path | None = None) -> str:
        """Copy the file, which has no log while nobody writes to it."""
        target = self.bare(folder)
        shutil.copy(file_of(url), file_of(target))
        return target

    def drop(self, url: str) -> None:
        """Leave the file to pytest, which keeps the folders of the last runs."""

    def _folder(self, folder: Path | None) -> Path:
        own = folder or self._base / f"databases-{os.getpid()}" / str(next(_NUMBERS))
        own.mkdir(parents=True, exist_ok=True)
        return own


class PostgresDatabases:
    """Databases of the session's cluster: `CREATE DATABASE … TEMPLATE` copies the files of a template."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def new(self, folder: Path | None = None) -> str:
        """Copy a migrated database."""
        return self.copy(self.shared("migrated", _migrate), folder)

    def bare(self, folder: Path | None = None) -> str:
        """Return a database that has the extensions and nothing else."""
        return self.copy(self.shared("extended", lambda url: None), folder)

    def shared(self, name: str, fill: Callable[[str], None]) -> str:
        """Fill a template once, and copy it once: the template can be copied while servers use that copy."""
        complete = f"{self._session}_{name}"
        with _locked(self._base / f"{name}-postgres.lock"):
            if not self._exists(complete):
                url = self._create(_template(complete))
                fill(url)
                self._create(complete, _template(complete))
        return self._url(complete)

    def copy(self, url: str, folder: Path | None = None) -> str:
        """Copy the database, or the template that it was made from."""
        name, own = _name(url), f"{self._session}_{os.getpid()}_{next(_NUMBERS)}"
        template = _template(name)
        self._create(own, template if self._exists(template) else name)
        return self._url(own)

    def drop(self, url: str) -> None:
        """Remove the database with its file of columns, and end its sessions."""
        engine = connect(url, 60)
        columns = backend_of(engine).columns_file(engine)
        engine.dispose()
        for file in columns.parent.glob(f"*{columns.name}*") if columns else ():
            file.unlink(missing_ok=True)
        self._run(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    @cached_property
    def _server(self) -> tuple[str, str]:
        """The address for commands, and the beginning of the address of a database."""
        if _SERVER_VARIABLE in os.environ:
            admin = os.environ[_SERVER_VARIABLE]
            return admin, urlsplit(admin)._replace(path="").geturl()
        cluster = shared_cluster(self._base)
        return cluster.admin_url, cluster.url("").rstrip("/")

    @cached_property
    def _session(self) -> str:
        """The beginning of the names of all databases of this session: several sessions may use one server."""
        file = self._base / _SESSION
        with _locked(self._base / "postgres-session.lock"):
            if not file.exists():
                file.write_text(f"tests_{secrets.token_hex(4)}")
        return file.read_text()

    def drop_all(self) -> None:
        """Remove all databases of this session from a server that stays; a cluster of our own ends anyway."""
        if _SERVER_VARIABLE in os.environ and (self._base / _SESSION).exists():
            names = self._run("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{self._session}%")
            for (name,) in names:
                self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self, name: str, template: str | None = None) -> str:
        owner = urlsplit(self._server[1]).username
        source = f" TEMPLATE {template} STRATEGY file_copy" if template else ""
        self._run(f'CREATE DATABASE {name} OWNER "{owner}"{source}')
        if not template:
            with connected(urlsplit(self._server[0])._replace(path=f"/{name}").geturl()) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        return self._url(name)

    def _exists(self, name: str) -> bool:
        return bool(self._run("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def _url(self, name: str) -> str:
        return f"{self._server[1]}/{name}"

    def _run(self, sql: str, *params: str) -> list[Any]:
        with connected(self._server[0]) as connection:
            cursor = connection.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []


def shared_cluster(base: Path) -> Cluster:
    """Return the cluster that all workers of a session share; the first one starts it, the end of the last ends it."""
    file = base / "postgres-cluster.json"
    with _locked(base / "postgres-cluster.lock"):
        if file.exists():
            fields = json.loads(file.read_text())
            cluster = Cluster(Path(fields["data"]), fields["port"], fields["password"])
            if use_cluster_folder(cluster.data.parent) and cluster.processes():
                return cluster
        # Only tests of replicas, which have clusters of their own, need the log of replication.
        cluster = Cluster.create(
            new_cluster_folder(in_memory=True) / "shared",
            settings={"wal_level": "minimal", "max_wal_senders": "0"},
        )
        cluster.start()
        cluster.install()
        file.write_text(json.dumps(asdict(cluster), default=str))
        return cluster


def run_sql(url: str, sql: str, params: SqlParams = ()) -> list[Any]:
    """Run one statement in a transaction of its own, behind the back of Dateline; return its rows as tuples."""
    engine = connect(url, 60)
    with backend_of(engine).write_transaction(engine, durable=False) as connection:
        result = run(connection, sql, params)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


_TABLES = {
    "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE V%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'",
}


def all_rows(url: str) -> dict[str, list[str]]:
    """Return the rows of every table, in the order of their text."""
    engine = connect(url, 60)
    with closing(backend_of(engine).open_reader(engine)) as reader, reader.snapshot():
        names = sorted(name for (name,) in reader.rows(_TABLES[urlsplit(url).scheme]))
        rows = {name: sorted(map(repr, reader.rows(f"SELECT * FROM {name}"))) for name in names}
    engine.dispose()
    return rows


def file_of(url: str) -> Path:
    """Return the file of a SQLite database."""
    return Path(url.removeprefix("sqlite:///"))


def _migrate(url: str) -> None:
    store = Store(url)
    store.migrate()
    store.close()


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _template(name: str) -> str:
    return f"{name}_template"


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Let only one worker into the block."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
