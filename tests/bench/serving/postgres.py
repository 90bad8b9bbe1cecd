"""A PostgreSQL server with PostGIS for a run, and our database copied into it with `timeline copy`."""

import importlib.util
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .measure import Failed, Server, Unavailable, dateline, free_port, wait_for_columns

INSTALLED = Path("/usr/lib/postgresql")  # Debian does not put the server's programs into PATH
_EXTENSIONS = Path("/usr/share/postgresql")
_DATABASE = "dateline"
_SETTINGS = {
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "jit": "off",
    "timezone": "UTC",
}


class Cluster(NamedTuple):
    """A running PostgreSQL server: the address of its first database, and the number of its parent process."""

    url: str
    process: int


class Copied(NamedTuple):
    """A copy of our database: its address and bytes, and the time and CPU time in seconds that `timeline copy` took."""

    url: str
    size: int
    seconds: float
    own_cpu: float
    server_cpu: float


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs; raise Unavailable if it is not installed."""
    candidates = sorted(INSTALLED.glob(f"*/bin/{name}"))
    path = str(candidates[-1]) if candidates else shutil.which(name)
    if path is None:
        raise Unavailable(f"{name} is not installed (Debian's packages postgresql and postgresql-postgis)")
    return path


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run an empty PostgreSQL server in a temporary folder, which is deleted afterwards."""
    initdb, postgres = program("initdb"), program("postgres")
    if not list(_EXTENSIONS.glob("*/extension/postgis.control")):
        raise Unavailable("PostGIS is not installed (Debian's package postgresql-15-postgis-3)")
    # PostgreSQL refuses to run as root.
    account: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="dateline-bench-"))
    try:
        if account:
            shutil.chown(folder, "postgres")
        data, port = folder / "data", free_port()
        command = [initdb, "-D", str(data), "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **account)
        options = [part for pair in _SETTINGS.items() for part in ("-c", "=".join(pair))]
        command = [postgres, "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
        process = subprocess.Popen([*command, *options], cwd=folder, stderr=subprocess.DEVNULL, **account)
        try:
            url = f"postgresql://bench@127.0.0.1:{port}/postgres"
            _await(url)
            yield Cluster(url, process.pid)
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown, which does not wait for clients
            process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(url: str) -> None:
    command = [program("pg_isready"), "-q", "-t", "1", "-d", url]
    for _ in range(300):
        if subprocess.run(command, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise Failed("PostgreSQL did not start")


def psql(url: str, *statements: str) -> str:
    """Run SQL statements, each in its own transaction, and return the rows as text; raise Unavailable otherwise."""
    options = [part for statement in statements for part in ("-c", statement)]
    command = [program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"PostgreSQL cannot be filled: {done.stderr[-300:]}")
    return done.stdout.strip()


def versions(url: str) -> str:
    """Return the versions of PostgreSQL and PostGIS."""
    # A database has the functions of PostGIS only after CREATE EXTENSION, but the server knows what it would install.
    postgis = "SELECT default_version FROM pg_available_extensions WHERE name = 'postgis'"
    server, library = psql(url, "SHOW server_version", postgis).splitlines()
    return f"PostgreSQL {server.split()[0]}, PostGIS {library}"


def copied(database: Path, target: Cluster) -> Copied:
    """Copy a database file into a new database of the server with `timeline copy`, and measure that."""
    if importlib.util.find_spec("psycopg") is None:
        raise Unavailable("the package psycopg is not installed (dateline[postgres])")
    psql(target.url, f"CREATE DATABASE {_DATABASE} ENCODING 'UTF8' TEMPLATE template0")
    url = f"{target.url.rpartition('/')[0]}/{_DATABASE}"
    command = [sys.executable, "-m", "timeline", "copy", "--from", f"sqlite:///{database}", "--to", url]
    own, server, began = _cpu_of_children(), _cpu_of(target.process), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    own, server = _cpu_of_children() - own, _cpu_of(target.process) - server
    if done.returncode:
        raise Failed(f"timeline copy failed: {(done.stdout + done.stderr)[-300:]}")
    size = int(psql(url, "SELECT pg_database_size(current_database())"))
    return Copied(url, size, seconds, own, server)


def _cpu_of_children() -> float:
    """Return the CPU seconds of our own child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _cpu_of(process: int) -> float:
    """Return the CPU seconds of a process, of its children, and of those that have ended."""
    own, ended = _ticks(process)
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    ticks = own + ended + sum(_ticks(int(child))[0] for child in children)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> tuple[int, int]:
    """Return the clock ticks that a process took, and those of its children that have ended (proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system, children_user, children_system = map(int, fields[11:15])
    return user + system, children_user + children_system


def serve(copy: Copied) -> Server:
    """Start our server on the copy, and wait until it has read the columns."""
    server = dateline(copy.url)
    try:
        wait_for_columns(server)
    except Failed:
        server.stop()
        raise
    return server
