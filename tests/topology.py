"""The profile `scale` of docker-compose.yml as processes of this machine, with its scripts, options and settings.

Caddy → Varnish → two servers → primary and replica. Only addresses, ports, folders and sizes of memory differ.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import yaml
from postgres_cluster import Cluster
from postgres_programs import missing, new_cluster_folder, program_folder, run_program, server_user
from server_process import free_port

ROOT = Path(__file__).parents[1]
FILES = ROOT / "docs" / "compose"
SERVERS = ("app-1", "app-2")
SECRETS = ("superuser", "database", "replication")
SMALL = ("--shared_buffers=32MB", "--max_wal_size=256MB", "--maintenance_work_mem=32MB")
SECONDS_TO_START = 60


def program(name: str) -> str | None:
    """Return the path of a program; Debian puts those of servers where only root looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


def missing_program() -> str | None:
    """Return what is not installed of the programs of the topology; None if all are."""
    absent = [name for name in ("caddy", "varnishd", "bash") if program(name) is None]
    return missing() or (f"{absent[0]} is not installed" if absent else None)


def wait_until(is_ready: Callable[[], bool], what: str) -> None:
    """Wait until something is true; raise TimeoutError that names it."""
    end = time.monotonic() + SECONDS_TO_START
    while not is_ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} after {SECONDS_TO_START} seconds")
        time.sleep(0.05)


