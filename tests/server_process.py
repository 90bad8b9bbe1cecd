"""Start `timeline serve` as a process of its own, in a fork of a process that has imported the server already.

Importing the server takes 1.2 s of CPU, and a run of all tests starts about fifty servers.
"""

import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Mapping
from multiprocessing import forkserver
from pathlib import Path

import httpx

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["timeline.commands", "timeline.app", "timeline.server"])


class Server:
    """A running server process, its address and its log."""

    def __init__(self, database: str | Path, log: Path, workers: int, environment: Mapping[str, str]) -> None:
        """Start the server of a database, given by its address or file; `wait_until_ready` returns once it answers."""
        port = free_port()
        self.url, self.log = f"http://127.0.0.1:{port}", log
        arguments = ["serve", "--port", str(port), "--workers", str(workers)]
        variables = {**os.environ, "TIMELINE_DATABASE_URL": address(database), **environment}
        self._process = _CONTEXT.Process(target=_run, args=(arguments, variables, log))
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of the process; with several workers, of their parent."""
        assert self._process.pid
        return self._process.pid

    def get(self, path: str, **kwargs: object) -> httpx.Response:
        """Request a path."""
        return httpx.get(self.url + path, timeout=30, verify=False, **kwargs)  # type: ignore[arg-type]  # passed on

    def wait_until_ready(self) -> None:
        """Return once the server answers; raise RuntimeError with its log if it ends before."""
        for _ in range(600):
            if not self._process.is_alive():
                raise RuntimeError(self.log.read_text())
            try:
                if httpx.get(self.url + "/health", timeout=5, verify=False).status_code < 600:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start: {self.log.read_text()}")

    def terminate(self) -> None:
        """Ask the process to end, without waiting for it."""
        self._process.terminate()

    def stop(self) -> None:
        """End the process and wait for it."""
        self.terminate()
        self._process.join(20)

    def kill(self) -> None:
        """Kill the process (SIGKILL) and wait for it."""
        self._process.kill()
        self._process.join(20)


def stop_all(servers: list[Server]) -> None:
    """End all servers at the same time, then the process that they were forked from."""
    for server in servers:
        server.terminate()
    for server in servers:
        server.stop()
    # Waits for that process, so that `time` counts the CPU of the servers. There is no public function for it.
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def address(database: str | Path) -> str:
    """Return the address of a database, given by its address or by the file of a SQLite database."""
    return f"sqlite:///{database}" if isinstance(database, Path) else database


def free_port() -> int:
    """Return a port that no process uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(arguments: list[str], variables: Mapping[str, str], log: Path) -> None:
    """Be the command `timeline` in a new process, as if it had been started with these variables."""
    os.environ.clear()
    os.environ.update(variables)
    time.tzset()
    os.chdir(log.parent)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = os.fdopen(0)  # uvicorn passes its number to the processes of several workers
    sys.argv = ["timeline", *arguments]
    from timeline.cli import main

    main()
