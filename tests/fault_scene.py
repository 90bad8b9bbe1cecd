"""A primary, its replica and two servers of Dateline, with clients, for tests of faults."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clients_under_faults import Clients, FaultTable
from hosts import Host
from replicated import DATABASE, Servers

_SECONDS_OF_A_READ = 8.0  # on a busy machine
_SECONDS_OF_A_WRITE = 25.0  # COMMIT_SECONDS, and what a busy machine adds
StartHost = Callable[..., Host]
"""Start a server under the name of a machine, with settings."""


class Scene:
    """A primary, its replica, and two servers that act as two machines."""

    def __init__(self, servers: Servers, start_host: StartHost, table: FaultTable) -> None:
        self.primary, self.replica = servers.primary, servers.replica
        self.url, self.replica_url = servers.primary.url(DATABASE), servers.replica.url(DATABASE)
        self.start_host = start_host
        self.hosts = [
            start_host(name, TIMELINE_REPLICA_URLS=self.replica_url) for name in ("first", "second")
        ]
        self.table = table

    @contextmanager
    def clients(self, fault: str) -> Iterator[Clients]:
        """Let clients read and write during the block, then check everything and add a row to the table."""
        clients = Clients(self.hosts, DATABASE, self.primary)
        try:
            clients.wait_for_writes(20)
            clients.wait_for_reads(20)
            yield clients
            clients.wait_until_recovered()
            clients.wait_for_writes(10)
            clients.wait_for_reads(20)
        finally:
            counts = clients.stop()
        self.table.add(fault, counts)
        print(f"{fault}: {counts}")
        assert counts.longest_read < _SECONDS_OF_A_READ
        assert counts.longest_write < _SECONDS_OF_A_WRITE

    def uses_the_replica(self) -> bool:
        """Return whether all servers use the replica, and nothing is wrong."""
        return all(host.get("/health")["status"] == "ok" for host in self.hosts)

    def confirms(self) -> bool:
        """Return whether all servers say that changes are confirmed."""
        return all(host.get("/health")["commits"]["confirmed"] for host in self.hosts)

    def stored(self, prefix: str) -> int:
        """Return how many events have an id that begins so."""
        sql = f"SELECT count(*) FROM event WHERE id ~ '^{prefix}[0-9]+$'"
        return int(self.primary.run(sql, database=DATABASE)[0][0])

    def start_command(self, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
        """Start a command of Dateline with the database of the servers."""
        environment = {**os.environ, "TIMELINE_DATABASE_URL": self.url, **settings}
        command = [sys.executable, "-m", "timeline", *arguments]
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