class Topology:
    """The running services. Each can be killed and started again; `url` is the address of Caddy."""

    def __init__(self) -> None:
        """Read docker-compose.yml, write the passwords and choose the ports, without starting anything."""
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
        self.folder = new_cluster_folder()
        self.secrets = self.folder / "secrets"
        self.secrets.mkdir(mode=0o755)
        for name in SECRETS:
            (self.secrets / f"{name}_password").write_text(secrets.token_hex(16) + "\n")
        password = (self.secrets / "superuser_password").read_text().strip()
        self.primary = Cluster(self.folder / "primary", free_port(), password)
        self.replica = Cluster(self.folder / "replica", free_port(), password)
        self.ports = {name: free_port() for name in ("caddy", "cache", *SERVERS)}
        self.url = f"http://127.0.0.1:{self.ports['caddy']}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start the services in the order of their `depends_on`."""
        self._create_primary()
        self.start_primary()
        self._run_script("primary.sh")
        run_program("pg_ctl", "reload", "--pgdata", self.primary.data, folder=self.folder)
        self.start_replica()
        self.timeline(*self.services["migrate"]["command"][1:])
        for name in SERVERS:
            self.start_server(name)
        self.start_cache()
        self._start_caddy()

    def stop(self) -> None:
        """End all processes that run as docker-compose does, in the reverse order."""
        for name in reversed(self._processes):
            process = self._processes[name]
            process.send_signal(signal.Signals[self.services[name].get("stop_signal", "SIGTERM")])
            process.wait(int(self.services[name]["stop_grace_period"].removesuffix("s")))

    # --- PostgreSQL

    def _create_primary(self) -> None:
        arguments = self.services["primary"]["environment"]["POSTGRES_INITDB_ARGS"].split()
        run_program(
            "initdb", "--pgdata", self.primary.data, "--username=postgres", "--auth-local=trust",
            "--auth-host=scram-sha-256", "--pwfile", self.secrets / "superuser_password", *arguments,
            folder=self.folder,
        )  # fmt: skip

    def start_primary(self) -> None:
        """Start the primary, again after it was killed."""
        self._start_database("primary", self.primary, ())

    def start_replica(self) -> None:
        """Start the replica by its script, which copies the primary at the first start."""
        self._start_database("replica", self.replica, ("bash", str(FILES / "replica.sh")))

    def _start_database(self, name: str, cluster: Cluster, entrypoint: tuple[str, ...]) -> None:
        options = self.services[name]["command"]
        # The folder is in the command, so that the watchdog of the tests' clusters recognises the server.
        own: tuple[str, ...] = (
            "-D",
            str(cluster.data),
            f"--port={cluster.port}",
            "--listen_addresses=127.0.0.1",
        )
        own += (f"--unix_socket_directories={self.folder}",)
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self._processes[name] = subprocess.Popen(
                [*entrypoint, *options, *SMALL, *own], env=self._database_environment(cluster), cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **server_user(),
            )  # fmt: skip
        wait_until(lambda: _answers(cluster, self._processes[name]), f"{name} does not answer: {log.name}")

    def _database_environment(self, cluster: Cluster) -> dict[str, str]:
        return {
            "PATH": f"{program_folder()}:{os.environ['PATH']}",
            "PGDATA": str(cluster.data),
            "PGHOST": str(self.folder),
            "PGPORT": str(cluster.port),
            "PRIMARY_HOST": "127.0.0.1",
            "PRIMARY_PORT": str(self.primary.port),
            "SECRETS": str(self.secrets),
            "LC_ALL": "C",
        }

    def _run_script(self, name: str) -> None:
        subprocess.run(
            ["bash", FILES / name], env=self._database_environment(self.primary), cwd=self.folder, check=True,
            stdin=subprocess.DEVNULL, **server_user(),
        )  # fmt: skip

    # --- Dateline

    def environment(self, name: str) -> dict[str, str]:
        """Return the settings of a server in docker-compose.yml, with the addresses of this machine."""
        variables = {}
        for variable, value in self.services[name]["environment"].items():
            if value is None or variable == "TIMELINE_ALLOWED_HOSTS":
                continue
            for service, cluster in (("primary", self.primary), ("replica", self.replica)):
                value = value.replace(f"{service}:5432", f"127.0.0.1:{cluster.port}")
            variables[variable] = value.replace("/run/secrets", str(self.secrets))
        variables["TIMELINE_TRUSTED_PROXIES"] = "127.0.0.1"
        variables["TIMELINE_UPLOADS"] = str(self.folder / f"{name}.uploads")
        variables["TIMELINE_HOST_NAME"] = name
        return variables

    def start_server(self, name: str) -> None:
        """Start one of the servers, again on its port after it was killed."""
        arguments = [
            "127.0.0.1" if word == "0.0.0.0" else word for word in self.services[name]["command"][1:]
        ]
        command = [sys.executable, "-m", "timeline", *arguments, "--port", str(self.ports[name])]
        self._run(name, command, self.environment(name))

    def timeline(self, *arguments: str) -> str:
        """Run a command of Dateline with the settings of the servers, and return its output."""
        environment = {**os.environ, **self.environment("migrate")}
        command = [sys.executable, "-m", "timeline", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    # --- Varnish and Caddy

    def start_cache(self) -> None:
        """Start Varnish with the ports of the servers in its file."""
        text = (FILES / "cache.vcl").read_text("utf-8")
        for name in SERVERS:
            address = f'"127.0.0.1";\n    .port = "{self.ports[name]}"'
            text, count = re.subn(rf'"{name}";\n    \.port = "8000"', address, text)
            assert count == 1, name
        file = self.folder / "cache.vcl"
        file.write_text(text)
        listen = f"127.0.0.1:{self.ports['cache']}"
        command = [program("varnishd"), "-j", "none", "-F", "-n", str(self.folder / "varnish"), "-a", listen]
        self._run("cache", [*map(str, command), "-f", str(file), "-s", "malloc,32M"], {})

    def _start_caddy(self) -> None:
        file = self.folder / "Caddyfile"
        file.write_text(f"{{\n\tdefault_bind 127.0.0.1\n\tadmin off\n}}\nimport {FILES}/Caddyfile\n")
        servers = " ".join(f"127.0.0.1:{self.ports[name]}" for name in SERVERS)
        variables = {"SITE_ADDRESS": self.url, "SERVERS": servers, "HOME": str(self.folder)}
        variables["CACHE"] = f"127.0.0.1:{self.ports['cache']}"
        command = [str(program("caddy")), "run", "--adapter", "caddyfile", "--config", str(file)]
        self._run("caddy", command, variables)

    def _run(self, name: str, command: list[str], variables: Mapping[str, str]) -> None:
        environment = {**os.environ, **variables}
        if program("setpriv"):
            # It ends with the tests, even if somebody kills them.
            command = ["setpriv", "--pdeathsig", "TERM", *command]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        url = f"http://127.0.0.1:{self.ports[name]}/openapi.json"
        wait_until(lambda: _responds(url), f"{name} does not respond: {self.folder}/{name}.log")

    # --- faults

    def kill(self, name: str) -> None:
        """Kill a service (SIGKILL) with its child processes."""
        if name in ("primary", "replica"):
            (self.primary if name == "primary" else self.replica).kill()
            self._processes.pop(name).wait()
            return
        os.killpg(self._processes[name].pid, signal.SIGKILL)
        self._processes.pop(name).wait()
        # Its child processes share the port until they have ended as well.
        wait_until(lambda: not _accepts(self.ports[name]), f"{name} still accepts connections")


def _answers(cluster: Cluster, process: "subprocess.Popen[bytes]") -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"the server of {cluster.data} ended with {process.returncode}")
    with suppress(psycopg.OperationalError):
        return bool(cluster.run("SELECT 1"))
    return False


def _accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _responds(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(url, timeout=5).status_code == 200
    return False
