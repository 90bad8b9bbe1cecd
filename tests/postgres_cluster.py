"""A PostgreSQL cluster of its own for tests: made with `initdb`, with databases from templates and with replicas.

folder = new_cluster_folder()
primary = Cluster.create(folder / "primary", durable=True)
primary.start()
url = primary.create_database("events")
standby = primary.replica("standby", synchronous=True)
primary.kill()
standby.promote()
"""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postgres_programs import program_folder, run_program
from server_process import free_port

if TYPE_CHECKING:
    from psycopg import Connection

OWNER = "dateline"  # of the databases: no superuser, as on a managed server
_SUPERUSER = "postgres"
_SECONDS_TO_START = 60
_SECONDS_TO_FOLLOW = 30.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "400",  # each server and store of the tests has a pool of its own
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "jit": "off",
    "logging_collector": "off",
    # Nothing may depend on the time zone and the collation of the cluster: these differ from the ones of the tests.
    "timezone": "Asia/Kathmandu",
    "log_timezone": "UTC",
}
# A crash of the machine is no subject of plain tests: a commit does not have to wait for the disk.
_WITHOUT_DISK = {"fsync": "off", "full_page_writes": "off"}


@dataclass
class Cluster:
    """A server process with its data folder, in a folder of `new_cluster_folder`; the log is next to the data."""

    data: Path
    port: int
    password: str

    @classmethod
    def create(
        cls, data: Path, *, durable: bool = False, settings: Mapping[str, str] | None = None
    ) -> "Cluster":
        """Create the data folder, without starting the server; `durable` waits for the disk, as in production."""
        cluster = cls(data, free_port(), secrets.token_hex(16))
        password_file = data.with_name(f"{data.name}.password")
        password_file.write_text(cluster.password)
        run_program(
            "initdb", "--pgdata", data, "--username", _SUPERUSER, "--pwfile", password_file, "--auth=password",
            "--no-sync", "--no-instructions", "--encoding=UTF8", *_locale(), folder=data.parent,
        )  # fmt: skip
        password_file.unlink()
        cluster._write_settings(_SETTINGS | ({} if durable else _WITHOUT_DISK) | dict(settings or {}))
        return cluster

    def _write_settings(self, settings: Mapping[str, str]) -> None:
        own = {"port": str(self.port), "unix_socket_directories": str(self.data.parent)}
        with (self.data / "postgresql.conf").open("a") as stream:
            stream.writelines(f"{name} = '{value}'\n" for name, value in {**settings, **own}.items())

    # --- the server process

    def start(self) -> None:
        """Start the server, and wait until it accepts connections."""
        log = self.data.with_name(f"{self.data.name}.log")
        try:
            run_program(
                "pg_ctl", "start", "--pgdata", self.data, "--log", log, "--wait", "--silent",
                "--timeout", _SECONDS_TO_START, folder=self.data.parent,
            )  # fmt: skip
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{log.read_text()[-2000:] if log.exists() else ''}") from None

    def stop(self, mode: str = "fast") -> None:
        """Shut the server down; `fast` ends its sessions, `smart` waits for them, `immediate` recovers at the start."""
        run_program(
            "pg_ctl", "stop", "--pgdata", self.data, "--mode", mode, "--silent", folder=self.data.parent
        )

    def restart(self) -> None:
        """Stop and start the server."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """Kill all processes of the server (SIGKILL), as when the machine stops; wait until they are gone."""
        processes = self.processes()
        for pid in processes:
            _send(pid, signal.SIGKILL)
        while any(map(is_alive, processes)):
            time.sleep(0.01)
        # An ended process keeps its number until its new parent collects it: the server would take that for another
        # one that runs.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.data.parent / f".s.PGSQL.{self.port}.lock").unlink(missing_ok=True)

    def pause(self) -> None:
        """Stop all processes of the server (SIGSTOP): connections stay open and nothing answers."""
        for pid in self.processes():
            _send(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let the processes of a paused server go on."""
        for pid in reversed(self.processes()):
            _send(pid, signal.SIGCONT)

    def processes(self) -> list[int]:
        """Return the numbers of the server's processes, the first one being the parent; none if it does not run."""
        with suppress(FileNotFoundError):
            parent = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            done = subprocess.run(
                ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
            )
            pairs = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
            if any(pid == parent for pid, _ in pairs):
                return [parent, *(pid for pid, of in pairs if of == parent)]
        return []

    # --- databases

    def url(self, database: str = "postgres", *, user: str = OWNER) -> str:
        """Return the address of a database for Dateline."""
        return f"postgresql://{user}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def admin_url(self) -> str:
        """The address for a superuser, of a database without events."""
        return self.url(user=_SUPERUSER)

    def create_database(self, name: str, template: str = "template1") -> str:
        """Create a database that belongs to Dateline's role, and return its address."""
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, and end the sessions that use it."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, sql: str, database: str = "postgres") -> list[Any]:
        """Run a statement as a superuser, outside a transaction; return its rows."""
        with connected(self.url(database, user=_SUPERUSER)) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def install(self) -> None:
        """Create Dateline's role, and PostGIS in each database that is made from `template1` from now on."""
        self.run(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{self.password}'")
        self.run("CREATE EXTENSION postgis", database="template1")

    # --- replicas

    def replica(self, name: str, *, synchronous: bool = False) -> "Cluster":
        """Copy this running server into a streaming replica, start it, and wait until it has replayed everything.

        From now on a commit with `remote_apply` waits for a `synchronous` replica. A replication slot keeps the log
        that a stopped replica still needs.
        """
        standby = Cluster(self.data.with_name(name), free_port(), self.password)
        source = f"host=127.0.0.1 port={self.port} user={_SUPERUSER} password={self.password} application_name={name}"
        run_program(
            "pg_basebackup", "--pgdata", standby.data, "--dbname", source, "--write-recovery-conf", "--create-slot",
            "--slot", name, "--checkpoint=fast", "--no-sync", folder=self.data.parent,
        )  # fmt: skip
        standby._write_settings({"cluster_name": name})  # the last line for a setting counts
        standby.start()
        if synchronous:
            self.set_synchronous(name)
        self.wait_for(standby)
        return standby

    def set_synchronous(self, names: str) -> None:
        """Let commits wait for the replicas with these names, separated by commas; for none if it is empty."""
        self.run(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.run("SELECT pg_reload_conf()")

    def wait_for(self, standby: "Cluster", seconds: float = _SECONDS_TO_FOLLOW) -> None:
        """Wait until a replica has replayed everything that this server has written so far."""
        ((position,),) = self.run("SELECT pg_current_wal_flush_lsn()::text")
        end = time.monotonic() + seconds
        while standby.run(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") != [(True,)]:
            if time.monotonic() > end:
                raise TimeoutError(f"the replica has not replayed {position} after {seconds:g} seconds")
            time.sleep(0.01)

    def pause_replay(self) -> None:
        """Let a replica receive changes without showing them."""
        self.run("SELECT pg_wal_replay_pause()")
        while self.run("SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
            time.sleep(0.01)

    def resume_replay(self) -> None:
        """Let a replica show changes again."""
        self.run("SELECT pg_wal_replay_resume()")

    def promote(self) -> None:
        """Make a replica a primary, and wait until it accepts writes."""
        run_program("pg_ctl", "promote", "--pgdata", self.data, "--wait", "--silent", folder=self.data.parent)


@contextmanager
def connected(url: str) -> Iterator["Connection[Any]"]:
    """Open a connection for statements outside transactions, as CREATE DATABASE must be."""
    import psycopg

    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        yield connection


def _locale() -> list[str]:
    """Return the collation: one of ICU, which orders 'a' before 'B', where the server has been built with ICU.

    SQLite compares bytes, so an ORDER BY that depends on the cluster's collation fails tests.
    """
    programs = program_folder()
    assert programs
    done = subprocess.run([programs / "initdb", "--help"], capture_output=True, text=True, check=True)
    icu = ["--locale-provider=icu", "--icu-locale=en-US"] if "--icu-locale" in done.stdout else []
    return [*icu, "--locale=C"]


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; the children of a killed one may wait for their new parent to notice their end."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")
